/** The earliest date for an order that does not exist yet, looked for beside the thread that answers clients. */
import { Worker } from 'node:worker_threads';
import type { PromiseAnswer } from '#domain/scheduling/promise/promise';
import type { PromiseTask } from '../workers/promise.ts';
import { workerEntry } from './worker-entry.ts';

/** Throws what the thread threw. */
export async function askPromise(task: PromiseTask): Promise<PromiseAnswer> {
  const worker = new Worker(workerEntry('promise'), { workerData: task });
  try {
    return await new Promise<PromiseAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}
