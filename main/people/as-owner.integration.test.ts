import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../tests/support/postgres.ts';
import type { TestDatabase } from '../../tests/support/postgres.ts';
import { addOrganization, addPerson, addStation, listAccounts } from './as-owner.ts';
import type { NewAccount } from './as-owner.ts';

let database: TestDatabase;
let desk: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  desk = new pg.Client({ connectionString: database.appUrl, options: '-c role=lanewright_app' });
  await desk.connect();
}, 60_000);
afterAll(async () => {
  await desk.end();
  await database.drop();
});

const reason = (key: string) => ({ shape: expect.objectContaining({ reason: key }) });
const account = (more: Partial<NewAccount> = {}): NewAccount => ({
  organization: undefined,
  login: 'ada',
  name: 'Ada',
  roles: ['admin'],
  plants: ['P1'],
  stations: [],
  contacts: { email: null, phone: null },
  ...more,
});
const organization = (code: string) => ({
  code,
  name: code,
  gs1CompanyPrefix: '9521234',
  plant: { code: 'P1', name: 'Plant 1', timeZone: 'Europe/Berlin' },
});

test('an empty database gets an organization, an administrator and a station, who sign in', async () => {
  await expect(addPerson(database.ownerUrl, account(), null)).rejects.toMatchObject(
    reason('error.owner-no-organization'),
  );
  await addOrganization(database.ownerUrl, organization('ACME'));
  await expect(addOrganization(database.ownerUrl, organization('small letters'))).rejects.toMatchObject(
    reason('refusal.owner-values'),
  );
  const station = { ...account({ login: 'station.st-01', roles: ['station'] }), station: 'ST-01' };
  const { secret } = await addStation(database.ownerUrl, station);
  const { code } = await addPerson(database.ownerUrl, account({ stations: ['ST-01'] }), null);

  const one = async (text: string, ...values: string[]) =>
    (await desk.query(text, values)).rows[0] as Record<string, unknown>;
  expect(await one('SELECT identity.reset_password($1, $2) AS outcome', code, 'seven green kettles')).toEqual(
    {
      outcome: 'changed',
    },
  );
  const signIn = 'SELECT outcome, token FROM identity.sign_in($1, $2, $3)';
  expect(await one(signIn, 'station.st-01', secret, 'ST-01')).toMatchObject({ outcome: 'signed-in' });
  const { token, outcome } = await one(signIn, 'ada', 'seven green kettles', 'ST-01');
  expect(outcome).toBe('signed-in');
  await desk.query('BEGIN');
  await desk.query('SELECT identity.begin($1)', [token]);
  const who =
    await one(`SELECT permissions @> ARRAY['admin:write', 'audit:read'] AS keeps, identity.stations() AS stations
                         FROM identity.whoami()`);
  await desk.query('COMMIT');
  expect(who).toEqual({ keeps: true, stations: ['ST-01'] });
  expect(await listAccounts(database.ownerUrl)).toMatchObject([
    { organization: 'ACME', login: 'ada', kind: 'person', roles: ['admin'], plants: ['P1'] },
    { organization: 'ACME', login: 'station.st-01', kind: 'station' },
  ]);
});

test('what does not exist, or is not clear, is named', async () => {
  await expect(
    addPerson(database.ownerUrl, account({ login: 'b', plants: ['P9'] }), null),
  ).rejects.toMatchObject(reason('error.owner-unknown-plant'));
  await expect(
    addPerson(database.ownerUrl, account({ login: 'b', roles: ['king'] }), null),
  ).rejects.toMatchObject(reason('error.owner-unknown-role'));
  await expect(addPerson(database.ownerUrl, account(), null)).rejects.toMatchObject(
    reason('refusal.owner-login-taken'),
  );
  await addOrganization(database.ownerUrl, organization('OTHER'));
  await expect(addPerson(database.ownerUrl, account({ login: 'bea' }), null)).rejects.toMatchObject({
    shape: { reason: 'error.owner-which-organization', values: { codes: 'ACME, OTHER' } },
  });
  await addPerson(database.ownerUrl, account({ login: 'bea', organization: 'OTHER' }), null);
});
