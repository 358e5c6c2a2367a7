/** A migrated database with the small plant in it, and stations of that plant; counts what arrived. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTestDatabase } from '../support/postgres.ts';
import { fillSmallPlant, tokenOf } from '../support/small-plant.ts';
import type { SmallPlant } from '../support/small-plant.ts';
import type { TrialStationConfig } from './trial-station.ts';

export interface Arrived {
  /** Rows of the command's effect. */
  readonly effects: number;
  /** Rows of its id in app.applied_commands. */
  readonly applied: number;
}

export interface TrialPlant {
  readonly owner: pg.Client;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly plant: SmallPlant;
  /** A station with a data folder of its own. `appUrl` leads it through a proxy. */
  station(appUrl?: string): Promise<TrialStationConfig>;
  /** What the database holds of trial commands, by command id. */
  arrived(): Promise<ReadonlyMap<string, Arrived>>;
  close(): Promise<void>;
}

export async function makeTrialPlant(): Promise<TrialPlant> {
  const database = await createTestDatabase();
  const plant = await fillSmallPlant(database.ownerUrl);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const folders: string[] = [];
  return {
    owner,
    ownerUrl: database.ownerUrl,
    appUrl: database.appUrl,
    plant,
    async station(appUrl = database.appUrl) {
      const dataDir = mkdtempSync(join(tmpdir(), 'lanewright-trial-'));
      folders.push(dataDir);
      const { rows } = await owner.query<{ id: string }>(
        'SELECT id FROM identity.sessions WHERE user_id = $1',
        [plant.users.station],
      );
      return {
        dataDir,
        appUrl,
        stationToken: tokenOf('station'),
        organizationId: plant.organizationId,
        plantId: plant.pumps,
        userId: plant.users.station,
        sessionId: rows[0]?.id ?? '',
      };
    },
    arrived: () => arrivedIn(owner),
    async close() {
      await owner.end();
      await database.drop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a database holds of trial commands, by command id. */
export async function arrivedIn(owner: pg.Client): Promise<ReadonlyMap<string, Arrived>> {
  const { rows } = await owner.query<{ id: string; effects: string; applied: string }>(
    `SELECT coalesce(a.command_id::text, s.code) AS id, coalesce(s.effects, 0) AS effects,
            coalesce(a.applied, 0) AS applied
     FROM (SELECT command_id, count(*) AS applied FROM app.applied_commands GROUP BY 1) a
     FULL JOIN (SELECT code, count(*) AS effects FROM trace.scans GROUP BY 1) s
       ON s.code = a.command_id::text`,
  );
  return new Map(
    rows.map(({ id, effects, applied }) => [id, { effects: Number(effects), applied: Number(applied) }]),
  );
}

export interface Balance {
  readonly losses: number;
  readonly duplicates: number;
}

/** Acknowledged commands that are not there, and commands that took effect more than once. */
export function balance(acknowledged: Iterable<string>, arrived: ReadonlyMap<string, Arrived>): Balance {
  let losses = 0;
  for (const id of acknowledged) {
    const one = arrived.get(id);
    if (!one || one.effects === 0 || one.applied === 0) losses++;
  }
  let duplicates = 0;
  for (const { effects, applied } of arrived.values()) if (effects > 1 || applied > 1) duplicates++;
  return { losses, duplicates };
}
