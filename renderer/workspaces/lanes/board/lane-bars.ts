import type { BoardOperation } from '#domain/scheduling/types';

/**
 * The placed operations of one lane, sorted by start, in columns: what is visible is found by two
 * binary searches, and drawing walks typed arrays instead of objects.
 */
export interface LaneBars {
  readonly operations: readonly BoardOperation[];
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** End of the part before the run in which the lane is set up or cleaned; the start where there is none. */
  readonly setupEnds: Float64Array;
  /** Latest end among this bar and all before it; ascending, so it can be searched. */
  readonly reach: Float64Array;
  /** Sub-lane of each bar: bars that overlap in time stand in different ones. */
  readonly slots: Uint8Array;
  readonly slotCount: number;
}

const mostSlots = 8;

export function buildLaneBars(operations: readonly BoardOperation[]): LaneBars {
  const sorted = operations
    .filter((operation) => operation.placement !== undefined)
    .sort((a, b) => startOf(a) - startOf(b) || (a.code < b.code ? -1 : 1));
  const count = sorted.length;
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  const setupEnds = new Float64Array(count);
  const reach = new Float64Array(count);
  const slots = new Uint8Array(count);
  const freeFrom: number[] = [];
  let latest = -Infinity;
  for (let index = 0; index < count; index += 1) {
    const placement = sorted[index]?.placement;
    const startsAt = placement?.startsAt ?? 0;
    const endsAt = placement?.endsAt ?? startsAt;
    latest = Math.max(latest, endsAt);
    starts[index] = startsAt;
    ends[index] = endsAt;
    setupEnds[index] = Math.min(endsAt, Math.max(startsAt, placement?.setupEndsAt ?? startsAt));
    reach[index] = latest;
    let slot = freeFrom.findIndex((free) => free <= startsAt);
    if (slot < 0) slot = Math.min(freeFrom.length, mostSlots - 1);
    freeFrom[slot] = Math.max(endsAt, freeFrom[slot] ?? endsAt);
    slots[index] = slot;
  }
  return {
    operations: sorted,
    starts,
    ends,
    setupEnds,
    reach,
    slots,
    slotCount: Math.max(1, freeFrom.length),
  };
}

/** Index of the first bar that may touch `startsAt`; walk on from there while `starts[i] < endsAt`. */
export function firstVisible(bars: LaneBars, startsAt: number): number {
  return lowerBound(bars.reach, startsAt, true);
}

/** Index of the first bar that begins at or after `at`. */
export function firstStartingFrom(bars: LaneBars, at: number): number {
  return lowerBound(bars.starts, at, false);
}

/** Index of an operation on its lane; -1 when it does not stand there. */
export function indexOn(bars: LaneBars, operationId: string, startsAt: number): number {
  // Bars are sorted by start: only those that begin at the same instant are looked at.
  for (let index = firstStartingFrom(bars, startsAt); bars.starts[index] === startsAt; index += 1) {
    if (bars.operations[index]?.operationId === operationId) return index;
  }
  return -1;
}

/** First index whose value is at or above `wanted`, or above it when `strictlyAfter`. Ascending values. */
export function lowerBound(values: Float64Array, wanted: number, strictlyAfter: boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = values[middle] ?? Infinity;
    if (strictlyAfter ? value > wanted : value >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

function startOf(operation: BoardOperation): number {
  return operation.placement?.startsAt ?? 0;
}
