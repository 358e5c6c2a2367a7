/**
 * Thread entry: MiniZinc's WebAssembly, made for a browser's worker, in a worker of Node. Its own entry for
 * Node starts a program that must be installed; this one needs nothing. One model a thread, then end it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';

const port = parentPort;
if (!port) throw new Error('runs as a worker');
const script = fileURLToPath(import.meta.resolve('minizinc/minizinc-worker.js'));
Object.assign(globalThis, {
  require: createRequire(script),
  __filename: script,
  __dirname: dirname(script),
  postMessage: (message: unknown) => port.postMessage(message),
  addEventListener: (_: string, hear: (event: { data: unknown }) => void) =>
    port.on('message', (data: unknown) => hear({ data })),
});
runInThisContext(readFileSync(script, 'utf8'), { filename: script });
