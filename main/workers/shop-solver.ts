/** Worker entry: one search of a job shop, run in rounds, so that several can share what they find between them. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ShopInstance, ShopPlan } from '#domain/scheduling/shop/instance';
import { ShopSearch } from '#domain/scheduling/shop/search';

export interface ShopSolverTask {
  readonly instance: ShopInstance;
  readonly seed: number;
}

/** A round: until the time is up, or that many moves. `plan` comes from another search. */
export interface ShopSolverRound {
  readonly ms?: number | undefined;
  readonly moves?: number | undefined;
  readonly plan?: ShopPlan | undefined;
}

export interface ShopSolverReply {
  readonly moves: number;
  /** Moves that were judged, made or not. */
  readonly evaluations: number;
  readonly makespan: number;
  readonly bound: number;
  /** The best of this search when it is new; else null. */
  readonly plan: ShopPlan | null;
}

/** Moves between two looks at the clock: a few milliseconds. */
const batch = 500;

const port = parentPort;
if (port) {
  const { instance, seed } = workerData as ShopSolverTask;
  const search = new ShopSearch(instance, seed);
  const answer = (isNew: boolean) => {
    const { moves, evaluations, makespan, bound } = search;
    const plan = isNew ? search.plan() : null;
    port.postMessage({ moves, evaluations, makespan, bound, plan } satisfies ShopSolverReply);
  };
  answer(true);
  port.on('message', ({ ms, moves, plan }: ShopSolverRound) => {
    if (plan !== undefined) search.adopt(plan);
    if (moves !== undefined) return answer(search.step(moves));
    const until = performance.now() + (ms ?? 0);
    let better = false;
    while (performance.now() < until && !search.isOptimal) better = search.step(batch) || better;
    answer(better);
  });
}
