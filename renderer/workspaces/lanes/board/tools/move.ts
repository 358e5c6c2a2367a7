import type { BoardOperation } from '#domain/scheduling/types';
import { rowIndexAt } from '../rows.ts';
import { xToTime } from '../viewport.ts';
import { abandon, holdAt, letGo, scrollAtEdges } from './hold.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

/** A bar in the hand of a pointer, along its lane and across lanes. */
export function createMoveTool(
  bench: Workbench,
  operation: BoardOperation,
  grabMs: number,
  from: PointerInput,
): Tool {
  let { x, y } = from;

  function follow(): void {
    const { viewport, metrics, layout } = bench.store.state;
    const contentY = y - metrics.axisHeight + viewport.scrollY;
    const row = layout.rows[rowIndexAt(layout, contentY)];
    // Over a header the bar stays on the lane that it was over last.
    const laneId =
      row?.kind === 'lane' ? row.lane.id : (bench.store.state.ghost?.laneId ?? operation.placement?.laneId);
    if (laneId === undefined) return;
    holdAt(bench, operation, laneId, xToTime(viewport, x - metrics.labelWidth) - grabMs, 'pointer');
  }

  function moveTo(input: PointerInput): void {
    ({ x, y } = input);
    bench.store.update({ pointer: { x, y } });
    follow();
    bench.requestFrame();
  }

  return {
    name: 'move',
    enter() {
      bench.store.update({ hoveredId: undefined });
      moveTo(from);
    },
    exit() {
      bench.store.update({ ghost: undefined });
    },
    pointerMove: moveTo,
    viewMoved: follow,
    frame: (elapsedMs) => scrollAtEdges(bench, x, y, elapsedMs),
    pointerUp(input) {
      moveTo(input);
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
