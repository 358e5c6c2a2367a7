import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AppError } from '#contract/errors';
import type { SignedIn } from '#main/services/core';
import { connectDatabase } from '#main/store/postgres/connect';
import type { ConnectedDatabase } from '#main/store/postgres/connect';
import { createMirror } from '#main/store/sqlite/mirror';
import { createOfflinePeople } from '#main/store/sqlite/offline-people';
import type { OfflinePeople } from '#main/store/sqlite/offline-people';
import { openStationFile } from '#main/store/sqlite/station-file';
import type { StationFile } from '#main/store/sqlite/station-file';
import { waitUntil } from '#native/testing/wait-until';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { fillSmallPlant } from '../../../tests/support/small-plant.ts';
import { createSessionService } from './service.ts';
import type { SessionService } from './service.ts';

const dayMs = 24 * 3600 * 1000;
const passwordOf = (login: string) => `secret of ${login}`;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

let test18: TestDatabase;
let owner: pg.Client;
let good: ConnectedDatabase;
let away: ConnectedDatabase;
let dataDir: string;
let file: StationFile;
let people: OfflinePeople;
let sessions: SessionService;
let network: boolean;
let clock: number;
let hasAccount: boolean;

beforeAll(async () => {
  test18 = await createTestDatabase();
  await fillSmallPlant(test18.ownerUrl);
  owner = new pg.Client({ connectionString: test18.ownerUrl });
  await owner.connect();
  await owner.query(
    `UPDATE identity.users SET login = split_part(login, '.', 1),
       password_hash = public.crypt('secret of ' || split_part(login, '.', 1), public.gen_salt('bf', 4))`,
  );
  await owner.query(
    `DELETE FROM identity.role_permissions p USING identity.roles r
     WHERE r.id = p.role_id AND r.code = 'station' AND p.permission = 'schedule:write'`,
  );
  good = connectDatabase({ connectionString: test18.appUrl, log: quiet, onState: () => {} });
  const nobody = new URL(test18.appUrl);
  nobody.port = '1';
  away = connectDatabase({ connectionString: nobody.href, log: quiet, onState: () => {} });
});
afterAll(async () => {
  await Promise.all([good.close(), away.close(), owner.end()]);
  await test18.drop();
});

const open = () => {
  file = openStationFile(dataDir, { now: () => clock });
  people = createOfflinePeople(file);
  sessions = createSessionService({
    database: () => (network ? good : away),
    mirror: createMirror(file),
    people,
    mayVouch: () => hasAccount,
    stationCode: 'ST-07',
    now: () => clock,
    log: quiet,
  });
};
beforeEach(() => {
  [network, hasAccount, clock] = [true, true, Date.now()];
  dataDir = mkdtempSync(join(tmpdir(), 'lanewright-session-'));
  open();
  return () => {
    file.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
});

const restart = () => {
  file.close();
  open();
};
const signInOnline = async (login: string): Promise<SignedIn> => {
  const signedIn = await sessions.signIn(login, passwordOf(login));
  await waitUntil('a verifier is kept', () => people.find(login) !== undefined, 5000);
  return signedIn;
};
const reasonOf = (signingIn: Promise<unknown>): Promise<string> =>
  signingIn.then(
    () => 'signed-in',
    (cause: AppError) => cause.shape.reason,
  );

describe('while the database is away', () => {
  test('whoever signed in here before comes in, under a session of its own and after a restart too', async () => {
    const before = await signInOnline('pumps');
    network = false;
    restart();
    const offline = await sessions.signIn(' PUMPS ', passwordOf('pumps'));
    expect(offline.identity).toMatchObject({
      userId: before.identity.userId,
      permissions: before.identity.permissions,
      offline: true,
      vouched: true,
    });
    expect(offline.identity.sessionId).not.toBe(before.identity.sessionId);
    restart();
    expect((await sessions.resume(offline.token))?.identity.sessionId).toBe(offline.identity.sessionId);
  });

  test('nobody else does, and a wrong password is told the same as an unknown login', async () => {
    await signInOnline('pumps');
    network = false;
    expect(await reasonOf(sessions.signIn('pumps', 'guess'))).toBe('error.wrong-password-offline');
    expect(await reasonOf(sessions.signIn('inspector', passwordOf('inspector')))).toBe(
      'error.wrong-password-offline',
    );
  });

  test('five wrong passwords lock, for longer each time, and a restart forgets nothing', async () => {
    await signInOnline('pumps');
    network = false;
    for (let guess = 0; guess < 5; guess++) await reasonOf(sessions.signIn('pumps', `guess ${guess}`));
    restart();
    expect(await reasonOf(sessions.signIn('pumps', passwordOf('pumps')))).toBe('error.locked');
    clock += 61_000;
    await reasonOf(sessions.signIn('pumps', 'another guess'));
    clock += 61_000;
    expect(await reasonOf(sessions.signIn('pumps', passwordOf('pumps')))).toBe('error.locked');
    clock += 60_000;
    expect(await reasonOf(sessions.signIn('pumps', passwordOf('pumps')))).toBe('signed-in');
    expect(people.find('pumps')?.failures).toBe(0);
  });

  test('after two weeks without the database its word is needed again', async () => {
    await signInOnline('pumps');
    network = false;
    clock += 14 * dayMs + 1;
    expect(await reasonOf(sessions.signIn('pumps', passwordOf('pumps')))).toBe(
      'error.wrong-password-offline',
    );
  });

  test('a station without an account lets nobody in: it could not tell the database later', async () => {
    await signInOnline('pumps');
    [network, hasAccount] = [false, false];
    expect(await reasonOf(sessions.signIn('pumps', passwordOf('pumps')))).toBe('error.database-down');
  });

  test('neither password nor token is on the disk', async () => {
    await signInOnline('pumps');
    network = false;
    const { token } = await sessions.signIn('pumps', passwordOf('pumps'));
    const kept = JSON.stringify([
      file.durable.prepare('SELECT * FROM offline_people').all(),
      file.durable.prepare('SELECT * FROM mirror_entries').all(),
      file.durable.prepare('SELECT hex(token_hash) FROM offline_sessions').all(),
    ]);
    expect(kept).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(kept).not.toContain(passwordOf('pumps'));
    expect(kept).not.toContain(token);
  });
});

describe('when the database is back', () => {
  test('the station vouches: the session is good, with no right that the station has not', async () => {
    const station = await signInOnline('station');
    const { identity: asPerson } = await signInOnline('pumps');
    network = false;
    const offline = await sessions.signIn('pumps', passwordOf('pumps'));
    network = true;
    await sessions.vouch(station.token);
    await sessions.vouch(station.token);
    const { identity } = (await sessions.resume(offline.token)) ?? { identity: null };
    expect(identity).toMatchObject({ userId: asPerson.userId, offline: false, vouched: true });
    expect(identity?.permissions).toEqual(
      asPerson.permissions.filter((one) => station.identity.permissions.includes(one)),
    );
    expect(identity?.permissions).not.toContain('schedule:write');
    expect(people.sessions()).toEqual([]);
  });

  test('only a station may vouch', async () => {
    const person = await signInOnline('pumps');
    network = false;
    const offline = await sessions.signIn('pumps', passwordOf('pumps'));
    network = true;
    await expect(sessions.vouch(person.token)).rejects.toThrow('error.not-allowed');
    expect(await sessions.resume(offline.token)).toBeNull();
    expect(people.sessions()).toHaveLength(1);
  });

  test('a session that ended meanwhile stays ended', async () => {
    const station = await signInOnline('station');
    await signInOnline('pumps');
    network = false;
    const ended = await sessions.signIn('pumps', passwordOf('pumps'));
    await sessions.signOut(ended);
    network = true;
    await sessions.vouch(station.token);
    expect(await sessions.resume(ended.token)).toBeNull();
    expect(people.sessions()).toEqual([]);
  });

  test('a person who left meanwhile is not let in', async () => {
    const station = await signInOnline('station');
    await signInOnline('pumps');
    network = false;
    const { token } = await sessions.signIn('pumps', passwordOf('pumps'));
    network = true;
    await owner.query(`UPDATE identity.users SET active = false WHERE login = 'pumps'`);
    await sessions.vouch(station.token);
    await owner.query(`UPDATE identity.users SET active = true WHERE login = 'pumps'`);
    expect(await sessions.resume(token)).toBeNull();
  });

  test('a station cannot open a session for longer than a shift, or long ago', async () => {
    const station = await signInOnline('station');
    const { identity } = await signInOnline('pumps');
    const vouchFor = (openedAt: number, expiresAt: number) => {
      const session = { sessionId: uuidv7(), userId: identity.userId, tokenHash: Buffer.alloc(32, 7) };
      people.addSession({ ...session, openedAt, expiresAt });
      return session.sessionId;
    };
    const ids = [
      vouchFor(clock, clock + 13 * 3600_000),
      vouchFor(clock - 70 * dayMs, clock - 70 * dayMs + 1000),
      vouchFor(clock + 2 * dayMs, clock + 2 * dayMs + 1000),
    ];
    await sessions.vouch(station.token);
    const { rowCount } = await owner.query('SELECT FROM identity.sessions WHERE id = ANY ($1)', [ids]);
    expect(rowCount).toBe(0);
  });
});
