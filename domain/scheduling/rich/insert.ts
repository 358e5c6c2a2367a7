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
 * between the operations that it is linked to, `tries` of them on a lane when there are more: evenly spread, or
 * those next to the position `near`. Places that cost too much to be among the two best are left out.
 * Leaves the plan as it was and forgets what could be undone before.
 */
export function bestInsertions(
  plan: Plan,
  judge: Judge,
  operation: number,
  tries: number,
  near?: number,
): Insertion[] {
  const { choiceFrom, choiceLane } = plan.compiled;
  const low = plan.earliestPosition(operation);
  const high = plan.latestPosition(operation);
  if (low > high) return [];
  const own = plan.position[operation]!;
  const found: Insertion[] = [];
  const base = judge.energy(plan);
  let best = Infinity;
  let second = Infinity;
  for (let choice = choiceFrom[operation]!; choice < choiceFrom[operation + 1]!; choice += 1) {
    const lane = choiceLane[choice]!;
    const positions = [low];
    for (let other = plan.firstOn[lane]!; other >= 0; other = plan.after[other]!) {
      const behind = plan.position[other]! + 1;
      const position = own < behind ? behind - 1 : behind;
      if (position > low && position <= high) positions.push(position);
    }
    if (positions.length === 1 && high > low) positions.push(high);
    let first = 0;
    let stride = Math.max(1, positions.length / tries);
    if (near !== undefined) {
      const at = positions.findIndex((position) => position > near);
      first = Math.max(
        0,
        Math.min((at < 0 ? positions.length : at) - Math.ceil(tries / 2), positions.length - tries),
      );
      stride = 1;
    }
    const last = near === undefined ? positions.length : Math.min(positions.length, first + tries);
    for (let at = first; at < last; at += stride) {
      const position = positions[Math.floor(at)]!;
      plan.begin();
      plan.attach(operation, choice, position);
      if (plan.settle(second - base)) {
        const energy = judge.energy(plan);
        found.push({ choice, position, energy });
        if (energy < best) [best, second] = [energy, best];
        else if (energy < second) second = energy;
      }
      plan.undo();
    }
  }
  return found.sort((a, b) => a.energy - b.energy || a.choice - b.choice || a.position - b.position);
}
