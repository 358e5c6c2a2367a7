/** The simulated line, run in a worker thread and spoken to by messages. */
import { Worker } from 'node:worker_threads';
import type {
  SimulatorCommand,
  SimulatorReply,
  SimulatorsDescription,
  SimulatorsOptions,
} from '#native/simulators/simulators';

export interface SimulatorsHandle {
  describe(): SimulatorsDescription;
  perform(command: SimulatorCommand): Promise<SimulatorReply>;
  stop(): Promise<void>;
}

type Answer =
  | { readonly id: 0; readonly description: SimulatorsDescription }
  | { readonly id: number; readonly reply: SimulatorReply };

/**
 * @param entry the worker's file: source under Node, built in the packaged application.
 * @throws what the worker threw while it started.
 */
export async function startSimulatorsWorker(
  entry: URL,
  options: Omit<SimulatorsOptions, 'schedule'>,
): Promise<SimulatorsHandle> {
  const worker = new Worker(entry, { workerData: options, stdout: false });
  const waiting = new Map<number, (reply: SimulatorReply) => void>();
  let lastId = 0;
  const description = await new Promise<SimulatorsDescription>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (answer: Answer) => {
      if ('description' in answer) return resolve(answer.description);
      waiting.get(answer.id)?.(answer.reply);
      waiting.delete(answer.id);
    });
  });
  worker.on('error', () => {});
  worker.on('exit', () => {
    for (const answer of waiting.values()) answer({ ok: false, reason: 'not-connected' });
    waiting.clear();
  });
  const ask = (command: SimulatorCommand | 'stop') =>
    new Promise<SimulatorReply>((resolve) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      worker.postMessage({ id, command });
    });
  return {
    describe: () => description,
    perform: ask,
    async stop() {
      await Promise.race([ask('stop'), new Promise((resolve) => setTimeout(resolve, 5000))]);
      await worker.terminate();
    },
  };
}
