/** The constraint solvers that MiniZinc carries as WebAssembly, as peers of ours: one model a thread. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export type MinizincSolver = 'chuffed' | 'gecode';

export interface MinizincTask {
  /** In the language of MiniZinc; what is made least is called `makespan`. */
  readonly model: string;
  /** Values of what the model leaves open. */
  readonly data: object;
  readonly solver: MinizincSolver;
  /** From a loaded solver on. */
  readonly seconds: number;
}

export interface MinizincAnswer {
  /** The least that was found; null: nothing was. */
  readonly makespan: number | null;
  /** It was proved that nothing is less. */
  readonly isOptimal: boolean;
}

interface Message {
  readonly type: string;
  readonly status?: string;
  readonly message?: string;
  readonly output?: { readonly json?: { readonly makespan?: number } };
}

/** @throws Error with what MiniZinc said. */
export function runMinizinc({ model, data, solver, seconds }: MinizincTask): Promise<MinizincAnswer> {
  const file = (name: string) => fileURLToPath(import.meta.resolve(`minizinc/${name}`));
  const worker = new Worker(new URL('./minizinc-thread.ts', import.meta.url), { stdout: true, stderr: true });
  let makespan: number | null = null;
  let isOptimal = false;
  let timer: NodeJS.Timeout | undefined;
  return new Promise<MinizincAnswer>((resolve, reject) => {
    const answer = () => resolve({ makespan, isOptimal });
    worker.on('error', reject);
    worker.on('message', (message: Message) => {
      if (message.type === 'ready') {
        timer = setTimeout(answer, seconds * 1000);
        // Intermediate solutions; free search where a solver has one.
        const search = ['-i', ...(solver === 'chuffed' ? ['-f'] : [])];
        worker.postMessage({
          jsonStream: true,
          files: { 'model.mzn': model, 'data.json': JSON.stringify(data) },
          args: [...search, '--output-mode', 'json', '--solver', solver, 'model.mzn', 'data.json'],
        });
      } else if (message.type === 'solution') makespan = message.output?.json?.makespan ?? makespan;
      else if (message.type === 'status') isOptimal = message.status === 'OPTIMAL_SOLUTION';
      else if (message.type === 'error') reject(new Error(message.message));
      else if (message.type === 'exit') answer();
    });
    worker.postMessage({ wasmURL: file('minizinc.wasm'), dataURL: file('minizinc.data') });
  }).finally(async () => {
    clearTimeout(timer);
    await worker.terminate();
  });
}
