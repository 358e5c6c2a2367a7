/** The control room served to browsers, as a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';

const repository = dirname(dirname(dirname(import.meta.dirname)));
const startLimitMs = 90_000;
const saidLimitMs = 30_000;

export interface Served {
  readonly url: string;
  readonly pid: number;
  /** What it printed so far. */
  output(): string;
  /** Resolves when it has printed this. */
  untilSaid(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves when the demo plant is there and its people are named. */
  untilFilled(): Promise<void>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Asks it to end, and waits until it has. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** @param args of `serve`; the port is any free one unless they name one. */
export async function startServed(
  dataDir: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Served> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(repository, 'main/hosts/cli.ts'), 'serve', '--port', '0', ...args],
    {
      cwd: repository,
      env: { ...process.env, LANEWRIGHT_DATA_DIR: dataDir, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const listeners = new Set<() => void>();
  const heard = (data: Buffer) => {
    output += String(data);
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', heard);
  child.stderr?.on('data', heard);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));

  /** Waits for something to be printed. */
  const until = (pattern: RegExp, limitMs = startLimitMs): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}. It said:\n${output}`));
      const look = () => {
        const match = output.match(pattern);
        if (!match) return;
        clearTimeout(limit);
        listeners.delete(look);
        resolve(match);
      };
      const limit = setTimeout(() => fail(`The control room did not print ${pattern} in time`), limitMs);
      listeners.add(look);
      void ended.then((code) => fail(`The control room ended with ${code}`));
      look();
    });

  const [, url = ''] = await until(/Lanewright is at (\S+)/);
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    untilSaid: (pattern) => until(pattern, saidLimitMs),
    untilFilled: () => until(/sign in as admin/).then(() => {}),
    stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}
