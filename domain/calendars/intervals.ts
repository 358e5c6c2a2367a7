import type { Interval } from '../scheduling/types.ts';

/** Joins intervals that overlap or touch: ascending, with a gap between any two. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter((one) => one.endsAt > one.startsAt).sort((a, b) => a.startsAt - b.startsAt);
  const merged: { startsAt: number; endsAt: number }[] = [];
  for (const { startsAt, endsAt } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && startsAt <= last.endsAt) last.endsAt = Math.max(last.endsAt, endsAt);
    else merged.push({ startsAt, endsAt });
  }
  return merged;
}

/** What is left of each interval outside the `removed` ones; an interval can come out in pieces. */
export function subtractIntervals<Piece extends Interval>(
  intervals: readonly Piece[],
  removed: readonly Interval[],
): Piece[] {
  const holes = mergeIntervals(removed);
  if (holes.length === 0) return [...intervals];
  const result: Piece[] = [];
  for (const interval of intervals) {
    let startsAt = interval.startsAt;
    for (let at = firstEndingAfter(holes, startsAt); at < holes.length; at += 1) {
      const hole = holes[at];
      if (hole === undefined || hole.startsAt >= interval.endsAt) break;
      if (hole.startsAt > startsAt) result.push({ ...interval, startsAt, endsAt: hole.startsAt });
      startsAt = Math.max(startsAt, hole.endsAt);
    }
    if (startsAt < interval.endsAt) result.push({ ...interval, startsAt });
  }
  return result;
}

/** Index of the first interval that ends after `instant` (ascending, not overlapping); length if none. */
export function firstEndingAfter(intervals: readonly Interval[], instant: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.endsAt ?? Infinity) > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}
