/** What a planner does to the plan, as data: made, taken back and made again through one door. */
import { forget, record } from '#domain/undo/history';
import type { Change, History } from '#domain/undo/history';
import type { BoardOperation, ProposedMove } from '#domain/scheduling/types';

export type PlanCommand =
  | ({ readonly type: 'place' } & ProposedMove)
  | { readonly type: 'unschedule'; readonly operationId: string };

export const place = (move: ProposedMove): PlanCommand => ({
  type: 'place',
  operationId: move.operationId,
  laneId: move.laneId,
  startsAt: move.startsAt,
});

/** What brings an operation back to where it stands now. */
export function inverseOf(before: BoardOperation): PlanCommand {
  return before.placement
    ? place({ operationId: before.operationId, ...before.placement })
    : { type: 'unschedule', operationId: before.operationId };
}

/** Steps of the same bar by keyboard within this time are taken back together. */
const mergeWithinMs = 2_000;

export function remember(
  history: History<PlanCommand>,
  command: PlanCommand,
  before: BoardOperation,
  at: number,
): History<PlanCommand> {
  const change: Change<PlanCommand> = {
    apply: command,
    revert: inverseOf(before),
    at,
    mergeKey: command.operationId,
  };
  return record(history, change, mergeWithinMs);
}

/** Someone else moved the bar: neither taking back nor making again what was done to it makes sense any more. */
export function overtaken(history: History<PlanCommand>, operationId: string): History<PlanCommand> {
  return forget(history, (change) => change.apply.operationId === operationId);
}

/** A board with one operation as the core just told it; added where it was not there. */
export function withOperation(
  operations: readonly BoardOperation[],
  told: BoardOperation,
): readonly BoardOperation[] {
  let found = false;
  const next = operations.map((operation) => {
    if (operation.operationId !== told.operationId) return operation;
    found = true;
    // An older answer may arrive after a newer event.
    return operation.version > told.version ? operation : told;
  });
  return found ? next : [...next, told];
}
