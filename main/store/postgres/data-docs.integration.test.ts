/** docs/data.md and the pages of the contexts say what a migrated database is. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contexts } from '../../../scripts/catalogue.ts';
import { dataDocs } from '../../../scripts/data-docs.ts';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';

let database: TestDatabase;
let pages: ReadonlyMap<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  pages = await dataDocs(database.ownerUrl);
});
afterAll(() => database.drop());

test('what is made of the pages about the data is not stale: npm run data-docs', async () => {
  const stale: string[] = [];
  for (const [file, text] of pages) {
    if (!existsSync(file) || (await readFile(file, 'utf8')) !== text) stale.push(basename(file));
  }
  expect(stale).toEqual([]);
});

test('what people wrote beside it names tables, views and functions that are there', async () => {
  const named = new RegExp(`\`((?:${contexts.join('|')})\\.[a-z0-9_]+)\``, 'g');
  const names = new Set(
    [...pages.values()].flatMap((text) =>
      [...text.replace(/<!-- made[^]*end of what is made -->/, '').matchAll(named)].map(
        ([, name]) => name ?? '',
      ),
    ),
  );
  expect(names.size).toBeGreaterThan(40);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL
       AND name NOT IN (SELECT pronamespace::regnamespace::text || '.' || proname FROM pg_proc)`,
    [[...names]],
  );
  await owner.end();
  expect(rows.map(({ name }) => name)).toEqual([]);
});
