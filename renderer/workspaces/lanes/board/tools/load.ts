import type { BoardEdit } from '#domain/scheduling/consequences/types';
import type { BoardOperation } from '#domain/scheduling/types';
import type { BoardState, BoardStore } from '../store.ts';
import { visibleLaneIds } from './neighbours.ts';

/** Bars in the hand: the one that was taken, and the rest of the selection with it. */
export interface Load {
  readonly leading: BoardOperation;
  readonly others: readonly BoardOperation[];
}

/** Whether hand and push may move it: not started, not locked, not in the frozen horizon. */
export function isMovable(state: BoardState, operation: BoardOperation): boolean {
  const { frozenUntil = -Infinity } = state.layers;
  return (
    (operation.status === 'planned' || operation.status === 'ready') &&
    operation.locked !== true &&
    (operation.placement === undefined || operation.placement.startsAt >= frozenUntil)
  );
}

/** The selection in the hand by one of its bars; those that stand still stay behind. */
export function loadOf(store: BoardStore, leading: BoardOperation): Load {
  const { state } = store;
  if (!state.selection.has(leading.operationId)) return { leading, others: [] };
  const others = [...state.selection].flatMap((operationId) => {
    const operation = operationId === leading.operationId ? undefined : store.shown(operationId);
    if (operation?.placement === undefined || !isMovable(state, operation)) return [];
    return [operation];
  });
  return { leading, others };
}

/**
 * The load with its leading bar at a place: the others keep their distance in time, and go as many lanes
 * up or down where that lane can do them; else they stay on theirs.
 */
export function editsOf(state: BoardState, load: Load, laneId: string, startsAt: number): BoardEdit[] {
  const { leading, others } = load;
  const edits: BoardEdit[] = [{ type: 'place', operationId: leading.operationId, laneId, startsAt }];
  const from = leading.placement;
  if (from === undefined || others.length === 0) return edits;
  const laneIds = visibleLaneIds(state);
  const down = laneIds.indexOf(laneId) - laneIds.indexOf(from.laneId);
  for (const { operationId, placement, eligibleLaneIds } of others) {
    if (placement === undefined) continue;
    const wanted = laneIds[laneIds.indexOf(placement.laneId) + down];
    const lane = wanted !== undefined && eligibleLaneIds.includes(wanted) ? wanted : placement.laneId;
    const start = placement.startsAt + startsAt - from.startsAt;
    edits.push({ type: 'place', operationId, laneId: lane, startsAt: start });
  }
  return edits;
}

/** Lanes that can do all that is in the hand; those of the leading bar where no lane can do all. */
export function eligibleLanes({ leading, others }: Load): ReadonlySet<string> {
  const own = new Set(leading.eligibleLaneIds);
  const lanesOfOthers = new Set(others.map(({ placement }) => placement?.laneId));
  if (lanesOfOthers.size > 1 || !lanesOfOthers.has(leading.placement?.laneId)) return own;
  const shared = new Set(
    [...own].filter((id) => others.every(({ eligibleLaneIds }) => eligibleLaneIds.includes(id))),
  );
  return shared.size === 0 ? own : shared;
}
