/** Promise 3: the network goes and comes back while stations scan. */
import { setTimeout as delay } from 'node:timers/promises';
import { startTcpProxy, targetOf, throughProxy } from '../support/tcp-proxy.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { balance, makeTrialPlant } from './trial-plant.ts';
import type { Trial } from './trial.ts';
import { openTrialStation } from './trial-station.ts';
import type { TrialStation } from './trial-station.ts';

const sizes = {
  short: { stations: 3, cuts: 6, longestCutMs: 1500 },
  full: { stations: 10, cuts: 60, longestCutMs: 10_000 },
};
const scanEveryMs = 25;
const calmMs = 400;
const promisedRecoveryMs = 60_000;

const faults: readonly ((proxy: TcpProxy) => void)[] = [
  (proxy) => proxy.cut(),
  (proxy) => proxy.blackHole('in'),
  (proxy) => proxy.blackHole('out'),
  (proxy) => proxy.blackHole('both'),
];

export const networkCut: Trial = {
  name: 'network-cut',
  promise: 'network cut in, out and both ways while scanning: outbox empty within 60 s, both sides equal',
  async run(size, tell) {
    const { stations: count, cuts, longestCutMs } = sizes[size];
    const plant = await makeTrialPlant();
    const proxy = await startTcpProxy(targetOf(plant.appUrl));
    const stations: TrialStation[] = [];
    const acknowledged = new Set<string>();
    const broken: string[] = [];
    let longestRecoveryMs = 0;
    let scanning = true;
    try {
      for (let index = 0; index < count; index++) {
        stations.push(openTrialStation(await plant.station(throughProxy(plant.appUrl, proxy))));
      }
      const streams = stations.map(async (station) => {
        for (let scans = 0; scanning; scans++) {
          const { commandId } = await station.scan({ subject: `operation-${scans % 5}` });
          acknowledged.add(commandId);
          await delay(scanEveryMs);
        }
      });
      for (let cut = 0; cut < cuts; cut++) {
        await delay(calmMs);
        faults[cut % faults.length]?.(proxy);
        // The first of each kind is the longest, so that even the short form has one.
        await delay(cut < faults.length ? longestCutMs : Math.random() * longestCutMs);
        proxy.heal();
        // Scanning goes on: what counts is when all that stood at the healing is through.
        const began = performance.now();
        const standing = stations.map(lastSequence);
        await waitFor(
          () => stations.every((station, index) => firstWaiting(station) > (standing[index] ?? 0)),
          promisedRecoveryMs,
          () => broken.push(`cut ${cut + 1}: not delivered within ${promisedRecoveryMs / 1000} s`),
        );
        longestRecoveryMs = Math.max(longestRecoveryMs, performance.now() - began);
        tell(`network-cut: ${cut + 1} of ${cuts}`);
      }
      scanning = false;
      await Promise.all(streams);
      await waitFor(
        () => stations.every((station) => station.outbox.status().waiting === 0),
        promisedRecoveryMs,
        () => broken.push('the outbox did not empty'),
      );
      const arrived = await plant.arrived();
      if (arrived.size !== acknowledged.size) {
        broken.push(`${acknowledged.size} acknowledged, ${arrived.size} arrived`);
      }
      for (const station of stations) {
        const { quarantined } = station.outbox.status();
        if (quarantined > 0) broken.push(`${quarantined} quarantined by a fault of the network`);
      }
      return {
        trial: 'network-cut',
        runs: cuts,
        commands: acknowledged.size,
        ...balance(acknowledged, arrived),
        longestRecoveryMs,
        broken,
      };
    } finally {
      scanning = false;
      proxy.heal();
      await Promise.all(stations.map((station) => station.stop()));
      await proxy.close();
      await plant.close();
    }
  },
};

const waitingOf = (station: TrialStation) =>
  station.outbox.entries().filter(({ state }) => state === 'waiting');
const lastSequence = (station: TrialStation) => waitingOf(station).at(-1)?.sequence ?? 0;
const firstWaiting = (station: TrialStation) => waitingOf(station)[0]?.sequence ?? Number.POSITIVE_INFINITY;

async function waitFor(isTrue: () => boolean, withinMs: number, otherwise: () => void): Promise<void> {
  const began = performance.now();
  while (!isTrue()) {
    if (performance.now() - began > withinMs) {
      otherwise();
      return;
    }
    await delay(20);
  }
}
