/** Passwords and addresses against the doors of a real database. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AppError } from '#contract/errors';
import { brokenPasswordRules } from '#domain/credentials/fit-password';
import { personEmail, placeOf } from '#main/pii/personal-columns';
import { createPii } from '#main/pii/pii';
import { connectDatabase } from '#main/store/postgres/connect';
import type { ConnectedDatabase } from '#main/store/postgres/connect';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { createCredentialsService } from './credentials.ts';
import type { CredentialsService } from './credentials.ts';

const password = 'the one that was there';
const better = 'correct horse battery';
const address = 'inspector@plant.example';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const pii = createPii({ current: 1, keys: new Map([[1, randomBytes(32)]]) });

let at: ServiceCore;
let owner: pg.Client;
let connected: ConnectedDatabase;
let service: CredentialsService;
let remembered: string[] = [];
let inspector: string;

beforeAll(async () => {
  at = await startServiceCore();
  owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  inspector = at.plant.users.inspector;
  const app = new URL(at.ownerUrl);
  [app.username, app.password] = ['lanewright_test_desk', 'desk'];
  connected = connectDatabase({ connectionString: app.href, log: quiet, onState: () => {} });
  service = createCredentialsService({
    core: { pii: async () => pii, log: quiet },
    database: () => connected,
    remember: async (signedIn, taken) => void remembered.push(`${signedIn.identity.userId} ${taken}`),
  });
}, 60_000);
afterAll(async () => {
  await Promise.all([connected.close(), owner.end()]);
  await at.close();
});
beforeEach(async () => {
  remembered = [];
  await owner.query('TRUNCATE identity.sign_in_failures, identity.mail_senders, identity.outgoing_tokens');
  await owner.query(
    `UPDATE identity.users SET password_hash = public.crypt($2, public.gen_salt('bf', 4)), email_cipher = $3, email_index = $4
     WHERE id = $1`,
    [
      inspector,
      password,
      pii.encrypt(address, placeOf(personEmail, inspector)),
      pii.blindIndex('email', address),
    ],
  );
});

const caller = () => at.call('inspector');
const nobody = () => ({ ...at.call('inspector'), signedIn: null });
const reasonOf = (calling: Promise<unknown>): Promise<string> =>
  calling.then(
    () => 'done',
    (cause: AppError) => cause.shape.reason,
  );
const sender = (ageMinutes: number) =>
  owner.query(
    `INSERT INTO identity.mail_senders (station_code, seen_at) VALUES ('ST-01', now() - $1 * interval '1 minute')`,
    [ageMinutes],
  );
/** A code as a mail would carry it. */
async function mailed(purpose: string): Promise<string> {
  const { rows } = await owner.query<{ token: string }>(
    'SELECT token FROM identity.take_outgoing(app.uuidv7(), $1, $2, $3)',
    [purpose, at.plant.organizationId, inspector],
  );
  return rows[0]?.token ?? '';
}
const forgetMails = () =>
  owner.query('TRUNCATE identity.password_reset_tokens, identity.email_verification_tokens');

describe('a forgotten password', () => {
  test('is told of as it is: no mail server, one that is away, one that sends', async () => {
    const ask = (login: string) => reasonOf(service.requestReset(nobody(), { login }));
    expect([await ask('inspector'), await ask('nobody')]).toEqual(['refusal.mail-none', 'refusal.mail-none']);
    expect(await service.mail(nobody())).toEqual({ state: 'none', stationCode: null, seenAt: null });
    await sender(30);
    expect([await ask('inspector'), await ask('nobody')]).toEqual(['refusal.mail-away', 'refusal.mail-away']);
    expect(await service.mail(nobody())).toMatchObject({ state: 'away', stationCode: 'ST-01' });
    await owner.query('UPDATE identity.mail_senders SET seen_at = now()');
    expect([await ask('inspector'), await ask('nobody')]).toEqual(['done', 'done']);
    expect(await service.mail(nobody())).toMatchObject({ state: 'ready' });
  });

  test('is set anew by the code, however it is typed, once', async () => {
    await forgetMails();
    const code = await mailed('password-reset');
    const typed = ` ${code.toLowerCase().replace(/(.{5})/g, '$1-')}`;
    const reset = (given: string, wanted = better) =>
      reasonOf(service.resetPassword(nobody(), { code: given, password: wanted }));
    expect(await reset('what is this')).toBe('error.mail-code-form');
    expect(await reset(typed, 'too short')).toBe('refusal.password-unfit');
    expect(await reset(typed)).toBe('done');
    expect(await reset(typed)).toBe('error.mail-code-refused');
    const { rows } = await owner.query(
      'SELECT FROM identity.users WHERE id = $1 AND public.crypt($2, password_hash) = password_hash',
      [inspector, better],
    );
    expect(rows).toHaveLength(1);
    // All their sessions ended with it.
    await owner.query('UPDATE identity.sessions SET ended_at = NULL, ended_by = NULL WHERE user_id = $1', [
      inspector,
    ]);
  });

  test('is not set by a code that is too old', async () => {
    await forgetMails();
    const code = await mailed('password-reset');
    await owner.query(
      `UPDATE identity.password_reset_tokens SET created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'`,
    );
    expect(await reasonOf(service.resetPassword(nobody(), { code, password: better }))).toBe(
      'error.mail-code-refused',
    );
  });
});

describe('one’s own password', () => {
  const change = (oldPassword: string, newPassword = better) =>
    reasonOf(service.changePassword(caller(), { oldPassword, newPassword }));

  test('is changed by who knows it, and the station takes the new one while the database is away', async () => {
    expect(await change(password, 'too short')).toBe('refusal.password-unfit');
    expect(remembered).toEqual([]);
    expect(await change(password)).toBe('done');
    expect(remembered).toEqual([`${inspector} ${better}`]);
  });

  test('is not guessed: five wrong ones lock', async () => {
    for (let guess = 0; guess < 5; guess += 1)
      expect(await change('not this one')).toBe('error.wrong-old-password');
    expect(await change(password)).toBe('error.locked');
  });
});

test('the page knows the rules of the database', async () => {
  for (const wanted of [
    'elevenchars',
    'twelve chars',
    'äöüÄÖÜß12345',
    'x'.repeat(12),
    'abcde'.repeat(14),
    'abcde'.repeat(15),
    '€₤₦₨₩'.repeat(5),
    '😀😁😂😃😄'.repeat(3),
    'i am INSPECTOR and i know',
    '',
  ]) {
    const { rows } = await owner.query<{ fit: boolean }>(
      `SELECT identity.fit_password($1, 'inspector') AS fit`,
      [wanted],
    );
    expect([wanted, brokenPasswordRules(wanted, 'inspector').length === 0]).toEqual([wanted, rows[0]?.fit]);
  }
});

describe('one’s own address', () => {
  test('is shown, and why it cannot be', async () => {
    expect(await service.account(caller())).toMatchObject({
      email: address,
      emailProblem: null,
      emailVerifiedAt: null,
    });
    await owner.query('UPDATE identity.users SET email_cipher = $2 WHERE id = $1', [
      inspector,
      Buffer.alloc(40, 1),
    ]);
    expect(await service.account(caller())).toMatchObject({
      email: null,
      emailProblem: { reason: expect.stringMatching(/^error\.pii-/) },
    });
    await owner.query('UPDATE identity.users SET email_cipher = NULL, email_index = NULL WHERE id = $1', [
      inspector,
    ]);
    expect(await service.account(caller())).toMatchObject({ email: null, emailProblem: null });
  });

  test('is confirmed by the code', async () => {
    await forgetMails();
    expect(await reasonOf(service.requestVerification(caller()))).toBe('refusal.mail-none');
    await sender(0);
    expect(await reasonOf(service.requestVerification(caller()))).toBe('done');
    const code = await mailed('email-verification');
    expect(await reasonOf(service.verifyEmail(nobody(), { code: '0'.repeat(20) }))).toBe(
      'error.mail-code-refused',
    );
    expect(await reasonOf(service.verifyEmail(nobody(), { code }))).toBe('done');
    expect((await service.account(caller())).emailVerifiedAt).toBeGreaterThan(Date.now() - 60_000);
    expect(await reasonOf(service.requestVerification(caller()))).toBe('refusal.nothing-to-verify');
  });
});
