/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Random } from '../shop/random.ts';
import { bestInsertions } from './insert.ts';
import type { Judge } from './judge.ts';
import type { Plan } from './plan.ts';

const fewest = 3;
const most = 8;
/** Places on a lane that are tried for an operation. */
const tries = 5;

/**
 * Takes some operations that have to do with each other out of a plan and puts them back one by one, each
 * time the one that would lose most by having to take its second best place (regret). What they have in
 * common: a stretch of a lane, an order, a family, or the time at which they run.
 *
 * @returns how many places were tried. The plan cannot be undone to what it was.
 */
export function ruinAndRecreate(plan: Plan, judge: Judge, random: Random, seed: number): number {
  const removed = relatedTo(plan, random, seed, fewest + random.below(most - fewest + 1));
  plan.begin();
  for (const operation of removed) plan.detach(operation);
  plan.settle();
  let tried = 0;
  const waiting = [...removed];
  while (waiting.length > 0) {
    let chosen = 0;
    let place: ReturnType<typeof bestInsertions>[number] | undefined;
    let regret = -1;
    for (const [at, operation] of waiting.entries()) {
      const found = bestInsertions(plan, judge, operation, tries, plan.position[operation]);
      tried += found.length;
      const [best, second] = found;
      if (best === undefined) continue;
      const loses = (second?.energy ?? Infinity) - best.energy;
      if (place !== undefined && loses <= regret) continue;
      [chosen, place, regret] = [at, best, loses];
    }
    const [operation] = waiting.splice(chosen, 1);
    if (operation === undefined) break;
    plan.begin();
    plan.attach(
      operation,
      place?.choice ?? plan.choice[operation]!,
      place?.position ?? plan.position[operation]!,
    );
    plan.settle();
  }
  return tried;
}

function relatedTo(plan: Plan, random: Random, seed: number, count: number): Set<number> {
  const { orderOf, familyOf, inOrder, isPinned } = plan.compiled;
  const related = new Set([seed]);
  const kind = random.below(4);
  if (kind === 0) {
    let back = plan.before[seed]!;
    let ahead = plan.after[seed]!;
    while (related.size < count && (back >= 0 || ahead >= 0)) {
      if (ahead >= 0) {
        related.add(ahead);
        ahead = plan.after[ahead]!;
      }
      if (back >= 0 && related.size < count) {
        related.add(back);
        back = plan.before[back]!;
      }
    }
    return related;
  }
  if (kind === 1) {
    const order = orderOf[seed]!;
    for (const i of inOrder.items.subarray(inOrder.from[order], inOrder.from[order + 1])) {
      if (isPinned[i] === 0 && related.size < count) related.add(i);
    }
    return related;
  }
  // What stands near in the order of the plan: of the same family, or whatever it is.
  const at = plan.position[seed]!;
  const reach = kind === 2 ? 12 * plan.compiled.laneCount : 2 * plan.compiled.laneCount;
  for (let round = 0; round < 12 * count && related.size < count; round += 1) {
    const other = plan.order[at - reach + random.below(2 * reach + 1)];
    if (other !== undefined && (kind === 3 || familyOf[other] === familyOf[seed])) related.add(other);
  }
  return related;
}
