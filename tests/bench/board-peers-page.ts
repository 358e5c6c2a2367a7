/**
 * Runs in the page: ready-made boards with the same bars, driven by their own means. What a browser paints
 * after their scripts have run is left out of their figures, and is in the board's own.
 */
import { gantt } from 'dhtmlx-gantt';
import { Timeline } from 'vis-timeline/standalone';
import { dayMs, now, plantPlan, type PlantPlan } from './board-data.ts';

export interface PeerRun {
  /** From the records to elements on the page, laid out, milliseconds. */
  readonly first: number;
  /** A step of a pan, laid out. */
  readonly pans: readonly number[];
}

const steps = 40;

function room(): HTMLElement {
  const element = document.createElement('div');
  element.style.cssText = 'width:1920px;height:1080px;position:absolute;inset:0';
  document.body.replaceChildren(element);
  return element;
}

/** Asking for a size has the browser lay out what was changed. */
function laidOut(element: HTMLElement): number {
  return element.getBoundingClientRect().height + element.scrollHeight;
}

async function visTimeline({ lanes, operations }: PlantPlan): Promise<PeerRun> {
  const element = room();
  const begin = performance.now();
  const groups = lanes.map(({ id, name }) => ({ id, content: name }));
  const items = operations.flatMap(({ operationId, code, placement }) =>
    placement === undefined
      ? []
      : [
          {
            id: operationId,
            group: placement.laneId,
            content: code,
            start: placement.startsAt,
            end: placement.endsAt,
          },
        ],
  );
  let isDrawn = (): void => {};
  const drawn = new Promise<void>((resolve) => (isDrawn = resolve));
  const timeline = new Timeline(element, items, groups, {
    height: 1080,
    stack: false,
    verticalScroll: true,
    start: now - 3 * dayMs,
    end: now + 4 * dayMs,
    onInitialDrawComplete: () => isDrawn(),
  });
  await drawn;
  laidOut(element);
  const first = performance.now() - begin;
  const pans: number[] = [];
  for (let step = 1; step <= steps; step += 1) {
    const start = performance.now();
    const shift = step * 0.08 * dayMs;
    timeline.setWindow(now - 3 * dayMs + shift, now + 4 * dayMs + shift, { animation: false });
    timeline.redraw();
    laidOut(element);
    pans.push(performance.now() - start);
  }
  return { first, pans };
}

async function dhtmlxGantt({ operations, links }: PlantPlan): Promise<PeerRun> {
  const element = room();
  const begin = performance.now();
  gantt.config.smart_rendering = true;
  gantt.config.scales = [{ unit: 'day', step: 1, format: '%d %M' }];
  gantt.init(element);
  gantt.parse({
    data: operations.flatMap(({ operationId, code, placement, progress }) =>
      placement === undefined
        ? []
        : [
            {
              id: operationId,
              text: code,
              start_date: new Date(placement.startsAt),
              end_date: new Date(placement.endsAt),
              progress,
            },
          ],
    ),
    links: links.map(({ predecessorId, successorId }, index) => ({
      id: index,
      source: predecessorId,
      target: successorId,
      type: '0',
    })),
  });
  laidOut(element);
  const first = performance.now() - begin;
  const pans: number[] = [];
  // It draws rows as they come into sight, when it is told of a scroll: from there to the end of the frame.
  let scrolledAt = 0;
  const onScroll = (): void => {
    scrolledAt ||= performance.now();
  };
  document.addEventListener('scroll', onScroll, { capture: true });
  for (let step = 1; step <= steps; step += 1) {
    scrolledAt = 0;
    gantt.scrollTo(step * 16, step * 60);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve, 0));
    laidOut(element);
    if (scrolledAt > 0) pans.push(performance.now() - scrolledAt);
  }
  document.removeEventListener('scroll', onScroll, { capture: true });
  return { first, pans };
}

Object.assign(globalThis, {
  measureVis: (barsPerLane: number) => visTimeline(plantPlan(200, barsPerLane)),
  measureGantt: (barsPerLane: number) => dhtmlxGantt(plantPlan(200, barsPerLane)),
});
