/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Objective } from '../model/problem.ts';
import type { Random } from '../shop/random.ts';
import { lastOfOrder, waitedFor } from './binding.ts';
import type { Compiled } from './compile.ts';
import { Judge } from './judge.ts';
import type { Plan } from './plan.ts';

/** Changes a plan between `begin` and `settle`; false: it found nothing to change. */
export type Proposal = (plan: Plan) => boolean;

const longestChain = 40;
const longestBlock = 6;

/** Proposals for one problem: where to look follows from what its objective weighs. */
export function createMoves(compiled: Compiled, objective: Objective, random: Random): Proposal {
  const { free, choiceFrom, choiceLane, familyOf, orderOf, inOrder, isPinned, orderCount } = compiled;
  const weighs = (term: Objective['terms'][number]['term']) => Judge.weighs(objective, term);
  const byDue = weighs('tardiness') || weighs('late-orders');
  const byEnd = weighs('makespan');
  const hasSetups = compiled.setups.some(({ time, cost }) => time.some(Boolean) || cost.some(Boolean));
  const chain = new Int32Array(longestChain);

  const anyOperation = () => free[random.below(free.length)]!;

  /** An order that is late, the later of a few; else one at random. */
  const lateOrder = (plan: Plan): number => {
    let order = random.below(orderCount);
    for (let round = 0; round < 4; round += 1) {
      const other = random.below(orderCount);
      if (plan.terms.tardiness[other]! > plan.terms.tardiness[order]!) order = other;
    }
    return order;
  };
  const lastOrder = (plan: Plan): number => {
    let last = 0;
    for (let order = 1; order < orderCount; order += 1) {
      if (plan.terms.end[order]! > plan.terms.end[last]!) last = order;
    }
    return last;
  };

  /** Something on the chain that holds up a late order. */
  const criticalOperation = (plan: Plan): number => {
    const order = byDue && !(byEnd && random.below(2) === 0) ? lateOrder(plan) : lastOrder(plan);
    let length = 0;
    for (let i = lastOfOrder(plan, order); i >= 0 && length < longestChain; i = waitedFor(plan, i)) {
      if (isPinned[i] === 1) break;
      chain[length] = i;
      length += 1;
    }
    return length === 0 ? anyOperation() : chain[random.below(length)]!;
  };

  const put = (plan: Plan, operation: number, choice: number, position: number): boolean => {
    const low = plan.earliestPosition(operation);
    const high = plan.latestPosition(operation);
    if (low > high) return false;
    const target = position < low ? low : position > high ? high : position;
    if (target === plan.position[operation] && choice === plan.choice[operation]) {
      if (plan.anchor[operation] === -Infinity) return false;
    }
    plan.relocate(operation, choice, target);
    return true;
  };
  /** Position right before or behind another operation, in the order without the one that moves. */
  const beside = (plan: Plan, operation: number, other: number, behind: boolean): number => {
    const at = plan.position[other]! + (behind ? 1 : 0);
    return plan.position[operation]! < at ? at - 1 : at;
  };
  const steps = (limit: number): number => {
    let count = 1;
    while (count < limit && random.below(3) !== 0) count += 1;
    return count;
  };

  const forward: Proposal = (plan) => {
    const i = byDue || byEnd ? criticalOperation(plan) : anyOperation();
    let other = i;
    for (let left = steps(12); left > 0 && plan.before[other]! >= 0; left -= 1) other = plan.before[other]!;
    return other !== i && put(plan, i, plan.choice[i]!, beside(plan, i, other, false));
  };
  const backward: Proposal = (plan) => {
    // What stands before something critical lets it pass.
    const critical = byDue || byEnd ? criticalOperation(plan) : anyOperation();
    const i = plan.before[critical]! >= 0 && random.below(2) === 0 ? plan.before[critical]! : critical;
    let other = i;
    for (let left = steps(12); left > 0 && plan.after[other]! >= 0; left -= 1) other = plan.after[other]!;
    return other !== i && put(plan, i, plan.choice[i]!, beside(plan, i, other, true));
  };
  const toOtherLane: Proposal = (plan) => {
    const i = (byDue || byEnd) && random.below(3) !== 0 ? criticalOperation(plan) : anyOperation();
    const from = choiceFrom[i]!;
    const count = choiceFrom[i + 1]! - from;
    if (count < 2) return false;
    const drawn = from + random.below(count - 1);
    const choice = drawn >= plan.choice[i]! ? drawn + 1 : drawn;
    const spread = 4 * compiled.laneCount;
    const position = plan.position[i]! + random.below(2 * spread + 1) - spread;
    return put(plan, i, choice, Math.max(0, Math.min(plan.length - 1, position)));
  };
  const anywhere: Proposal = (plan) => {
    const i = anyOperation();
    const spread = 12 * compiled.laneCount;
    const position = plan.position[i]! + random.below(2 * spread + 1) - spread;
    return put(plan, i, plan.choice[i]!, Math.max(0, Math.min(plan.length - 1, position)));
  };
  const toFamily: Proposal = (plan) => {
    const i = random.below(2) === 0 && (byDue || byEnd) ? criticalOperation(plan) : anyOperation();
    const family = familyOf[i]!;
    if (family < 0) return false;
    // The nearest of the same family around there on one of its lanes.
    const choice = choiceFrom[i]! + random.below(choiceFrom[i + 1]! - choiceFrom[i]!);
    const lane = choiceLane[choice]!;
    let at = plan.position[i]!;
    while (at >= 0 && (plan.lane[plan.order[at]!] !== lane || plan.order[at] === i)) at -= 1;
    let behind = at < 0 ? plan.firstOn[lane]! : plan.order[at]!;
    let ahead = behind;
    for (let left = 12; left > 0 && (behind >= 0 || ahead >= 0); left -= 1) {
      for (const other of random.below(2) === 0 ? [behind, ahead] : [ahead, behind]) {
        if (other >= 0 && other !== i && familyOf[other] === family) {
          return put(plan, i, choice, beside(plan, i, other, random.below(2) === 0));
        }
      }
      if (behind >= 0) behind = plan.before[behind]!;
      if (ahead >= 0) ahead = plan.after[ahead]!;
    }
    return false;
  };
  /** What stands together in one family moves together, before what stood before it or behind what follows. */
  const block: Proposal = (plan) => {
    const start = anyOperation();
    const lane = plan.lane[start]!;
    const members = [start];
    for (let i = plan.after[start]!; i >= 0 && members.length < longestBlock; i = plan.after[i]!) {
      if (familyOf[i] !== familyOf[start]) break;
      members.push(i);
    }
    const back = random.below(2) === 0;
    let target = back ? start : members.at(-1)!;
    for (let left = steps(12); left > 0; left -= 1) {
      const next = back ? plan.before[target]! : plan.after[target]!;
      if (next < 0) break;
      target = next;
    }
    if (members.includes(target)) return false;
    let moved = false;
    let other = target;
    for (const member of back ? members : members.toReversed()) {
      if (plan.lane[member] !== lane) continue;
      const changed = back
        ? other === target
          ? put(plan, member, plan.choice[member]!, beside(plan, member, other, false))
          : put(plan, member, plan.choice[member]!, beside(plan, member, other, true))
        : put(plan, member, plan.choice[member]!, beside(plan, member, other, other === target));
      moved = changed || moved;
      other = member;
    }
    return moved;
  };
  const swap: Proposal = (plan) => {
    const i = anyOperation();
    let other = i;
    for (let left = steps(20); left > 0 && plan.after[other]! >= 0; left -= 1) other = plan.after[other]!;
    if (other === i) return false;
    const first = plan.position[i]!;
    const second = plan.position[other]!;
    const movedBack = put(plan, other, plan.choice[other]!, first);
    return put(plan, i, plan.choice[i]!, second) || movedBack;
  };
  /** A whole order earlier or later. */
  const wholeOrder: Proposal = (plan) => {
    const order = byDue && random.below(2) === 0 ? lateOrder(plan) : orderOf[anyOperation()]!;
    const earlier = random.below(3) !== 0;
    const distance = (1 + random.below(15)) * compiled.laneCount;
    const members = [...inOrder.items.subarray(inOrder.from[order], inOrder.from[order + 1])]
      .filter((i) => isPinned[i] === 0)
      .sort((a, b) => (plan.position[a]! - plan.position[b]!) * (earlier ? 1 : -1));
    let moved = false;
    for (const i of members) {
      const position = plan.position[i]! + (earlier ? -distance : distance);
      moved = put(plan, i, plan.choice[i]!, Math.max(0, Math.min(plan.length - 1, position))) || moved;
    }
    return moved;
  };

  const flexible = [...free].some((i) => choiceFrom[i + 1]! - choiceFrom[i]! > 1);
  const proposals: readonly (readonly [Proposal, number])[] = [
    [forward, 6],
    [backward, 4],
    [toOtherLane, flexible ? 5 : 0],
    [anywhere, 2],
    [toFamily, hasSetups ? 4 : 0],
    [block, hasSetups ? 2 : 1],
    [swap, 2],
    [wholeOrder, 1],
  ];
  const wheel = proposals.flatMap(([proposal, share]) => Array.from({ length: share }, () => proposal));
  return (plan) => wheel[random.below(wheel.length)]!(plan);
}
