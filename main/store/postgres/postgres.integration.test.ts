import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appRoot, createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { databaseTypes } from '../../../scripts/generate-database-types.ts';
import { connectDatabase } from './connect.ts';
import { migrate, migrationStatus } from './migrate.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('migrating twice changes nothing', async () => {
  const before = await migrationStatus(database.ownerUrl, appRoot);
  await migrate({ ownerUrl: database.ownerUrl, appRoot });
  expect(before.waiting).toEqual([]);
  expect(await migrationStatus(database.ownerUrl, appRoot)).toEqual(before);
});

test('the row types are those of the migrated database', async () => {
  const file = new URL('./database.ts', import.meta.url);
  expect(await databaseTypes(database.ownerUrl)).toBe(await readFile(file, 'utf8'));
});

test('a database of a newer version is refused with a sentence', async () => {
  await owner.query(`INSERT INTO app.schema_migrations (name, checksum) VALUES ('9999_future.sql', 'x')`);
  await expect(migrationStatus(database.ownerUrl, appRoot)).rejects.toMatchObject({
    shape: { code: 'Unavailable', reason: 'error.database-newer-schema' },
  });
  await owner.query(`DELETE FROM app.schema_migrations WHERE name = '9999_future.sql'`);
});

test('every table with an organization has forced row-level security and a policy', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE a.attname = 'organization_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity
            OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))`,
  );
  expect(rows).toEqual([]);
});

test('every SECURITY DEFINER function has a fixed search_path, in which the temporary schema of the caller comes last', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.prosecdef AND n.nspname NOT LIKE 'pg_%'
       AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting ~ '^search_path=.*pg_temp"?$')`,
  );
  expect(rows).toEqual([]);
});

test('without a session nothing is read; a made-up token is not one', async () => {
  const desk = connectDatabase({ connectionString: database.appUrl, log: quiet, onState: () => {} });
  const count = () =>
    desk.anonymous('count', async (transaction) => {
      await sql`SELECT set_config('lanewright.token', 'made up', true)`.execute(transaction);
      return transaction.selectFrom('org.plants').select('id').execute();
    });
  await owner.query(
    `INSERT INTO org.organizations (id, code, name, gs1_company_prefix) VALUES (app.uuidv7(), 'X', 'X', '9521321')`.replace(
      "'X'",
      "'XX'",
    ),
  );
  await owner.query(
    `INSERT INTO org.plants (organization_id, id, code, name, time_zone)
     SELECT id, app.uuidv7(), 'P1', 'One', 'UTC' FROM org.organizations`,
  );
  expect(await count()).toEqual([]);
  await expect(desk.transaction({ token: 'made up' }, 'peek', async () => 'in')).rejects.toMatchObject({
    shape: { code: 'NotAllowed', reason: 'error.session-ended' },
  });
  await desk.close();
});

test('a server that is down is Unavailable, and noticed', async () => {
  const states: boolean[] = [];
  const desk = connectDatabase({
    connectionString: 'postgres://desk:desk@127.0.0.1:1/none',
    log: quiet,
    onState: ({ online }) => void states.push(online),
  });
  await expect(desk.anonymous('any', async () => 1)).rejects.toMatchObject({
    shape: { code: 'Unavailable', reason: 'error.database-down' },
  });
  expect(desk.online()).toBe(false);
  expect(states).toEqual([false]);
  await desk.close();
});
