/** The doctor's looks at the server itself: connections, memory, long work, bloat, its age, what it promises, its jobs. */
import type pg from 'pg';
import { judge, worst } from './diagnosis.ts';
import type { Diagnosis, Level } from './diagnosis.ts';

async function one<T extends pg.QueryResultRow>(client: pg.ClientBase, text: string): Promise<T> {
  const { rows } = await client.query<T>(text);
  const [row] = rows;
  if (row === undefined) throw new Error('a query that always has a row had none');
  return row;
}

const percent = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10);
const megabytes = (bytes: number) => Math.round(bytes / (1 << 20));

/** What is kept for superusers is not there for people. */
export async function connections(client: pg.ClientBase): Promise<Diagnosis> {
  const { used, limit } = await one<{ used: number; limit: number }>(
    client,
    `SELECT count(*)::int AS used,
       (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int) AS limit
     FROM pg_stat_activity WHERE backend_type = 'client backend'`,
  );
  return {
    check: 'connections',
    level: judge(used / limit, 0.8, 0.95),
    figures: { used, limit, percent: percent(used, limit) },
  };
}

/** Says something only when enough was read since the statistics began. */
export async function cacheHits(client: pg.ClientBase): Promise<Diagnosis> {
  const { hit, read } = await one<{ hit: number; read: number }>(
    client,
    `SELECT coalesce(sum(blks_hit), 0)::float8 AS hit, coalesce(sum(blks_read), 0)::float8 AS read
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  const enough = hit + read > 1_000_000;
  const level: Level = enough && hit / (hit + read) < 0.95 ? 'warning' : 'ok';
  return { check: 'cache-hits', level, figures: { percent: percent(hit, hit + read) } };
}

/** Running queries and transactions left open: both hold back vacuum and keep locks. */
export async function longWork(client: pg.ClientBase): Promise<Diagnosis> {
  const { queries, idle, longest } = await one<{ queries: number; idle: number; longest: number }>(
    client,
    `SELECT count(*) FILTER (WHERE state = 'active')::int AS queries,
            count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS idle,
            coalesce(max(extract(epoch FROM now() - CASE WHEN state = 'active' THEN query_start ELSE state_change END)), 0)::int
              AS longest
     FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()
       AND (state = 'active' AND query_start < now() - interval '5 minutes'
            OR state LIKE 'idle in transaction%' AND state_change < now() - interval '5 minutes')`,
  );
  return {
    check: 'long-work',
    level: judge(longest, 300, 3600),
    figures: { queries, idle, longestMinutes: Math.round(longest / 60) },
  };
}

/**
 * Two estimates of one thing, both from statistics: rows that are dead, and pages beyond what the live rows would
 * fill (24 bytes of header and 4 of line pointer a row, 24 a page). Small tables do not matter.
 */
export async function bloat(client: pg.ClientBase): Promise<Diagnosis> {
  const { wasted, whole, dead, live, worstTable } = await one<{
    wasted: number;
    whole: number;
    dead: number;
    live: number;
    worstTable: string | null;
  }>(
    client,
    `WITH widths AS (
       SELECT starelid, sum(stawidth * (1 - stanullfrac)) AS bytes FROM pg_statistic WHERE NOT stainherit GROUP BY 1),
     tables AS (
       SELECT c.oid::regclass::text AS name, c.relpages::float8 * current_setting('block_size')::int AS bytes,
         ceil(greatest(c.reltuples, 0) * (28 + coalesce(w.bytes, 0)) / (current_setting('block_size')::int - 24))
           * current_setting('block_size')::int AS needed,
         s.n_dead_tup AS dead, s.n_live_tup AS live
       FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid LEFT JOIN widths w ON w.starelid = c.oid
       WHERE c.relkind IN ('r', 'm') AND c.relpages > 128),
     wasted AS (SELECT *, greatest(bytes - needed, 0) AS wasted FROM tables)
     SELECT coalesce(sum(wasted), 0)::float8 AS wasted, coalesce(sum(bytes), 0)::float8 AS whole,
       coalesce(sum(dead), 0)::float8 AS dead, coalesce(sum(live), 0)::float8 AS live,
       (SELECT name FROM wasted ORDER BY wasted DESC, dead DESC LIMIT 1) AS "worstTable" FROM wasted`,
  );
  const enough = wasted > 100 * (1 << 20);
  const level = worst([
    enough ? judge(wasted / whole, 0.4, 0.7) : 'ok',
    dead > 100_000 ? judge(dead / (dead + live), 0.2, 0.5) : 'ok',
  ]);
  return {
    check: 'bloat',
    level,
    figures: {
      wastedMegabytes: megabytes(wasted),
      percent: percent(wasted, whole),
      deadRows: dead,
      deadPercent: percent(dead, dead + live),
      table: worstTable ?? '',
    },
  };
}

/** PostgreSQL stops writing some three million transactions before 2^31. */
export async function transactionAge(client: pg.ClientBase): Promise<Diagnosis> {
  const { age } = await one<{ age: number }>(
    client,
    'SELECT age(datfrozenxid) AS age FROM pg_database WHERE datname = current_database()',
  );
  return {
    check: 'transaction-age',
    level: judge(age, 1_000_000_000, 1_600_000_000),
    figures: { millions: Math.round(age / 1e6), percent: percent(age, 2 ** 31) },
  };
}

/** With any of these off a power cut may lose what was acknowledged. */
export async function durability(client: pg.ClientBase): Promise<Diagnosis> {
  const { off } = await one<{ off: string | null }>(
    client,
    `SELECT string_agg(name, ', ' ORDER BY name) AS off FROM pg_settings
     WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'`,
  );
  return off === null
    ? { check: 'durability', level: 'ok', figures: {} }
    : { check: 'not-durable', level: 'problem', figures: { off } };
}

/** Where pg-boss has its schema: what waits, what is late, what was given up. */
export async function jobs(client: pg.ClientBase): Promise<readonly Diagnosis[]> {
  const { known } = await one<{ known: boolean }>(
    client,
    `SELECT count(*) = 3 AS known FROM pg_attribute WHERE attrelid = to_regclass('jobs.job')
       AND attname IN ('state', 'start_after', 'name') AND NOT attisdropped`,
  );
  if (!known) return [];
  const { waiting, failed, late } = await one<{ waiting: number; failed: number; late: number }>(
    client,
    `SELECT count(*) FILTER (WHERE NOT dead AND state::text IN ('created', 'retry'))::int AS waiting,
            count(*) FILTER (WHERE dead)::int AS failed,
            coalesce(max(extract(epoch FROM now() - start_after))
                     FILTER (WHERE NOT dead AND state::text IN ('created', 'retry')), 0)::int AS late
     FROM (SELECT *, right(name, 5) = '_dead' AS dead FROM jobs.job) AS j`,
  );
  const level = worst([judge(late, 900, 4 * 3600), failed > 0 ? 'warning' : 'ok']);
  return [
    { check: 'jobs', level, figures: { waiting, failed, lateMinutes: Math.max(0, Math.round(late / 60)) } },
  ];
}
