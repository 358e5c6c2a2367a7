/** From what a person asks at a desk to the mail in their box: real PostgreSQL, queues, and a mail server on a socket. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { keepJobsRunning } from '#main/jobs/keep-running';
import { startJobRunner } from '#main/jobs/runner';
import type { JobRunner, JobWork } from '#main/jobs/runner';
import { openLog } from '#main/logging';
import type { LogBook } from '#main/logging';
import { createPii } from '#main/pii/pii';
import { personEmail, placeOf } from '#main/pii/personal-columns';
import { layGround } from '#main/store/postgres/ground.fixture';
import type { Ground } from '#main/store/postgres/ground.fixture';
import { actAs, addPerson } from '#main/store/postgres/person.fixture';
import type { Person } from '#main/store/postgres/person.fixture';
import { readTexts } from '#main/texts';
import { appRoot, createTestDatabase } from '../../tests/support/postgres.ts';
import type { TestDatabase } from '../../tests/support/postgres.ts';
import { readMail, startMailServer } from '../../tests/support/smtp-server.ts';
import type { TestMailOptions, TestMailServer } from '../../tests/support/smtp-server.ts';
import { createMailJobs, withoutMail } from './mail-jobs.ts';
import type { MailSettings } from './settings.ts';
import { createMailTransport } from './transport.ts';

const quick = { cronS: 1, superviseS: 1, pollS: 1 };
const secret = 'the-mail-password';
const address = 'Petra.Lindqvist@plant.example';
const codeShape = /[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){3}/;
const pii = createPii({ current: 1, keys: new Map([[1, randomBytes(32)]]) });

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let ours: Ground;
let boss: Person;
let stranger: Person;
let person: Person;
let login: string;
let book: LogBook;
let logDir: string;
let server: TestMailServer | undefined;
let runner: JobRunner | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connect(database.ownerUrl);
  desk = await connect(database.appUrl);
  await desk.query('SET ROLE lanewright_app');
  ours = await layGround(owner, 'OURS');
  const theirs = await layGround(owner, 'THEIRS');
  boss = await addPerson(owner, ours.organizationId, ['admin:read', 'admin:write'], [ours.plantId]);
  stranger = await addPerson(owner, theirs.organizationId, ['admin:read', 'admin:write'], [theirs.plantId]);
  logDir = mkdtempSync(join(tmpdir(), 'lanewright-mail-log-'));
  book = await openLog(logDir);
});
afterAll(async () => {
  await Promise.all([desk.end(), owner.end()]);
  await database.drop();
  rmSync(logDir, { recursive: true, force: true });
});
beforeEach(async () => {
  await owner.query('TRUNCATE jobs.job, identity.outgoing_tokens, identity.mail_senders');
  await owner.query(
    `UPDATE jobs.queue SET retry_delay = 1, retry_backoff = false, retry_limit = 60 WHERE name = 'email'`,
  );
  person = await addPerson(owner, ours.organizationId, [], [ours.plantId]);
  login = `person-${person.id}`;
  await owner.query('UPDATE identity.users SET email_cipher = $2, email_index = $3 WHERE id = $1', [
    person.id,
    pii.encrypt(address, placeOf(personEmail, person.id)),
    pii.blindIndex('email', `${person.id} ${address}`),
  ]);
});
afterEach(async () => {
  await runner?.stop();
  await server?.close();
  runner = server = undefined;
});

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

async function until<T>(look: () => Promise<T | null | undefined>, limitMs = 20_000): Promise<T> {
  for (const end = Date.now() + limitMs; Date.now() < end; await delay(100)) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
  }
  throw new Error(`not within ${limitMs} ms; the log: ${logText()}`);
}

const logText = () =>
  readdirSync(logDir)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(join(logDir, name), 'utf8'))
    .join('');

const settingsFor = (port: number): MailSettings => ({
  host: '127.0.0.1',
  port,
  secure: false,
  plain: false,
  user: 'lanewright',
  password: secret,
  from: 'lanewright@plant.example',
  publicAddress: 'https://lanewright.plant.example',
});

const workFor = (port: number): JobWork =>
  createMailJobs({
    jobsUrl: database.ownerUrl,
    settings: settingsFor(port),
    send: createMailTransport(settingsFor(port)),
    pii: async () => pii,
    texts: readTexts(appRoot),
    stationCode: 'ST-01',
    log: book,
  });

const mailBox = (options: TestMailOptions = {}) =>
  startMailServer({ login: { user: 'lanewright', password: secret }, ...options });

async function start(work: JobWork): Promise<void> {
  runner = await startJobRunner({ jobsUrl: database.ownerUrl, log: book, work, intervals: quick });
  await until(async () => {
    const { rows } = await desk.query<{ state: string }>('SELECT state FROM identity.mail_state()');
    return rows[0]?.state === 'ready' ? true : null;
  });
}

const ask = (who = login) => desk.query('SELECT identity.request_reset($1)', [who]);
const rowsAs = (who: Person, statement: string) =>
  actAs(desk, who, async () => (await desk.query<Record<string, unknown>>(statement)).rows);
const dead = (who: Person) => rowsAs(who, `SELECT * FROM app.dead_jobs() WHERE queue = 'email'`);
const tokens = async () =>
  (
    await owner.query<{ mail: string }>(
      'SELECT mail FROM identity.password_reset_tokens WHERE user_id = $1 ORDER BY created_at',
      [person.id],
    )
  ).rows.map(({ mail }) => mail);
const settled = () =>
  until(async () => {
    const { rows } = await owner.query(
      `SELECT FROM jobs.job WHERE name = 'email' AND state < 'completed' UNION ALL SELECT FROM identity.outgoing_tokens`,
    );
    return rows.length === 0 ? true : null;
  });

/** Codes, addresses and passwords are in the mail and nowhere else. */
async function nothingSaid(...codes: readonly string[]): Promise<void> {
  const { rows } = await owner.query<{ said: string }>(
    `SELECT j::text AS said FROM jobs.job j UNION ALL SELECT a::text FROM audit.log a
     UNION ALL SELECT t::text FROM identity.password_reset_tokens t`,
  );
  const everything = `${logText()}${rows.map(({ said }) => said).join('\n')}`;
  expect(everything).not.toMatch(/petra\.lindqvist/i);
  expect(everything).not.toContain(secret);
  for (const code of codes) {
    expect(everything).not.toContain(code);
    expect(everything).not.toContain(code.replaceAll('-', ''));
  }
}

test('who forgot a password gets one mail, with a code and a link that set a new one', async () => {
  server = await mailBox();
  await start(workFor(server.port));
  await ask();
  await ask(`  ${login.toUpperCase()} `);
  await ask('nobody-by-this-name');
  const mail = await until(async () => server?.mails[0]);
  await settled();
  expect(server.mails).toHaveLength(1);
  expect(mail).toMatchObject({ from: 'lanewright@plant.example', to: [address], user: 'lanewright' });
  const { subject, text, html } = readMail(mail);
  const [code = ''] = codeShape.exec(text) ?? [];
  expect(subject).toBe('Set a new password for Lanewright');
  expect(text).toContain(`https://lanewright.plant.example/#/password/${code}\n`);
  expect(text).toContain(`your login ${login}`);
  expect(text).toContain('within 30 minutes');
  expect(html).toContain(`href="https://lanewright.plant.example/#/password/${code}"`);
  expect(await tokens()).toEqual(['accepted']);
  expect(await dead(boss)).toEqual([]);
  const { rows } = await desk.query('SELECT identity.reset_password($1, $2) AS outcome', [
    code.replaceAll('-', ''),
    'a better one than before',
  ]);
  expect(rows).toEqual([{ outcome: 'changed' }]);
  await nothingSaid(code);
});

test('a mail server that is away gets the mail once, when it is back', async () => {
  server = await mailBox();
  const { port } = server;
  await server.close();
  await start(workFor(port));
  await ask();
  await until(async () => ((await tokens()).length > 1 ? true : null));
  server = await mailBox({ port });
  const mail = await until(async () => server?.mails[0]);
  await settled();
  expect(server.mails).toHaveLength(1);
  const made = await tokens();
  expect(new Set(made.slice(0, -1))).toEqual(new Set(['refused']));
  expect(made.at(-1)).toBe('accepted');
  expect(await dead(boss)).toEqual([]);
  await nothingSaid(codeShape.exec(readMail(mail).text)?.[0] ?? 'no code');
});

test('a recipient that the server refuses is seen by the administrators of the organization, who can try again', async () => {
  let knows = false;
  const refuse = (to: string) => (knows ? null : { code: 550, words: `5.1.1 <${to}>: no such user` });
  server = await mailBox({ refuse });
  await start(workFor(server.port));
  await ask();
  const [given] = await until(async () => {
    const found = await dead(boss);
    return found.length > 0 ? found : null;
  });
  expect(given).toMatchObject({
    kind: 'password-reset',
    person_id: person.id,
    of_scheduler: false,
    retries: 0,
  });
  expect(given?.['problem']).toMatch(/mail server 127\.0\.0\.1 did not take the mail: .*550.*no such user/);
  expect(await tokens()).toEqual(['refused']);
  expect(await dead(stranger)).toEqual([]);
  await nothingSaid();

  knows = true;
  await rowsAs(boss, `SELECT app.retry_job('${String(given?.['id'])}')`);
  await until(async () => server?.mails[0]);
  await settled();
  expect(await tokens()).toEqual(['refused', 'accepted']);
  expect(await dead(boss)).toEqual([]);
});

test('an answer that is lost is told, and no second mail is sent', async () => {
  server = await mailBox({ afterData: () => 'hang up' });
  await start(workFor(server.port));
  await ask();
  const [given] = await until(async () => {
    const found = await dead(boss);
    return found.length > 0 ? found : null;
  });
  expect(given?.['problem']).toMatch(
    /^It is not known whether the mail went out: the mail server had all of it/,
  );
  expect(await tokens()).toEqual(['unknown']);
  await delay(2500);
  expect(server.mails).toHaveLength(1);
  await nothingSaid(codeShape.exec(readMail(server.mails[0] ?? unseen).text)?.[0] ?? 'no code');
});

test('where the key for personal data is missing, it is said, and no token is left behind', async () => {
  server = await mailBox();
  await owner.query(`UPDATE jobs.queue SET retry_limit = 0 WHERE name = 'email'`);
  await owner.query('UPDATE identity.users SET email_cipher = $2 WHERE id = $1', [
    person.id,
    Buffer.alloc(40, 1),
  ]);
  await start(workFor(server.port));
  await ask();
  const [given] = await until(async () => {
    const found = await dead(boss);
    return found.length > 0 ? found : null;
  });
  expect(given?.['problem']).toMatch(/^Personal data/);
  expect(await tokens()).toEqual(['refused']);
});

test('an address is confirmed by the code that was mailed to it', async () => {
  server = await mailBox();
  await start(workFor(server.port));
  await rowsAs(person, 'SELECT identity.request_email_verification()');
  const mail = await until(async () => server?.mails[0]);
  const { subject, text } = readMail(mail);
  expect(subject).toBe('Confirm your e-mail address for Lanewright');
  expect(text).toContain('https://lanewright.plant.example/#/verify-email/');
  const code = codeShape.exec(text)?.[0].replaceAll('-', '');
  const { rows } = await desk.query('SELECT identity.verify_email($1) AS done', [code]);
  expect(rows).toEqual([{ done: true }]);
});

test('a core without a mail server leaves the mails to one that has one, and says that it sends none', async () => {
  await owner.query(`SELECT identity.announce_mail('ST-01', true)`);
  await ask();
  const without = keepJobsRunning(database.ownerUrl, book, {
    work: (jobsUrl) => withoutMail(jobsUrl, 'ST-01'),
  });
  try {
    await until(async () => {
      const { rows } = await desk.query<{ state: string }>('SELECT state FROM identity.mail_state()');
      return rows[0]?.state === 'none' ? true : null;
    });
    await delay(2000);
    const { rows } = await owner.query(`SELECT state FROM jobs.job WHERE name IN ('email', 'email_dead')`);
    expect(rows).toEqual([{ state: 'created' }]);
    server = await mailBox();
    await start(workFor(server.port));
    await until(async () => server?.mails[0]);
  } finally {
    await without.stop();
  }
});

const unseen = { from: '', to: [], source: '', user: null, encrypted: false };
