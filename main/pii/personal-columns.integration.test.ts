import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../tests/support/postgres.ts';
import { personalColumns } from './personal-columns.ts';

/** Secrets of connections to other systems: written under keys of their own (key_id). */
const notPersonal = new Set([
  'notify.channels.credentials_cipher',
  'integration.connectors.credentials_cipher',
  'integration.webhooks.secret_cipher',
]);

test('the list names every column of the database that holds personal data, with its index', async () => {
  const database = await createTestDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string }>(
    `SELECT a.attrelid::regclass || '.' || a.attname AS name FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     WHERE a.attname ~ '_(cipher|index)$' AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped
       AND c.oid IN (SELECT target FROM app.table_rules WHERE scope IN ('tenant', 'custom'))`,
  );
  await owner.end();
  await database.drop();
  const listed = personalColumns.flatMap(({ table, field, index }) => [
    `${table}.${field}_cipher`,
    ...(index === null ? [] : [`${table}.${field}_index`]),
  ]);
  expect(listed.toSorted()).toEqual(
    rows
      .map(({ name }) => name)
      .filter((name) => !notPersonal.has(name))
      .toSorted(),
  );
});
