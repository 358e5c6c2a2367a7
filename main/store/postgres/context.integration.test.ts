/** What `identity.begin` looks up once stands sealed in settings of the transaction: nobody else can write it, and it ends with it. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { layGround } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';
import { addPerson } from './person.fixture.ts';
import type { Person } from './person.fixture.ts';

const settings = ['context', 'context_seal', 'plants', 'plants_seal'].map((name) => `lanewright.${name}`);

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let own: Ground;
let stranger: Ground;
let person: Person;
let other: Person;

const begin = async (token: string, client = desk) => {
  await client.query('BEGIN');
  await client.query('SELECT identity.begin($1)', [token]);
};
const set = (name: string, value: string, client = desk) =>
  client.query('SELECT set_config($1, $2, true)', [name, value]);
const kept = async (client = desk) =>
  (
    await client.query<{ name: string; value: string }>(
      `SELECT name, coalesce(current_setting(name, true), '') AS value FROM unnest($1::text[]) AS name`,
      [settings],
    )
  ).rows;
const seen = async (client = desk) => {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM org.plants ORDER BY code');
  return rows.map(({ id }) => id);
};

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  desk = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), desk.connect()]);
  own = await layGround(owner, 'OWN');
  stranger = await layGround(owner, 'STRANGER');
  person = await addPerson(owner, own.organizationId, ['admin:read', 'admin:write'], [own.plantId]);
  other = await addPerson(owner, stranger.organizationId, ['admin:read'], [stranger.plantId]);
});
afterAll(async () => {
  await Promise.all([owner.end(), desk.end()]);
  await database.drop();
});
afterEach(() => desk.query('ROLLBACK'));

describe('who writes the settings by hand', () => {
  const swapped = (text: string) =>
    text
      .replaceAll(own.organizationId, stranger.organizationId)
      .replaceAll(own.plantId, stranger.plantId)
      .replaceAll(person.id, other.id);
  /** A seal as it is made, with a key that somebody thought up. */
  const madeUp = async (name: string, content: string, key: string) => {
    const { rows } = await desk.query<{ at: Buffer }>('SELECT timestamptz_send(now()) AS at');
    const hash = createHash('sha256').update(name + content);
    return hash
      .update(rows[0]?.at ?? '')
      .update(key)
      .digest('hex');
  };

  test.each(['', '0'.repeat(32), 'contexts'])('seals with the key "%s" in vain', async (key) => {
    await begin(person.token);
    for (const { name, value } of await kept()) {
      if (name.endsWith('_seal')) continue;
      await set(name, swapped(value));
      await set(`${name}_seal`, await madeUp(name, swapped(value), key));
    }
    expect(await seen()).toEqual([own.plantId]);
  });

  test('changes what is sealed in vain', async () => {
    await begin(person.token);
    for (const { name, value } of await kept()) await set(name, swapped(value));
    expect(await seen()).toEqual([own.plantId]);
    for (const { name } of await kept()) await set(name, '');
    expect(await seen()).toEqual([own.plantId]);
  });

  test('puts one sealed thing in the place of another in vain', async () => {
    await begin(person.token);
    const [context, contextSeal] = await kept();
    await set('lanewright.plants', context?.value ?? '');
    await set('lanewright.plants_seal', contextSeal?.value ?? '');
    expect(await seen()).toEqual([own.plantId]);
  });

  test('sets them for the session in vain', async () => {
    await begin(person.token);
    const stolen = await kept();
    await desk.query('COMMIT');
    for (const { name, value } of stolen) await desk.query('SELECT set_config($1, $2, false)', [name, value]);
    expect(await seen()).toEqual([]);
    await begin(other.token);
    expect(await seen()).toEqual([stranger.plantId]);
    await desk.query('COMMIT');
    expect(await seen()).toEqual([]);
    await desk.query('RESET ALL');
  });

  test('brings what was sealed in another transaction, before or at the same time, in vain', async () => {
    await begin(person.token);
    const stolen = await kept();
    const neighbour = new pg.Client({ connectionString: database.appUrl });
    await neighbour.connect();
    await neighbour.query('BEGIN');
    for (const { name, value } of stolen) await set(name, value, neighbour);
    expect(await seen(neighbour)).toEqual([]);
    await neighbour.end();
    await desk.query('COMMIT');
    await desk.query('BEGIN');
    for (const { name, value } of stolen) await set(name, value);
    expect(await seen()).toEqual([]);
  });

  test('is told no key, whatever they have the server print', async () => {
    const { rows } = await owner.query<{ value: Buffer }>(
      `SELECT value FROM identity.secrets WHERE name = 'contexts'`,
    );
    const key = [...(rows[0]?.value ?? [])].map((byte) => (byte > 127 ? byte - 256 : byte)).join(' ');
    const curious = new pg.Client({ connectionString: database.appUrl });
    const heard: string[] = [];
    curious.on('notice', ({ message, detail }) => heard.push(`${message} ${detail}`.replaceAll(/\s+/g, ' ')));
    await curious.connect();
    await curious.query(
      `SET debug_pretty_print = off; SET debug_print_plan = on; SET client_min_messages = log`,
    );
    await begin(person.token, curious);
    await seen(curious);
    await curious.query('COMMIT');
    await curious.end();
    // What is printed does show constants: the name of a setting that is read.
    const name = [...Buffer.from('lanewright.token')].join(' ');
    expect(heard.filter((text) => text.includes(name)).length).toBeGreaterThan(0);
    expect(heard.filter((text) => text.includes(key))).toEqual([]);
  });

  test('may not have it done by the functions that do it', async () => {
    for (const call of [`seal('lanewright.plants', '{}')`, 'sealing_key()']) {
      await expect(desk.query(`SELECT identity.${call}`)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('what begin found', () => {
  test('ends with the transaction, and with the savepoint it was found in', async () => {
    await begin(person.token);
    expect((await kept()).filter(({ value }) => value === '')).toEqual([]);
    for (const end of ['COMMIT', 'ROLLBACK']) {
      await desk.query(end);
      expect((await kept()).filter(({ value }) => value !== '')).toEqual([]);
      expect(await seen()).toEqual([]);
      await begin(person.token);
    }
    await desk.query('ROLLBACK');
    await desk.query('BEGIN');
    await desk.query('SAVEPOINT before');
    await desk.query('SELECT identity.begin($1)', [person.token]);
    await desk.query('ROLLBACK TO SAVEPOINT before');
    expect(await seen()).toEqual([]);
    await desk.query('SELECT identity.begin($1)', [person.token]);
    await desk.query('SAVEPOINT between');
    await expect(desk.query(`SELECT identity.begin('nobody')`)).rejects.toMatchObject({ code: '28000' });
    await desk.query('ROLLBACK TO SAVEPOINT between');
    expect(await seen()).toEqual([own.plantId]);
  });

  test.each([
    ['a plant that is taken away', 'DELETE FROM identity.user_plant_access WHERE user_id = $1', []],
    ['a session that is ended', 'UPDATE identity.sessions SET ended_at = now() WHERE user_id = $1', null],
    ['a session that expires', `UPDATE identity.sessions SET expires_at = now() WHERE user_id = $1`, null],
    ['a person who leaves', 'UPDATE identity.users SET active = false WHERE id = $1', null],
  ])('holds until the next transaction: %s', async (_what, taking, then) => {
    const leaver = await addPerson(owner, own.organizationId, [], [own.plantId]);
    await begin(leaver.token);
    await owner.query(taking, [leaver.id]);
    expect(await seen()).toEqual([own.plantId]);
    await desk.query('COMMIT');
    if (then === null) await expect(begin(leaver.token)).rejects.toMatchObject({ code: '28000' });
    else {
      await begin(leaver.token);
      expect(await seen()).toEqual(then);
    }
  });

  test('holds for a minute: a transaction that is kept open is no way to keep a right', async () => {
    const { rows } = await owner.query<{ text: string }>(
      `SELECT pg_get_functiondef('identity.sealed'::regproc) AS text`,
    );
    const text = rows[0]?.text ?? '';
    expect(text).toContain(`interval '1 minute'`);
    await owner.query(text.replace(`interval '1 minute'`, `interval '1 second'`));
    try {
      const leaver = await addPerson(owner, own.organizationId, [], [own.plantId]);
      await begin(leaver.token);
      await owner.query('UPDATE identity.sessions SET ended_at = now() WHERE user_id = $1', [leaver.id]);
      expect(await seen()).toEqual([own.plantId]);
      await desk.query('SELECT pg_sleep(1.1)');
      expect(await seen()).toEqual([]);
    } finally {
      await owner.query(text);
    }
  });

  test('is forgotten by who signs out', async () => {
    const leaver = await addPerson(owner, own.organizationId, [], [own.plantId]);
    await begin(leaver.token);
    await desk.query('SELECT identity.sign_out()');
    expect(await seen()).toEqual([]);
  });

  test('follows who changes it in the same transaction', async () => {
    const add = `INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id, may_write, may_delete)
      VALUES ($1, $2, $3, true, true)`;
    await owner.query(add, [own.organizationId, person.id, own.otherPlantId]);
    // Desks reach the table through doors, which are the owner's.
    const plants = async () =>
      (await owner.query<{ ids: string[] }>(`SELECT identity.plants('read') AS ids`)).rows[0]?.ids.toSorted();
    await owner.query('BEGIN');
    await owner.query('SELECT identity.begin($1)', [person.token]);
    expect(await plants()).toEqual([own.plantId, own.otherPlantId].toSorted());
    await owner.query('DELETE FROM identity.user_plant_access WHERE user_id = $1 AND plant_id = $2', [
      person.id,
      own.otherPlantId,
    ]);
    expect(await plants()).toEqual([own.plantId]);
    await owner.query('ROLLBACK');
    await owner.query('DELETE FROM identity.user_plant_access WHERE plant_id = $1', [own.otherPlantId]);
  });

  test('on behalf of a person is not the person at the keyboard, whatever is set afterwards', async () => {
    const station = await addPerson(owner, own.organizationId, [], [own.plantId]);
    await owner.query(`UPDATE identity.users SET kind = 'station', station_code = 'TEST' WHERE id = $1`, [
      station.id,
    ]);
    const { rows } = await owner.query<{ id: string }>(
      'SELECT id FROM identity.sessions WHERE user_id = $1',
      [person.id],
    );
    await desk.query('BEGIN');
    await desk.query('SELECT identity.begin($1, $2, now())', [station.token, rows[0]?.id]);
    const ask = async (expression: string) =>
      (await desk.query<{ id: string }>(`SELECT ${expression} AS id`)).rows[0]?.id;
    expect(await ask('identity.current_user_id()')).toBe(person.id);
    await set('lanewright.actor', '');
    expect(await ask('(identity.own_context()).user_id')).toBe(station.id);
  });
});
