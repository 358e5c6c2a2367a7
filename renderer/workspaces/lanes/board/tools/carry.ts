import { effectsText } from '../describe-effects.ts';
import { abandon, emptyHand, holdAt, laneName, letGo } from './hold.ts';
import { eligibleLanes, type Load } from './load.ts';
import { visibleLaneIds } from './neighbours.ts';
import type { Tool, Workbench } from './tool.ts';

/** How many snap steps an arrow with shift goes. */
const strideSteps = 4;
const minuteMs = 60_000;

/**
 * Bars in the hand of the keyboard: arrows move them by snap step and by lane, Alt and arrows by a minute,
 * Enter puts them down, Escape gives them back. Where they may not stand Enter says so and keeps them.
 */
export function createCarryTool(
  bench: Workbench,
  load: Load,
  from: { readonly laneId: string; readonly startsAt: number },
): Tool {
  const { leading, others } = load;
  let { laneId, startsAt } = from;

  function say(): void {
    const { ghost, preview } = bench.store.state;
    if (ghost === undefined || preview === undefined) return;
    const lane = laneName(bench, ghost.laneId);
    const range = bench.axis.formatRange(ghost.startsAt, ghost.endsAt);
    const effects = effectsText(preview, bench.axis, bench.formatMessage);
    if (ghost.check.ok) bench.announce('board.announce.over', { lane, range, effects });
    else
      bench.announce('board.announce.over-refused', {
        lane,
        range,
        reason: bench.reasonText(ghost.check.refusal),
      });
  }

  function hold(): void {
    holdAt(bench, load, laneId, startsAt, { heldBy: 'keyboard', snaps: false });
    keepInView(bench);
  }

  function alongLane(steps: number, stepMs: number): void {
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
      bench.store.update({ eligibleLaneIds: eligibleLanes(load) });
      hold();
      bench.announce('board.announce.picked-up', {
        code: leading.code,
        others: others.length,
        lane: laneName(bench, laneId),
        start: bench.axis.formatDateTime(startsAt),
        step: bench.axis.formatDuration(bench.snapGrid().stepMs),
      });
    },
    exit: () => emptyHand(bench),
    keyDown({ key, shift, alt }) {
      const steps = shift ? strideSteps : 1;
      const stepMs = alt ? minuteMs : bench.snapGrid().stepMs;
      if (key === 'ArrowLeft') alongLane(-steps, stepMs);
      else if (key === 'ArrowRight') alongLane(steps, stepMs);
      else if (key === 'ArrowUp') acrossLanes(-1);
      else if (key === 'ArrowDown') acrossLanes(1);
      else if (key === 'Enter') {
        if (bench.store.state.ghost?.check.ok === true) {
          const { selection } = bench.store.state;
          letGo(bench, load);
          bench.selectMany([...selection, leading.operationId], leading.operationId);
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
