/** The core with its server, in this process: for wall screens, thin stations and machines without a display. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#contract/errors';
import type { CoreConfig } from '#contract/host';
import { readTexts, sentence } from '#main/texts';
import { reachRunningCore } from './control-socket.ts';
import { startCore } from './core.ts';
import type { Progress } from './database-start.ts';
import type { RunningCore } from './core.ts';
import { startServer } from './server.ts';
import type { RunningServer } from './server.ts';

export interface ServeOptions {
  readonly config: CoreConfig;
  readonly port: number;
  /** Where a line for the person at the console goes. */
  readonly print: (line: string) => void;
}

/**
 * Starts core and server and prints where they are; resolves when both have been stopped by a signal.
 * @returns the exit code.
 */
export async function serve({ config, port, print }: ServeOptions): Promise<number> {
  const texts = readTexts(config.appRoot);
  const explain = (cause: unknown): number => {
    if (!(cause instanceof AppError)) throw cause;
    print(sentence(texts, cause));
    return 1;
  };
  const running = await reachRunningCore(config.dataDir);
  if (running) {
    running.close();
    const url = await readFile(addressFile(config.dataDir), 'utf8').catch(() => null);
    print(url ? texts('start.already-serving', { url }) : texts('start.already-running'));
    return 0;
  }
  let core: RunningCore;
  try {
    core = await startCore(config, {
      simulatorsEntry: new URL(import.meta.resolve('#main/workers/simulators')),
      onProgress: inSteps((step, percent) =>
        print(`${texts(step)}${percent === null ? '' : ` ${percent} %`}`),
      ),
    });
  } catch (cause) {
    return explain(cause);
  }
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
  let server: RunningServer | undefined;
  try {
    const { server: address } = core.settings;
    server = await startServer({
      core,
      rendererDir: join(config.appRoot, 'out/renderer'),
      host: address?.host ?? '127.0.0.1',
      port,
      tls: address,
      log: core.log,
    });
    await writeFile(addressFile(config.dataDir), server.url, { mode: 0o600 });
    print(texts('start.serving', { url: server.url }));
    const problem = await Promise.race([core.settled, stopped.then(() => null)]);
    if (problem) print(sentence(texts, problem));
    await core.pii().catch(explain);
    for (const person of problem ? [] : await core.demoPeople()) {
      print(texts('start.demo-sign-in', { ...person }));
    }
    await stopped;
    print(texts('start.stopping'));
    return 0;
  } catch (cause) {
    // Told before all is closed: a database that is being made holds that up.
    return explain(cause);
  } finally {
    if (server) {
      await rm(addressFile(config.dataDir), { force: true });
      await server.close();
    }
    await core.stop();
    print(texts('start.stopped'));
  }
}

/** Where a second start finds the first. */
const addressFile = (dataDir: string) => join(dataDir, 'serving');

/** A console shows each step once and then every quarter of it. */
function inSteps(tell: (step: string, percent: number | null) => void): Progress {
  let last = '';
  return (step, fraction) => {
    const percent = fraction === undefined ? null : Math.floor(fraction * 4) * 25;
    const line = `${step} ${percent}`;
    if (line !== last) tell(step, percent);
    last = line;
  };
}
