/** Questions that take long are asked beside the thread that answers clients: one worker, one answer. */
import { Worker } from 'node:worker_threads';
import type { Violation } from '#domain/scheduling/checker/violation';
import type { Problem } from '#domain/scheduling/model/problem';
import type { PromiseAnswer } from '#domain/scheduling/promise/promise';
import type { PromiseTask } from '../workers/promise.ts';
import { workerEntry } from './worker-entry.ts';

/** The earliest date for an order that does not exist yet. Throws what the thread threw. */
export async function askPromise(task: PromiseTask): Promise<PromiseAnswer> {
  const answer = await ask<PromiseAnswer>('promise', task);
  if (answer === undefined) throw new Error('no time was set, and yet it ran out');
  return answer;
}

/** The smallest set of rules that cannot hold together; empty when the time is too short to tell. */
export async function askInfeasible(problem: Problem, ms: number): Promise<readonly Violation[]> {
  return (await ask<Violation[]>('infeasible', problem, ms)) ?? [];
}

async function ask<Answer>(name: string, workerData: unknown, ms?: number): Promise<Answer | undefined> {
  const worker = new Worker(workerEntry(name), { workerData });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer | undefined>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      if (ms !== undefined) timer = setTimeout(() => resolve(undefined), ms);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
