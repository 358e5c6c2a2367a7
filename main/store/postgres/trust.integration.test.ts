import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appRoot, createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { startEmbeddedPostgres } from './embedded.ts';
import { readMigrations } from './migrate.ts';

type Row = Record<string, unknown>;
interface Outcome {
  outcome: string;
  token?: string | null;
  session_id?: string;
  signature_id?: string | null;
  retry_at?: Date | null;
}

const password = 'correct horse 42';
const better = 'battery staple 43';
const minuteMs = 60_000;

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let organization: string;
let plant: string;
let otherPlant: string;
let people = 0;

const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
};

const one = async <T extends Row = Row>(
  client: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<T> => (await client.query<T>(text, values)).rows[0] as T;

const newId = async (): Promise<string> => (await one<{ id: string }>(owner, 'SELECT app.uuidv7() AS id')).id;

const signIn = (client: pg.Client, login: string | null, secret: string | null): Promise<Outcome> =>
  one(client, 'SELECT * FROM identity.sign_in($1, $2, $3)', [login, secret, 'ST-01']) as never;

const outcomes = async (login: string, times: number, secret = 'wrong'): Promise<string[]> => {
  const all: string[] = [];
  for (let n = 0; n < times; n += 1) all.push((await signIn(desk, login, secret)).outcome);
  return all;
};

const lockMs = ({ retry_at }: Outcome): number => (retry_at ? retry_at.getTime() - Date.now() : 0);

/** A transaction of the desk that presents a token. */
const presenting = async <T>(token: string, work: () => Promise<T>): Promise<T> => {
  await desk.query('BEGIN');
  try {
    await desk.query('SELECT identity.begin($1)', [token]);
    const result = await work();
    await desk.query('COMMIT');
    return result;
  } catch (cause) {
    await desk.query('ROLLBACK');
    throw cause;
  }
};

interface Person {
  readonly id: string;
  readonly login: string;
  session(): Promise<string>;
}

/** A person of the plant; `cost` of the hash is 12 in the product, less where a test has no interest in it. */
async function person(
  options: {
    permissions?: readonly string[];
    plantId?: string;
    cost?: number;
    kind?: string;
    expiresAt?: Date;
  } = {},
): Promise<Person> {
  const [id, role, login] = [await newId(), await newId(), `person-${++people}`];
  await owner.query(
    `INSERT INTO identity.users (organization_id, id, login, display_name, password_hash, home_plant_id, kind, station_code,
                                 email_cipher, email_index)
     VALUES ($1, $2, $3::text, 'Person ' || $3::text, public.crypt($4, public.gen_salt('bf', $5)), $6, $7::text,
             CASE $7::text WHEN 'station' THEN 'ST-01' END, $8, $9)`,
    [
      organization,
      id,
      login,
      password,
      options.cost ?? 4,
      plant,
      options.kind ?? 'person',
      Buffer.alloc(40, 1),
      createHash('sha256').update(login).digest(),
    ],
  );
  await owner.query(`INSERT INTO identity.roles (organization_id, id, code, name) VALUES ($1, $2, $3, $3)`, [
    organization,
    role,
    login,
  ]);
  await owner.query(
    `INSERT INTO identity.role_permissions (organization_id, role_id, permission) SELECT $1, $2, unnest($3::text[])`,
    [organization, role, options.permissions ?? []],
  );
  await owner.query(
    `INSERT INTO identity.user_roles (organization_id, user_id, role_id, plant_id, granted_at, expires_at)
     VALUES ($1, $2, $3, $4, '2020-01-01', $5)`,
    [organization, id, role, options.plantId ?? null, options.expiresAt ?? null],
  );
  await owner.query(
    `INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id, may_write)
     VALUES ($1, $2, $3, true), ($1, $2, $4, true)`,
    [organization, id, plant, otherPlant],
  );
  const session = async (): Promise<string> => {
    const { outcome, token } = await signIn(desk, login, password);
    if (!token) throw new Error(`${login} was not let in: ${outcome}`);
    return token;
  };
  return { id, login, session };
}

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connect(database.ownerUrl);
  desk = await connect(database.appUrl);
  [organization, plant, otherPlant] = [await newId(), await newId(), await newId()];
  await owner.query(
    `INSERT INTO org.organizations (id, code, name, gs1_company_prefix) VALUES ($1, 'TRUST', 'Trust', '9521321')`,
    [organization],
  );
  await owner.query(
    `INSERT INTO org.plants (organization_id, id, code, name, time_zone)
     VALUES ($1, $2, 'P1', 'One', 'UTC'), ($1, $3, 'P2', 'Two', 'UTC')`,
    [organization, plant, otherPlant],
  );
});
afterAll(async () => {
  await desk.end();
  await owner.end();
  await database.drop();
});
// What a failed test left open would hold locks that the next one waits for.
afterEach(() => desk.query('ROLLBACK'));
beforeEach(async () => {
  await owner.query('ROLLBACK');
  await owner.query('DELETE FROM identity.outgoing_tokens');
  await owner.query(`DELETE FROM identity.sign_in_failures`);
  // Guesses that a test rolled back are charged to whoever is next in the lane, which one login in 256 shares.
  await owner.query(
    `UPDATE identity.guess_lanes SET abandoned = 0, locked_until = NULL,
       settled = coalesce(pg_sequence_last_value(format('identity.guesses_%s', lane)::regclass), 0)`,
  );
});

describe('guessing', () => {
  test('five wrong passwords lock for a minute, the right one too; then for two, and a day at most', async () => {
    const { login } = await person();
    expect(await outcomes(login, 4)).toEqual(['wrong', 'wrong', 'wrong', 'wrong']);
    const fifth = await signIn(desk, login, 'wrong');
    expect([fifth.outcome, Math.round(lockMs(fifth) / minuteMs)]).toEqual(['wrong', 1]);
    expect(await signIn(desk, login, password)).toMatchObject({ outcome: 'locked', token: null });
    await owner.query(`UPDATE identity.sign_in_failures SET locked_until = now() - interval '1 second'`);
    expect(Math.round(lockMs(await signIn(desk, login, 'wrong')) / minuteMs)).toBe(2);
    await owner.query(`UPDATE identity.sign_in_failures SET locked_until = NULL, failed_attempts = 500`);
    expect(Math.round(lockMs(await signIn(desk, login, 'wrong')) / minuteMs)).toBe(24 * 60);
    await owner.query(`UPDATE identity.sign_in_failures SET locked_until = NULL`);
    expect((await signIn(desk, ` ${login.toUpperCase()} `, password)).outcome).toBe('signed-in');
    expect(await outcomes(login, 1)).toEqual(['wrong']);
    expect((await owner.query('SELECT failed_attempts FROM identity.sign_in_failures')).rows).toEqual([
      { failed_attempts: 1 },
    ]);
  });

  test('a login that nobody has is answered, locked and timed as one with a wrong password', async () => {
    const took = { known: [] as number[], unknown: [] as number[] };
    const answers = { known: [] as unknown[], unknown: [] as unknown[] };
    const known = await person({ cost: 12 });
    for (let n = 0; n < 7; n += 1) {
      for (const [kind, login] of [
        ['known', known.login],
        ['unknown', 'nobody-here'],
      ] as const) {
        const began = performance.now();
        const { outcome, token, retry_at } = await signIn(desk, login, 'wrong');
        if (outcome === 'wrong') took[kind].push(performance.now() - began);
        answers[kind].push([
          outcome,
          token,
          retry_at && Math.round((retry_at.getTime() - Date.now()) / minuteMs),
        ]);
      }
    }
    expect(answers.unknown).toEqual(answers.known);
    expect(answers.known.map((answer) => (answer as unknown[])[0])).toEqual([
      ...Array<string>(5).fill('wrong'),
      'locked',
      'locked',
    ]);
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[2] ?? 0;
    const ratio = median(took.known) / median(took.unknown);
    // Without the hash for nobody it would be a hundredth; a busy machine alone makes two of it.
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });

  test.each([
    ['known', 'COMMIT'],
    ['unknown', 'COMMIT'],
    ['known', 'ROLLBACK'],
  ])('of fifty at once at a login that is %s five are tried, up to %s', async (kind, end) => {
    const login = kind === 'known' ? (await person()).login : 'nobody-at-all';
    const pool = new pg.Pool({ connectionString: database.appUrl, max: 20 });
    const guess = async () => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const { outcome } = await one<{ outcome: string }>(
          client,
          `SELECT outcome FROM identity.sign_in($1, 'x', 's')`,
          [login],
        );
        await client.query(end);
        return outcome;
      } finally {
        client.release();
      }
    };
    const all = await Promise.all(Array.from({ length: 50 }, guess));
    await pool.end();
    expect(all.filter((outcome) => outcome === 'wrong')).toHaveLength(5);
    expect(all.filter((outcome) => outcome === 'locked')).toHaveLength(45);
  });

  test.each([
    ['transactions', 'BEGIN', 'ROLLBACK'],
    ['savepoints', 'SAVEPOINT guess', 'ROLLBACK TO SAVEPOINT guess'],
  ])('rolled back %s are counted all the same', async (_how, begin, undo) => {
    const { login } = await person();
    const seen: string[] = [];
    if (begin !== 'BEGIN') await desk.query('BEGIN');
    for (let n = 0; n < 8; n += 1) {
      await desk.query(begin);
      seen.push((await signIn(desk, login, n === 7 ? password : 'wrong')).outcome);
      await desk.query(undo);
    }
    if (begin !== 'BEGIN') await desk.query('ROLLBACK');
    expect(seen).toEqual([...Array<string>(5).fill('wrong'), 'locked', 'locked', 'locked']);
    const settled = await signIn(desk, login, password);
    expect(settled.outcome).toBe('locked');
    await owner.query(`UPDATE identity.guess_lanes SET locked_until = now() - interval '1 second'`);
    expect((await signIn(desk, login, password)).outcome).toBe('signed-in');
  });

  test('an old snapshot sees no old count, and an old transaction no short lock', async () => {
    const { login } = await person();
    await desk.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(signIn(desk, login, password)).rejects.toMatchObject({ code: '25001' });
    await desk.query('ROLLBACK');
    await desk.query('BEGIN');
    await sleep(1500);
    await outcomes(login, 4);
    const fifth = await signIn(desk, login, 'wrong');
    await desk.query('COMMIT');
    expect(lockMs(fifth)).toBeGreaterThan(minuteMs - 1000);
  });

  test('nothing given is a wrong password', async () => {
    const { login } = await person();
    expect((await signIn(desk, login, null)).outcome).toBe('wrong');
    expect((await signIn(desk, login, '')).outcome).toBe('wrong');
    expect((await signIn(desk, null, null)).outcome).toBe('wrong');
    await owner.query(`UPDATE identity.users SET password_hash = 'none' WHERE login = $1`, [login]);
    expect((await signIn(desk, login, 'none')).outcome).toBe('wrong');
  });

  test('a lock survives a server that is killed, and locks nobody else', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lanewright-trust-'));
    chmodSync(dataDir, 0o755);
    let server = await startEmbeddedPostgres({ dataDir });
    let client = await connect(server.ownerUrl);
    // The doors alone: a server of its own is dear enough.
    for (const { text } of (await readMigrations(appRoot)).slice(0, 2)) await client.query(text);
    const ask = async (login: string) => (await signIn(client, login, 'x')).outcome;
    for (let n = 0; n < 5; n += 1) await ask('walter');
    await ask('wendy');
    const postmaster = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(postmaster, 'SIGKILL');
    await client.end().catch(() => {});
    await sleep(500);
    server = await startEmbeddedPostgres({ dataDir });
    client = await connect(server.ownerUrl);
    expect([await ask('walter'), await ask('wendy')]).toEqual(['locked', 'wrong']);
    await client.end();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('an administrator sees who is locked and lets them in again', async () => {
    const locked = await person();
    const admin = await (await person({ permissions: ['admin:read', 'admin:write'] })).session();
    const nobody = await (await person()).session();
    await outcomes(locked.login, 5);
    const seen = () => desk.query('SELECT user_id, failed_attempts FROM identity.locks()');
    expect((await presenting(nobody, seen)).rows).toEqual([]);
    expect((await presenting(admin, seen)).rows).toEqual([{ user_id: locked.id, failed_attempts: 5 }]);
    const unlock = () => one(desk, 'SELECT identity.unlock($1) AS done', [locked.id]);
    await expect(presenting(nobody, unlock)).rejects.toMatchObject({ code: '42501' });
    expect(await presenting(admin, unlock)).toEqual({ done: true });
    expect((await signIn(desk, locked.login, password)).outcome).toBe('signed-in');
  });
});

describe('rights', () => {
  const can = (permission: string, at?: string) =>
    one<{ can: boolean }>(
      desk,
      `SELECT identity.can($1${at ? ', $2' : ''})`,
      at ? [permission, at] : [permission],
    );

  test('end when they expire', async () => {
    const permissions = ['packing:write'];
    const past = await (await person({ permissions, expiresAt: new Date(Date.now() - 1000) })).session();
    const future = await (
      await person({ permissions, expiresAt: new Date(Date.now() + minuteMs) })
    ).session();
    const whoami = () => one(desk, 'SELECT roles, permissions FROM identity.whoami()');
    expect(await presenting(past, () => can('packing:write'))).toEqual({ can: false });
    expect(await presenting(past, whoami)).toEqual({ roles: [], permissions: [] });
    expect(await presenting(future, () => can('packing:write'))).toEqual({ can: true });
    expect(await presenting(future, whoami)).toMatchObject({ permissions });
  });

  test('of one plant hold in that plant', async () => {
    const bound = await person({ permissions: ['packing:write'], plantId: plant });
    const token = await bound.session();
    const answers = await presenting(token, async () => [
      await can('packing:write'),
      await can('packing:write', plant),
      await can('packing:write', otherPlant),
      await can('admin:write', plant),
    ]);
    expect(answers.map((answer) => answer.can)).toEqual([false, true, false, false]);
    const { plants, all, deletable } = await presenting(token, () =>
      one(
        desk,
        `SELECT identity.plants('write', '{packing:write,admin:write}') AS plants, identity.plants('delete') AS deletable,
                cardinality(identity.plants('write')) AS all`,
      ),
    );
    expect([plants, all, deletable]).toEqual([[plant], 2, []]);
  });

  test('reach the stations that were given, until they are not', async () => {
    const reader = await person();
    const station = await person({ kind: 'station' });
    await owner.query(
      `INSERT INTO identity.user_station_access (organization_id, user_id, plant_id, station_code, expires_at)
       VALUES ($1, $2, $3, 'ST-08', NULL), ($1, $2, $3, 'ST-09', now() - interval '1 minute')`,
      [organization, reader.id, plant],
    );
    const stations = () => one(desk, 'SELECT identity.stations()');
    expect(await presenting(await reader.session(), stations)).toEqual({ stations: ['ST-08'] });
    expect(await presenting(await station.session(), stations)).toEqual({ stations: ['ST-01'] });
    expect(await one(desk, 'SELECT identity.stations()')).toEqual({ stations: [] });
  });

  test('of a session that a station vouched for are those that both have', async () => {
    const station = await person({ kind: 'station', permissions: ['packing:write'], plantId: plant });
    const worker = await person({ permissions: ['packing:write', 'admin:write'], plantId: plant });
    const vouched = 'opened while away';
    const taken = await presenting(await station.session(), async () =>
      one(desk, `SELECT identity.vouch($1, $2, $3, now(), now() + interval '1 hour') AS taken`, [
        await newId(),
        worker.id,
        createHash('sha256').update(vouched).digest(),
      ]),
    );
    expect(taken).toEqual({ taken: true });
    expect(
      await presenting(vouched, async () => [
        await can('packing:write', plant),
        await can('admin:write', plant),
      ]),
    ).toEqual([{ can: true }, { can: false }]);
  });

  test('end with the session, and with the organization', async () => {
    const { login, session } = await person();
    const [expired, ended, live] = [await session(), await session(), await session()];
    const hash = (token: string) => createHash('sha256').update(token).digest();
    await owner.query(
      `UPDATE identity.sessions SET created_at = now() - interval '2 days', expires_at = now() - interval '1 second'
       WHERE token_hash = $1`,
      [hash(expired)],
    );
    await presenting(ended, () => desk.query('SELECT identity.sign_out()'));
    const enter = (token: string) => presenting(token, async () => 'in');
    await expect(enter(expired)).rejects.toMatchObject({ code: '28000' });
    await expect(enter(ended)).rejects.toMatchObject({ code: '28000' });
    expect(await enter(live)).toBe('in');
    const status = (to: string) =>
      owner.query('UPDATE org.organizations SET status = $2 WHERE id = $1', [organization, to]);
    await status('suspended');
    await expect(enter(live)).rejects.toMatchObject({ code: '28000' });
    expect((await signIn(desk, login, password)).outcome).toBe('wrong');
    await status('active');
  });

  test('a session shows that it lives, and no more than every five minutes', async () => {
    const token = await (await person()).session();
    const lives = () =>
      one<{ ago: number; xid: string }>(
        owner,
        `SELECT extract(epoch FROM now() - last_active_at)::int AS ago, xmin::text AS xid FROM identity.sessions WHERE token_hash = $1`,
        [createHash('sha256').update(token).digest()],
      );
    await owner.query(
      `UPDATE identity.sessions SET last_active_at = now() - interval '1 hour' WHERE token_hash = $1`,
      [createHash('sha256').update(token).digest()],
    );
    await presenting(token, async () => null);
    const first = await lives();
    await presenting(token, async () => null);
    expect(first.ago).toBeLessThan(10);
    expect((await lives()).xid).toBe(first.xid);
  });
});

describe('passwords', () => {
  const change = (old: string | null, wanted: string | null) => () =>
    one(desk, 'SELECT outcome FROM identity.change_password($1, $2)', [old, wanted]);

  test('a changed one ends the other sessions', async () => {
    const { login, session } = await person();
    const [own, other] = [await session(), await session()];
    expect(await presenting(own, change('wrong', better))).toEqual({ outcome: 'wrong' });
    for (const unfit of [
      password,
      'short',
      'aaaaaaaaaaaaaaaa',
      `${login} and more`,
      'å'.repeat(37) + better,
      null,
    ]) {
      expect([unfit, await presenting(own, change(password, unfit))]).toEqual([unfit, { outcome: 'unfit' }]);
    }
    expect(await presenting(own, change(password, better))).toEqual({ outcome: 'changed' });
    expect(await presenting(own, async () => 'in')).toBe('in');
    await expect(presenting(other, async () => 'in')).rejects.toMatchObject({ code: '28000' });
    expect(await outcomes(login, 1, password)).toEqual(['wrong']);
    expect(await outcomes(login, 1, better)).toEqual(['signed-in']);
    const { hash } = await one(
      owner,
      `SELECT left(password_hash, 7) AS hash FROM identity.users WHERE login = $1`,
      [login],
    );
    expect(hash).toBe('$2a$12$');
    await presenting(own, change('wrong', password));
    for (let n = 0; n < 4; n += 1) await presenting(own, change('wrong', password));
    expect(await presenting(own, change(better, password))).toEqual({ outcome: 'locked' });
    await expect(change(better, password)()).rejects.toMatchObject({ code: '28000' });
  });

  const request = (login: string) => desk.query('SELECT identity.request_reset($1) AS said', [login]);
  interface Mail {
    readonly job: string;
    readonly id: string;
    readonly person: string;
    readonly purpose: string;
    readonly token: string;
  }
  /** The jobs that were made of what was asked for since. */
  const passOn = async () => {
    await owner.query(`DELETE FROM jobs.job WHERE name = 'email'`);
    await owner.query('SELECT identity.pass_on_outgoing(100)');
    const { rows } = await owner.query<{ job: string; person: string; purpose: string }>(
      `SELECT id AS job, data ->> 'person' AS person, data ->> 'kind' AS purpose FROM jobs.job
       WHERE name = 'email' AND group_id = $1 ORDER BY created_on, id`,
      [organization],
    );
    return rows;
  };
  const takeFor = async (job: string, purpose: string, person: string) =>
    one<Row & { outcome: string; id: string; token: string }>(
      owner,
      'SELECT * FROM identity.take_outgoing($1, $2, $3, $4)',
      [job, purpose, organization, person],
    );
  const settle = (id: string | undefined, accepted: boolean) =>
    owner.query('SELECT identity.settle_outgoing($1, $2, $3)', [id, organization, accepted]);
  /** What is sent now. */
  const take = async (): Promise<Mail[]> => {
    const mails: Mail[] = [];
    for (const { job, purpose, person } of await passOn()) {
      const { outcome, id, token } = await takeFor(job, purpose, person);
      if (outcome === 'taken') mails.push({ job, id, token, purpose, person });
    }
    return mails;
  };
  beforeEach(() => owner.query(`SELECT identity.announce_mail('ST-01', true)`));
  const reset = (token: string, wanted = better) =>
    one(desk, 'SELECT identity.reset_password($1, $2) AS outcome', [token, wanted]);

  test('a forgotten one is set anew by who reads the mail', async () => {
    const forgetful = await person();
    const session = await forgetful.session();
    await outcomes(forgetful.login, 5);
    const [known, unknown] = [await request(forgetful.login), await request('nobody-here')];
    expect(known.rows).toEqual(unknown.rows);
    const waiting = () =>
      owner.query<{ login: string }>('SELECT login FROM identity.outgoing_tokens ORDER BY requested_at');
    expect((await waiting()).rows).toEqual([{ login: forgetful.login }, { login: 'nobody-here' }]);

    const mails = await take();
    expect(mails.map(({ person, purpose }) => [person, purpose])).toEqual([[forgetful.id, 'password-reset']]);
    const [mail] = mails;
    const first = mail?.token ?? '';
    expect(first).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/);
    const kept = await owner.query(
      `SELECT t::text FROM identity.password_reset_tokens t UNION ALL SELECT o::text FROM identity.outgoing_tokens o
       UNION ALL SELECT j::text FROM jobs.job j`,
    );
    expect(JSON.stringify(kept.rows)).not.toContain(first);
    expect((await waiting()).rows).toEqual([]);
    expect(await take()).toEqual([]);

    // The answer of the mail server was lost: this job sends no other. It had refused: the next attempt has a token of its own.
    const attempt = () => takeFor(mail?.job ?? '', 'password-reset', forgetful.id);
    expect(await attempt()).toMatchObject({ outcome: 'unknown', token: null });
    await settle(mail?.id, false);
    const again = await attempt();
    await settle(again.id, true);
    expect(await attempt()).toMatchObject({ outcome: 'unneeded', token: null });
    expect(await reset(first)).toEqual({ outcome: 'refused' });
    const second = again.token;
    expect(await reset(second, 'short')).toEqual({ outcome: 'unfit' });
    expect(await reset(second)).toEqual({ outcome: 'changed' });
    expect(await reset(second, password)).toEqual({ outcome: 'refused' });
    await expect(presenting(session, async () => 'in')).rejects.toMatchObject({ code: '28000' });
    expect(await outcomes(forgetful.login, 1, better)).toEqual(['signed-in']);
  });

  test('a token that is too old, or of somebody who left, opens nothing', async () => {
    const [late, left] = [await person(), await person()];
    for (const { login } of [late, left]) await request(login);
    const tokens = new Map((await take()).map((mail) => [mail.person, mail.token]));
    await owner.query(
      `UPDATE identity.password_reset_tokens SET created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'
       WHERE user_id = $1`,
      [late.id],
    );
    await owner.query('UPDATE identity.users SET active = false WHERE id = $1', [left.id]);
    expect(await reset(tokens.get(late.id) ?? '')).toEqual({ outcome: 'refused' });
    expect(await reset(tokens.get(left.id) ?? '')).toEqual({ outcome: 'refused' });
  });

  test('three mails an hour, and ten thousand requests, are enough', async () => {
    const { id, login } = await person();
    const sent: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      await request(login);
      const mails = await take();
      for (const { id } of mails) await settle(id, true);
      sent.push(mails.length);
    }
    expect(sent).toEqual([1, 1, 1, 0, 0]);
    expect(await takeFor(await newId(), 'password-reset', id)).toMatchObject({ outcome: 'enough' });
    await owner.query(
      `INSERT INTO identity.outgoing_tokens (purpose, login) SELECT 'password-reset', 'x' || n FROM generate_series(1, 10000) n`,
    );
    await request(login);
    expect(await one(owner, 'SELECT count(*)::int AS n FROM identity.outgoing_tokens')).toEqual({
      n: 10_000,
    });
  });

  test('nothing is asked for, and nothing waits, where nothing sends mail', async () => {
    const { login } = await person();
    const state = () => one(desk, 'SELECT * FROM identity.mail_state()');
    const waiting = () => one(owner, 'SELECT count(*)::int AS n FROM identity.outgoing_tokens');
    expect(await state()).toMatchObject({ state: 'ready', station_code: 'ST-01' });
    await owner.query(`UPDATE identity.mail_senders SET seen_at = now() - interval '11 minutes'`);
    expect(await state()).toMatchObject({ state: 'away', station_code: 'ST-01' });
    await request(login);
    await owner.query(`SELECT identity.announce_mail('ST-01', false)`);
    expect(await state()).toEqual({ state: 'none', station_code: null, seen_at: null });
    await request(login);
    expect(await waiting()).toEqual({ n: 0 });
  });

  test('what was asked for yesterday is not sent any more', async () => {
    const { login } = await person();
    await request(login);
    await owner.query(`UPDATE identity.outgoing_tokens SET requested_at = now() - interval '25 hours'`);
    expect(await take()).toEqual([]);
    await request(login);
    expect(await take()).toHaveLength(1);
  });

  test('an address is verified by who reads its mail, unless it changed since', async () => {
    const reader = await person();
    const session = await reader.session();
    const mailed = async () => {
      await presenting(session, () => desk.query('SELECT identity.request_email_verification()'));
      const [mail] = await take();
      await settle(mail?.id, true);
      return mail?.token;
    };
    const verify = (token: string | undefined) =>
      one(desk, 'SELECT identity.verify_email($1) AS done', [token]);
    const move = () =>
      owner.query('UPDATE identity.users SET email_index = $2 WHERE id = $1', [
        reader.id,
        Buffer.alloc(32, 9),
      ]);
    const stale = await mailed();
    await move();
    expect(await verify(stale)).toEqual({ done: false });
    const token = await mailed();
    expect([await verify(token), await verify(token)]).toEqual([{ done: true }, { done: false }]);
    await owner.query('UPDATE identity.users SET email_index = $2 WHERE id = $1', [
      reader.id,
      Buffer.alloc(32, 8),
    ]);
    expect(
      await one(owner, 'SELECT email_verified_at FROM identity.users WHERE id = $1', [reader.id]),
    ).toEqual({ email_verified_at: null });
  });
});

describe('signatures', () => {
  const sign =
    (secret: string | null, subject = 'quality.ncrs/1') =>
    () =>
      one<Row & Outcome>(desk, `SELECT * FROM identity.sign($1, 'approved', $2, ' because ')`, [
        secret,
        subject,
      ]);

  test('say who, when, what and why, and stay', async () => {
    const signer = await person();
    const signed = await presenting(await signer.session(), sign(password));
    expect(signed.outcome).toBe('signed');
    const seen = await presenting(await (await person()).session(), () =>
      one<Row & { signed_at: Date }>(desk, 'SELECT * FROM identity.signatures WHERE id = $1', [
        signed.signature_id,
      ]),
    );
    expect(seen).toMatchObject({
      user_id: signer.id,
      login: signer.login,
      display_name: `Person ${signer.login}`,
      meaning: 'approved',
      subject: 'quality.ncrs/1',
      reason: 'because',
      station_code: 'ST-01',
    });
    expect(Math.abs(seen.signed_at.getTime() - Date.now())).toBeLessThan(minuteMs);
    for (const rewriting of [
      `UPDATE identity.signatures SET meaning = 'rejected'`,
      'DELETE FROM identity.signatures',
      'TRUNCATE identity.signatures CASCADE',
    ]) {
      await expect(owner.query(rewriting)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('ask for the password again, and count', async () => {
    const { login, session } = await person();
    const token = await session();
    for (const secret of ['x', null, 'x', 'x', 'x']) {
      expect(await presenting(token, sign(secret))).toMatchObject({ outcome: 'wrong', signature_id: null });
    }
    expect((await presenting(token, sign(password))).outcome).toBe('locked');
    expect((await signIn(desk, login, password)).outcome).toBe('locked');
  });

  test('are of people, for themselves', async () => {
    const signer = await person();
    const station = await (await person({ kind: 'station' })).session();
    await expect(presenting(station, sign(password))).rejects.toMatchObject({ code: '42501' });
    await expect(sign(password)()).rejects.toMatchObject({ code: '28000' });
    const { session_id } = await signIn(desk, signer.login, password);
    await desk.query('BEGIN');
    await desk.query('SELECT identity.begin($1, $2, now())', [station, session_id]);
    expect(await one(desk, 'SELECT identity.current_user_id() AS id')).toEqual({ id: signer.id });
    await expect(sign(password)()).rejects.toMatchObject({ code: '28000' });
    await desk.query('ROLLBACK');
    const token = await signer.session();
    await expect(presenting(token, sign(password, 'no record'))).rejects.toMatchObject({ code: '23514' });
    await expect(
      presenting(token, () =>
        desk.query(`INSERT INTO identity.signatures SELECT * FROM identity.signatures LIMIT 1`),
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the doors are the only ways in', () => {
  const names = async (text: string) =>
    (await owner.query<{ name: string }>(text)).rows.map(({ name }) => name);

  test('no right on the tables behind them', async () => {
    expect(
      await names(
        `SELECT r.target::text AS name FROM app.table_rules r, unnest(ARRAY['lanewright_app', 'lanewright_report', 'lanewright_jobs']) AS role
         WHERE r.scope IN ('doors', 'plumbing')
           AND (has_table_privilege(role, r.target, 'SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER')
                OR has_any_column_privilege(role, r.target, 'SELECT,INSERT,UPDATE,REFERENCES'))`,
      ),
    ).toEqual([]);
    expect(
      await names(`SELECT r.target::text AS name FROM app.table_rules r WHERE r.scope = 'doors' ORDER BY 1`),
    ).toEqual(
      expect.arrayContaining([
        'identity.password_reset_tokens',
        'identity.sessions',
        'identity.sign_in_failures',
      ]),
    );
    const token = await (await person({ permissions: ['admin:read', 'admin:write'] })).session();
    for (const reading of [
      'SELECT password_hash FROM identity.users',
      'SELECT email_cipher FROM identity.users',
      'SELECT count(*) FROM identity.sessions',
      'SELECT value FROM identity.secrets',
      'SELECT last_value FROM identity.guesses_0',
      `UPDATE identity.users SET active = true`,
      `SELECT identity.check_password('a', 'b')`,
      `SELECT identity.take_outgoing(gen_random_uuid(), 'password-reset', gen_random_uuid(), gen_random_uuid())`,
      `SELECT identity.announce_mail('ST-01', true)`,
      `SELECT identity.grants(NULL)`,
    ]) {
      await expect(presenting(token, () => desk.query(reading))).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('the roles own nothing, bypass nothing and truncate nothing; the reporting one writes nothing', async () => {
    const { rows } = await owner.query(
      `SELECT r.rolname AS role FROM pg_roles r WHERE r.rolname IN ('lanewright_app', 'lanewright_report', 'lanewright_jobs')
         AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolcanlogin
              OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid))`,
    );
    expect(rows).toEqual([]);
    const tables = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
    expect(
      await names(
        `SELECT c.oid::regclass::text AS name ${tables} AND has_table_privilege('lanewright_app', c.oid, 'TRUNCATE,TRIGGER,REFERENCES')`,
      ),
    ).toEqual([]);
    expect(
      await names(
        `SELECT c.oid::regclass::text AS name ${tables}
           AND (has_table_privilege('lanewright_report', c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE') OR has_any_column_privilege('lanewright_report', c.oid, 'INSERT,UPDATE'))`,
      ),
    ).toEqual([]);
  });

  test('the reporting role reads nothing without a session, and with one what the person may', async () => {
    const token = await (await person()).session();
    const read = async (session: string | null) => {
      await owner.query('BEGIN');
      await owner.query('SET LOCAL ROLE lanewright_report');
      if (session) await owner.query('SELECT identity.begin($1)', [session]);
      const { rows } = await owner.query('SELECT id FROM org.plants');
      await owner.query('ROLLBACK');
      return rows.length;
    };
    expect([await read(null), await read(token)]).toEqual([0, 2]);
  });

  test('nobody else may call a function of theirs', async () => {
    expect(
      await names(
        `SELECT p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
         WHERE n.nspname = 'identity' AND a.grantee = 0`,
      ),
    ).toEqual([]);
  });

  test('a temporary type of the caller is not taken for one of the system', async () => {
    expect(
      await names(
        `SELECT p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'identity' AND (p.prosecdef OR p.prosqlbody IS NULL) AND NOT EXISTS (
           SELECT FROM unnest(p.proconfig) AS setting WHERE setting ~ '^search_path=.*pg_temp"?$')`,
      ),
    ).toEqual([]);
    const hostile = await connect(database.appUrl);
    const heard: string[] = [];
    hostile.on('notice', ({ message }) => heard.push(message ?? ''));
    for (const type of ['uuid', 'text', 'bytea', 'timestamptz', 'regclass']) {
      await hostile.query(
        `CREATE FUNCTION pg_temp.spy(given pg_catalog.${type}) RETURNS boolean LANGUAGE plpgsql
         AS $$ BEGIN RAISE NOTICE 'ran as %', current_user; RETURN true; END $$`,
      );
      await hostile.query(`CREATE DOMAIN pg_temp.${type} AS pg_catalog.${type} CHECK (pg_temp.spy(VALUE))`);
    }
    const { login } = await person();
    const { token } = await signIn(hostile, login, password);
    await hostile.query('SELECT identity.begin($1)', [token]);
    await hostile.query('SELECT identity.request_reset($1)', [login]);
    await hostile.end();
    expect(token).not.toBeNull();
    expect(heard.filter((message) => !message.endsWith('lanewright_test_desk'))).toEqual([]);
  });
});
