/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Judge } from './judge.ts';
import type { Plan } from './plan.ts';

/** Where an operation could stand, and what the plan would be worth then. */
export interface Insertion {
  readonly choice: number;
  readonly position: number;
  readonly energy: number;
}

/**
 * The best places for a detached operation, best first: before and behind what stands on each of its lanes
 * between the operations that it is linked to, `tries` of them on a lane, evenly spread when there are more.
 * Leaves the plan as it was and forgets what could be undone before.
 */
export function bestInsertions(plan: Plan, judge: Judge, operation: number, tries: number): Insertion[] {
  const { choiceFrom, choiceLane } = plan.compiled;
  const low = plan.earliestPosition(operation);
  const high = plan.latestPosition(operation);
  if (low > high) return [];
  const own = plan.position[operation]!;
  const found: Insertion[] = [];
  for (let choice = choiceFrom[operation]!; choice < choiceFrom[operation + 1]!; choice += 1) {
    const lane = choiceLane[choice]!;
    const positions = [low];
    for (let other = plan.firstOn[lane]!; other >= 0; other = plan.after[other]!) {
      const behind = plan.position[other]! + 1;
      const position = own < behind ? behind - 1 : behind;
      if (position > low && position <= high) positions.push(position);
    }
    if (positions.length === 1 && high > low) positions.push(high);
    const stride = Math.max(1, positions.length / tries);
    for (let at = 0; at < positions.length; at += stride) {
      const position = positions[Math.floor(at)]!;
      plan.begin();
      plan.attach(operation, choice, position);
      plan.settle();
      found.push({ choice, position, energy: judge.energy(plan) });
      plan.undo();
    }
  }
  return found.sort((a, b) => a.energy - b.energy || a.choice - b.choice || a.position - b.position);
}
