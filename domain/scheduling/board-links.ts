import type { BoardOperation, OperationLink } from './types.ts';

/** A link as seen from one of its ends; lags in milliseconds. */
export interface Link {
  /** Number of the operation at the other end. */
  readonly other: number;
  readonly kind: OperationLink['kind'];
  readonly minLagMs: number;
  /** Infinity: as late as one likes. */
  readonly maxLagMs: number;
}

export interface LinkIndex {
  /** By operation number: what follows it. */
  readonly after: readonly (readonly Link[])[];
  /** By operation number: what it follows. */
  readonly before: readonly (readonly Link[])[];
}

/**
 * Links by operation. In a work order a higher number begins after the lower ones end, where no link
 * between the two says something else; parts of one number go beside each other.
 */
export function indexLinks(
  operations: readonly BoardOperation[],
  numbers: ReadonlyMap<string, number>,
  workOrders: ReadonlyMap<string, readonly number[]>,
  links: readonly OperationLink[],
): LinkIndex {
  const after: Link[][] = operations.map(() => []);
  const before: Link[][] = operations.map(() => []);
  const named = new Set<string>();
  const add = (first: number, second: number, kind: Link['kind'], minLagMs: number, maxLagMs: number) => {
    after[first]?.push({ other: second, kind, minLagMs, maxLagMs });
    before[second]?.push({ other: first, kind, minLagMs, maxLagMs });
  };
  for (const { predecessorId, successorId, kind, minLagS, maxLagS } of links) {
    const first = numbers.get(predecessorId);
    const second = numbers.get(successorId);
    if (first === undefined || second === undefined || first === second) continue;
    named.add(`${first} ${second}`);
    add(first, second, kind, minLagS * 1000, maxLagS === undefined ? Infinity : maxLagS * 1000);
  }
  for (const members of workOrders.values()) {
    if (members.length < 2) continue;
    const steps = stepsOf(operations, members);
    for (const [at, step] of steps.entries()) {
      for (const first of steps[at - 1] ?? []) {
        for (const second of step) {
          if (!named.has(`${first} ${second}`)) add(first, second, 'finish_start', 0, Infinity);
        }
      }
    }
  }
  return { after, before };
}

/** The operations of a work order by number, those of one number together. */
function stepsOf(operations: readonly BoardOperation[], members: readonly number[]): number[][] {
  const numberAt = (member: number) => operations[member]?.operationNumber ?? 0;
  const steps: number[][] = [];
  let last: number | undefined;
  for (const member of members.toSorted((a, b) => numberAt(a) - numberAt(b))) {
    if (numberAt(member) === last) steps.at(-1)?.push(member);
    else steps.push([member]);
    last = numberAt(member);
  }
  return steps;
}
