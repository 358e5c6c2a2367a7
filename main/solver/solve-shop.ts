/** The job shop on several threads: each searches by itself and hears of what another found. */
import { Worker } from 'node:worker_threads';
import type { ShopInstance, ShopPlan } from '#domain/scheduling/shop/instance';
import { scheduleOf } from '#domain/scheduling/shop/schedule';
import type { ShopOperation } from '#domain/scheduling/shop/schedule';
import type { ShopSolverReply, ShopSolverRound, ShopSolverTask } from '../workers/shop-solver.ts';
import { workerEntry } from './worker-entry.ts';

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

const roundMs = 250;
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
    startThread({ instance, seed: options.seed + index }),
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
    let used = 0;
    while (signal?.aborted !== true && best && best.makespan > bound) {
      const left = options.seconds * 1000 - elapsedMs();
      const round =
        options.moves === undefined
          ? { ms: Math.min(roundMs, left) }
          : { moves: Math.min(roundMoves, options.moves - used) };
      if ((round.ms ?? round.moves ?? 0) <= 0) break;
      used += round.moves ?? 0;
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

function startThread(task: ShopSolverTask) {
  const worker = new Worker(workerEntry('shop-solver'), { workerData: task });
  const next = () =>
    new Promise<ShopSolverReply>((resolve, reject) => {
      const settle = () => {
        worker.off('message', hear);
        worker.off('error', fail);
      };
      const hear = (reply: ShopSolverReply) => {
        settle();
        resolve(reply);
      };
      const fail = (cause: unknown) => {
        settle();
        reject(cause instanceof Error ? cause : new Error(String(cause)));
      };
      worker.on('message', hear);
      worker.on('error', fail);
    });
  return {
    next,
    run(round: ShopSolverRound) {
      const reply = next();
      worker.postMessage(round);
      return reply;
    },
    stop: () => worker.terminate(),
  };
}
