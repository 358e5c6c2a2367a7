import type { BoardOperation } from '#domain/scheduling/types';
import { abandon, holdAt, laneName, letGo } from './hold.ts';
import { visibleLaneIds } from './neighbours.ts';
import type { Tool, Workbench } from './tool.ts';

/** How many snap steps an arrow with shift goes. */
const strideSteps = 4;

/**
 * A bar in the hand of the keyboard: arrows move it by snap step and by lane, Enter puts it down,
 * Escape gives it back. Where it may not stand Enter says so and keeps it in the hand.
 */
export function createCarryTool(
  bench: Workbench,
  operation: BoardOperation,
  from: { readonly laneId: string; readonly startsAt: number },
): Tool {
  let { laneId, startsAt } = from;

  function say(): void {
    const { ghost } = bench.store.state;
    if (ghost === undefined) return;
    const lane = laneName(bench, ghost.laneId);
    const range = bench.axis.formatRange(ghost.startsAt, ghost.endsAt);
    if (ghost.check.ok) bench.announce('board.announce.over', { lane, range });
    else
      bench.announce('board.announce.over-refused', {
        lane,
        range,
        reason: bench.reasonText(ghost.check.refusal),
      });
  }

  function hold(): void {
    holdAt(bench, operation, laneId, startsAt, 'keyboard');
    keepInView(bench);
  }

  function alongLane(steps: number): void {
    const { stepMs } = bench.snapGrid();
    const offset = bench.axis.offsetMs(startsAt);
    const local = (startsAt + offset) / stepMs;
    const next = steps > 0 ? Math.floor(local) + steps : Math.ceil(local) + steps;
    startsAt = next * stepMs - offset;
    hold();
    say();
  }

  function acrossLanes(step: number): void {
    const laneIds = visibleLaneIds(bench.store.state);
    const next = laneIds[laneIds.indexOf(laneId) + step];
    if (next === undefined) return;
    laneId = next;
    hold();
    say();
  }

  return {
    name: 'carry',
    enter() {
      hold();
      bench.announce('board.announce.picked-up', {
        code: operation.code,
        lane: laneName(bench, laneId),
        start: bench.axis.formatDateTime(startsAt),
        step: bench.axis.formatDuration(bench.snapGrid().stepMs),
      });
    },
    exit() {
      bench.store.update({ ghost: undefined });
    },
    keyDown({ key, shift }) {
      const steps = shift ? strideSteps : 1;
      if (key === 'ArrowLeft') alongLane(-steps);
      else if (key === 'ArrowRight') alongLane(steps);
      else if (key === 'ArrowUp') acrossLanes(-1);
      else if (key === 'ArrowDown') acrossLanes(1);
      else if (key === 'Enter') {
        if (bench.store.state.ghost?.check.ok === true) {
          letGo(bench);
          bench.select(operation.operationId);
          bench.rest();
        } else say();
      } else if (key === 'Escape') {
        abandon(bench);
        bench.rest();
      } else return key === ' ' || key === 'Tab' ? false : key.length === 1;
      return true;
    },
    pointerDown() {
      abandon(bench);
      bench.rest();
    },
    cancel() {
      abandon(bench);
      bench.rest();
    },
  };
}

/** A carried bar that leaves the screen takes the view along. */
function keepInView(bench: Workbench): void {
  const { ghost, viewport, layout } = bench.store.state;
  if (ghost === undefined) return;
  const row = layout.rowByLaneId.get(ghost.laneId);
  const marginMs = 48 * viewport.msPerPx;
  const spanMs = viewport.width * viewport.msPerPx;
  let { startsAt, scrollY } = viewport;
  if (ghost.startsAt < startsAt + marginMs) startsAt = ghost.startsAt - marginMs;
  else if (ghost.startsAt > startsAt + spanMs - marginMs) startsAt = ghost.startsAt - spanMs + 3 * marginMs;
  if (row !== undefined) {
    if (row.top < scrollY) scrollY = row.top;
    else if (row.top + row.height > scrollY + viewport.height)
      scrollY = row.top + row.height - viewport.height;
  }
  if (startsAt !== viewport.startsAt || scrollY !== viewport.scrollY)
    bench.view({ ...viewport, startsAt, scrollY });
}
