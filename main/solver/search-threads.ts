/** Threads that search in rounds: started, asked for a round, ended. */
import { Worker } from 'node:worker_threads';
import { workerEntry } from './worker-entry.ts';

export interface SearchThread<Round, Reply> {
  /** What the thread says next: first unasked, of what it begins from. Rejects with what the thread threw. */
  next(): Promise<Reply>;
  /** Asks for a round, and gives what came of it. */
  run(round: Round): Promise<Reply>;
  stop(): Promise<number>;
}

/** @param name of an entry in main/workers; `task` is its `workerData`. */
export function startSearchThread<Round, Reply>(name: string, task: unknown): SearchThread<Round, Reply> {
  const worker = new Worker(workerEntry(name), { workerData: task });
  const next = () =>
    new Promise<Reply>((resolve, reject) => {
      const settle = () => {
        worker.off('message', hear);
        worker.off('error', fail);
      };
      const hear = (reply: Reply) => {
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
    run(round) {
      const reply = next();
      worker.postMessage(round);
      return reply;
    },
    stop: () => worker.terminate(),
  };
}

/** How long a round is: until the time is up, or that many moves. */
export type RoundLength = { readonly ms: number } | { readonly moves: number };

const roundMs = 250;

/**
 * The length of one round after the other; undefined when the time is up or the moves are used.
 * With `moves` (of each thread) the clock is not looked at, so that the same ones give the same schedule.
 */
export function createRounds(
  { seconds, moves }: { readonly seconds: number; readonly moves?: number | undefined },
  roundMoves: number,
  elapsedMs: () => number,
): () => RoundLength | undefined {
  let used = 0;
  return () => {
    if (moves === undefined) {
      const ms = Math.min(roundMs, seconds * 1000 - elapsedMs());
      return ms > 0 ? { ms } : undefined;
    }
    const next = Math.min(roundMoves, moves - used);
    used += next;
    return next > 0 ? { moves: next } : undefined;
  };
}
