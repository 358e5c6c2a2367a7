import type { Assignment, Problem, ProblemLane, ProblemOperation, Schedule } from '../model/problem.ts';
import { checkLanes } from './check-lanes.ts';
import { checkLinks } from './check-links.ts';
import { checkResources } from './check-resources.ts';
import { minutes, type Violation } from './violation.ts';
import { inOneWindow, workedBetween, worksAt, worksUntil } from './working.ts';

/** An assignment with what it is about. */
export interface Placed extends Assignment {
  readonly subject: ProblemOperation;
  readonly where: ProblemLane;
}

/**
 * Every rule of the model that a schedule breaks; empty when it may be carried out. Pinned operations stand
 * where they stand: their dates, working time and people are not questioned, but others must get along
 * with them, and so must two of them with each other. Written apart from the solver, and slowly.
 *
 * @param problem one that `validateProblem` finds nothing wrong with.
 */
export function checkSchedule(problem: Problem, schedule: Schedule): Violation[] {
  const operations = new Map(problem.operations.map((operation) => [operation.id, operation]));
  const lanes = new Map(problem.lanes.map((lane) => [lane.id, lane]));
  const orders = new Map(problem.orders.map((order) => [order.id, order]));
  const violations: Violation[] = [];
  const placed = new Map<string, Placed>();
  for (const assignment of schedule.assignments) {
    const subject = operations.get(assignment.operation);
    const where = lanes.get(assignment.lane);
    const ids = [assignment.operation];
    if (subject === undefined) {
      violations.push({
        rule: 'unknown-operation',
        values: { operation: assignment.operation },
        operations: ids,
      });
    } else if (where === undefined) {
      const values = { operation: subject.name, lane: assignment.lane };
      violations.push({ rule: 'unknown-lane', values, operations: ids });
    } else if (placed.has(subject.id)) {
      violations.push({ rule: 'duplicate', values: { operation: subject.name }, operations: ids });
    } else placed.set(subject.id, { ...assignment, subject, where });
  }
  const named = new Set(schedule.assignments.map(({ operation }) => operation));
  for (const { id, name } of problem.operations) {
    if (!named.has(id)) violations.push({ rule: 'missing', values: { operation: name }, operations: [id] });
  }
  for (const one of placed.values()) {
    const order = orders.get(one.subject.order);
    violations.push(...(one.subject.pin === undefined ? checkAlone(problem, one) : checkPin(one)));
    if (one.subject.pin !== undefined) continue;
    const about = { operation: one.subject.name, startsAt: one.setupEnd };
    const release = Math.max(one.subject.release ?? -Infinity, order?.release ?? -Infinity);
    if (one.setupEnd < release) {
      violations.push({
        rule: 'before-release',
        values: { ...about, releaseAt: release },
        operations: [one.operation],
      });
    }
    if (order?.materialAt !== undefined && one.setupEnd < order.materialAt) {
      const values = { ...about, materialAt: order.materialAt };
      violations.push({ rule: 'before-material', values, operations: [one.operation] });
    }
  }
  const all = [...placed.values()];
  violations.push(
    ...checkLanes(problem, all),
    ...checkLinks(problem, placed),
    ...checkResources(problem, all),
  );
  return violations;
}

function checkPin({ subject, lane, start, setupEnd, end }: Placed): Violation[] {
  const { pin } = subject;
  if (pin === undefined) return [];
  const operations = [subject.id];
  if (pin.lane !== lane || pin.start !== start || pin.end !== end || setupEnd < start || setupEnd > end) {
    const values = { operation: subject.name, why: pin.why, startsAt: pin.start };
    return [{ rule: 'pin-moved', values, operations }];
  }
  return [];
}

/** Lane, working time and now: what concerns an operation by itself. */
function checkAlone(problem: Problem, one: Placed): Violation[] {
  const { subject, where, start, setupEnd, end } = one;
  const operations = [subject.id];
  const about = { operation: subject.name, lane: where.name };
  if (![start, setupEnd, end].every(Number.isInteger) || start > setupEnd || setupEnd > end) {
    return [{ rule: 'times', values: about, operations }];
  }
  const choice = subject.choices.find(({ lane }) => lane === where.id);
  if (choice === undefined) return [{ rule: 'not-eligible', values: about, operations }];
  const found: Violation[] = [];
  if (!worksAt(where.windows, start)) {
    found.push({ rule: 'outside-window', values: { ...about, startsAt: start }, operations });
  }
  const worked = workedBetween(where.windows, setupEnd, end);
  // An end in a gap would count the gap as work done.
  const endsInWork = choice.run === 0 ? end === setupEnd : worksUntil(where.windows, end);
  if (worked !== choice.run || !endsInWork) {
    const values = { ...about, neededMinutes: minutes(choice.run), hasMinutes: minutes(worked) };
    found.push({ rule: 'run-length', values, operations });
  }
  if (subject.interruptible === false && !inOneWindow(where.windows, setupEnd, end)) {
    found.push({ rule: 'interrupted', values: { ...about, startsAt: setupEnd, endsAt: end }, operations });
  }
  const now = problem.now ?? 0;
  if (start < now) {
    found.push({ rule: 'before-now', values: { ...about, startsAt: start, nowAt: now }, operations });
  }
  return found;
}
