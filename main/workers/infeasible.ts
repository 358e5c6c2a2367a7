/** Worker thread: what cannot hold together in one problem. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Problem } from '#domain/scheduling/model/problem';
import { explainInfeasible } from '#domain/scheduling/rich/explain-infeasible';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only main/solver/ask-worker starts this.
parentPort?.postMessage(explainInfeasible(workerData as Problem));
