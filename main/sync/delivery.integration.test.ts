import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { refused } from '#contract/errors';
import type { SignedIn, StationCommand } from '#main/services/core';
import { connectDatabase } from '#main/store/postgres/connect';
import type { ConnectedDatabase } from '#main/store/postgres/connect';
import { createOutbox } from '#main/store/sqlite/outbox';
import type { StationOutbox } from '#main/store/sqlite/outbox';
import { openStationFile } from '#main/store/sqlite/station-file';
import type { StationFile } from '#main/store/sqlite/station-file';
import { waitUntil } from '#native/testing/wait-until';
import { makeTrialPlant } from '../../tests/faults/trial-plant.ts';
import type { TrialPlant } from '../../tests/faults/trial-plant.ts';
import { quietLog, signedInAs } from '../../tests/faults/trial-station.ts';
import type { TrialStationConfig } from '../../tests/faults/trial-station.ts';
import { tokenOf } from '../../tests/support/small-plant.ts';
import type { Login } from '../../tests/support/small-plant.ts';
import { createDelivery } from './delivery.ts';
import type { Delivery, DeliveryOptions } from './delivery.ts';

type Fault = 'none' | 'refuse' | 'serialization' | 'deadlock' | 'bug' | 'duplicate-key';
interface Step {
  readonly about: string;
  readonly fault: Fault;
}

let plant: TrialPlant;
let config: TrialStationConfig;
let file: StationFile;
let outbox: StationOutbox;
let database: ConnectedDatabase;
let delivery: Delivery;
let clock: () => number;
/** How often a fault still happens, by subject. */
const faultsLeft = new Map<string, number>();
let tries: string[] = [];
let atOnce = 0;
let mostAtOnce = new Map<string, number>();
const running = new Map<string, number>();
let delivered: string[];
let quarantined: { readonly commandId: string; readonly reason: string }[];

const step: StationCommand<Step> = {
  kind: 'step',
  schema: z
    .object({
      about: z.string(),
      fault: z.enum(['none', 'refuse', 'serialization', 'deadlock', 'bug', 'duplicate-key']),
    })
    .strict(),
  subject: ({ about }) => about,
  summary: ({ about }) => about,
  async apply(transaction, { about, fault }, meta) {
    tries.push(meta.commandId);
    const count = (running.get(about) ?? 0) + 1;
    running.set(about, count);
    mostAtOnce.set(about, Math.max(mostAtOnce.get(about) ?? 0, count));
    atOnce = Math.max(atOnce, [...running.values()].filter((one) => one > 0).length);
    try {
      const scan = (id: string) =>
        transaction
          .insertInto('trace.scans')
          .values({
            organization_id: meta.organizationId,
            id,
            plant_id: config.plantId,
            code: meta.commandId,
            kind: meta.stationCode,
            source: 'serial',
            user_id: meta.userId,
            at: new Date(meta.capturedAt),
          })
          .execute();
      const raise = (code: string) =>
        sql`DO ${sql.raw(`$$ BEGIN RAISE EXCEPTION 'forced' USING ERRCODE = '${code}'; END $$`)}`.execute(
          transaction,
        );
      await scan(uuidv7());
      const left = faultsLeft.get(about) ?? Number.POSITIVE_INFINITY;
      if (fault === 'none' || left <= 0) return;
      faultsLeft.set(about, left - 1);
      if (fault === 'refuse') throw refused('refusal.not-now', { about });
      if (fault === 'serialization') await raise('40001');
      if (fault === 'deadlock') await raise('40P01');
      if (fault === 'bug') throw new TypeError('undefined is not a function');
      const same = uuidv7();
      await scan(same);
      await scan(same);
    } finally {
      running.set(about, (running.get(about) ?? 1) - 1);
    }
  },
};

const commands = new Map([[step.kind, step as StationCommand<unknown>]]);

const openStore = () => {
  file = openStationFile(config.dataDir, { now: Date.now });
  outbox = createOutbox({ file, commands, now: Date.now, log: quietLog });
};
const start = (options: Partial<DeliveryOptions> = {}) => {
  delivery = createDelivery({
    outbox,
    database,
    commands,
    stationToken: () => config.stationToken,
    personToken: () => null,
    log: quietLog,
    now: () => clock(),
    onDelivered: (entries) => void delivered.push(...entries.map(({ commandId }) => commandId)),
    onQuarantined: (entries) =>
      void quarantined.push(
        ...entries.map(({ commandId, problem }) => ({ commandId, reason: problem.reason })),
      ),
    ...options,
  });
};
const take = async (about: string, fault: Fault = 'none', signedIn: SignedIn = signedInAs(config)) => {
  const commandId = uuidv7();
  await outbox.accept(step, { about, fault }, { commandId, capturedAt: Date.now(), signedIn });
  return commandId;
};
const person = async (login: Login): Promise<SignedIn> => {
  const { rows } = await plant.owner.query<{ id: string }>(
    'SELECT id FROM identity.sessions WHERE user_id = $1',
    [plant.plant.users[login]],
  );
  return signedInAs({ ...config, userId: plant.plant.users[login], sessionId: rows[0]?.id ?? '' });
};
/** The codes in the order they were written, each as often as it was. */
const written = async (): Promise<string[]> => {
  const { rows } = await plant.owner.query<{ code: string }>(
    'SELECT code FROM trace.scans ORDER BY recorded_at, id',
  );
  return rows.map(({ code }) => code);
};
const settle = () => waitUntil('nothing is due', () => outbox.nextBatch(0, 1).length === 0, 20_000);

beforeAll(async () => {
  plant = await makeTrialPlant();
});
afterAll(() => plant.close());
beforeEach(async () => {
  await plant.owner.query('TRUNCATE trace.scans, app.applied_commands');
  config = await plant.station();
  database = connectDatabase({ connectionString: plant.appUrl, log: quietLog, onState: () => {} });
  delivered = [];
  quarantined = [];
  tries = [];
  atOnce = 0;
  mostAtOnce = new Map();
  faultsLeft.clear();
  clock = Date.now;
  openStore();
});
afterEach(async () => {
  await delivery.stop();
  await database.close();
  outbox.close();
  file.close();
});

test('subjects go side by side, each in its own order, one at a time', async () => {
  const taken: { about: string; commandId: string }[] = [];
  for (let index = 0; index < 120; index++) {
    const about = `operation-${index % 6}`;
    taken.push({ about, commandId: await take(about) });
  }
  start();
  expect(await delivery.flush(20_000)).toBe(true);
  const order = await written();
  expect(order).toHaveLength(120);
  for (let subject = 0; subject < 6; subject++) {
    const wanted = taken
      .filter(({ about }) => about === `operation-${subject}`)
      .map(({ commandId }) => commandId);
    expect(order.filter((code) => wanted.includes(code))).toEqual(wanted);
    expect(mostAtOnce.get(`operation-${subject}`)).toBe(1);
  }
  expect(atOnce).toBeGreaterThan(1);
  await delivery.stop();
  expect(delivered.toSorted()).toEqual(taken.map(({ commandId }) => commandId).toSorted());
});

test('what was committed before the mark was lost takes effect once', async () => {
  start();
  const ids = [await take('a'), await take('a'), await take('b')];
  await settle();
  await delivery.stop();
  outbox.close();
  file.durable.exec(`UPDATE outbox SET state = 'waiting', delivered_at = NULL`);
  file.close();
  openStore();
  expect(outbox.status().waiting).toBe(3);
  start();
  expect(await delivery.flush(10_000)).toBe(true);
  expect((await written()).toSorted()).toEqual(ids.toSorted());
  expect(outbox.status().waiting).toBe(0);
});

test.for([
  ['refuse', 'refusal.not-now'],
  ['duplicate-key', 'error.command-refused'],
] as const)(
  '%s: set aside with the reason, nothing of it kept; only its subject waits',
  async ([fault, reason]) => {
    start();
    const bad = await take('a', fault);
    const behind = await take('a');
    const other = await take('b');
    await waitUntil('the other subject is delivered', () => delivered.includes(other), 10_000);
    await waitUntil('the bad one is set aside', () => quarantined.length === 1, 10_000);
    expect(quarantined).toEqual([{ commandId: bad, reason }]);
    expect(await written()).toEqual([other]);
    expect(outbox.status()).toMatchObject({ waiting: 1, quarantined: 1 });
    await delivery.retry(bad, { about: 'a', fault: 'none' });
    await settle();
    expect(await written()).toEqual([other, bad, behind]);
  },
);

test('given up, it lets those behind it go', async () => {
  start();
  const bad = await take('a', 'refuse');
  const behind = await take('a');
  await waitUntil('the bad one is set aside', () => quarantined.length === 1, 10_000);
  await delivery.discard(bad, 'scanned twice');
  await settle();
  expect(await written()).toEqual([behind]);
});

test('transactions that collide are tried again until they pass', async () => {
  start();
  faultsLeft.set('a', 3);
  faultsLeft.set('b', 3);
  const ids = [await take('a', 'serialization'), await take('b', 'deadlock')];
  await settle();
  expect((await written()).toSorted()).toEqual(ids.toSorted());
  expect(tries).toHaveLength(8);
  expect(quarantined).toEqual([]);
});

test('a mistake of ours is tried a few times, then set aside; others pass it by', async () => {
  start();
  const bad = await take('a', 'bug');
  const other = await take('b');
  await waitUntil('the other one is delivered', () => delivered.includes(other), 5000);
  await waitUntil('the bad one is set aside', () => quarantined.length === 1, 20_000);
  expect(quarantined).toEqual([{ commandId: bad, reason: 'error.command-failed' }]);
  expect(tries.filter((commandId) => commandId === bad)).toHaveLength(5);
});

test('a kind that nobody knows any more, and a payload that does not read, are set aside', async () => {
  const ids = [await take('a'), await take('b')];
  file.durable.prepare(`UPDATE outbox SET kind = 'gone' WHERE command_id = ?`).run(ids[0]);
  file.durable.prepare(`UPDATE outbox SET payload = '{"about"' WHERE command_id = ?`).run(ids[1]);
  start();
  await waitUntil('both are set aside', () => quarantined.length === 2, 10_000);
  expect(quarantined.map(({ reason }) => reason).toSorted()).toEqual([
    'error.command-unknown-kind',
    'error.invalid-input',
  ]);
  expect((await plant.arrived()).size).toBe(0);
});

test('the station delivers in the name of who recorded it; without a station the person does', async () => {
  const ada = await person('pumps');
  const byStation = await take('a', 'none', ada);
  start();
  await settle();
  await delivery.stop();
  const byPerson = await take('b', 'none', ada);
  let present = false;
  start({ stationToken: () => null, personToken: () => (present ? tokenOf('pumps') : null) });
  expect(await delivery.flush(300)).toBe(false);
  expect(outbox.status().waiting).toBe(1);
  present = true;
  delivery.wake();
  await settle();
  const { rows } = await plant.owner.query<{ command_id: string; user_id: string; station_code: string }>(
    'SELECT command_id, user_id, station_code FROM app.applied_commands ORDER BY applied_at',
  );
  const by = { user_id: plant.plant.users.pumps, station_code: 'ST-07' };
  expect(rows).toEqual([
    { command_id: byStation, ...by },
    { command_id: byPerson, ...by },
  ]);
});

test('someone who may not is refused by the database, and it is set aside', async () => {
  start();
  const mine = await take('a', 'none', await person('reader'));
  await waitUntil('it is set aside', () => quarantined.length === 1, 10_000);
  expect(quarantined).toEqual([{ commandId: mine, reason: 'error.not-allowed' }]);
  expect(await written()).toEqual([]);
});

test('a session that the database does not know sets the command aside, an ended one of the station nothing', async () => {
  start();
  const stranger = await take('a', 'none', signedInAs({ ...config, sessionId: uuidv7() }));
  await waitUntil('it is set aside', () => quarantined.length === 1, 10_000);
  expect(quarantined).toEqual([{ commandId: stranger, reason: 'error.command-session-unknown' }]);
  await delivery.stop();

  let token = 'ended';
  let told = 0;
  start({ stationToken: () => token, onStationSessionEnded: () => told++ });
  const mine = [await take('b'), await take('c'), await take('d')];
  await waitUntil('the core is told', () => told > 0, 10_000);
  expect(await delivery.flush(200)).toBe(false);
  expect(outbox.status()).toMatchObject({ waiting: 3, quarantined: 1 });
  token = config.stationToken;
  delivery.wake();
  await settle();
  expect((await written()).toSorted()).toEqual(mine.toSorted());
});

test('a clock that is set back by a day in a pause holds nothing up', async () => {
  const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  let down = true;
  let refusals = 0;
  start({
    database: {
      online: () => !down,
      transaction(who, name, work) {
        if (!down) return database.transaction(who, name, work);
        refusals++;
        return Promise.reject(lost);
      },
    },
  });
  const mine = await take('a');
  await waitUntil('it was tried twice', () => refusals > 1, 5000);
  clock = () => Date.now() - 24 * 3600 * 1000;
  down = false;
  await settle();
  expect(await written()).toEqual([mine]);
});

test('stopping waits for what is under way and takes up nothing more', async () => {
  start();
  await Promise.all(Array.from({ length: 200 }, (_, index) => take(`operation-${index}`)));
  await waitUntil('some are delivered', () => tries.length > 10, 10_000);
  await delivery.stop();
  const arrived = (await written()).length;
  expect(outbox.status().waiting).toBe(200 - arrived);
  expect(arrived).toBeLessThan(200);
});

test('a record under a session that the database was not told of waits until it was', async () => {
  let untold = true;
  start({ isUntold: () => untold });
  const first = await take('one');
  await delivery.flush(2000);
  expect([await written(), quarantined]).toEqual([[], []]);
  untold = false;
  delivery.wake();
  await settle();
  expect(await written()).toEqual([first]);
});
