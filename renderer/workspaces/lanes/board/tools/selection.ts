import { barsWithin } from '../hit-test.ts';
import type { BoardState } from '../store.ts';
import type { Workbench } from './tool.ts';

/** Where a range of bars began: the bar that was last selected alone. */
const anchors = new WeakMap<Workbench, string>();

/** Adds a bar to the selection, or takes it out; then another one leads. */
export function toggle(bench: Workbench, operationId: string): void {
  const { selection } = bench.store.state;
  anchors.set(bench, operationId);
  if (!selection.has(operationId)) bench.selectMany([...selection, operationId], operationId);
  else {
    const rest = [...selection].filter((other) => other !== operationId);
    bench.selectMany(rest, rest.at(-1));
  }
}

/** Selects all bars in the rectangle between the bar where the range began and this one, which leads. */
export function selectTo(bench: Workbench, operationId: string): void {
  const { state } = bench.store;
  const known = anchors.get(bench);
  const anchor = known !== undefined && state.selection.has(known) ? known : state.selectedId;
  if (anchor === undefined) {
    bench.select(operationId);
    return;
  }
  anchors.set(bench, anchor);
  const first = extentOf(state, anchor);
  const last = extentOf(state, operationId);
  if (first === undefined || last === undefined) return;
  const within = barsWithin(state, {
    fromAt: Math.min(first.fromAt, last.fromAt),
    toAt: Math.max(first.toAt, last.toAt),
    fromY: Math.min(first.fromY, last.fromY),
    toY: Math.max(first.toY, last.toY),
  });
  bench.selectMany([...within, anchor, operationId], operationId);
  bench.announce('board.announce.selected', { count: bench.store.state.selection.size });
}

/** Selects all placed operations of the work order of a bar. */
export function selectWorkOrder(bench: Workbench, operationId: string): void {
  const { operations } = bench.store.state;
  const workOrderId = operations.get(operationId)?.workOrderId;
  const members = [...operations.values()].filter(
    (operation) => operation.workOrderId === workOrderId && operation.placement !== undefined,
  );
  bench.selectMany([...members.map((operation) => operation.operationId), operationId], operationId);
  bench.announce('board.announce.selected', { count: bench.store.state.selection.size });
}

/** Selects every bar there is, in view or not; while something is searched for, those that match. */
export function selectAll(bench: Workbench): void {
  const { operations, layers, selectedId } = bench.store.state;
  const all = [...operations.values()]
    .filter(
      ({ operationId, placement }) => placement !== undefined && layers.matching?.has(operationId) !== false,
    )
    .map(({ operationId }) => operationId);
  bench.selectMany(all, all.includes(selectedId ?? '') ? selectedId : all[0]);
  bench.announce('board.announce.selected', { count: all.length });
}

/** Adds all that follows the selected bars along links, and by number in their work orders. */
export function selectFollowers(bench: Workbench): void {
  const { state } = bench.store;
  const found = new Set(state.selection);
  const byOrder = Map.groupBy(state.operations.values(), ({ workOrderId }) => workOrderId);
  const byPredecessor = Map.groupBy(state.layers.links, ({ predecessorId }) => predecessorId);
  for (const operationId of found) {
    const operation = state.operations.get(operationId);
    if (operation === undefined) continue;
    for (const other of byOrder.get(operation.workOrderId) ?? []) {
      if (other.operationNumber > operation.operationNumber) found.add(other.operationId);
    }
    for (const { successorId } of byPredecessor.get(operationId) ?? []) found.add(successorId);
  }
  const placed = [...found].filter(
    (operationId) => state.operations.get(operationId)?.placement !== undefined,
  );
  bench.selectMany(placed, state.selectedId);
  bench.announce('board.announce.selected', { count: placed.length });
}

/** A bar as a rectangle of time and content height. */
function extentOf(state: BoardState, operationId: string) {
  const placement = state.pending.get(operationId)?.placement ?? state.operations.get(operationId)?.placement;
  const row = placement === undefined ? undefined : state.layout.rowByLaneId.get(placement.laneId);
  if (placement === undefined || row === undefined) return undefined;
  return {
    fromAt: placement.startsAt,
    toAt: placement.endsAt,
    fromY: row.top,
    toY: row.top + row.height,
  };
}
