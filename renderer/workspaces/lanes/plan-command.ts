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
 * back with their quantities, each where it stood; all but the first as new bars (see `replacedParts`).
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
    // The first part is the one that stays, whichever of them was asked.
    const parts = partsOf(operation, before);
    return {
      type: 'split',
      operationId: parts[0]?.operationId ?? operationId,
      quantities: parts.map(({ quantity }) => quantity),
      places: parts.map((part) =>
        part.placement === undefined
          ? null
          : { laneId: part.placement.laneId, startsAt: part.placement.startsAt },
      ),
    };
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
      edit.type === 'split'
        ? {
            ...edit,
            quantities: [...edit.quantities],
            places: edit.places === undefined ? undefined : [...edit.places],
            version,
          }
        : { ...edit, version },
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

/** Ids of parts that were joined last, in order, by the operation that they were parts of. */
export type JoinedParts = ReadonlyMap<string, readonly string[]>;

/**
 * What an answer of the core says of parts: which ones are no more, and which new ones stand for those that
 * were joined before. Taking back a join, or making a split again, makes bars anew; what was done to the
 * former ones goes on with these.
 */
export function replacedParts(
  joined: JoinedParts,
  before: readonly BoardOperation[],
  answer: { readonly operations: readonly BoardOperation[]; readonly removedIds: readonly string[] },
): { readonly joined: JoinedParts; readonly ids: ReadonlyMap<string, string> } {
  const known = new Map(before.map((operation) => [operation.operationId, operation]));
  const inOrder = (operations: readonly BoardOperation[]) =>
    Map.groupBy(
      operations.toSorted((a, b) => (a.part ?? 0) - (b.part ?? 0)),
      ({ workOrderId, operationNumber }) => `${workOrderId} ${operationNumber}`,
    );
  const ids = new Map<string, string>();
  for (const [whole, made] of inOrder(
    answer.operations.filter(({ operationId }) => !known.has(operationId)),
  )) {
    for (const [at, former] of (joined.get(whole) ?? []).entries()) {
      const now = made[at];
      if (now !== undefined) ids.set(former, now.operationId);
    }
  }
  const gone = inOrder(answer.removedIds.flatMap((id) => known.get(id) ?? []));
  const next = new Map(joined);
  for (const [whole, parts] of gone)
    next.set(
      whole,
      parts.map(({ operationId }) => operationId),
    );
  return { joined: next, ids };
}

/** The same history of bars that have other ids by now. */
export function withIds(
  history: History<PlanCommand>,
  ids: ReadonlyMap<string, string>,
): History<PlanCommand> {
  if (ids.size === 0) return history;
  const named = (edits: PlanCommand): PlanCommand =>
    edits.map((edit) => ({ ...edit, operationId: ids.get(edit.operationId) ?? edit.operationId }));
  const renamed = (changes: readonly Change<PlanCommand>[]) =>
    changes.map((change): Change<PlanCommand> => {
      const apply = named(change.apply);
      return { ...change, apply, revert: named(change.revert), mergeKey: mergeKeyOf(apply) };
    });
  return { ...history, done: renamed(history.done), undone: renamed(history.undone) };
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
