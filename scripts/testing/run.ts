/** Runs other programs for the test command: quiet while they go well, never left behind. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface Ran {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  readonly tookMs: number;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** After this it is ended and counts as failed. */
  readonly limitMs?: number;
}

const defaultLimitMs = 10 * 60_000;
/** What takes longer than this says that it is still at it. */
const patienceMs = 2_000;
const remindMs = 15_000;
const graceMs = 5_000;

const running = new Set<ChildProcess>();

/** Ends the program and whatever it started in its own process group. */
function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

/** Ends everything that runs, first politely. */
export async function endAll(): Promise<void> {
  const children = [...running];
  for (const child of children) end(child, 'SIGTERM');
  const gone = Promise.all(children.map((child) => new Promise((resolve) => child.once('close', resolve))));
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, graceMs))]);
  for (const child of children) end(child, 'SIGKILL');
}

/** @returns what it said and how it ended; a program that cannot be started is code 127. */
export async function run(
  program: string,
  args: readonly string[],
  { limitMs = defaultLimitMs, ...options }: RunOptions = {},
): Promise<Ran> {
  const startedAt = Date.now();
  const took = () => Math.round((Date.now() - startedAt) / 1000);
  const child = spawn(program, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  running.add(child);
  const said: string[] = [];
  child.stdout.on('data', (data: Buffer) => said.push(String(data)));
  child.stderr.on('data', (data: Buffer) => said.push(String(data)));
  const remind = () => console.log(`    still running, ${took()} s`);
  const first = setTimeout(remind, patienceMs);
  const reminder = setInterval(remind, remindMs);
  const limit = setTimeout(() => {
    said.push(`\nEnded after ${took()} s: it took too long.\n`);
    end(child, 'SIGTERM');
    setTimeout(() => end(child, 'SIGKILL'), graceMs).unref();
  }, limitMs);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (cause) => {
      said.push(`${cause.message}\n`);
      resolve(127);
    });
    // Pipes may be held open by something it left behind: its own end counts.
    child.on('exit', (exitCode) => {
      setTimeout(() => resolve(exitCode), 500).unref();
      child.on('close', () => resolve(exitCode));
    });
  });
  clearTimeout(first);
  clearInterval(reminder);
  clearTimeout(limit);
  end(child, 'SIGKILL');
  running.delete(child);
  child.stdout.destroy();
  child.stderr.destroy();
  return { code, output: said.join(''), tookMs: Date.now() - startedAt };
}
