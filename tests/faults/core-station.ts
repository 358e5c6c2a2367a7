/** Stations with the whole core, a scanner on TCP and accounts of their own at the trial plant. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTRPCClient } from '@trpc/client';
import { v7 as uuidv7 } from 'uuid';
import { memoryChannel } from '#contract/channel';
import type { ClientChannel } from '#contract/channel';
import { createChannelClient } from '#contract/channel-link';
import type { AppRouter } from '#contract/router';
import { startCore } from '#main/hosts/core';
import type { RunningCore } from '#main/hosts/core';
import { startSimulatedScanner } from '#native/simulators/simulated-scanner';
import { appRoot } from '../support/postgres.ts';
import type { StreamingStation } from './kill-core.ts';
import type { Arrived, TrialPlant } from './trial-plant.ts';

/** What a child process must be told to be the core of a station. */
export interface CoreStationConfig {
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** Of the person who is signed in at the desk. */
  readonly personToken: string;
}

/** Of the small plant: each station has an operation to itself, as stations of different lanes have. */
const operationCodes = ['WO-000001/10', 'WO-000002/10'];
const scanEveryMs = 5;
/** One scan in so many is the operation's: started, paused, resumed, each decided by the one before it. */
const operationEvery = 8;
const drainLimitMs = 30_000;

/** Starts the core and waits for its database and its line, as a desk with a central database does. */
export async function startStationCore(config: CoreStationConfig): Promise<RunningCore> {
  const { dataDir, databaseUrl } = config;
  const core = await startCore(
    { appRoot, dataDir, logDir: join(dataDir, 'logs'), databaseUrl, simulate: false },
    { simulatorsEntry: new URL(import.meta.resolve('#main/workers/simulators')), onProgress: () => {} },
  );
  const problem = await core.settled;
  if (problem) throw problem;
  return core;
}

/** A window at which the station's person is signed in already. */
export function attachPerson(core: RunningCore, config: CoreStationConfig): ClientChannel {
  const { client, core: end } = memoryChannel();
  core.attach(end, { token: config.personToken });
  return client;
}

/**
 * A station in a process of its own whose scanner sends a code every few milliseconds, for as long as
 * someone listens: lots, each code once, and in between an operation's code. `stop` ends the scanner.
 */
export async function streamingCoreStation(
  plant: TrialPlant,
  index: number,
): Promise<StreamingStation & { stop(): Promise<void> }> {
  const { dataDir } = await plant.station();
  const account = await addStation(plant, index);
  const scanner = await startSimulatedScanner({ directory: dataDir, wire: 'tcp' });
  writeFileSync(
    join(dataDir, 'settings.json'),
    JSON.stringify({
      station: account.station,
      scanner: { transport: scanner.transport, duplicateWindowMs: 0 },
    }),
  );
  const config: CoreStationConfig = { dataDir, databaseUrl: plant.appUrl, personToken: account.personToken };

  let scanning = true;
  const stream = (async () => {
    for (let count = 0; scanning; count++) {
      const isOperation = count % operationEvery === 0;
      await scanner.scan(isOperation ? (operationCodes[index] ?? '') : `LOT-${index}-${count}`);
      await delay(scanEveryMs);
    }
  })();
  const stop = async () => {
    scanning = false;
    await stream;
    await scanner.stop();
  };

  return {
    command: process.execPath,
    args: [join(import.meta.dirname, 'core-scan-child.ts'), JSON.stringify(config)],
    async drain() {
      await stop();
      const core = await startStationCore(config);
      try {
        await untilDelivered(core, config);
      } finally {
        await core.stop();
      }
    },
    stop,
  };
}

async function untilDelivered(core: RunningCore, config: CoreStationConfig): Promise<void> {
  const connection = createChannelClient();
  connection.use(attachPerson(core, config));
  const client = createTRPCClient<AppRouter>({ links: [connection.link] });
  const deadline = performance.now() + drainLimitMs;
  try {
    for (;;) {
      const { outbox } = await client.system.status.query({});
      if (outbox.quarantined > 0) {
        const entries = await client.system.outbox.query({});
        const problems = entries.map(({ summary, problem }) => `${summary}: ${JSON.stringify(problem)}`);
        throw new Error(`${outbox.quarantined} commands were set aside: ${problems.slice(0, 3).join('; ')}`);
      }
      if (outbox.waiting === 0) return;
      if (performance.now() > deadline) throw new Error(`${outbox.waiting} commands still wait`);
      await delay(20);
    }
  } finally {
    connection.close();
  }
}

/** The station's own account, as docs/starting.md describes it, and a person's session at the station. */
async function addStation({ owner, plant }: TrialPlant, index: number) {
  const code = `KILL-${index}`;
  const station = { code, name: code, number: index, login: `${code.toLowerCase()}.small`, secret: uuidv7() };
  const userId = uuidv7();
  const personToken = `${code}-person`;
  // A cheap hash: what is tried here is not how long bcrypt takes, and stations start often.
  await owner.query(
    `INSERT INTO identity.users
       (organization_id, id, login, display_name, password_hash, kind, station_code, home_plant_id)
     VALUES ($1, $2, $3, $4, public.crypt($5, public.gen_salt('bf', 4)), 'station', $6, $7)`,
    [plant.organizationId, userId, station.login, code, station.secret, code, plant.pumps],
  );
  await owner.query(
    `INSERT INTO identity.user_roles (organization_id, user_id, role_id)
     SELECT organization_id, $2, id FROM identity.roles WHERE organization_id = $1 AND code = 'station'`,
    [plant.organizationId, userId],
  );
  await owner.query(
    `INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id, may_write)
     VALUES ($1, $2, $3, true)`,
    [plant.organizationId, userId, plant.pumps],
  );
  await owner.query(
    `INSERT INTO identity.sessions
       (organization_id, id, user_id, token_hash, station_code, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, now() - interval '1 minute', now() + interval '1 hour')`,
    [
      plant.organizationId,
      uuidv7(),
      plant.users.pumps,
      createHash('sha256').update(personToken).digest(),
      code,
    ],
  );
  return { station, personToken };
}

/**
 * What the database holds of the scans, by command id. A lot's code goes over the wire once, so that two
 * rows of it are two effects; an operation's scan has the step that it reported for its effect.
 */
export async function arrivedScans({ owner }: TrialPlant): Promise<ReadonlyMap<string, Arrived>> {
  const { rows } = await owner.query<{ id: string; effects: string; applied: string }>(
    `SELECT coalesce(a.command_id, s.id) AS id, coalesce(s.effects, 0) AS effects,
            coalesce(a.applied, 0) AS applied
     FROM (SELECT command_id, count(*) AS applied FROM app.applied_commands GROUP BY 1) a
     FULL JOIN (
       SELECT id, CASE kind
         WHEN 'operation' THEN (SELECT count(*) FROM production.logs l WHERE l.id = scans.id)
         ELSE count(*) OVER (PARTITION BY code)
       END AS effects
       FROM trace.scans
     ) s ON s.id = a.command_id`,
  );
  return new Map(
    rows.map(({ id, effects, applied }) => [id, { effects: Number(effects), applied: Number(applied) }]),
  );
}
