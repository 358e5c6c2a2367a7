import { mergeIntervals } from '../calendars/intervals.ts';
import { plantDay, shiftWindows } from '../calendars/shifts.ts';

/**
 * Working time of a plant, counted in milliseconds from where its history begins. The same count is
 * reached at the end of a stretch of work and at the beginning of the next: `endAt` and `startAt`.
 */
export interface WorkingTime {
  /** Epoch milliseconds: midnight there, 90 days before now. */
  readonly historyStartsAt: number;
  /** Milliseconds of work until then. */
  workedBy(instant: number): number;
  startAt(worked: number): number;
  endAt(worked: number): number;
  /** Counts at which the plant goes home, after one and before the other. */
  homeGoings(after: number, before: number): number[];
  /** Where a shift works. */
  worksAt(instant: number): boolean;
}

export const seedShifts = [
  { code: 'EARLY', name: 'Early shift', startTime: '06:00', endTime: '14:00', weekdays: [1, 2, 3, 4, 5] },
  { code: 'LATE', name: 'Late shift', startTime: '14:00', endTime: '22:00', weekdays: [1, 2, 3, 4, 5] },
] as const;

const dayMs = 86_400_000;
export const historyDays = 90;
/** Work is planned so far ahead. */
export const aheadDays = 14;
/** What is made in the last slots is packed and shipped in the ones after them. */
const beyondDays = 160;

export function workingTime(now: number, timeZone: string): WorkingTime {
  const historyStartsAt = plantDay(now - historyDays * dayMs, timeZone).startsAt;
  const stretches = mergeIntervals(
    shiftWindows({
      timeZone,
      shifts: seedShifts,
      range: { startsAt: historyStartsAt, endsAt: now + beyondDays * dayMs },
    }),
  ).filter((stretch) => stretch.startsAt >= historyStartsAt);
  let total = 0;
  const before = stretches.map((stretch) => {
    const worked = total;
    total += stretch.endsAt - stretch.startsAt;
    return worked;
  });

  /** The last stretch that begins at or before, by key. */
  const lastNotAfter = (keyOf: (index: number) => number, value: number): number => {
    let low = 0;
    let high = stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (keyOf(middle) <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const startOf = (index: number) => stretches[index]?.startsAt ?? 0;
  const beforeOf = (index: number) => before[index] ?? 0;
  const at = (index: number, worked: number) => {
    if (worked < 0 || worked > total) throw new RangeError('The working time asked for is not planned');
    return startOf(index) + worked - beforeOf(index);
  };
  return {
    historyStartsAt,
    workedBy(instant) {
      const index = lastNotAfter(startOf, instant);
      const stretch = stretches[index];
      if (stretch === undefined || instant <= stretch.startsAt) return beforeOf(index);
      return beforeOf(index) + Math.min(instant, stretch.endsAt) - stretch.startsAt;
    },
    startAt: (worked) => at(lastNotAfter(beforeOf, worked), worked),
    endAt: (worked) => at(worked <= 0 ? 0 : lastNotAfter(beforeOf, worked - 1), worked),
    homeGoings(after, until) {
      const goings: number[] = [];
      for (let index = lastNotAfter(beforeOf, after) + 1; index < stretches.length; index += 1) {
        const worked = beforeOf(index);
        if (worked >= until) break;
        if (worked > after) goings.push(worked);
      }
      return goings;
    },
    worksAt(instant) {
      const stretch = stretches[lastNotAfter(startOf, instant)];
      return stretch !== undefined && stretch.startsAt <= instant && instant < stretch.endsAt;
    },
  };
}
