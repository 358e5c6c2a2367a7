import { firstEndingAfter } from '../calendars/intervals.ts';
import { finishAfter, nextWorkingInstant, windowAt } from '../calendars/working-time.ts';
import type { Interval } from './types.ts';

/** An operation on the clock: the lane is taken from `startsAt`, the run goes from `runsAt` to `endsAt`. */
export interface WorkingSpan extends Interval {
  /** Equal to `startsAt` without a set-up. */
  readonly runsAt: number;
}

/** What is to be fitted into the working stretches of a lane; seconds of working time. */
export interface Work {
  readonly setupS: number;
  readonly runS: number;
  /** False: the run must end in the stretch that it begins in. */
  readonly interruptible: boolean;
}

/** The earliest that each edge of a span may lie, epoch ms; -Infinity where nothing binds. */
export interface EarliestEdges {
  readonly startsAt: number;
  readonly runsAt: number;
  readonly endsAt: number;
}

/**
 * The latest instant from which `durationS` of working time pass until `endsAt`: counted backwards from
 * `endsAt`, or from the end of the stretch before when that is outside of work. Undefined when the
 * stretches begin too late.
 */
export function startBefore(
  stretches: readonly Interval[],
  endsAt: number,
  durationS: number,
): number | undefined {
  if (durationS <= 0) return endsAt;
  let remainingMs = durationS * 1000;
  // The last stretch that begins before `endsAt`.
  let at = firstEndingAfter(stretches, endsAt);
  if ((stretches[at]?.startsAt ?? Infinity) >= endsAt) at -= 1;
  for (; at >= 0; at -= 1) {
    const stretch = stretches[at];
    if (stretch === undefined) break;
    const until = Math.min(endsAt, stretch.endsAt);
    const availableMs = until - stretch.startsAt;
    if (remainingMs <= availableMs) return until - remainingMs;
    remainingMs -= availableMs;
  }
  return undefined;
}

/** The span that begins exactly at `startsAt`; undefined when the calendar ends before the work does. */
export function spanFrom(
  stretches: readonly Interval[],
  startsAt: number,
  work: Work,
): WorkingSpan | undefined {
  let runsAt: number | undefined = startsAt;
  if (work.setupS > 0) {
    const ready = finishAfter(stretches, startsAt, work.setupS);
    runsAt = ready === undefined ? undefined : nextWorkingInstant(stretches, ready);
  }
  if (runsAt === undefined) return undefined;
  const endsAt = finishAfter(stretches, runsAt, work.runS);
  return endsAt === undefined ? undefined : { startsAt, runsAt, endsAt };
}

/** Whether a run is broken by a pause: it does not end in the stretch that it begins in. */
export function isBroken(stretches: readonly Interval[], span: WorkingSpan): boolean {
  const stretch = windowAt(stretches, span.runsAt);
  return stretch === undefined || span.endsAt > stretch.endsAt;
}

/**
 * The span with the earliest run whose edges respect `earliest`. The set-up is made just before the run,
 * so that the lane stays free until it must be taken. Undefined when the calendar ends before.
 */
export function earliestSpan(
  stretches: readonly Interval[],
  earliest: EarliestEdges,
  work: Work,
): WorkingSpan | undefined {
  const { setupS, runS } = work;
  let runsAt = nextWorkingInstant(stretches, earliest.runsAt);
  if (runsAt === undefined) return undefined;
  if (earliest.startsAt > -Infinity) {
    const opens = nextWorkingInstant(stretches, earliest.startsAt);
    const ready = opens === undefined ? undefined : finishAfter(stretches, opens, setupS);
    const open = ready === undefined ? undefined : nextWorkingInstant(stretches, ready);
    if (open === undefined) return undefined;
    runsAt = Math.max(runsAt, open);
  }
  let endsAt = finishAfter(stretches, runsAt, runS);
  if (endsAt === undefined) return undefined;
  if (endsAt < earliest.endsAt) {
    // Work cannot end in a pause: then it ends with the first second after it.
    const open = nextWorkingInstant(stretches, earliest.endsAt);
    const working = windowAt(stretches, earliest.endsAt - 1) !== undefined;
    const end = working || open === undefined ? earliest.endsAt : open + 1000;
    const later = startBefore(stretches, end, runS);
    if (later === undefined) return undefined;
    runsAt = nextWorkingInstant(stretches, Math.max(runsAt, later));
    endsAt = runsAt === undefined ? undefined : finishAfter(stretches, runsAt, runS);
  }
  if (runsAt === undefined || endsAt === undefined) return undefined;
  if (!work.interruptible) {
    let at = firstEndingAfter(stretches, runsAt);
    while (endsAt > (stretches[at]?.endsAt ?? -Infinity)) {
      at += 1;
      const stretch = stretches[at];
      if (stretch === undefined) return undefined;
      runsAt = stretch.startsAt;
      endsAt = runsAt + runS * 1000;
    }
  }
  const startsAt = startBefore(stretches, runsAt, setupS);
  // Before the first stretch nothing can be set up: then the set-up is made in it.
  if (startsAt === undefined) return spanFrom(stretches, stretches[0]?.startsAt ?? runsAt, work);
  return { startsAt, runsAt, endsAt };
}
