import type { BoardOperation } from '#domain/scheduling/types';
import { rowIndexAt } from '../rows.ts';
import { xToTime } from '../viewport.ts';
import { abandon, holdAt, letGo, scrollAtEdges } from './hold.ts';
import type { Tool, Workbench } from './tool.ts';

/** An operation dragged in from outside, the unscheduled list: over the board it becomes a bar. */
export function createDropInTool(bench: Workbench, operation: BoardOperation): Tool {
  let over: { x: number; y: number } | undefined;

  function follow(): void {
    if (over === undefined) return;
    const { viewport, metrics, layout, width, height } = bench.store.state;
    const inside =
      over.x >= metrics.labelWidth && over.y >= metrics.axisHeight && over.x < width && over.y < height;
    const row = inside
      ? layout.rows[rowIndexAt(layout, over.y - metrics.axisHeight + viewport.scrollY)]
      : undefined;
    if (row?.kind !== 'lane') bench.store.update({ ghost: undefined, cursor: 'not-allowed' });
    else holdAt(bench, operation, row.lane.id, xToTime(viewport, over.x - metrics.labelWidth), 'pointer');
  }

  return {
    name: 'drop-in',
    exit() {
      bench.store.update({ ghost: undefined });
    },
    pointerMove({ x, y }) {
      over = { x, y };
      bench.store.update({ pointer: over });
      follow();
      bench.requestFrame();
    },
    pointerLeave() {
      over = undefined;
      bench.store.update({ ghost: undefined });
    },
    viewMoved: follow,
    frame: (elapsedMs) =>
      over !== undefined &&
      bench.store.state.ghost !== undefined &&
      scrollAtEdges(bench, over.x, over.y, elapsedMs),
    pointerUp({ x, y }) {
      over = { x, y };
      follow();
      letGo(bench);
      bench.rest();
    },
    keyDown(input) {
      if (input.key !== 'Escape') return false;
      abandon(bench);
      bench.rest();
      return true;
    },
    cancel() {
      abandon(bench);
      bench.rest();
    },
  };
}
