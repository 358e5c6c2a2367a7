import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SeedSize } from '#domain/seed/size';
import { seedColumns } from '#domain/seed/tables';
import { checkConstraints } from '#main/care/constraints';
import { demoDefinition } from '#main/demo/demo-definition';
import { appRoot, createTestDatabase, type TestDatabase } from '../../tests/support/postgres.ts';
import { seedDatabase, type SeedProgress } from './seed-database.ts';
import { seedDemo } from './seed-demo.ts';

const size: SeedSize = {
  organizations: 2,
  plants: 1,
  cells: 1,
  workOrders: 120,
  logsPerWorkOrder: 30,
  serialsPerWorkOrder: 4,
  edgesPerWorkOrder: 20,
  readings: 3000,
};
const seed = 3;
const now = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;

const databases: TestDatabase[] = [];
const clients: pg.Client[] = [];
const made = async () => {
  const database = await createTestDatabase();
  databases.push(database);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  owner.on('error', () => {});
  clients.push(owner);
  await owner.connect();
  return { ...database, owner };
};
let whole: Awaited<ReturnType<typeof made>>;
const told: SeedProgress[] = [];

beforeAll(async () => {
  whole = await made();
  const { ownerUrl } = whole;
  await seedDatabase({ ownerUrl, size, seed, now, onProgress: (one) => told.push(one) });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  for (const database of databases) await database.drop();
});

/** What the database makes itself is not the seed's: hashes, and ids that rows of it get by default. */
const ownMaking = { 'identity.users': ['password_hash'] } as Record<string, string[]>;

async function contents(owner: pg.Client): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const tables = [
    ...Object.keys(seedColumns),
    'analytics.daily_production',
    'analytics.daily_oee',
    'analytics.sensor_5min',
  ];
  for (const table of tables) {
    const { rows } = await owner.query<{ line: string }>(
      `SELECT (to_jsonb(t) - $1::text[])::text AS line FROM ${table} t ORDER BY 1`,
      [ownMaking[table] ?? []],
    );
    const digest = createHash('sha256').update(rows.map(({ line }) => line).join('\n'));
    found[table] = `${rows.length} rows, ${digest.digest('hex')}`;
  }
  return found;
}

test('every foreign key and every check holds, and nothing waits in a default partition', async () => {
  const report = await checkConstraints({ ownerUrl: whole.ownerUrl, appRoot });
  expect(report.findings).toEqual([]);
  expect(report.foreignKeys).toBeGreaterThan(400);
  const { rows } = await whole.owner.query('SELECT * FROM trace.genealogy_faults()');
  expect(rows).toEqual([]);
});

test('no check of the data finds a problem', async () => {
  const { rows } = await whole.owner.query(
    'SELECT to_jsonb(c) AS found FROM analytics.check_data_quality() AS c WHERE NOT c.passed',
  );
  expect(rows).toEqual([]);
});

test('what triggers keep is there: versions, spans, search, rollups; and nobody was told', async () => {
  const { rows } = await whole.owner.query<Record<string, unknown>>(
    `SELECT (SELECT count(*)::int FROM app.changes) AS changes,
            (SELECT count(*)::int FROM audit.log) AS audited,
            (SELECT count(*)::int FROM analytics.dirty) AS noted,
            (SELECT count(*) = (SELECT count(*) FROM material.materials) FROM material.material_versions) AS versions,
            (SELECT count(*) = (SELECT count(*) FROM equipment.downtime_events) FROM equipment.downtime_spans) AS spans,
            (SELECT count(*)::int FROM app.search_entries WHERE kind = 'serial') AS serials,
            (SELECT count(*)::int FROM analytics.daily_oee) > 100 AS oee,
            (SELECT sum(good_quantity) FROM analytics.daily_production) = (SELECT sum(good_quantity) FROM production.logs) AS sums,
            (SELECT to_regclass('app.seed_pieces')) AS pieces,
            (SELECT bool_and(c.relforcerowsecurity) FROM pg_class c JOIN app.table_rules r ON r.target = c.oid) AS forced,
            (SELECT value - 'size' FROM app.settings WHERE key = 'seed') AS settings`,
  );
  expect(rows[0]).toEqual({
    changes: 0,
    audited: 0,
    noted: 0,
    versions: true,
    spans: true,
    serials: 960,
    oee: true,
    sums: true,
    pieces: null,
    forced: true,
    settings: { seed, now, finished: true },
  });
  // The next sensor gets a number of its own.
  const { rows: next } = await whole.owner.query<{ number: string }>(
    `SELECT nextval(pg_get_serial_sequence('equipment.sensors', 'sensor_no')) AS number`,
  );
  expect(Number(next[0]?.number)).toBe(9);
});

test('progress goes up to the end', () => {
  const fractions = told.map(({ fraction }) => fraction);
  expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions);
  expect(fractions.at(-1)).toBeCloseTo(1);
  expect(told.at(-1)?.rows).toBeGreaterThan(20_000);
});

test('people of the plants sign in and see theirs alone', async () => {
  const desk = new pg.Client({ connectionString: whole.appUrl });
  await desk.connect();
  const { rows } = await desk.query<{ outcome: string; token: string }>(
    `SELECT outcome, token FROM identity.sign_in('planner.p21', $1, 'DESK-1')`,
    [demoDefinition.people.password],
  );
  await desk.query('BEGIN');
  await desk.query('SELECT identity.begin($1)', [rows[0]?.token]);
  const { rows: seen } = await desk.query('SELECT code FROM production.lanes ORDER BY 1');
  await desk.query('COMMIT');
  await desk.end();
  expect(seen.map(({ code }) => code)).toEqual(['P21-L01', 'P21-L02', 'P21-L03', 'P21-L04']);
});

describe('a seed that is stopped', () => {
  test.each([
    ['between pieces', 4, 'wait'],
    ['within a piece', 4, 'now'],
    ['while it derives what triggers keep', 12, 'now'],
  ] as const)('%s goes on where it was and ends with the same rows', async (_, pieces, when) => {
    const { ownerUrl, owner } = await made();
    const stop = new AbortController();
    let count = 0;
    const first = seedDatabase({
      ownerUrl,
      size,
      seed,
      now,
      signal: stop.signal,
      onProgress: () => {
        count += 1;
        if (count === pieces) {
          if (when === 'wait') stop.abort(new Error('stopped'));
          else setTimeout(() => stop.abort(new Error('stopped')), 15);
        }
      },
    });
    await expect(first).rejects.toThrow('stopped');
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM app.seed_pieces');
    expect(rows.length).toBeGreaterThan(0);

    const resumed = await seedDatabase({ ownerUrl, size, seed });
    expect(resumed).toMatchObject({ now, piecesBefore: rows.length });
    expect(resumed.pieces).toBeGreaterThan(rows.length);
    expect(await contents(owner)).toEqual(await contents(whole.owner));
  });

  test('is not gone on with by another seed, time or size, nor twice at once', async () => {
    const { ownerUrl, owner } = await made();
    const stop = new AbortController();
    const first = seedDatabase({
      ownerUrl,
      size,
      seed,
      now,
      signal: stop.signal,
      onProgress: ({ rows }) => rows > 0 && stop.abort(new Error('stopped')),
    });
    await expect(first).rejects.toThrow('stopped');
    const reason = (changed: object) =>
      seedDatabase({ ownerUrl, size, seed, ...changed }).catch(
        (cause: { readonly shape: { readonly reason: string } }) => cause.shape.reason,
      );
    expect(await reason({ seed: 4 })).toBe('error.seed-other');
    expect(await reason({ now: now + 60_000 })).toBe('error.seed-other');
    expect(await reason({ size: { ...size, cells: 2 } })).toBe('error.seed-other');
    await owner.query('SELECT pg_advisory_lock(7240314)');
    expect(await reason({})).toBe('error.seed-under-way');
    await owner.query('SELECT pg_advisory_unlock(7240314)');
    expect(await reason({})).toMatchObject({ seed });
    expect(await reason({})).toBe('error.seed-finished');
  });
});

test('a database with an organization in it is left as it is', async () => {
  const { ownerUrl, owner } = await made();
  const stationSecret = async () => 'secret of the station';
  const demo = await seedDemo({ ownerUrl, seed: 1, now, stationSecret });
  expect(demo.logins).toContain('planner');
  const { rows } = await owner.query<{ found: boolean }>(
    'SELECT count(*) > 1000 AS found FROM app.search_entries',
  );
  expect(rows[0]?.found).toBe(true);
  await expect(seedDatabase({ ownerUrl, size, seed })).rejects.toMatchObject({
    shape: { reason: 'error.seed-not-empty' },
  });
  // The same demo plant again is no harm.
  expect(await seedDemo({ ownerUrl, seed: 1, stationSecret })).toMatchObject({ now, piecesBefore: 1 });
  await expect(seedDemo({ ownerUrl, seed: 2, stationSecret })).rejects.toMatchObject({
    shape: { reason: 'error.seed-other' },
  });
  await expect(seedDemo({ ownerUrl: whole.ownerUrl, seed: 1, stationSecret })).rejects.toMatchObject({
    shape: { reason: 'error.seed-not-empty' },
  });
});
