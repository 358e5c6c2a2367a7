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
 * but not by `range`, so that working time can be counted across its edges.
 *
 * Throws RangeError for a time or time zone that does not exist.
 */
export function shiftWindows(calendar: ShiftCalendar): ShiftWindow[] {
  const { timeZone, range } = calendar;
  if (!(range.endsAt > range.startsAt)) return [];
  const patterns = calendar.shifts.map((shift) => {
    const start = parseWallTime(shift.startTime, shift.code);
    const end = parseWallTime(shift.endTime, shift.code);
    const overnight = end.minutes <= start.minutes || end.minutes === minutesPerDay;
    return {
      code: shift.code,
      start: start.time,
      end: end.time,
      overnight,
      weekdays: new Set(shift.weekdays),
    };
  });

  const windows: ShiftWindow[] = [];
  // A shift that began the day before can reach into the range.
  let date = plainDate(range.startsAt, timeZone).subtract({ days: 1 });
  const lastDate = plainDate(range.endsAt - 1, timeZone);
  while (Temporal.PlainDate.compare(date, lastDate) <= 0) {
    for (const pattern of patterns) {
      if (!pattern.weekdays.has(date.dayOfWeek)) continue;
      const startsAt = date.toZonedDateTime({ timeZone, plainTime: pattern.start }).epochMilliseconds;
      const endDate = pattern.overnight ? date.add({ days: 1 }) : date;
      const endsAt = endDate.toZonedDateTime({ timeZone, plainTime: pattern.end }).epochMilliseconds;
      if (endsAt > startsAt) windows.push({ startsAt, endsAt, shiftCode: pattern.code });
    }
    date = date.add({ days: 1 });
  }
  const untangled = untangleWindows(windows);
  return subtractIntervals(untangled, calendar.closures ?? []).filter(
    (window) => window.startsAt < range.endsAt && window.endsAt > range.startsAt,
  );
}

/** Sorts windows and lets a later one begin when the earlier one ends, so that none overlap. */
export function untangleWindows(windows: readonly ShiftWindow[]): ShiftWindow[] {
  const sorted = [...windows].sort((a, b) => a.startsAt - b.startsAt || b.endsAt - a.endsAt);
  const result: ShiftWindow[] = [];
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
