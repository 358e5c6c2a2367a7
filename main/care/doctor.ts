/**
 * How a database is: each figure with a judgement, so that what needs somebody's hand is seen before it hurts.
 * Reads the server's own statistics; a login without pg_monitor sees less of other people's work.
 */
import type pg from 'pg';
import { migrationStatus } from '#main/store/postgres/migrate';
import { partitionStates } from './constraints.ts';
import { judge, worst } from './diagnosis.ts';
import type { Diagnoses, Diagnosis } from './diagnosis.ts';
import type { LastBackup } from './last-backup.ts';
import { withOwnerSession } from './owner-session.ts';
import { archiving, replication, slots } from './doctor-replication.ts';
import {
  bloat,
  cacheHits,
  connections,
  durability,
  jobs,
  longWork,
  transactionAge,
} from './doctor-server.ts';

/** Every look takes a moment; one at a time, so that looking is no load. */
export async function examine(options: {
  readonly ownerUrl: string;
  readonly appRoot: string;
  /** Of this database, as far as this computer knows. */
  readonly lastBackup: LastBackup | null;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<Diagnoses> {
  const checks = await withOwnerSession(options.ownerUrl, options.signal, async (client) => [
    await migrationsWaiting(client, options.ownerUrl, options.appRoot),
    await connections(client),
    await cacheHits(client),
    await longWork(client),
    await bloat(client),
    await transactionAge(client),
    await durability(client),
    ...(await partitionsAhead(client)),
    await replication(client),
    await slots(client),
    await archiving(client),
    ...(await jobs(client)),
    backupAge(options.lastBackup, options.now),
  ]);
  return { level: worst(checks.map(({ level }) => level)), checks };
}

async function migrationsWaiting(
  client: pg.ClientBase,
  ownerUrl: string,
  appRoot: string,
): Promise<Diagnosis> {
  const { rows } = await client.query<{ standby: boolean; made: boolean }>(
    `SELECT pg_is_in_recovery() AS standby, to_regclass('app.schema_migrations') IS NOT NULL AS made`,
  );
  // A standby has what its primary has, and asking would write there.
  const waiting = rows[0]?.standby && rows[0].made ? [] : (await migrationStatus(ownerUrl, appRoot)).waiting;
  const level = waiting.length > 0 ? 'problem' : 'ok';
  return { check: 'migrations', level, figures: { waiting: waiting.length } };
}

async function partitionsAhead(client: pg.ClientBase): Promise<readonly Diagnosis[]> {
  const states = await partitionStates(client);
  if (states.length === 0) return [];
  const withoutNow = states.filter(({ hasNow }) => !hasNow);
  const withoutNext = states.filter(({ hasNext }) => !hasNext);
  const stray = states.filter(({ inDefault }) => inDefault > 0);
  const rows = stray.reduce((sum, { inDefault }) => sum + inDefault, 0);
  return [
    {
      check: 'partitions',
      level: withoutNow.length > 0 ? 'problem' : withoutNext.length > 0 ? 'warning' : 'ok',
      figures: {
        tables: states.length,
        withoutNow: withoutNow.length,
        withoutNext: withoutNext.length,
        first: (withoutNow[0] ?? withoutNext[0])?.table ?? '',
      },
    },
    {
      check: 'default-partitions',
      level: rows > 0 ? 'warning' : 'ok',
      figures: { rows, tables: stray.length, first: stray[0]?.table ?? '' },
    },
  ];
}

const dayMs = 86_400_000;

function backupAge(last: LastBackup | null, now: number): Diagnosis {
  if (!last) return { check: 'no-backup', level: 'warning', figures: {} };
  const ageMs = now - Date.parse(last.madeAt);
  return {
    check: 'backup',
    level: judge(ageMs, 2 * dayMs, 14 * dayMs),
    figures: { hours: Math.round(ageMs / 3_600_000), file: last.file, madeAt: last.madeAt },
  };
}
