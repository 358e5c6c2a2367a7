/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import { clustersOf } from './clusters.ts';
import { finishFinish, startStart, type Compiled } from './compile.ts';
import { leastRuns, orderByKey } from './ordering.ts';
import type { PlanImage } from './convert.ts';
import { Plan } from './plan.ts';

/** What a dispatching rule looks at: seconds, and instants in seconds from the origin. */
export interface Waiting {
  readonly at: number;
  readonly run: number;
  readonly setup: number;
  /** Latest end by which its order, and what follows it, can be on time; Infinity without a due date. */
  readonly due: number;
  readonly weight: number;
  /** Work from its end to the end of all that follows. */
  readonly tail: number;
  readonly meanRun: number;
  readonly meanSetup: number;
  readonly operation: number;
}

/** The larger the number, the sooner it is taken. */
export type DispatchRule = (waiting: Waiting) => number;

/** Apparent tardiness cost with set-ups (Lee, Bhaskaran, Pinedo 1997), as a logarithm. */
const apparentTardiness =
  (slackScale: number, setupScale: number): DispatchRule =>
  ({ at, run, setup, due, weight, meanRun, meanSetup }) => {
    const slack = Math.min(Math.max(0, due - run - at), 1e9);
    return (
      Math.log(weight / Math.max(1, run)) - slack / (slackScale * meanRun) - setup / (setupScale * meanSetup)
    );
  };

export const dispatchRules: readonly DispatchRule[] = [
  apparentTardiness(3, 0.5),
  apparentTardiness(10, 0.2),
  ({ due, setup, tail }) => -Math.min(due, 1e12) - setup + tail * 1e-6,
  ({ tail, run, setup }) => tail + run - 2 * setup,
  ({ due, run, at, setup, weight }) => -(Math.max(due, at + run) + 2 * setup) / weight,
  apparentTardiness(1, 2),
];

/** What all rules look at, computed once. */
export interface DispatchBasis {
  readonly clusters: readonly (readonly number[])[];
  readonly clusterOf: Int32Array;
  readonly due: Float64Array;
  readonly hard: Float64Array;
  readonly tail: Float64Array;
  readonly meanRun: number;
  readonly meanSetup: number;
}

export function dispatchBasis(compiled: Compiled): DispatchBasis {
  const { operationCount, outOf, linkTo, linkKind, linkMin, orderOf, familyCount } = compiled;
  const order = orderByKey(compiled, (i) => i);
  const clusters = clustersOf(compiled, order);
  const clusterOf = new Int32Array(operationCount).fill(-1);
  for (const [index, cluster] of clusters.entries()) for (const i of cluster) clusterOf[i] = index;
  const least = leastRuns(compiled);
  const due = Float64Array.from({ length: operationCount }, (_, i) => compiled.due[orderOf[i]!]!);
  const hard = Float64Array.from(compiled.dueEnd);
  const tail = new Float64Array(operationCount);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const i = order[at]!;
    hard[i] = Math.min(hard[i]!, compiled.dueRun[i]! + least[i]!);
    for (let out = outOf.from[i]!; out < outOf.from[i + 1]!; out += 1) {
      const link = outOf.items[out]!;
      const to = linkTo[link]!;
      const kind = linkKind[link];
      const lead =
        linkMin[link]! + (kind === finishFinish ? 0 : least[to]!) - (kind === startStart ? least[i]! : 0);
      due[i] = Math.min(due[i]!, due[to]! - lead);
      hard[i] = Math.min(hard[i]!, hard[to]! - lead);
      tail[i] = Math.max(tail[i]!, tail[to]! + lead);
    }
  }
  let runs = 0;
  for (const i of compiled.free) runs += least[i]!;
  let setups = 0;
  let counted = 0;
  for (const table of new Set(compiled.setups)) {
    for (let at = 0; at < familyCount * familyCount; at += 1) {
      if (table.time[at]! <= 0) continue;
      setups += table.time[at]!;
      counted += 1;
    }
  }
  return {
    clusters,
    clusterOf,
    due,
    hard,
    tail,
    meanRun: Math.max(1, runs / Math.max(1, compiled.free.length)),
    meanSetup: Math.max(1, setups / Math.max(1, counted)),
  };
}

/**
 * Builds a plan from left to right (Giffler and Thompson 1960): of all that may come next, the lane on which
 * something could end first is served, with what the rule likes best of what could begin there before that end.
 * What finds no lane at all stands at the end of the order without a place.
 */
export function dispatch(
  compiled: Compiled,
  basis: DispatchBasis,
  rule: DispatchRule,
  /** Choices that are made already, and starts that may not come earlier. */
  settled?: Pick<PlanImage, 'choice' | 'anchor'>,
): Plan {
  const { choiceFrom, choiceLane, choiceRun, into, outOf, linkFrom, linkTo, orderOf, weight } = compiled;
  const { clusters, clusterOf } = basis;
  const plan = new Plan(compiled);
  if (settled !== undefined) plan.anchor.set(settled.anchor);
  const mayTake = (operation: number, choice: number) => {
    const made = settled?.choice[operation] ?? -1;
    return made < 0 || made === choice;
  };
  const ends = new Float64Array(choiceLane.length);
  const starts = new Float64Array(choiceLane.length);
  const setups = new Float64Array(choiceLane.length);
  const bestChoice = new Int32Array(compiled.operationCount).fill(-1);
  const attempt = (operation: number, choice: number) => {
    const found = mayTake(operation, choice) && plan.peek(operation, choice);
    ends[choice] = found ? plan.end[operation]! : Infinity;
    starts[choice] = found ? plan.start[operation]! : Infinity;
    setups[choice] = found ? plan.setup[operation]! : 0;
  };
  const pickChoice = (operation: number) => {
    let best = -1;
    for (let choice = choiceFrom[operation]!; choice < choiceFrom[operation + 1]!; choice += 1) {
      if (!mayTake(operation, choice)) continue;
      if (best < 0 || ends[choice]! < ends[best]!) best = choice;
    }
    bestChoice[operation] = best;
  };
  const tryAll = (operation: number) => {
    for (let choice = choiceFrom[operation]!; choice < choiceFrom[operation + 1]!; choice += 1) {
      attempt(operation, choice);
    }
    pickChoice(operation);
  };

  const waiting = new Int32Array(clusters.length);
  for (const [index, cluster] of clusters.entries()) {
    for (const i of cluster) {
      for (let at = into.from[i]!; at < into.from[i + 1]!; at += 1) {
        if (clusterOf[linkFrom[into.items[at]!]!] !== index) waiting[index] = waiting[index]! + 1;
      }
    }
  }
  /** First members of the clusters that may come next. */
  const ready: number[] = [];
  const enter = (cluster: number) => {
    const first = clusters[cluster]![0]!;
    tryAll(first);
    ready.push(first);
  };
  for (const index of clusters.keys()) if (waiting[index] === 0) enter(index);

  const put = (first: number) => {
    const cluster = clusters[clusterOf[first]!]!;
    const lanes = new Set<number>();
    for (const [at, i] of cluster.entries()) {
      if (at > 0) tryAll(i);
      const choice = bestChoice[i]!;
      if (choice < 0) continue;
      plan.append(i, choice);
      plan.settle();
      lanes.add(choiceLane[choice]!);
    }
    ready.splice(ready.indexOf(first), 1);
    for (const i of ready) {
      let stale = false;
      for (let choice = choiceFrom[i]!; choice < choiceFrom[i + 1]!; choice += 1) {
        if (!lanes.has(choiceLane[choice]!)) continue;
        attempt(i, choice);
        stale = true;
      }
      if (stale) pickChoice(i);
    }
    for (const i of cluster) {
      for (let at = outOf.from[i]!; at < outOf.from[i + 1]!; at += 1) {
        const other = clusterOf[linkTo[outOf.items[at]!]!]!;
        if (other === clusterOf[first]) continue;
        waiting[other] = waiting[other]! - 1;
        if (waiting[other] === 0) enter(other);
      }
    }
  };

  plan.begin();
  while (ready.length > 0) {
    let soonest = Infinity;
    let lane = -1;
    for (const i of ready) {
      const choice = bestChoice[i]!;
      if (choice < 0 || ends[choice]! >= soonest) continue;
      soonest = ends[choice]!;
      lane = choiceLane[choice]!;
    }
    if (lane < 0) {
      put(ready[0]!);
      continue;
    }
    let chosen = -1;
    let liking = -Infinity;
    for (const i of ready) {
      const choice = bestChoice[i]!;
      if (choice < 0 || choiceLane[choice] !== lane || starts[choice]! >= soonest) continue;
      const hard = basis.hard[i]!;
      const likes =
        hard < Infinity
          ? 1e12 - hard
          : rule({
              at: starts[choice]!,
              run: choiceRun[choice]!,
              setup: setups[choice]!,
              due: basis.due[i]!,
              weight: weight[orderOf[i]!]!,
              tail: basis.tail[i]!,
              meanRun: basis.meanRun,
              meanSetup: basis.meanSetup,
              operation: i,
            });
      if (chosen >= 0 && likes <= liking) continue;
      chosen = i;
      liking = likes;
    }
    if (chosen < 0) {
      // Nothing begins before the soonest end: work without duration.
      chosen = ready.find((i) => bestChoice[i]! >= 0 && ends[bestChoice[i]!] === soonest)!;
    }
    if (compiled.resources.poolOf[chosen]! >= 0) {
      // People may have been given away since the times were tried.
      const before = ends[bestChoice[chosen]!]!;
      tryAll(chosen);
      if (ends[bestChoice[chosen]!]! > before) continue;
    }
    put(chosen);
  }
  return plan;
}
