import type { BoardState } from '../store.ts';
import { firstVisible } from '../lane-bars.ts';
import { endOf } from '../viewport.ts';

export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/**
 * The bar that the keyboard goes to from the selected one: before or after it on its lane, or the
 * nearest in time on the next lane that has any. Without a selection, the first bar in view.
 */
export function nextBar(state: BoardState, direction: Direction): string | undefined {
  const placement = state.selectedId === undefined ? undefined : placementOf(state, state.selectedId);
  if (placement === undefined) return firstInView(state);
  const bars = state.barsByLane.get(placement.laneId);
  if (bars === undefined) return undefined;
  const { operations } = bars;
  const index = operations.findIndex((operation) => operation.operationId === state.selectedId);
  if (direction === 'first') return operations[0]?.operationId;
  if (direction === 'last') return operations.at(-1)?.operationId;
  if (direction === 'left') return operations[Math.max(0, index - 1)]?.operationId;
  if (direction === 'right') return operations[index + 1]?.operationId;
  return inAdjacentLane(state, placement.laneId, (placement.startsAt + placement.endsAt) / 2, direction);
}

/** Ids of the lanes that have a row, from top to bottom. */
export function visibleLaneIds(state: BoardState): readonly string[] {
  return state.layout.rows.flatMap((row) => (row.kind === 'lane' ? [row.lane.id] : []));
}

/** The uppermost lane that is in view whole, or else in part. */
export function topLaneId(state: BoardState): string | undefined {
  const { scrollY } = state.viewport;
  const inView = state.layout.rows.filter((row) => row.top + row.height > scrollY);
  const lanes = inView.flatMap((row) => (row.kind === 'lane' ? [row] : []));
  return (lanes.find(({ top }) => top >= scrollY) ?? lanes[0])?.lane.id;
}

function inAdjacentLane(
  state: BoardState,
  laneId: string,
  at: number,
  direction: 'up' | 'down',
): string | undefined {
  const laneIds = visibleLaneIds(state);
  const step = direction === 'up' ? -1 : 1;
  for (let row = laneIds.indexOf(laneId) + step; row >= 0 && row < laneIds.length; row += step) {
    const bars = state.barsByLane.get(laneIds[row] ?? '');
    if (bars === undefined || bars.operations.length === 0) continue;
    let nearest: string | undefined;
    let distance = Infinity;
    for (const [index, operation] of bars.operations.entries()) {
      const away = Math.max((bars.starts[index] ?? 0) - at, at - (bars.ends[index] ?? 0), 0);
      if (away >= distance) continue;
      distance = away;
      nearest = operation.operationId;
    }
    return nearest;
  }
  return undefined;
}

function firstInView(state: BoardState): string | undefined {
  let fallback: string | undefined;
  for (const laneId of visibleLaneIds(state)) {
    const bars = state.barsByLane.get(laneId);
    if (bars === undefined) continue;
    fallback ??= bars.operations[0]?.operationId;
    const index = firstVisible(bars, state.viewport.startsAt);
    const row = state.layout.rowByLaneId.get(laneId);
    const inView = row !== undefined && row.top + row.height > state.viewport.scrollY;
    if (inView && (bars.starts[index] ?? Infinity) < endOf(state.viewport))
      return bars.operations[index]?.operationId;
  }
  return fallback;
}

function placementOf(state: BoardState, operationId: string) {
  return state.pending.get(operationId)?.placement ?? state.operations.get(operationId)?.placement;
}
