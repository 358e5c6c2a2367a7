/** Promise 1: kill -9 in the middle of a stream of station commands. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { balance, makeTrialPlant } from './trial-plant.ts';
import type { Arrived, TrialPlant } from './trial-plant.ts';
import type { Trial, TrialResult } from './trial.ts';
import { openTrialStation } from './trial-station.ts';

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
  await Promise.all(options.stations.map(endure));
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

/** The station file and the delivery by themselves, in a process that starts quickly. */
export async function streamingTrialStation(plant: TrialPlant): Promise<StreamingStation> {
  const config = await plant.station();
  return {
    command: process.execPath,
    args: [join(import.meta.dirname, 'scan-stream-child.ts'), JSON.stringify({ ...config, everyMs: 2 })],
    async drain() {
      const station = openTrialStation(config);
      try {
        while (station.outbox.status().waiting > 0) await station.delivery.flush(10_000);
        const { quarantined } = station.outbox.status();
        if (quarantined > 0) throw new Error(`${quarantined} commands were quarantined`);
      } finally {
        await station.stop();
      }
    },
  };
}

export const killCore: Trial = {
  name: 'kill-core',
  promise: 'kill -9 in the middle of a stream of commands: 0 acknowledged lost, 0 duplicates',
  async run(size, tell) {
    const plant = await makeTrialPlant();
    try {
      return await killTrial({
        trial: 'kill-core',
        kills: size === 'full' ? 200 : 50,
        stations: [await streamingTrialStation(plant), await streamingTrialStation(plant)],
        arrived: () => plant.arrived(),
        tell,
      });
    } finally {
      await plant.close();
    }
  },
};
