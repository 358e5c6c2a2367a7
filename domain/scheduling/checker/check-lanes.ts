import type { Problem, ProblemLane } from '../model/problem.ts';
import type { Placed } from './check-schedule.ts';
import { minutes, type Violation } from './violation.ts';
import { setupLookup, workedBetween, type SetupLookup } from './working.ts';

/** No more at once than a lane can do, and the changes of set-up between one and the next. */
export function checkLanes(problem: Problem, placed: readonly Placed[]): Violation[] {
  const lookup = setupLookup(problem);
  return problem.lanes.flatMap((lane) => {
    const own = placed
      .filter((one) => one.lane === lane.id)
      .sort((a, b) => a.start - b.start || a.end - b.end);
    return lane.capacity === 1
      ? [...checkOverlaps(lane, own), ...checkSetups(lane, own, lookup)]
      : checkCapacity(lane, own);
  });
}

function checkOverlaps(lane: ProblemLane, own: readonly Placed[]): Violation[] {
  const found: Violation[] = [];
  let longest: Placed | undefined;
  for (const one of own) {
    if (one.end === one.start) continue;
    if (longest !== undefined && longest.end > one.start) {
      found.push({
        rule: 'lane-overlap',
        values: {
          lane: lane.name,
          operation: one.subject.name,
          other: longest.subject.name,
          untilAt: longest.end,
        },
        operations: [one.operation, longest.operation],
      });
    }
    if (longest === undefined || one.end > longest.end) longest = one;
  }
  return found;
}

function checkCapacity(lane: ProblemLane, own: readonly Placed[]): Violation[] {
  return own.flatMap((one): Violation[] => {
    // Usage is highest at some start.
    const together = own.filter(({ start, end }) => start <= one.start && one.start < end);
    if (together.length <= lane.capacity || one.end === one.start) return [];
    const values = { lane: lane.name, capacity: lane.capacity, count: together.length, startsAt: one.start };
    return [{ rule: 'lane-capacity', values, operations: together.map(({ operation }) => operation) }];
  });
}

function checkSetups(lane: ProblemLane, own: readonly Placed[], lookup: SetupLookup): Violation[] {
  const found: Violation[] = [];
  let family = lane.family;
  let before: Placed | undefined;
  for (const one of own) {
    const rule = lookup(lane, family, one.subject.family);
    family = one.subject.family ?? family;
    const operations = before === undefined ? [one.operation] : [one.operation, before.operation];
    const other = before?.subject.name ?? 'none';
    before = one;
    if (rule === undefined || one.subject.pin?.why === 'started') continue;
    const about = { lane: lane.name, operation: one.subject.name, other, from: rule.from ?? '', to: rule.to };
    const has = workedBetween(lane.windows, one.start, one.setupEnd);
    if (rule.forbidden === true) found.push({ rule: 'setup-forbidden', values: about, operations });
    else if (has < rule.time) {
      const values = { ...about, neededMinutes: minutes(rule.time), hasMinutes: minutes(has) };
      found.push({ rule: 'setup-short', values, operations });
    }
  }
  return found;
}
