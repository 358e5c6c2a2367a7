/**
 * A station that scans as fast as it is told, and writes each acknowledged command's id to its standard
 * output, a line each, before anything else. It is meant to be killed.
 *
 * Its argument is the station's configuration as JSON; `everyMs` is the pause between scans.
 */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openTrialStation } from './trial-station.ts';
import type { TrialStationConfig } from './trial-station.ts';

const config = JSON.parse(process.argv[2] ?? '') as TrialStationConfig & { readonly everyMs: number };
const station = openTrialStation(config);

for (let count = 0; ; count++) {
  void station.scan({ subject: `operation-${count % 7}` }).then(({ commandId }) => {
    // Written by the kernel when it returns: what is acknowledged is known to the parent whatever happens.
    writeSync(1, `${commandId}\n`);
  });
  await delay(config.everyMs);
}
