/** Worker thread: one question for the earliest date, and its answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { promise } from '#domain/scheduling/promise/promise';
import type { PromiseRequest } from '#domain/scheduling/promise/promise';
import type { Problem, Schedule } from '#domain/scheduling/model/problem';

export interface PromiseTask {
  readonly problem: Problem;
  readonly schedule: Schedule;
  readonly request: PromiseRequest;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only main/solver/ask-worker starts this.
const { problem, schedule, request } = workerData as PromiseTask;
parentPort?.postMessage(promise(problem, schedule, request));
