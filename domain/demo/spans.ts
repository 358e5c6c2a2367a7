import { firstEndingAfter } from '../calendars/intervals.ts';
import type { Interval } from '../scheduling/types.ts';

/** The parts of `range` in which `stretches` (ascending, not overlapping) work. */
export function intersect(stretches: readonly Interval[], range: Interval): Interval[] {
  const parts: Interval[] = [];
  for (let at = firstEndingAfter(stretches, range.startsAt); at < stretches.length; at += 1) {
    const stretch = stretches[at];
    if (stretch === undefined || stretch.startsAt >= range.endsAt) break;
    const startsAt = Math.max(stretch.startsAt, range.startsAt);
    const endsAt = Math.min(stretch.endsAt, range.endsAt);
    if (endsAt > startsAt) parts.push({ startsAt, endsAt });
  }
  return parts;
}
