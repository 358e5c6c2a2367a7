import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { fillSmallPlant, tokenOf } from '../../../tests/support/small-plant.ts';
import type { Login, SmallPlant } from '../../../tests/support/small-plant.ts';
import { layGround } from './ground.fixture.ts';
import { actAs, addPerson } from './person.fixture.ts';

interface Found {
  readonly kind: string;
  readonly code: string;
}

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let plant: SmallPlant;

beforeAll(async () => {
  database = await createTestDatabase();
  plant = await fillSmallPlant(database.ownerUrl);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  desk = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), desk.connect()]);
  await owner.query(
    `INSERT INTO material.suppliers (organization_id, id, code, name)
     VALUES ($1, $2, 'SUP-0042', 'Gießerei Müller & Söhne')`,
    [plant.organizationId, uuidv7()],
  );
});
afterAll(async () => {
  await Promise.all([owner.end(), desk.end()]);
  await database.drop();
});

async function search(query: string, as: Login = 'pumps', atMost = 20): Promise<readonly string[]> {
  await desk.query('BEGIN');
  try {
    await desk.query('SET LOCAL ROLE lanewright_app');
    await desk.query('SELECT identity.begin($1)', [tokenOf(as)]);
    const { rows } = await desk.query<Found>('SELECT kind, code FROM app.search($1, $2)', [query, atMost]);
    return rows.map(({ kind, code }) => `${kind} ${code}`);
  } finally {
    await desk.query('ROLLBACK');
  }
}

describe('a code is found', () => {
  test.each([
    ['whole', 'WO-000001', 'work-order WO-000001'],
    ['without what stands between', 'wo000001', 'work-order WO-000001'],
    ['by its beginning', 'LOT-IMP', 'lot LOT-IMPELLER-1'],
    ['by its number', '2', 'work-order WO-000002'],
    ['with a letter wrong', 'WO-00O001', 'work-order WO-000001'],
    ['with a digit missing', 'WO-00002', 'work-order WO-000002'],
    ['with two letters swapped', 'WO-000010', 'work-order WO-000001'],
    ['beside a word', 'pump wo 1', 'work-order WO-000001'],
    ['by its number with more zeros, beside a word', 'pump 00000001', 'work-order WO-000001'],
  ])('%s', async (_, query, expected) => {
    expect(await search(query)).toContain(expected);
  });

  test('whole before by its beginning', async () => {
    expect((await search('PUMP-50'))[0]).toBe('material PUMP-50');
  });
});

describe('words are found', () => {
  test.each([
    ['in any order', 'sohne muller', 'supplier SUP-0042'],
    ['by their beginnings', 'gies mul', 'supplier SUP-0042'],
    ['mistyped', 'gieserei', 'supplier SUP-0042'],
    ['without accents, and with', 'béchamel', undefined],
    ['of the material, on its work order', 'pump 80', 'work-order WO-000002'],
  ])('%s', async (_, query, expected) => {
    if (expected === undefined)
      expect(await search('bechamel', 'sauces')).toEqual(await search(query, 'sauces'));
    else expect(await search(query)).toContain(expected);
  });

  test('only together', async () => {
    expect(await search('muller bechamel')).toEqual([]);
  });
});

test('nothing of another plant, and nothing without a session', async () => {
  expect(await search('bechamel')).toEqual([]);
  expect(await search('bechamel', 'sauces')).toContain('material SAUCE');
  expect(await search('WO-000003')).not.toContain('work-order WO-000003');
  const { rows } = await desk.query('SELECT * FROM app.search($1)', ['WO-000001']);
  expect(rows).toEqual([]);
});

test('nothing of another organization, however it is looked for', async () => {
  const stranger = await layGround(owner, 'STRANGER');
  const person = await addPerson(owner, stranger.organizationId, [], [stranger.plantId]);
  // The same plant for both would be a mistake of somebody else; the organization holds by itself.
  await owner.query(
    'ALTER TABLE identity.user_plant_access DROP CONSTRAINT user_plant_access_organization_id_plant_id_fkey',
  );
  await owner.query(
    'INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id) VALUES ($1, $2, $3)',
    [stranger.organizationId, person.id, plant.pumps],
  );
  for (const query of [
    'WO-000001',
    '000002',
    'WO-000010',
    'impeller',
    'gieserei',
    'sohne muller',
    'SUP-0042',
  ]) {
    const found = await actAs(desk, person, () =>
      desk.query<Found>('SELECT code FROM app.search($1)', [query]),
    );
    // Their own order has the same number.
    expect([query, found.rows.map(({ code }) => code).filter((code) => code !== 'WO-000001')]).toEqual([
      query,
      [],
    ]);
  }
  const own = await actAs(desk, person, () =>
    desk.query<{ plant_id: string }>(
      `SELECT plant_id FROM app.search('WO-000001') WHERE kind = 'work-order'`,
    ),
  );
  expect(own.rows.map(({ plant_id }) => plant_id)).toEqual([stranger.plantId]);
});

test.each([
  ['by its code', 'WO-000003'],
  ['by its number', '000003'],
  ['by its words', 'bechamel'],
  ['mistyped', 'WO-000O03'],
])('nothing of another plant %s', async (_, query) => {
  expect(await search(query, 'sauces')).toContain('work-order WO-000003');
  expect(await search(query)).not.toContain('work-order WO-000003');
});

test('a project that is closed to somebody is not found by them', async () => {
  const [id, member] = [uuidv7(), plant.users.pumps];
  await owner.query(
    `INSERT INTO project.projects (organization_id, id, plant_id, number, name, visibility, owner_id, assignment_mode, assigned_at)
     VALUES ($1, $2, $3, 'PR-0815', 'Geheimsache', 'private', $4, 'manual', now())`,
    [plant.organizationId, id, plant.pumps, member],
  );
  for (const query of ['PR-0815', '815', 'geheimsache', 'PR-0851']) {
    expect([query, await search(query)]).toEqual([query, expect.arrayContaining(['project PR-0815'])]);
    expect([query, await search(query, 'reader')]).toEqual([
      query,
      expect.not.arrayContaining(['project PR-0815']),
    ]);
  }
  await owner.query('DELETE FROM project.projects WHERE id = $1', [id]);
});

test('what is typed is text: no pattern, no SQL, no length breaks it', async () => {
  for (const query of [
    '',
    '   ',
    `'; DROP TABLE x; --`,
    '%',
    '_',
    String.raw`\\`,
    '$1',
    '%s',
    '(a|b',
    '💥',
    'x'.repeat(10_000),
  ]) {
    expect(await search(query)).toEqual(expect.any(Array));
  }
});

test('what changes is found as it is now, what goes is not found', async () => {
  const id = uuidv7();
  await owner.query(
    `INSERT INTO material.suppliers (organization_id, id, code, name) VALUES ($1, $2, 'SUP-0077', 'Erste Weberei')`,
    [plant.organizationId, id],
  );
  expect(await search('weberei')).toEqual(['supplier SUP-0077']);
  await owner.query(`UPDATE material.suppliers SET name = 'Zweite Spinnerei' WHERE id = $1`, [id]);
  expect(await search('weberei')).toEqual([]);
  expect(await search('spinnerei')).toEqual(['supplier SUP-0077']);
  await owner.query('DELETE FROM material.suppliers WHERE id = $1', [id]);
  expect(await search('spinnerei')).toEqual([]);
});

test('a machine that is gone is not found, and found when it is back', async () => {
  const stand = (active: boolean) =>
    owner.query('UPDATE equipment.machines SET active = $2 WHERE id = $1', [plant.machines['M-01'], active]);
  expect(await search('M-01')).toContain('machine M-01');
  await stand(false);
  expect(await search('M-01')).not.toContain('machine M-01');
  await stand(true);
  expect(await search('M-01')).toContain('machine M-01');
});

test('made anew it is the same', async () => {
  const entries = async () =>
    (
      await owner.query(
        'SELECT kind, id, plant_id, code, title, code_key, number_key, (SELECT array_agg(w ORDER BY w) FROM unnest(words) AS w) AS words FROM app.search_entries ORDER BY kind, id',
      )
    ).rows;
  const followed = await entries();
  await owner.query('DELETE FROM app.search_entries');
  await owner.query('SELECT app.rebuild_search()');
  expect(await entries()).toEqual(followed);
  expect(followed.length).toBeGreaterThan(15);
});
