/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Assignment, Problem, Schedule } from '../model/problem.ts';
import { compile, type Compiled } from '../rich/compile.ts';

/** A schedule laid over its problem, for asking what stands beside what. By index of the operation. */
export interface Laid {
  readonly compiled: Compiled;
  readonly at: readonly (Assignment | undefined)[];
  /** On each lane, by start. */
  readonly onLane: readonly (readonly number[])[];
  /** Operations that hold a resource, by start of the run. */
  readonly holding: ReadonlyMap<string, readonly number[]>;
  /** The operation right before on a lane of capacity 1. */
  readonly before: Int32Array;
}

export function layOut(problem: Problem, schedule: Schedule): Laid {
  const compiled = compile(problem);
  const at: (Assignment | undefined)[] = Array.from({ length: compiled.operationCount });
  for (const assignment of schedule.assignments) {
    const index = compiled.indexOf.get(assignment.operation);
    if (index !== undefined && compiled.laneIndexOf.has(assignment.lane)) at[index] = assignment;
  }
  const onLane = problem.lanes.map((): number[] => []);
  const holding = new Map<string, number[]>();
  for (const [index, assignment] of at.entries()) {
    if (assignment === undefined) continue;
    onLane[compiled.laneIndexOf.get(assignment.lane)!]!.push(index);
    for (const id of new Set(assignment.resources)) {
      const list = holding.get(id);
      if (list === undefined) holding.set(id, [index]);
      else list.push(index);
    }
  }
  const before = new Int32Array(compiled.operationCount).fill(-1);
  for (const [lane, list] of onLane.entries()) {
    list.sort((a, b) => at[a]!.start - at[b]!.start || at[a]!.end - at[b]!.end);
    if (problem.lanes[lane]!.capacity !== 1) continue;
    for (let index = 1; index < list.length; index += 1) before[list[index]!] = list[index - 1]!;
  }
  for (const list of holding.values()) list.sort((a, b) => at[a]!.setupEnd - at[b]!.setupEnd);
  return { compiled, at, onLane, holding, before };
}

/** Working seconds that the run of an operation takes where it stands. */
export function runOf({ compiled, at }: Laid, operation: number): number {
  const assignment = at[operation]!;
  const choice = compiled.problem.operations[operation]!.choices.find(({ lane }) => lane === assignment.lane);
  const calendar = compiled.calendars[compiled.laneIndexOf.get(assignment.lane)!]!;
  return choice?.run ?? calendar.between(assignment.setupEnd, assignment.end);
}
