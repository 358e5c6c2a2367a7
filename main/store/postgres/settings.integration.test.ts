/** Settings have policies of their own: those of everybody, those of an organization, and those that administrators see. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { layGround } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';
import { actAs, addPerson } from './person.fixture.ts';
import type { Person } from './person.fixture.ts';

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let own: Ground;
let stranger: Ground;
let worker: Person;
let administrator: Person;

const keys = new Set(['open', 'secret', 'open-of-all', 'secret-of-all', 'strange']);
const rows = async (sql: string, values: readonly unknown[] = []) =>
  (await desk.query<{ key: string }>(sql, [...values])).rows
    .map(({ key }) => key)
    .filter((key) => keys.has(key));
const seen = () => rows('SELECT key FROM app.settings ORDER BY key');
const changed = () => rows(`UPDATE app.settings SET value = '2' RETURNING key`);
const add = (organizationId: string | null) =>
  desk.query(`INSERT INTO app.settings (organization_id, key, value) VALUES ($1, 'added', '1')`, [
    organizationId,
  ]);

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  desk = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), desk.connect()]);
  own = await layGround(owner, 'OWN');
  stranger = await layGround(owner, 'STRANGER');
  worker = await addPerson(owner, own.organizationId, [], [own.plantId]);
  administrator = await addPerson(owner, own.organizationId, ['admin:read', 'admin:write'], [own.plantId]);
  for (const [organizationId, key, sensitive] of [
    [own.organizationId, 'open', false],
    [own.organizationId, 'secret', true],
    [null, 'open-of-all', false],
    [null, 'secret-of-all', true],
    [stranger.organizationId, 'strange', false],
  ])
    await owner.query(
      `INSERT INTO app.settings (organization_id, key, value, is_sensitive) VALUES ($1, $2, '1', $3)`,
      [organizationId, key, sensitive],
    );
});
afterAll(async () => {
  await Promise.all([owner.end(), desk.end()]);
  await database.drop();
});

test('are seen by whom they are for', async () => {
  expect(await seen()).toEqual(['open-of-all']);
  expect(await actAs(desk, worker, seen)).toEqual(['open', 'open-of-all']);
  expect(await actAs(desk, administrator, seen)).toEqual(['open', 'open-of-all', 'secret']);
});

test('are changed by administrators, of their own organization', async () => {
  expect(await actAs(desk, worker, changed)).toEqual([]);
  expect((await actAs(desk, administrator, changed)).toSorted()).toEqual(['open', 'secret']);
});

test('are added by administrators, for their own organization', async () => {
  for (const [person, organizationId] of [
    [worker, own.organizationId],
    [administrator, stranger.organizationId],
    [administrator, null],
  ] as const) {
    await expect(actAs(desk, person, () => add(organizationId))).rejects.toMatchObject({ code: '42501' });
  }
  await actAs(desk, administrator, () => add(own.organizationId));
  await expect(
    actAs(desk, administrator, () =>
      desk.query(`UPDATE app.settings SET organization_id = $1 WHERE key = 'added'`, [
        stranger.organizationId,
      ]),
    ),
  ).rejects.toMatchObject({ code: '42501' });
});
