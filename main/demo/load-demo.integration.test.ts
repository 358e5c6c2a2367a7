import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissions } from '#contract/procedures';
import { createTestDatabase, type TestDatabase } from '../../tests/support/postgres.ts';
import { demoDefinition, demoMachines, demoPrinters } from './demo-definition.ts';
import { loadDemoPlant } from './load-demo.ts';

const now = Date.parse('2026-11-19T10:20:00Z');
let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
const fractions: number[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const loaded = await loadDemoPlant({
    database: { ownerUrl: database.ownerUrl },
    seed: 1,
    now,
    stationSecret: 'secret of the station',
    onProgress: (fraction) => fractions.push(fraction),
  });
  if (!loaded.ok) throw new Error(loaded.refusal.reason);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  desk = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), desk.connect()]);
});
afterAll(async () => {
  await Promise.all([owner.end(), desk.end()]);
  await database.drop();
});

const signIn = async (login: string, password: string) => {
  const { rows } = await desk.query<{ outcome: string; token: string }>(
    'SELECT outcome, token FROM identity.sign_in($1, $2, $3)',
    [login, password, 'DESK-1'],
  );
  return rows[0];
};

test('every foreign key that the load did not check holds', async () => {
  const { rows: keys } = await owner.query<{
    child: string;
    parent: string;
    columns: string[];
    targets: string[];
  }>(
    `SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
            (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(num, n)
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num) AS columns,
            (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(num, n)
              JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num) AS targets
     FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0`,
  );
  expect(keys.length).toBeGreaterThan(40);
  const broken: string[] = [];
  for (const key of keys) {
    const same = key.columns.map((column, at) => `p.${key.targets[at]} = c.${column}`).join(' AND ');
    const given = key.columns.map((column) => `c.${column} IS NOT NULL`).join(' AND ');
    const { rows } = await owner.query(
      `SELECT FROM ${key.child} c WHERE ${given} AND NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${same}) LIMIT 1`,
    );
    if (rows.length > 0) broken.push(`${key.child} (${key.columns.join(', ')})`);
  }
  expect(broken).toEqual([]);
});

test('instants and lists arrive as they were made, and nothing went through the change feed', async () => {
  const { rows } = await owner.query<Record<string, unknown>>(
    `SELECT (SELECT count(*)::int FROM app.changes) AS changes,
            (SELECT count(*)::int FROM production.logs WHERE at > $1) AS future_logs,
            (SELECT max(at) > $1::timestamptz - interval '1 hour' FROM production.logs) AS recent_logs,
            (SELECT count(*)::int FROM production.operations WHERE cardinality(eligible_lane_ids) = 2) AS choice,
            (SELECT allergens FROM material.materials WHERE code = 'MAYO-500') AS allergens,
            (SELECT count(*)::int FROM production.operations WHERE extract(epoch FROM starts_at)::bigint % 300 <> 0)
              AS off_grid,
            (SELECT value ->> 'day' FROM app.settings WHERE key = 'demo') AS day`,
    [new Date(now)],
  );
  expect(rows[0]).toMatchObject({
    changes: 0,
    future_logs: 0,
    recent_logs: true,
    allergens: ['egg', 'mustard'],
    off_grid: 0,
    day: '2026-11-19',
  });
  expect(Number(rows[0]?.['choice'])).toBeGreaterThan(200);
  expect(fractions.at(-1)).toBe(1);
  expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
});

describe('signing in', () => {
  test.each(demoDefinition.people.people)('$login sees the plants that are theirs', async (person) => {
    const signedIn = await signIn(person.login, demoDefinition.people.password);
    expect(signedIn?.outcome).toBe('signed-in');
    await desk.query('BEGIN');
    await desk.query('SELECT identity.begin($1)', [signedIn?.token]);
    const { rows } = await desk.query<{ roles: string[]; plants: { code: string }[]; permissions: string[] }>(
      'SELECT roles, plants, permissions FROM identity.whoami()',
    );
    const seen = await desk.query('SELECT DISTINCT plant_id FROM production.lanes');
    await desk.query('COMMIT');
    expect(rows[0]?.roles).toEqual([person.role]);
    expect(rows[0]?.plants.map((plant) => plant.code)).toEqual([...person.plants].sort());
    expect(permissions).toEqual(expect.arrayContaining(rows[0]?.permissions ?? ['none']));
    expect(seen.rows).toHaveLength(person.plants.length);
  });

  test('the station with the secret that it was given, operators not at all', async () => {
    const { station, operators, password } = demoDefinition.people;
    expect((await signIn(station.login, 'secret of the station'))?.outcome).toBe('signed-in');
    expect((await signIn(station.login, password))?.outcome).toBe('wrong');
    expect((await signIn(operators[0]?.login ?? '', password))?.outcome).toBe('wrong');
  });

  test('the administrator may do all that the contract knows', () => {
    const admin = demoDefinition.people.roles.find((role) => role.code === 'admin');
    expect([...(admin?.permissions ?? [])].sort()).toEqual([...permissions].sort());
  });
});

test('a database that is not empty is refused and stays as it is', async () => {
  const before = await owner.query('SELECT count(*) FROM production.operations');
  const again = await loadDemoPlant({ database: { client: owner }, seed: 2, now, stationSecret: 'x' });
  expect(again).toMatchObject({ ok: false, refusal: { reason: 'demo-not-empty' } });
  expect((await owner.query('SELECT count(*) FROM production.operations')).rows).toEqual(before.rows);
});

test('the simulated line knows its machines and printers', () => {
  expect(demoMachines).toHaveLength(24);
  expect(new Set(demoMachines.map((machine) => machine.code)).size).toBe(24);
  expect(demoPrinters.map((printer) => printer.code)).toEqual(['LABEL-1', 'LABEL-2']);
});
