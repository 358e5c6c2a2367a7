import type { Problem, ProblemLane, SetupRule, Span } from '../model/problem.ts';

/*
 * The checker's own counting: plain walks over what the problem says, sharing nothing with the solver.
 */

/** Seconds in `from <= t < to` at which a lane or a resource works; without windows it always does. */
export function workedBetween(windows: readonly Span[] | undefined, from: number, to: number): number {
  if (to <= from) return 0;
  if (windows === undefined) return to - from;
  let worked = 0;
  for (const { start, end } of windows) {
    if (end <= from) continue;
    if (start >= to) break;
    worked += Math.min(end, to) - Math.max(start, from);
  }
  return worked;
}

/** Whether work goes on at an instant. */
export function worksAt(windows: readonly Span[] | undefined, instant: number): boolean {
  return windows === undefined || windows.some(({ start, end }) => start <= instant && instant < end);
}

/** Whether work goes on right before an instant: whether something can end there. */
export function worksUntil(windows: readonly Span[] | undefined, instant: number): boolean {
  return windows === undefined || windows.some(({ start, end }) => start < instant && instant <= end);
}

/** Whether one window holds `from` and everything up to `to`. */
export function inOneWindow(windows: readonly Span[] | undefined, from: number, to: number): boolean {
  return windows === undefined || windows.some(({ start, end }) => start <= from && to <= end);
}

/** The rule for a change of set-up; undefined: nothing is to be done. */
export type SetupLookup = (
  lane: ProblemLane,
  from: string | undefined,
  to: string | undefined,
) => SetupRule | undefined;

/**
 * The most particular rule: lane and family before, then lane, then family before, then neither. Within a
 * family only a rule that names it on both sides counts. Lanes that do several things at once have none.
 */
export function setupLookup(problem: Problem): SetupLookup {
  const key = (lane: string | undefined, from: string | undefined, to: string) =>
    JSON.stringify([lane ?? null, from ?? null, to]);
  const rules = new Map(problem.setups.map((rule) => [key(rule.lane, rule.from, rule.to), rule]));
  return (lane, from, to) => {
    if (to === undefined || lane.capacity !== 1) return undefined;
    const fromAny = from === to ? [] : [undefined];
    const befores = from === undefined ? [undefined] : [from, ...fromAny];
    for (const place of [lane.id, undefined]) {
      for (const before of befores) {
        const rule = rules.get(key(place, before, to));
        if (rule !== undefined) return rule;
      }
    }
    return undefined;
  };
}
