/** The user's five documents: each of their tables has its place in a migrated database. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appRoot, createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';

let database: TestDatabase;
let owner: pg.Client;
let targets: readonly string[];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const text = await readFile(join(appRoot, 'docs/schema-map.csv'), 'utf8');
  const [, ...lines] = text.trim().split('\n');
  targets = [...new Set(lines.map((line) => line.split(',')[2] ?? ''))];
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('the map names some hundred and fifty objects', () => {
  expect(targets.length).toBeGreaterThan(140);
  expect(targets).not.toContain('');
});

test('every object that the map names is there', async () => {
  const missing: string[] = [];
  for (const target of targets) {
    // The tables of the job queue are looked at in main/jobs.
    if (target === 'jobs.*') continue;
    const { rows } = await owner.query<{ found: boolean }>(
      target.endsWith('()')
        ? 'SELECT EXISTS (SELECT FROM pg_proc WHERE pronamespace::regnamespace::text || $$.$$ || proname = $1) AS found'
        : 'SELECT to_regclass($1) IS NOT NULL AS found',
      [target.replace('()', '')],
    );
    if (!rows[0]?.found) missing.push(target);
  }
  expect(missing).toEqual([]);
});

test('every table has a rule, and is described, but those of the job queue', async () => {
  const { rows } = await owner.query<{ name: string; ruled: boolean; described: boolean }>(
    `SELECT c.oid::regclass::text AS name,
            EXISTS (SELECT FROM app.table_rules r WHERE r.target = c.oid) AS ruled,
            obj_description(c.oid, 'pg_class') IS NOT NULL AS described
     FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'public', 'pg_toast', 'jobs')
       AND c.oid <> 'app.schema_migrations'::regclass`,
  );
  expect(rows.length).toBeGreaterThan(150);
  expect(rows.filter(({ ruled }) => !ruled).map(({ name }) => name)).toEqual([]);
  expect(rows.filter(({ described }) => !described).map(({ name }) => name)).toEqual([]);
});

test('keys of tenant tables begin with the organization: neither parent nor value of another can be felt out', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `WITH tenant AS (SELECT target AS oid FROM app.table_rules WHERE scope IN ('tenant', 'custom') AND organization_column = 'organization_id')
     SELECT i.indexrelid::regclass::text AS name FROM tenant t JOIN pg_index i ON i.indrelid = t.oid
       WHERE i.indisunique AND i.indkey[0] <> (SELECT attnum FROM pg_attribute WHERE attrelid = t.oid AND attname = 'organization_id')
     UNION ALL
     SELECT c.conname || ' on ' || c.conrelid::regclass::text FROM tenant t JOIN pg_constraint c ON c.conrelid = t.oid
       JOIN tenant parent ON parent.oid = c.confrelid
       WHERE c.contype = 'f' AND c.confrelid <> 'org.organizations'::regclass
         AND NOT EXISTS (SELECT FROM unnest(c.conkey, c.confkey) AS k(child, parent_key)
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child AND a.attname ~ 'organization_id$'
           JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.parent_key AND b.attname = 'organization_id')
     ORDER BY 1`,
  );
  // Both are seen by the owner's doors alone, which say the same to whoever asks; a change number tells nothing.
  const asked = new Set(['identity.users_login_key', 'app.changes_pkey']);
  expect(rows.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([]);
});

test('views see what their reader may see', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     WHERE c.relkind IN ('v', 'm') AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'public')
       AND (c.relkind = 'm' OR NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false))`,
  );
  expect(rows).toEqual([]);
});

test('the application reaches no password, no token and no function that was not opened to it', async () => {
  const { rows: columns } = await owner.query<{ name: string }>(
    `SELECT c.oid::regclass::text || '.' || a.attname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND a.attname ~ '(password|token)_hash|secret$'
       AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
       AND (has_column_privilege('lanewright_app', c.oid, a.attnum, 'SELECT')
            OR has_column_privilege('lanewright_report', c.oid, a.attnum, 'SELECT'))`,
  );
  expect(columns).toEqual([]);
  const { rows: publicly } = await owner.query<{ name: string }>(
    `SELECT p.oid::regprocedure::text AS name FROM pg_proc p
     WHERE p.pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'public', 'pg_toast')
       AND has_function_privilege('public', p.oid, 'EXECUTE')`,
  );
  expect(publicly).toEqual([]);
});
