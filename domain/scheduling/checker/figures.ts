import type { Assignment, Figures, Problem, Schedule } from '../model/problem.ts';
import { setupLookup, workedBetween } from './working.ts';

/**
 * The terms of the objective as a schedule has them. Operations that it leaves out count as changes when
 * they are published, and as nothing else. What it names and the problem does not have is passed over.
 */
export function figuresOf(problem: Problem, schedule: Schedule): Figures {
  const operations = new Map(problem.operations.map((operation) => [operation.id, operation]));
  const lanes = new Map(problem.lanes.map((lane) => [lane.id, lane]));
  const byOrder = new Map<string, { start: number; end: number }>();
  const byLane = new Map<string, Assignment[]>();
  const placed = new Map<string, Assignment>();
  let makespan = 0;
  let setupTime = 0;
  let setupCost = 0;
  for (const assignment of schedule.assignments) {
    const operation = operations.get(assignment.operation);
    if (operation === undefined) continue;
    placed.set(operation.id, assignment);
    makespan = Math.max(makespan, assignment.end);
    setupTime += workedBetween(lanes.get(assignment.lane)?.windows, assignment.start, assignment.setupEnd);
    if (operation.pin === undefined) {
      setupCost += operation.choices.find(({ lane }) => lane === assignment.lane)?.cost ?? 0;
    }
    const order = byOrder.get(operation.order);
    byOrder.set(operation.order, {
      start: Math.min(order?.start ?? Infinity, assignment.start),
      end: Math.max(order?.end ?? -Infinity, assignment.end),
    });
    const lane = byLane.get(assignment.lane);
    if (lane === undefined) byLane.set(assignment.lane, [assignment]);
    else lane.push(assignment);
  }
  const lookup = setupLookup(problem);
  for (const [id, assignments] of byLane) {
    const lane = lanes.get(id);
    if (lane === undefined) continue;
    let family = lane.family;
    for (const { operation } of assignments.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      const next = operations.get(operation);
      if (next?.pin === undefined) setupCost += lookup(lane, family, next?.family)?.cost ?? 0;
      family = next?.family ?? family;
    }
  }
  let tardiness = 0;
  let lateOrders = 0;
  let workInProgress = 0;
  for (const order of problem.orders) {
    const times = byOrder.get(order.id);
    if (times === undefined) continue;
    workInProgress += times.end - times.start;
    if (order.due === undefined || times.end <= order.due) continue;
    tardiness += (times.end - order.due) * order.weight;
    lateOrders += 1;
  }
  const changes = problem.operations.filter(({ id, published, pin }) => {
    if (published === undefined || pin !== undefined) return false;
    const assignment = placed.get(id);
    return assignment?.lane !== published.lane || assignment.start !== published.start;
  }).length;
  return {
    tardiness,
    'late-orders': lateOrders,
    makespan,
    'setup-time': setupTime,
    'setup-cost': setupCost,
    changes,
    'work-in-progress': workInProgress,
  };
}
