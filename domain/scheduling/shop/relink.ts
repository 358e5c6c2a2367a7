import type { ShopGraph } from './graph.ts';
import type { ShopInstance, ShopPlan } from './instance.ts';
import type { Random } from './random.ts';

/** A plan of the population, with what is needed to cross it with another. */
export interface Elite {
  readonly plan: ShopPlan;
  readonly makespan: number;
  /** Twice the middle of each operation's slack, less the makespan: early ones low, late ones high. */
  readonly rank: Int32Array;
}

/** @param graph is loaded with the plan afterwards. */
export function eliteOf(graph: ShopGraph, plan: ShopPlan): Elite {
  graph.load(plan);
  const rank = graph.end.subarray(0, plan.order.length).map((end, i) => end - (graph.tail[i] ?? 0));
  return {
    plan: { order: plan.order.slice(), chosen: plan.chosen.slice() },
    makespan: graph.makespan,
    rank,
  };
}

/**
 * A plan on the way from one to the other: operations in the order of the ranks, mixed by `share`. A rank
 * grows along every arc of its plan, so what both plans agree on stays, and no cycle can arise; of the rest
 * about `share` comes from the second. Machines that differ are drawn with the same odds.
 */
export function relink(first: Elite, second: Elite, share: number, random: Random): ShopPlan {
  const { order, chosen } = first.plan;
  const count = order.length;
  const place = new Int32Array(count);
  const key = new Float64Array(count);
  for (let at = 0; at < count; at += 1) {
    const i = order[at] ?? 0;
    place[i] = at;
    key[i] = (1 - share) * (first.rank[i] ?? 0) + share * (second.rank[i] ?? 0);
  }
  return {
    // Operations without a duration may tie; the first plan's own order then holds.
    order: order.slice().sort((a, b) => (key[a] ?? 0) - (key[b] ?? 0) || (place[a] ?? 0) - (place[b] ?? 0)),
    chosen: chosen.map((alternative, i) => {
      const other = second.plan.chosen[i] ?? alternative;
      return other !== alternative && random.fraction() < share ? other : alternative;
    }),
  };
}

/** How far two plans are apart: the share of decisions (order of two on a machine, machine) that differ. */
export function distance(instance: ShopInstance, first: ShopPlan, second: ShopPlan): number {
  const { operationCount, machineCount, alternativeMachine } = instance;
  const place = new Int32Array(operationCount);
  for (let at = 0; at < operationCount; at += 1) place[second.order[at] ?? 0] = at;
  const onMachine: number[][] = Array.from({ length: machineCount }, () => []);
  let differing = 0;
  let all = 0;
  for (const i of first.order) {
    const alternative = first.chosen[i] ?? 0;
    if (alternative !== second.chosen[i]) {
      differing += 2;
      all += 2;
      continue;
    }
    const at = place[i] ?? 0;
    const places = onMachine[alternativeMachine[alternative] ?? 0];
    if (!places) continue;
    for (const other of places) if (other > at) differing += 1;
    all += places.length;
    places.push(at);
  }
  return all === 0 ? 0 : differing / all;
}
