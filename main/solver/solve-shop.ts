/** The job shop on several threads: each searches by itself and hears of what another found. */
import type { ShopInstance, ShopPlan } from '#domain/scheduling/shop/instance';
import { scheduleOf } from '#domain/scheduling/shop/schedule';
import type { ShopOperation } from '#domain/scheduling/shop/schedule';
import type { ShopSolverReply, ShopSolverRound, ShopSolverTask } from '../workers/shop-solver.ts';
import { createRounds, startSearchThread } from './search-threads.ts';

export interface ShopProgress {
  readonly elapsedMs: number;
  readonly makespan: number;
  readonly bound: number;
  /** Made by all threads together. */
  readonly moves: number;
}

export interface SolveShopOptions {
  readonly seconds: number;
  readonly threads: number;
  readonly seed: number;
  /** Moves of each thread, in place of `seconds`: the same ones give the same schedule. */
  readonly moves?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ShopProgress) => void) | undefined;
}

export interface ShopResult {
  readonly makespan: number;
  /** No schedule is shorter. */
  readonly bound: number;
  readonly elapsedMs: number;
  readonly moves: number;
  readonly evaluations: number;
  readonly operations: readonly ShopOperation[];
  readonly wasStopped: boolean;
}

const roundMoves = 25_000;

/**
 * Searches until the time is up, the moves are used, the bound is reached or `signal` says stop, and gives
 * the best schedule that was found: stopped at once it is still a schedule.
 * @throws what a thread threw.
 */
export async function solveShop(instance: ShopInstance, options: SolveShopOptions): Promise<ShopResult> {
  const { signal, onProgress } = options;
  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  const threads = Array.from({ length: Math.max(1, options.threads) }, (_, index) =>
    startSearchThread<ShopSolverRound, ShopSolverReply>('shop-solver', {
      instance,
      seed: options.seed + index,
    } satisfies ShopSolverTask),
  );
  try {
    let best: { readonly plan: ShopPlan; readonly makespan: number; readonly thread: number } | undefined;
    let [moves, evaluations, bound] = [0, 0, 0];
    /** @returns whether the best is new. */
    const hear = (replies: readonly ShopSolverReply[]) => {
      const before = best?.makespan;
      moves = replies.reduce((sum, reply) => sum + reply.moves, 0);
      evaluations = replies.reduce((sum, reply) => sum + reply.evaluations, 0);
      for (const [thread, { plan, makespan, bound: proved }] of replies.entries()) {
        bound = proved;
        if (plan && (!best || makespan < best.makespan)) best = { plan, makespan, thread };
      }
      if (best) onProgress?.({ elapsedMs: elapsedMs(), makespan: best.makespan, bound, moves });
      return best?.makespan !== before;
    };
    let isNew = hear(await Promise.all(threads.map((thread) => thread.next())));
    const nextRound = createRounds(options, roundMoves, elapsedMs);
    while (signal?.aborted !== true && best && best.makespan > bound) {
      const round = nextRound();
      if (round === undefined) break;
      const { plan, thread: from } = best;
      const shared = isNew ? plan : undefined;
      isNew = hear(
        await Promise.all(
          threads.map((thread, index) => thread.run({ ...round, plan: index === from ? undefined : shared })),
        ),
      );
    }
    if (!best) throw new Error('no thread answered');
    return {
      makespan: best.makespan,
      bound,
      elapsedMs: elapsedMs(),
      moves,
      evaluations,
      operations: scheduleOf(instance, best.plan),
      wasStopped: signal?.aborted === true,
    };
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}
