import type { Interval } from '../scheduling/types.ts';
import { firstEndingAfter } from './intervals.ts';

/*
 * Counting in working time. `windows` are ascending and do not overlap, as `shiftWindows` returns them;
 * windows that touch are one stretch of work. Lookups are binary searches, walks go over what is counted.
 */

/** The window that holds `instant` (`startsAt <= instant < endsAt`), if work goes on then. */
export function windowAt<Window extends Interval>(
  windows: readonly Window[],
  instant: number,
): Window | undefined {
  const window = windows[firstEndingAfter(windows, instant)];
  return window !== undefined && window.startsAt <= instant ? window : undefined;
}

/** The first instant at or after `instant` at which work goes on; undefined when the windows have run out. */
export function nextWorkingInstant(windows: readonly Interval[], instant: number): number | undefined {
  const window = windows[firstEndingAfter(windows, instant)];
  return window === undefined ? undefined : Math.max(instant, window.startsAt);
}

/** The unbroken stretch of work around `instant`: touching windows taken together. */
export function stretchAt(windows: readonly Interval[], instant: number): Interval | undefined {
  const at = firstEndingAfter(windows, instant);
  const window = windows[at];
  if (window === undefined || window.startsAt > instant) return undefined;
  let { startsAt, endsAt } = window;
  for (let before = at - 1; windows[before]?.endsAt === startsAt; before -= 1) {
    startsAt = windows[before]?.startsAt ?? startsAt;
  }
  for (let after = at + 1; windows[after]?.startsAt === endsAt; after += 1) {
    endsAt = windows[after]?.endsAt ?? endsAt;
  }
  return { startsAt, endsAt };
}

/**
 * The instant at which `durationS` seconds of working time have passed since `startsAt`.
 * Counting begins with the first window when `startsAt` is outside of work; work that fills a window
 * to its end is finished then, not when the next one opens. Undefined when the windows run out before.
 */
export function finishAfter(
  windows: readonly Interval[],
  startsAt: number,
  durationS: number,
): number | undefined {
  if (durationS <= 0) return startsAt;
  let remainingMs = durationS * 1000;
  for (let at = firstEndingAfter(windows, startsAt); at < windows.length; at += 1) {
    const window = windows[at];
    if (window === undefined) break;
    const from = Math.max(startsAt, window.startsAt);
    const availableMs = window.endsAt - from;
    if (remainingMs <= availableMs) return from + remainingMs;
    remainingMs -= availableMs;
  }
  return undefined;
}

/** Seconds of working time in `startsAt <= t < endsAt`; 0 when the interval is empty. */
export function workingSecondsBetween(
  windows: readonly Interval[],
  startsAt: number,
  endsAt: number,
): number {
  let totalMs = 0;
  for (let at = firstEndingAfter(windows, startsAt); at < windows.length; at += 1) {
    const window = windows[at];
    if (window === undefined || window.startsAt >= endsAt) break;
    totalMs += Math.max(0, Math.min(window.endsAt, endsAt) - Math.max(window.startsAt, startsAt));
  }
  return totalMs / 1000;
}
