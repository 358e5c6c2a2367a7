import type { BoardOperation } from '#domain/scheduling/types';
import { rowIndexAt } from '../rows.ts';
import { xToTime } from '../viewport.ts';
import { abandon, emptyHand, holdAt, letGo, scrollAtEdges } from './hold.ts';
import { eligibleLanes } from './load.ts';
import { toMinute } from './move.ts';
import type { Tool, Workbench } from './tool.ts';

/** An operation dragged in from outside, the unscheduled list: over the board it becomes a bar. */
export function createDropInTool(bench: Workbench, operation: BoardOperation): Tool {
  const load = { leading: operation, others: [] };
  let over: { x: number; y: number; alt: boolean } | undefined;

  function follow(): void {
    if (over === undefined) return;
    const { viewport, metrics, layout, width, height } = bench.store.state;
    const { x, y, alt } = over;
    const inside = x >= metrics.labelWidth && y >= metrics.axisHeight && x < width && y < height;
    const row = inside
      ? layout.rows[rowIndexAt(layout, y - metrics.axisHeight + viewport.scrollY)]
      : undefined;
    if (row?.kind !== 'lane') {
      bench.store.update({ ghost: undefined, preview: undefined, cursor: 'not-allowed' });
      return;
    }
    const at = xToTime(viewport, x - metrics.labelWidth);
    holdAt(bench, load, row.lane.id, alt ? toMinute(at) : at, { heldBy: 'pointer', snaps: !alt });
  }

  function leave(): void {
    abandon(bench);
    bench.rest();
  }

  return {
    name: 'drop-in',
    enter() {
      bench.store.update({ eligibleLaneIds: eligibleLanes(load) });
    },
    exit: () => emptyHand(bench),
    pointerMove({ x, y, alt }) {
      over = { x, y, alt };
      bench.store.update({ pointer: { x, y } });
      follow();
      bench.requestFrame();
    },
    pointerLeave() {
      over = undefined;
      bench.store.update({ ghost: undefined, preview: undefined });
    },
    viewMoved: follow,
    frame: (elapsedMs) =>
      over !== undefined &&
      bench.store.state.ghost !== undefined &&
      scrollAtEdges(bench, over.x, over.y, elapsedMs),
    pointerUp({ x, y, alt }) {
      over = { x, y, alt };
      follow();
      letGo(bench, load);
      bench.rest();
    },
    keyDown(input) {
      if (input.key !== 'Escape') return false;
      leave();
      return true;
    },
    cancel: leave,
  };
}
