/** Promise 1: kill -9 of the core in the middle of a stream of scans. */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { arrivedScans, streamingCoreStation } from './core-station.ts';
import { balance, makeTrialPlant } from './trial-plant.ts';
import type { Arrived } from './trial-plant.ts';
import type { Trial, TrialResult } from './trial.ts';

/** Something that can be started, streams commands, and can be killed at any moment. */
export interface StreamingStation {
  /** A process that writes each acknowledged command's id to its standard output, a line each. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** After the last kill: starts once more, calmly, and resolves when nothing waits any longer. */
  drain(): Promise<void>;
}

export interface KillTrialOptions {
  readonly trial: string;
  readonly kills: number;
  /** Killed side by side. */
  readonly stations: readonly StreamingStation[];
  arrived(): Promise<ReadonlyMap<string, Arrived>>;
  readonly random?: () => number;
  readonly tell?: (line: string) => void;
}

/** A process that acknowledges nothing for so long does not work. */
const startLimitMs = 30_000;
/** Killed at a random moment up to this long after its first acknowledgement. */
const longestLifeMs = 250;

/**
 * Starts each station, kills it at a random moment, and starts it again, until `kills` are done; then lets
 * all drain and compares what was acknowledged with what the database holds.
 */
export async function killTrial(options: KillTrialOptions): Promise<TrialResult> {
  const random = options.random ?? Math.random;
  const acknowledged = new Set<string>();
  const broken: string[] = [];
  let kills = 0;
  let longestRecoveryMs = 0;
  const endure = async (station: StreamingStation) => {
    while (kills < options.kills) {
      kills++;
      if (kills % 25 === 0) options.tell?.(`${options.trial}: ${kills} of ${options.kills} kills`);
      await liveAndDie(station, acknowledged, random() * longestLifeMs);
    }
    const began = performance.now();
    await station.drain();
    longestRecoveryMs = Math.max(longestRecoveryMs, performance.now() - began);
  };
  // All of them to their end, whatever became of one: none is left running behind a failure.
  const ends = await Promise.allSettled(options.stations.map(endure));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  if (acknowledged.size < options.kills) broken.push(`only ${acknowledged.size} acknowledged: no stream`);
  return {
    trial: options.trial,
    runs: kills,
    commands: acknowledged.size,
    ...balance(acknowledged, await options.arrived()),
    longestRecoveryMs,
    broken,
  };
}

async function liveAndDie(
  station: StreamingStation,
  acknowledged: Set<string>,
  lifeMs: number,
): Promise<void> {
  const child = spawn(station.command, station.args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...station.env },
  });
  let rest = '';
  let first: () => void = () => {};
  const started = new Promise<void>((resolve) => (first = resolve));
  const ended = new Promise<void>((resolve) => child.stdout.on('close', resolve));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) acknowledged.add(line);
    first();
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) =>
      reject(new Error(`the station ended by itself (${code ?? signal})`)),
    );
    setTimeout(() => reject(new Error('the station did not start')), startLimitMs).unref();
  });
  gone.catch(() => {});
  try {
    await Promise.race([started, gone]);
    await delay(lifeMs);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

export const killCore: Trial = {
  name: 'kill-core',
  promise: 'kill -9 of the core in the middle of a stream of scans: 0 acknowledged lost, 0 duplicates',
  async run(size, tell) {
    const plant = await makeTrialPlant();
    const stations: Awaited<ReturnType<typeof streamingCoreStation>>[] = [];
    try {
      for (let index = 0; index < 2; index++) stations.push(await streamingCoreStation(plant, index));
      return await killTrial({
        trial: 'kill-core',
        kills: size === 'full' ? 200 : 50,
        stations,
        arrived: () => arrivedScans(plant),
        tell,
      });
    } finally {
      await Promise.all(stations.map((station) => station.stop()));
      await plant.close();
    }
  },
};
