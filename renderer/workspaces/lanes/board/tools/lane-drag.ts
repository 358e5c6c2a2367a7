import { rowIndexAt, type LaneRow } from '../rows.ts';
import type { BoardState } from '../store.ts';
import { laneName, scrollAtEdges } from './hold.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

/** A lane held by its header, to stand elsewhere among the lanes of its area. */
export function createLaneDragTool(bench: Workbench, laneId: string, from: PointerInput): Tool {
  let { x, y } = from;

  function follow(): void {
    const { state } = bench.store;
    const beforeId = beforeAt(state, laneId, y - state.metrics.axisHeight + state.viewport.scrollY);
    bench.store.update({ laneDrag: { laneId, beforeId } });
  }

  function moveTo(input: PointerInput): void {
    ({ x, y } = input);
    bench.store.update({ pointer: { x, y } });
    follow();
    bench.requestFrame();
  }

  return {
    name: 'lane-drag',
    enter() {
      bench.store.update({ hoveredId: undefined, cursor: 'grabbing' });
      moveTo(from);
    },
    exit() {
      bench.store.update({ laneDrag: undefined });
    },
    pointerMove: moveTo,
    viewMoved: follow,
    frame: (elapsedMs) => scrollAtEdges(bench, x, y, elapsedMs),
    pointerUp(input) {
      moveTo(input);
      const { laneDrag } = bench.store.state;
      bench.rest();
      if (laneDrag !== undefined) reorder(bench, laneId, laneDrag.beforeId);
    },
    keyDown(input) {
      if (input.key !== 'Escape') return false;
      bench.rest();
      return true;
    },
    cancel: () => bench.rest(),
  };
}

/** Moves a lane one place up or down in its area: the keyboard's way. */
export function stepLane(bench: Workbench, laneId: string, step: -1 | 1): void {
  const siblings = siblingsOf(bench.store.state, laneId);
  const at = siblings.findIndex((row) => row.lane.id === laneId);
  const target = at + step;
  if (at < 0 || target < 0 || target >= siblings.length) return;
  reorder(bench, laneId, siblings[step < 0 ? target : target + 1]?.lane.id);
}

function reorder(bench: Workbench, laneId: string, beforeId: string | undefined): void {
  const siblings = siblingsOf(bench.store.state, laneId);
  const at = siblings.findIndex((row) => row.lane.id === laneId);
  if (beforeId === laneId || siblings[at + 1]?.lane.id === beforeId) return;
  bench.reorderLane(laneId, beforeId);
  const lane = laneName(bench, laneId);
  if (beforeId === undefined) bench.announce('board.announce.lane-last', { lane });
  else bench.announce('board.announce.lane-before', { lane, other: laneName(bench, beforeId) });
}

function siblingsOf({ layout }: BoardState, laneId: string): LaneRow[] {
  const area = layout.rowByLaneId.get(laneId)?.lane.area;
  return layout.rows.filter((row): row is LaneRow => row.kind === 'lane' && row.lane.area === area);
}

/** The lane of the same area before which one held at a content height would stand; undefined: last. */
function beforeAt(state: BoardState, laneId: string, contentY: number): string | undefined {
  const siblings = siblingsOf(state, laneId);
  const row = state.layout.rows[rowIndexAt(state.layout, contentY)];
  const over = siblings.findIndex((sibling) => sibling === row);
  if (row === undefined || over < 0) {
    const first = siblings[0];
    return first !== undefined && contentY < first.top ? first.lane.id : undefined;
  }
  return siblings[contentY < row.top + row.height / 2 ? over : over + 1]?.lane.id;
}
