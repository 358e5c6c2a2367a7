/** What a planner does to the plan, as data: made, taken back and made again through one door. */
import type { BoardEdit } from '#domain/scheduling/consequences/types';
import type { BoardOperation, ProposedMove } from '#domain/scheduling/types';
import { forget, record } from '#domain/undo/history';
import type { Change, ChangeName, History } from '#domain/undo/history';
import type { PlanEdit } from '#contract/lanes';

/** Edits that are made, taken back and made again together. */
export type PlanCommand = readonly BoardEdit[];
export type FindOperation = (operationId: string) => BoardOperation | undefined;

export const place = ({ operationId, laneId, startsAt }: ProposedMove): BoardEdit => ({
  type: 'place',
  operationId,
  laneId,
  startsAt,
});

/**
 * What brings everything back to where it stands now, before `edits` are made. Parts that are joined come
 * back with their quantities, beside one another: where each stood is not kept.
 */
export function inverseOf(edits: PlanCommand, before: readonly BoardOperation[]): PlanCommand {
  const found = new Map(before.map((operation) => [operation.operationId, operation]));
  return edits.toReversed().flatMap((edit) => {
    const operation = found.get(edit.operationId);
    return operation === undefined ? [] : [inverseOfOne(edit, operation, before)];
  });
}

function inverseOfOne(
  edit: BoardEdit,
  operation: BoardOperation,
  before: readonly BoardOperation[],
): BoardEdit {
  const { operationId, placement, locked = false } = operation;
  if (edit.type === 'lock') return { type: 'lock', operationId, locked };
  if (edit.type === 'split') return { type: 'join', operationId };
  if (edit.type === 'join') {
    const others = partsOf(operation, before).filter((part) => part.operationId !== operationId);
    return { type: 'split', operationId, quantities: [operation, ...others].map(({ quantity }) => quantity) };
  }
  return placement === undefined ? { type: 'unschedule', operationId } : place({ operationId, ...placement });
}

/** The bars among which the quantity of one operation was split, by part; itself alone when it was not. */
export function partsOf(
  { workOrderId, operationNumber }: BoardOperation,
  operations: readonly BoardOperation[],
): BoardOperation[] {
  return operations
    .filter((other) => other.workOrderId === workOrderId && other.operationNumber === operationNumber)
    .sort((a, b) => (a.part ?? 0) - (b.part ?? 0));
}

/** The edits as the core takes them, with the version of each operation that the planner saw. */
export function withVersions(edits: PlanCommand, find: FindOperation): PlanEdit[] {
  return edits.flatMap((edit): PlanEdit[] => {
    const operation = find(edit.operationId);
    if (operation === undefined) return [];
    const { version } = operation;
    return [
      edit.type === 'split' ? { ...edit, quantities: [...edit.quantities], version } : { ...edit, version },
    ];
  });
}

/** Steps of the same bars within this time are taken back together. */
const mergeWithinMs = 2_000;

export function remember(
  history: History<PlanCommand>,
  edits: PlanCommand,
  inverse: PlanCommand,
  name: ChangeName,
  at: number,
): History<PlanCommand> {
  const change: Change<PlanCommand> = {
    apply: edits,
    revert: inverse,
    at,
    name,
    mergeKey: mergeKeyOf(edits),
  };
  return record(history, change, mergeWithinMs);
}

/** Moves of just the same bars become one: their inverses name the same bars, so the first one suffices. */
function mergeKeyOf(edits: PlanCommand): string | undefined {
  if (edits.some(({ type }) => type !== 'place')) return undefined;
  return edits
    .map(({ operationId }) => operationId)
    .toSorted()
    .join(' ');
}

/** Someone else moved the bar: neither taking back nor making again what was done to it makes sense any more. */
export function overtaken(history: History<PlanCommand>, operationId: string): History<PlanCommand> {
  return forget(history, ({ apply, revert }) =>
    [...apply, ...revert].some((edit) => edit.operationId === operationId),
  );
}

/** A board with operations as the core just told them; added where they were not there. */
export function withOperations(
  operations: readonly BoardOperation[],
  told: readonly BoardOperation[],
  removedIds: readonly string[] = [],
): readonly BoardOperation[] {
  const news = new Map(told.map((operation) => [operation.operationId, operation]));
  const removed = new Set(removedIds);
  const next = operations.flatMap((operation) => {
    const newer = news.get(operation.operationId);
    news.delete(operation.operationId);
    if (removed.has(operation.operationId)) return [];
    // An older answer may arrive after a newer event.
    return newer === undefined || operation.version > newer.version ? [operation] : [newer];
  });
  return [...next, ...news.values()];
}
