/** The doctor's looks at what keeps a second copy: standbys, replication slots, the archive of the write-ahead log. */
import type pg from 'pg';
import { judge, worst } from './diagnosis.ts';
import type { Diagnosis, Level } from './diagnosis.ts';

/** Five minutes are what may be lost at most. */
const lagProblemS = 300;
const lagWarningS = 60;
const megabyte = 1 << 20;

/** On a primary its slowest standby; on a standby how far it is behind. */
export async function replication(client: pg.ClientBase): Promise<Diagnosis> {
  const { rows: kind } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  if (kind[0]?.standby) {
    // When all that came is replayed it is not behind, however long nothing was written.
    const { rows } = await client.query<{ lag: number }>(
      `SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
              ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0) END::float8 AS lag`,
    );
    const lagS = Math.round(rows[0]?.lag ?? 0);
    return { check: 'standby', level: judge(lagS, lagWarningS, lagProblemS), figures: { lagS } };
  }
  const { rows } = await client.query<{ standbys: number; lag: number; bytes: number; names: string | null }>(
    `SELECT count(*)::int AS standbys, coalesce(max(extract(epoch FROM replay_lag)), 0)::float8 AS lag,
       coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::float8 AS bytes,
       string_agg(application_name, ', ' ORDER BY application_name) AS names
     FROM pg_stat_replication WHERE state = 'streaming'`,
  );
  const { standbys = 0, lag = 0, bytes = 0, names = null } = rows[0] ?? {};
  if (standbys === 0) return { check: 'no-standby', level: 'ok', figures: {} };
  return {
    check: 'replication',
    level: worst([judge(lag, lagWarningS, lagProblemS), judge(bytes, 256 * megabyte, 4096 * megabyte)]),
    figures: { standbys, lagS: Math.round(lag), megabytes: Math.round(bytes / megabyte), names: names ?? '' },
  };
}

/** A slot that nobody reads keeps the log until the disk is full. */
export async function slots(client: pg.ClientBase): Promise<Diagnosis> {
  const { rows } = await client.query<{
    name: string;
    active: boolean;
    lost: boolean;
    kept: number;
  }>(
    `SELECT slot_name AS name, active, coalesce(wal_status IN ('lost', 'unreserved'), false) AS lost,
       coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                                restart_lsn), 0)::float8 AS kept
     FROM pg_replication_slots WHERE NOT temporary ORDER BY 4 DESC`,
  );
  const levels = rows.map(({ active, lost, kept }): Level =>
    lost || (!active && kept > 4096 * megabyte)
      ? 'problem'
      : !active || kept > 1024 * megabyte
        ? 'warning'
        : 'ok',
  );
  return {
    check: 'slots',
    level: worst(levels),
    figures: {
      slots: rows.length,
      inactive: rows.filter(({ active }) => !active).length,
      megabytes: Math.round((rows[0]?.kept ?? 0) / megabyte),
      name: rows[0]?.name ?? '',
    },
  };
}

export async function archiving(client: pg.ClientBase): Promise<Diagnosis> {
  const { rows } = await client.query<{
    mode: string;
    failing: boolean;
    failed: number;
    last: string | null;
    age: number;
  }>(
    `SELECT current_setting('archive_mode') AS mode, failed_count::int AS failed, last_archived_wal AS last,
       coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS failing,
       coalesce(extract(epoch FROM now() - last_archived_time), 0)::float8 AS age
     FROM pg_stat_archiver`,
  );
  const found = rows[0];
  if (!found || found.mode === 'off') return { check: 'no-archive', level: 'ok', figures: {} };
  return {
    check: 'archive',
    level: found.failing ? 'problem' : 'ok',
    figures: { failed: found.failed, last: found.last ?? '', minutes: Math.round(found.age / 60) },
  };
}
