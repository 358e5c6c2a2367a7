import type { BoardOperation, OperationLink } from '#domain/scheduling/types';

/** A precedence between two operations, and whether it is kept where they stand. */
export interface Relation {
  readonly from: BoardOperation;
  readonly to: BoardOperation;
  readonly kind: OperationLink['kind'];
  readonly minLagS: number;
  /** The later one stands too early, or (with a longest lag) too late. */
  readonly isBroken: boolean;
}

/** Operations as the board shows them, pending moves counted as made. */
export type Shown = (operationId: string) => BoardOperation | undefined;

interface Given {
  readonly operations: ReadonlyMap<string, BoardOperation>;
  readonly links: readonly OperationLink[];
}

/**
 * All precedences that an operation has a part in: those given as links, and the order of operations
 * within its work order where no link says otherwise.
 */
export function relationsOf(operationId: string, { operations, links }: Given, shown: Shown): Relation[] {
  const own = shown(operationId);
  if (own === undefined) return [];
  const relations: Relation[] = [];
  const linked = new Set<string>();
  for (const link of links) {
    if (link.predecessorId !== operationId && link.successorId !== operationId) continue;
    const from = shown(link.predecessorId);
    const to = shown(link.successorId);
    if (from === undefined || to === undefined) continue;
    linked.add(from === own ? link.successorId : link.predecessorId);
    linked.add(link.predecessorId === operationId ? link.successorId : link.predecessorId);
    relations.push(relation(from, to, link));
  }
  const [before, after] = neighboursInOrder(own, operations.values());
  const add = (from: BoardOperation, to: BoardOperation): void => {
    relations.push(relation(from, to, { kind: 'finish_start', minLagS: 0 }));
  };
  for (const each of before) if (!linked.has(each.operationId)) add(shown(each.operationId) ?? each, own);
  for (const each of after) if (!linked.has(each.operationId)) add(own, shown(each.operationId) ?? each);
  return relations;
}

/** Precedences between the operations of a set, as along a critical path. */
export function relationsWithin(
  set: ReadonlySet<string>,
  { operations, links }: Given,
  shown: Shown,
): Relation[] {
  if (set.size === 0) return [];
  const relations: Relation[] = [];
  const linked = new Set<string>();
  for (const link of links) {
    if (!set.has(link.predecessorId) || !set.has(link.successorId)) continue;
    const from = shown(link.predecessorId);
    const to = shown(link.successorId);
    if (from === undefined || to === undefined) continue;
    linked.add(`${link.predecessorId} ${link.successorId}`);
    relations.push(relation(from, to, link));
  }
  const orders = new Map<string, BoardOperation[]>();
  for (const operationId of set) {
    const operation = shown(operationId) ?? operations.get(operationId);
    if (operation === undefined) continue;
    const members = orders.get(operation.workOrderId);
    if (members === undefined) orders.set(operation.workOrderId, [operation]);
    else members.push(operation);
  }
  for (const members of orders.values()) {
    members.sort((a, b) => a.operationNumber - b.operationNumber);
    for (const [index, from] of members.entries()) {
      const to = members[index + 1];
      if (to === undefined || to.operationNumber === from.operationNumber) continue;
      if (linked.has(`${from.operationId} ${to.operationId}`)) continue;
      relations.push(relation(from, to, { kind: 'finish_start', minLagS: 0 }));
    }
  }
  return relations;
}

/** The operations of its work order with the next lower number, and with the next higher one. */
function neighboursInOrder(
  own: BoardOperation,
  operations: Iterable<BoardOperation>,
): readonly [readonly BoardOperation[], readonly BoardOperation[]] {
  let before: BoardOperation[] = [];
  let after: BoardOperation[] = [];
  for (const each of operations) {
    if (each.workOrderId !== own.workOrderId || each.operationId === own.operationId) continue;
    if (each.operationNumber < own.operationNumber) {
      const best = before[0]?.operationNumber ?? -Infinity;
      if (each.operationNumber > best) before = [each];
      else if (each.operationNumber === best) before.push(each);
    } else if (each.operationNumber > own.operationNumber) {
      const best = after[0]?.operationNumber ?? Infinity;
      if (each.operationNumber < best) after = [each];
      else if (each.operationNumber === best) after.push(each);
    }
  }
  return [before, after];
}

function relation(
  from: BoardOperation,
  to: BoardOperation,
  { kind, minLagS, maxLagS }: Pick<OperationLink, 'kind' | 'minLagS' | 'maxLagS'>,
): Relation {
  const first = from.placement;
  const second = to.placement;
  let isBroken = false;
  if (first !== undefined && second !== undefined) {
    const leaves = kind === 'start_start' ? first.startsAt : first.endsAt;
    const arrives = kind === 'finish_finish' ? second.endsAt : second.startsAt;
    const lagS = (arrives - leaves) / 1000;
    isBroken = lagS < minLagS || (maxLagS !== undefined && lagS > maxLagS);
  }
  return { from, to, kind, minLagS, isBroken };
}
