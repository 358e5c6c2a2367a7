import { Temporal } from 'temporal-polyfill';

/** A mark on the axis: where a stretch of the calendar begins, and what it is called. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface AxisTicks {
  /** Upper line: days, months or years; the first one begins at or before the view. */
  readonly major: readonly Tick[];
  /** Lower line: seconds, minutes, hours, days, weeks or months. */
  readonly minor: readonly Tick[];
  /** Weeks as ISO 8601 numbers and writes them, `W48`; empty where they are too narrow for it. */
  readonly weeks: readonly Tick[];
  /** Starts of local days in view, empty where days are too narrow to be told apart. */
  readonly dayStarts: readonly number[];
}

export interface TimeAxis {
  readonly timeZone: string;
  readonly locale: string;
  ticks(startsAt: number, endsAt: number, msPerPx: number): AxisTicks;
  /** `14:05`, as the locale writes it, in the plant's zone. */
  formatTime(at: number): string;
  /** `Tue 24 Nov, 14:05`. */
  formatDateTime(at: number): string;
  /** `Tue 24 Nov 14:05 – 16:30`, the shortest form of a stretch of time. */
  formatRange(startsAt: number, endsAt: number): string;
  /** Lateness or a length in its largest fitting unit: `3h`, `2d`. */
  formatDuration(ms: number): string;
  /** Wall-clock offset from UTC at an instant, milliseconds. */
  offsetMs(at: number): number;
}

type CalendarUnit = 'day' | 'week' | 'month' | 'year';
type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month';
interface Level {
  readonly unit: Unit;
  readonly count: number;
  readonly aboutMs: number;
  /** Narrowest distance between two ticks, pixels: what the labels need. */
  readonly leastPx: number;
  readonly major: 'day' | 'month' | 'year';
}

const secondMs = 1000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const levels: readonly Level[] = [
  ...[5, 10, 15, 30].map((count) => level('second', count, count * secondMs, 70, 'day')),
  ...[1, 2, 5, 10, 15, 30].map((count) => level('minute', count, count * minuteMs, 54, 'day')),
  ...[1, 2, 3, 6, 12].map((count) => level('hour', count, count * hourMs, 50, 'day')),
  level('day', 1, dayMs, 30, 'month'),
  level('week', 1, 7 * dayMs, 50, 'month'),
  level('month', 1, 30 * dayMs, 40, 'year'),
];

function level(unit: Unit, count: number, aboutMs: number, leastPx: number, major: Level['major']): Level {
  return { unit, count, aboutMs, leastPx, major };
}

/**
 * Two-level tick marks in a plant's time zone. Days, weeks and months begin where the calendar says
 * (Temporal), so the night when clocks change has 23 or 25 hours; labels come from Intl.
 */
export function createTimeAxis(timeZone: string, locale: string): TimeAxis {
  // Made when they are first used: each costs a millisecond or two, and a view needs three of them.
  const format = (options: Intl.DateTimeFormatOptions): (() => Intl.DateTimeFormat) =>
    once(() => new Intl.DateTimeFormat(locale, { timeZone, ...options }));
  const time = format({ hour: '2-digit', minute: '2-digit' });
  const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const dateTime = format({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const dayMonth = format({ day: 'numeric', month: 'short' });
  const weekdayDay = format({ weekday: 'short', day: 'numeric' });
  const dayOnly = format({ day: 'numeric' });
  const monthOnly = format({ month: 'short' });
  const shortDay = format({ weekday: 'short', day: 'numeric', month: 'short' });
  const majorFormats = {
    day: format({ weekday: 'long', day: 'numeric', month: 'long' }),
    month: format({ month: 'long', year: 'numeric' }),
    year: format({ year: 'numeric' }),
  };
  const labels = new Map<() => Intl.DateTimeFormat, Map<number, string>>();
  const durations = {
    day: once(() => unitFormat(locale, 'day')),
    hour: once(() => unitFormat(locale, 'hour')),
    minute: once(() => unitFormat(locale, 'minute')),
  };
  const dayStartCache = new Map<string, number>();
  const weekLabels = new Map<number, string>();
  const runs = new Map<CalendarUnit, { from: number; to: number; starts: number[] }>();

  function labelOf(formatter: () => Intl.DateTimeFormat, at: number): string {
    let known = labels.get(formatter);
    if (known === undefined || known.size > 5000) labels.set(formatter, (known = new Map()));
    let text = known.get(at);
    if (text === undefined) known.set(at, (text = formatter().format(at)));
    return text;
  }

  function zoned(at: number): Temporal.ZonedDateTime {
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone);
  }

  function startOfDay(date: Temporal.PlainDate): number {
    const key = date.toString();
    let at = dayStartCache.get(key);
    if (at === undefined) dayStartCache.set(key, (at = date.toZonedDateTime(timeZone).epochMilliseconds));
    return at;
  }

  /**
   * Starts of calendar stretches from the one that holds `startsAt` to the first at or after `endsAt`.
   * What was asked once is kept: calendar arithmetic costs more than all else on the axis.
   */
  function calendarStarts(unit: CalendarUnit, startsAt: number, endsAt: number): number[] {
    let run = runs.get(unit);
    if (run === undefined || startsAt < run.from || endsAt > run.to) {
      const margin = Math.max(endsAt - startsAt, 2 * dayMs);
      run = { from: startsAt - margin, to: endsAt + margin, starts: [] };
      run.starts = listStarts(unit, run.from, run.to);
      runs.set(unit, run);
    }
    const { starts } = run;
    const first = Math.max(0, indexFrom(starts, startsAt, true) - 1);
    return starts.slice(first, indexFrom(starts, endsAt, false) + 1);
  }

  function listStarts(unit: CalendarUnit, startsAt: number, endsAt: number): number[] {
    let date = zoned(startsAt).toPlainDate();
    // ISO 8601 weeks begin on Monday, which is how plants count them.
    if (unit === 'week') date = date.subtract({ days: date.dayOfWeek - 1 });
    if (unit === 'month') date = date.with({ day: 1 });
    if (unit === 'year') date = date.with({ month: 1, day: 1 });
    const step = { [`${unit}s`]: 1 };
    const starts: number[] = [];
    for (;;) {
      const at = startOfDay(date);
      starts.push(at);
      if (at >= endsAt) return starts;
      date = date.add(step);
    }
  }

  function clockTicks(stepMs: number, startsAt: number, endsAt: number): number[] {
    const days = calendarStarts('day', startsAt, endsAt);
    const ticks: number[] = [];
    for (const [index, dayStart] of days.entries()) {
      const nextDay = days[index + 1];
      if (nextDay === undefined) break;
      if (nextDay - dayStart === dayMs) {
        const first = dayStart + Math.max(0, Math.ceil((startsAt - dayStart) / stepMs)) * stepMs;
        for (let at = first; at < Math.min(nextDay, endsAt); at += stepMs) ticks.push(at);
      } else {
        // Clocks change in this day: ask each candidate for its wall-clock time.
        const candidateMs = Math.min(stepMs, 30 * minuteMs);
        for (let at = dayStart; at < nextDay; at += candidateMs) {
          if (at < startsAt || at >= endsAt) continue;
          const { hour, minute, second } = zoned(at);
          if ((hour * hourMs + minute * minuteMs + second * secondMs) % stepMs === 0) ticks.push(at);
        }
      }
    }
    return ticks;
  }

  function weeksIn(startsAt: number, endsAt: number): Tick[] {
    return calendarStarts('week', startsAt, endsAt).map((at) => {
      let label = weekLabels.get(at);
      if (label === undefined) weekLabels.set(at, (label = `W${zoned(at).weekOfYear ?? ''}`));
      return { at, label };
    });
  }

  return {
    timeZone,
    locale,
    ticks(startsAt, endsAt, msPerPx) {
      const chosen =
        levels.find((candidate) => candidate.aboutMs / msPerPx >= candidate.leastPx) ?? lastLevel;
      const { unit } = chosen;
      const minorStarts =
        unit === 'second' || unit === 'minute' || unit === 'hour'
          ? clockTicks(chosen.aboutMs, startsAt, endsAt)
          : calendarStarts(unit, startsAt, endsAt);
      const tickPx = chosen.aboutMs / msPerPx;
      const minorFormat =
        unit === 'month'
          ? monthOnly
          : unit === 'week'
            ? dayMonth
            : unit === 'day'
              ? tickPx >= 52
                ? weekdayDay
                : dayOnly
              : unit === 'second'
                ? seconds
                : time;
      // A day is named even where it is narrow.
      const isNarrowDay = chosen.major === 'day' && dayMs / msPerPx < 190;
      const majorFormat = isNarrowDay ? shortDay : majorFormats[chosen.major];
      return {
        minor: minorStarts.map((at) => ({ at, label: labelOf(minorFormat, at) })),
        major: calendarStarts(chosen.major, startsAt, endsAt).map((at) => ({
          at,
          label: labelOf(majorFormat, at),
        })),
        weeks: 7 * dayMs >= leastWeekPx * msPerPx ? weeksIn(startsAt, endsAt) : [],
        dayStarts: dayMs / msPerPx >= 6 ? calendarStarts('day', startsAt, endsAt) : [],
      };
    },
    formatTime: (at) => labelOf(time, at),
    formatDateTime: (at) => dateTime().format(at),
    formatRange: (startsAt, endsAt) => dateTime().formatRange(startsAt, Math.max(startsAt, endsAt)),
    formatDuration(ms) {
      const length = Math.abs(ms);
      if (length >= 2 * dayMs) return durations.day().format(Math.round(length / dayMs));
      if (length >= hourMs) return durations.hour().format(Math.round(length / hourMs));
      return durations.minute().format(Math.max(1, Math.round(length / minuteMs)));
    },
    offsetMs: (at) => zoned(at).offsetNanoseconds / 1e6,
  };
}

const leastWeekPx = 26;
const lastLevel: Level = level('month', 1, 30 * dayMs, 40, 'year');

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** First index whose instant is at or after `at` (after it, when `strictly`). Ascending instants. */
function indexFrom(instants: readonly number[], at: number, strictly: boolean): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const instant = instants[middle] ?? Infinity;
    if (strictly ? instant > at : instant >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function unitFormat(locale: string, unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'narrow',
    maximumFractionDigits: 0,
  });
}
