import { Temporal } from 'temporal-polyfill';
import type { Interval, ShiftWindow } from '../scheduling/types.ts';
import { subtractIntervals } from './intervals.ts';

/** A shift as a plant writes it down: wall-clock times in the plant's time zone. */
export interface ShiftPattern {
  readonly code: string;
  /** `HH:MM`, wall clock. */
  readonly startTime: string;
  /** `HH:MM`, wall clock; not after `startTime` means on the following day; `24:00` is midnight. */
  readonly endTime: string;
  /** ISO weekdays (1 Monday .. 7 Sunday) on which the shift begins. */
  readonly weekdays: readonly number[];
  /** When its lanes do not work; what lies outside of the shift cuts nothing. */
  readonly breaks?: readonly ShiftBreak[] | undefined;
}

export interface ShiftBreak {
  /** `HH:MM`, wall clock; before the start of an overnight shift means on the following day. */
  readonly startTime: string;
  readonly seconds: number;
}

export interface ShiftCalendar {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  readonly shifts: readonly ShiftPattern[];
  /** Holidays, plant shutdowns: no work, whatever the shifts say. */
  readonly closures?: readonly Interval[] | undefined;
  /** Windows that touch this range are returned, whole. */
  readonly range: Interval;
}

/** A calendar day of a plant: 23, 24 or 25 hours long. */
export interface PlantDay extends Interval {
  /** `YYYY-MM-DD` in the plant's time zone. */
  readonly date: string;
  /** ISO weekday, 1 Monday .. 7 Sunday. */
  readonly weekday: number;
}

/**
 * The working windows of a calendar that touch `range`, ascending and not overlapping.
 *
 * Wall-clock times are resolved in the plant's zone day by day, so the night shift has 7 or 9 hours
 * when the clocks change. A time that the change skips moves forward by the gap; one that happens
 * twice means the first (RFC 5545 3.3.5, Temporal's `compatible`). Where two shifts overlap, the one
 * that began first keeps its window and the other begins when it ends. Windows are cut by closures
 * and by the breaks of their shift, but not by `range`, so that working time can be counted across its edges.
 *
 * Throws RangeError for a time or time zone that does not exist.
 */
export function shiftWindows(calendar: ShiftCalendar): ShiftWindow[] {
  const { timeZone, range } = calendar;
  if (!(range.endsAt > range.startsAt)) return [];
  const patterns = calendar.shifts.map((shift) => patternOf(shift));
  const windows: (ShiftWindow & { readonly breaks: readonly Interval[] })[] = [];
  // A shift that began the day before can reach into the range.
  let date = plainDate(range.startsAt, timeZone).subtract({ days: 1 });
  const lastDate = plainDate(range.endsAt - 1, timeZone);
  while (Temporal.PlainDate.compare(date, lastDate) <= 0) {
    for (const { code, weekdays, start, end, breaks } of patterns) {
      if (!weekdays.has(date.dayOfWeek)) continue;
      const instant = ({ plainTime, nextDay }: DayTime) =>
        (nextDay ? date.add({ days: 1 }) : date).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
      const [startsAt, endsAt] = [instant(start), instant(end)];
      if (endsAt <= startsAt) continue;
      const own = breaks.map(({ at, seconds }) => ({
        startsAt: instant(at),
        endsAt: instant(at) + seconds * 1000,
      }));
      windows.push({ startsAt, endsAt, shiftCode: code, breaks: own });
    }
    date = date.add({ days: 1 });
  }
  const worked = untangleWindows(windows).flatMap(({ breaks, ...window }) =>
    subtractIntervals([window], breaks),
  );
  return subtractIntervals(worked, calendar.closures ?? []).filter(
    (window) => window.startsAt < range.endsAt && window.endsAt > range.startsAt,
  );
}

/** A time of the day on which a shift begins, or of the day after. */
interface DayTime {
  readonly plainTime: Temporal.PlainTime;
  readonly nextDay: boolean;
}

function patternOf({ code, startTime, endTime, weekdays, breaks = [] }: ShiftPattern) {
  const start = parseWallTime(startTime, code);
  const end = parseWallTime(endTime, code);
  const isOvernight = end.minutes <= start.minutes;
  return {
    code,
    weekdays: new Set(weekdays),
    start: { plainTime: start.time, nextDay: false },
    end: { plainTime: end.time, nextDay: isOvernight || end.minutes === minutesPerDay },
    breaks: breaks.map(({ startTime: at, seconds }) => {
      const { time, minutes } = parseWallTime(at, code);
      return { at: { plainTime: time, nextDay: isOvernight && minutes < start.minutes }, seconds };
    }),
  };
}

/** Sorts windows and lets a later one begin when the earlier one ends, so that none overlap. */
export function untangleWindows<Window extends ShiftWindow>(windows: readonly Window[]): Window[] {
  const sorted = [...windows].sort((a, b) => a.startsAt - b.startsAt || b.endsAt - a.endsAt);
  const result: Window[] = [];
  let takenUntil = -Infinity;
  for (const window of sorted) {
    const startsAt = Math.max(window.startsAt, takenUntil);
    if (startsAt >= window.endsAt) continue;
    result.push({ ...window, startsAt });
    takenUntil = window.endsAt;
  }
  return result;
}

/** The plant's calendar day that holds `instant`. */
export function plantDay(instant: number, timeZone: string): PlantDay {
  const date = plainDate(instant, timeZone);
  return {
    date: date.toString(),
    weekday: date.dayOfWeek,
    startsAt: date.toZonedDateTime({ timeZone }).epochMilliseconds,
    endsAt: date.add({ days: 1 }).toZonedDateTime({ timeZone }).epochMilliseconds,
  };
}

/** When the plant's week that holds `instant` begins: midnight before its Monday (ISO 8601), epoch ms. */
export function plantWeekStart(instant: number, timeZone: string): number {
  const date = plainDate(instant, timeZone);
  return date.subtract({ days: date.dayOfWeek - 1 }).toZonedDateTime({ timeZone }).epochMilliseconds;
}

const minutesPerDay = 24 * 60;

function plainDate(instant: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate();
}

function parseWallTime(text: string, shiftCode: string): { time: Temporal.PlainTime; minutes: number } {
  const match = /^(\d{2}):(\d{2})(?::00)?$/.exec(text);
  const hour = Number(match?.[1]);
  const minute = Number(match?.[2]);
  const valid = match !== null && minute < 60 && (hour < 24 || (hour === 24 && minute === 0));
  if (!valid) throw new RangeError(`Shift ${shiftCode}: "${text}" is not a time of day (HH:MM)`);
  return { time: Temporal.PlainTime.from({ hour: hour % 24, minute }), minutes: hour * 60 + minute };
}
