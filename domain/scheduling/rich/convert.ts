/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Assignment, Schedule } from '../model/problem.ts';
import type { Compiled } from './compile.ts';
import { leastRuns, orderByKey } from './ordering.ts';
import { Plan } from './plan.ts';

/** A plan as positions: what a thread hands to another, and what is kept as the best. */
export interface PlanImage {
  readonly order: Int32Array;
  readonly choice: Int32Array;
  readonly anchor: Float64Array;
}

export function imageOf(plan: Plan): PlanImage {
  return { order: plan.order.slice(), choice: plan.choice.slice(), anchor: plan.anchor.slice() };
}

export function planOf(compiled: Compiled, image: PlanImage): Plan {
  const plan = new Plan(compiled);
  plan.begin();
  plan.anchor.set(image.anchor);
  for (const operation of image.order) {
    if (image.choice[operation]! >= 0) plan.append(operation, image.choice[operation]!);
  }
  plan.settle();
  return plan;
}

/** What is placed, in the order of the problem. */
export function scheduleOf(plan: Plan): Schedule {
  const { compiled } = plan;
  const { needs, resourceOf, pinnedUnits } = compiled.resources;
  const { operations, lanes, resources } = compiled.problem;
  const assignments = operations.flatMap((operation, i): Assignment[] => {
    if (plan.placed[i] === 0) return [];
    const units =
      pinnedUnits.get(i) ??
      [...plan.held.subarray(needs.from[i], needs.from[i + 1])].filter((unit) => unit >= 0);
    const names = units.map((unit) => resources[resourceOf[unit]!]!.id);
    return [
      {
        operation: operation.id,
        lane: operation.pin?.lane ?? lanes[plan.lane[i]!]!.id,
        start: plan.start[i]!,
        setupEnd: plan.run[i]!,
        end: plan.end[i]!,
        ...(names.length > 0 ? { resources: names } : {}),
      },
    ];
  });
  return { assignments };
}

/** Operations that found no place, by id. */
export function unplacedOf(plan: Plan): string[] {
  return plan.compiled.problem.operations.flatMap(({ id }, i) => (plan.placed[i] === 0 ? [id] : []));
}

/**
 * Order and choices of a schedule. Operations that it does not have, or has on a lane that is none of theirs,
 * come with -1. The order is by start; what it does not have comes after what it depends on.
 * @param still whether operations may not begin earlier than they do there.
 */
export function imageOfSchedule(compiled: Compiled, schedule: Schedule, still: boolean): PlanImage {
  const { choiceFrom, choiceLane, operationCount } = compiled;
  const choice = new Int32Array(operationCount).fill(-1);
  const anchor = new Float64Array(operationCount).fill(-Infinity);
  const keys = new Float64Array(operationCount).fill(Infinity);
  const least = leastRuns(compiled);
  for (const { operation, lane, setupEnd } of schedule.assignments) {
    const i = compiled.indexOf.get(operation);
    if (i === undefined || compiled.isPinned[i] === 1) continue;
    const laneIndex = compiled.laneIndexOf.get(lane);
    for (let at = choiceFrom[i]!; at < choiceFrom[i + 1]!; at += 1) {
      if (choiceLane[at] === laneIndex) choice[i] = at;
    }
    if (choice[i]! < 0) continue;
    keys[i] = setupEnd + least[i]! * 1e-6;
    if (still) anchor[i] = setupEnd;
  }
  return { order: orderByKey(compiled, (i) => keys[i]!), choice, anchor };
}
