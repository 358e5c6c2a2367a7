/** The product's server as a process of its own, as `npm run serve` runs it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appRoot } from '../../scripts/build.ts';

/** A data directory that PostgreSQL can enter under whatever user it runs. */
export function makeDataDir(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'lanewright-bench-'));
  chmodSync(folder, 0o755);
  return {
    path: join(folder, 'data'),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

const startWithinMs = 180_000;

/** Resolves with the milliseconds until `said` matched what the process wrote. */
export function untilSaid(child: ChildProcess, said: RegExp, begunAt: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(
      () => reject(new Error(`nothing came in time: ${text.slice(-500)}`)),
      startWithinMs,
    );
    const listen = (data: Buffer) => {
      text += String(data);
      if (!said.test(text)) return;
      clearTimeout(timer);
      resolve(performance.now() - begunAt);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}: ${text.slice(-500)}`));
    });
  });
}

/** Asks it to end and waits until it has. */
export async function endGently(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export interface Served {
  readonly child: ChildProcess;
  /** From the spawn to the printed address. */
  readonly addressMs: number;
  /** Resolves when the database is there, filled, and the line is open. */
  readonly settled: Promise<unknown>;
}

export async function startServed(dataDir: string, args: readonly string[]): Promise<Served> {
  const begunAt = performance.now();
  const child = spawn(
    process.execPath,
    [join(appRoot, 'main/hosts/cli.ts'), 'serve', '--port', '0', ...args],
    {
      cwd: appRoot,
      env: { ...process.env, LANEWRIGHT_DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const settled = untilSaid(child, /sign in as/, begunAt);
  settled.catch(() => {});
  const addressMs = await untilSaid(child, /https?:\/\/\S+:\d+/, begunAt);
  return { child, addressMs, settled };
}
