import { rowIndexAt } from '../rows.ts';
import { xToTime } from '../viewport.ts';
import { abandon, emptyHand, holdAt, letGo, scrollAtEdges } from './hold.ts';
import { eligibleLanes, type Load } from './load.ts';
import type { KeyInput, PointerInput, Tool, Workbench } from './tool.ts';

/** Bars in the hand of a pointer, along lanes and across them. Alt holds them where the pointer is. */
export function createMoveTool(bench: Workbench, load: Load, grabMs: number, from: PointerInput): Tool {
  const { leading } = load;
  let { x, y, alt } = from;

  function follow(): void {
    const { viewport, metrics, layout } = bench.store.state;
    const contentY = y - metrics.axisHeight + viewport.scrollY;
    const row = layout.rows[rowIndexAt(layout, contentY)];
    // Over a header the bar stays on the lane that it was over last.
    const laneId =
      row?.kind === 'lane' ? row.lane.id : (bench.store.state.ghost?.laneId ?? leading.placement?.laneId);
    if (laneId === undefined) return;
    const wantedAt = xToTime(viewport, x - metrics.labelWidth) - grabMs;
    holdAt(bench, load, laneId, alt ? toMinute(wantedAt) : wantedAt, { heldBy: 'pointer', snaps: !alt });
  }

  function moveTo(input: PointerInput): void {
    ({ x, y, alt } = input);
    bench.store.update({ pointer: { x, y } });
    follow();
    bench.requestFrame();
  }

  function leave(): void {
    abandon(bench);
    bench.rest();
  }

  function withAlt(input: KeyInput, isDown: boolean): boolean {
    if (input.key !== 'Alt') return false;
    alt = isDown;
    follow();
    return true;
  }

  return {
    name: 'move',
    enter() {
      bench.store.update({ hoveredId: undefined, eligibleLaneIds: eligibleLanes(load) });
      moveTo(from);
    },
    exit: () => emptyHand(bench),
    pointerMove: moveTo,
    viewMoved: follow,
    frame: (elapsedMs) => scrollAtEdges(bench, x, y, elapsedMs),
    pointerUp(input) {
      moveTo(input);
      letGo(bench, load);
      bench.rest();
    },
    keyDown(input) {
      if (input.key === 'Escape') leave();
      else return withAlt(input, true);
      return true;
    },
    keyUp: (input) => void withAlt(input, false),
    cancel: leave,
  };
}

const minuteMs = 60_000;

/** Nobody plans by the second. */
export function toMinute(at: number): number {
  return Math.round(at / minuteMs) * minuteMs;
}
