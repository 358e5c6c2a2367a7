import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPersonalData } from '#main/pii/personal-data';
import type { SignedInCall } from '#main/services/core';
import { createPeopleService } from './service.ts';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { signInAs } from '../../../tests/support/person-with.ts';
import type { PersonWith } from '../../../tests/support/person-with.ts';

let at: ServiceCore;
let owner: pg.Client;
let people: ReturnType<typeof createPeopleService>;
let admin: SignedInCall;
let operatorRole: string;
let plannerRole: string;
let adminRole: string;
let logins = 0;

const someone = (more: Partial<PersonWith> = {}) =>
  signInAs(owner, {
    organizationId: at.plant.organizationId,
    plants: [at.plant.pumps],
    permissions: [],
    ...more,
  });

beforeAll(async () => {
  at = await startServiceCore();
  owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  people = createPeopleService(at.core);
}, 60_000);
afterAll(async () => {
  await owner.end();
  await at.close();
});

async function role(name: string, permissions: readonly string[]): Promise<string> {
  const id = uuidv7();
  await owner.query(`INSERT INTO identity.roles (organization_id, id, code, name) VALUES ($1, $2, $4, $3)`, [
    at.plant.organizationId,
    id,
    name,
    `${name}-${id}`,
  ]);
  await owner.query(
    `INSERT INTO identity.role_permissions (organization_id, role_id, permission) SELECT $1, $2, unnest($3::text[])`,
    [at.plant.organizationId, id, permissions],
  );
  return id;
}

beforeEach(async () => {
  const keeps = ['admin:read', 'admin:write', 'production:report', 'line:read'];
  ({ call: admin } = await someone({ permissions: keeps }));
  operatorRole = await role('Operator', ['production:report', 'line:read']);
  plannerRole = await role('Planner', ['schedule:write']);
  adminRole = await role('Keeper', ['admin:read', 'admin:write']);
});

const wanted = (more: object = {}) => ({
  login: `new.${(logins += 1)}`,
  displayName: 'Nora Newcomer',
  givenName: 'Nora',
  familyName: 'Newcomer',
  employeeCode: null,
  homePlantId: at.plant.pumps,
  roleIds: [operatorRole],
  plants: [{ id: at.plant.pumps, mayWrite: true, mayDelete: false }],
  stations: ['ST-07'],
  ...more,
});
const refusal = (reason: string) => ({ shape: expect.objectContaining({ reason }) });
const userRow = async (id: string) =>
  (await owner.query<Record<string, Buffer | null>>('SELECT * FROM identity.users WHERE id = $1', [id]))
    .rows[0];

describe('a new person', () => {
  test('is listed with what was given, and signs in with a password of their own', async () => {
    const { login, ...rest } = wanted();
    const { id, code } = await people.create(admin, { login, ...rest });
    const person = await people.person(admin, { id });
    expect(person).toMatchObject({
      login,
      displayName: 'Nora Newcomer',
      hasPassword: false,
      stations: ['ST-07'],
    });
    expect(person.roles).toEqual([{ id: operatorRole, name: 'Operator', everywhere: true }]);
    expect(person.plants).toEqual([{ id: at.plant.pumps, code: 'PUMPS', mayWrite: true, mayDelete: false }]);
    expect(code.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/);

    const set = await owner.query(`SELECT identity.reset_password($1, 'seven green kettles') AS outcome`, [
      code.code,
    ]);
    const signedIn = await owner.query(
      `SELECT outcome FROM identity.sign_in($1, 'seven green kettles', 'ST-07')`,
      [login],
    );
    expect([set.rows[0], signedIn.rows[0]]).toEqual([{ outcome: 'changed' }, { outcome: 'signed-in' }]);
    expect(await people.person(admin, { id })).toMatchObject({ hasPassword: true });
  });

  test('has a login that nobody else has, and a home among their plants', async () => {
    const first = wanted();
    await people.create(admin, first);
    await expect(people.create(admin, wanted({ login: first.login }))).rejects.toMatchObject(
      refusal('refusal.people-login-taken'),
    );
    await expect(people.create(admin, wanted({ homePlantId: at.plant.sauces }))).rejects.toMatchObject(
      refusal('refusal.people-home-plant'),
    );
  });
});

describe('personal data', () => {
  const contacts = { email: 'Nora.Newcomer@example.com', phone: '+46 70 123 45 67' };

  test('is nowhere in the clear, and read again', async () => {
    const { id } = await people.create(admin, wanted({ contacts }));
    expect(await people.person(admin, { id })).toMatchObject({
      ...contacts,
      emailVerifiedAt: null,
      problem: null,
    });
    const row = await userRow(id);
    for (const cipher of [row?.['email_cipher'], row?.['phone_cipher']]) {
      expect(cipher?.toString('latin1')).not.toMatch(/nora|example|70 123/i);
    }
    const { rows } = await owner.query<{ after: Record<string, string> }>(
      `SELECT after FROM audit.log WHERE target = 'identity.users' AND record_id = $1`,
      [id],
    );
    const told = JSON.stringify(rows);
    expect(told).toContain('"email_cipher":"[left out]"');
    expect(told).toContain('"phone_index":"[left out]"');
    expect(told).not.toMatch(/@example|70 123|sha256:/);
    await people.update(admin, {
      ...saving(wanted({ contacts: { email: null, phone: null } })),
      id,
      version: await version(id),
    });
    expect(await people.person(admin, { id })).toMatchObject({ email: null, phone: null, hasEmail: false });
  });

  test('finds a person by the whole address or number, however it is written', async () => {
    const { id } = await people.create(
      admin,
      wanted({ contacts: { email: 'find.me@example.com', phone: '0046 70-555 00 11' } }),
    );
    const find = async (text: string) => (await people.list(admin, { text })).people.map((one) => one.id);
    expect(await find(' FIND.ME@example.com')).toEqual([id]);
    expect(await find('+46 70 555 00 11')).toEqual([id]);
    expect(await find('find.me@example.co')).toEqual([]);
  });

  test('of two people has two addresses', async () => {
    await people.create(admin, wanted({ contacts: { email: 'twice@example.com', phone: null } }));
    await expect(
      people.create(admin, wanted({ contacts: { email: 'TWICE@example.com', phone: null } })),
    ).rejects.toMatchObject(refusal('refusal.people-email-taken'));
  });

  test('without the key says what is missing, and everything else goes on', async () => {
    const { id } = await people.create(
      admin,
      wanted({ contacts: { ...contacts, email: 'kept@example.com' } }),
    );
    const without = createPeopleService({ ...at.core, pii: openPersonalData('/nowhere', {}) });
    const missing = { reason: 'error.pii-key-missing', values: { file: '/nowhere/pii.key' } };
    expect(await without.list(admin, { text: '' })).toMatchObject({ problem: missing });
    expect(await without.person(admin, { id })).toMatchObject({
      email: null,
      hasEmail: true,
      problem: missing,
    });
    await without.update(admin, {
      ...saving(wanted({ displayName: 'Nora Known' })),
      id,
      version: await version(id),
    });
    expect(await people.person(admin, { id })).toMatchObject({
      displayName: 'Nora Known',
      email: 'kept@example.com',
    });
    await expect(without.create(admin, wanted({ contacts }))).rejects.toMatchObject(refusal(missing.reason));
  });
});

const saving = ({ login: _login, ...rest }: ReturnType<typeof wanted>) => rest;
const version = async (id: string) => (await people.person(admin, { id })).version;

describe('nobody gives what they do not hold', () => {
  test('a permission', async () => {
    await expect(people.create(admin, wanted({ roleIds: [plannerRole] }))).rejects.toMatchObject(
      refusal('refusal.people-not-held'),
    );
    const { id } = await people.create(admin, wanted());
    await expect(
      people.update(admin, {
        ...saving(wanted({ roleIds: [operatorRole, plannerRole] })),
        id,
        version: await version(id),
      }),
    ).rejects.toMatchObject(refusal('refusal.people-not-held'));
    expect((await people.choices(admin)).roles).toEqual(
      expect.arrayContaining([
        { id: plannerRole, name: 'Planner', notHeld: 'schedule:write' },
        { id: operatorRole, name: 'Operator', notHeld: null },
      ]),
    );
  });

  test('a plant, or the right to delete in it', async () => {
    const sauces = { id: at.plant.sauces, mayWrite: false, mayDelete: false };
    const pumps = { id: at.plant.pumps, mayWrite: true, mayDelete: true };
    for (const plants of [[...wanted().plants, sauces], [pumps]]) {
      await expect(people.create(admin, wanted({ plants }))).rejects.toMatchObject(
        refusal('refusal.people-plant-not-yours'),
      );
    }
  });

  test('nor around the doors, straight in the tables', async () => {
    const direct = (statement: ReturnType<typeof sql>) =>
      at.core.database.transaction({ token: admin.signedIn.token }, 'direct', (transaction) =>
        statement.execute(transaction),
      );
    const own = sql`identity.current_organization(), identity.current_user_id()`;
    await expect(
      direct(
        sql`INSERT INTO identity.user_roles (organization_id, user_id, role_id) SELECT ${own}, ${plannerRole}::uuid`,
      ),
    ).rejects.toMatchObject(refusal('error.not-allowed'));
    await expect(
      direct(
        sql`INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id) SELECT ${own}, ${at.plant.sauces}::uuid`,
      ),
    ).rejects.toMatchObject(refusal('error.not-allowed'));
    await expect(
      direct(sql`INSERT INTO identity.role_permissions (organization_id, role_id, permission)
        VALUES (identity.current_organization(), ${adminRole}, 'schedule:write')`),
    ).rejects.toMatchObject(refusal('refusal.people-not-held'));
    await direct(sql`INSERT INTO identity.role_permissions (organization_id, role_id, permission)
      VALUES (identity.current_organization(), ${adminRole}, 'line:read')`);
  });

  test('nobody changes somebody who has more', async () => {
    const planner = await someone({ permissions: ['schedule:write'] });
    const saucier = await someone({ plants: [at.plant.pumps, at.plant.sauces] });
    for (const { id } of [planner, saucier]) {
      const person = await people.person(admin, { id });
      expect(person.beyond).not.toBeNull();
      const stolen = { email: `thief.${id}@example.com`, phone: null };
      for (const attempt of [
        () =>
          people.update(admin, {
            ...saving(wanted({ contacts: stolen })),
            id,
            version: person.version,
          }),
        () => people.newCode(admin, { id }),
        () => people.deactivate(admin, { id, reason: 'tried' }),
      ]) {
        await expect(attempt()).rejects.toMatchObject(refusal('refusal.people-beyond'));
      }
    }
  });
});

describe('who is', () => {
  test('no administrator sees and changes nobody', async () => {
    const { call } = await someone({ permissions: ['production:report'] });
    const { id } = await people.create(admin, wanted());
    expect((await people.list(call, { text: '' })).people).toEqual([]);
    await expect(people.person(call, { id })).rejects.toMatchObject(refusal('error.unknown-person'));
    for (const attempt of [
      () => people.create(call, wanted()),
      () => people.newCode(call, { id }),
      () => people.activate(call, { id }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(refusal('error.not-allowed'));
    }
  });

  test('of another organization is nobody', async () => {
    const { id } = await people.create(
      admin,
      wanted({ contacts: { email: 'ours@example.com', phone: null } }),
    );
    const elsewhere = uuidv7();
    const plant = uuidv7();
    await owner.query(
      `INSERT INTO org.organizations (id, code, name, gs1_company_prefix) VALUES ($1, $2, 'Elsewhere', '9521234')`,
      [elsewhere, `E-${String(Date.now())}`],
    );
    await owner.query(
      `INSERT INTO org.plants (organization_id, id, code, name, time_zone) VALUES ($1, $2, 'P1', 'P1', 'UTC')`,
      [elsewhere, plant],
    );
    const permissions = ['admin:read', 'admin:write', 'production:report', 'line:read'];
    const { call } = await signInAs(owner, { organizationId: elsewhere, plants: [plant], permissions });
    expect((await people.list(call, { text: '' })).people).toHaveLength(1);
    expect((await people.list(call, { text: 'ours@example.com' })).people).toEqual([]);
    for (const attempt of [
      () => people.person(call, { id }),
      () => people.newCode(call, { id }),
      () => people.deactivate(call, { id, reason: 'tried' }),
      () =>
        people.update(call, {
          ...saving(
            wanted({
              homePlantId: plant,
              roleIds: [],
              stations: [],
              plants: [{ id: plant, mayWrite: true, mayDelete: false }],
            }),
          ),
          id,
          version: 1,
        }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(refusal('error.unknown-person'));
    }
    const mine = {
      homePlantId: plant,
      plants: [{ id: plant, mayWrite: true, mayDelete: false }],
      stations: [],
    };
    await expect(people.create(call, wanted({ ...mine, roleIds: [operatorRole] }))).rejects.toMatchObject(
      refusal('refusal.people-unknown-role'),
    );
  });
});

describe('suspending', () => {
  test('ends the sessions, takes the code away, and is undone', async () => {
    const { call, id } = await someone({ permissions: ['line:read'] });
    const { code } = await people.newCode(admin, { id });
    await people.deactivate(admin, { id, reason: 'left for the season' });
    await expect(people.list(call, { text: '' })).rejects.toMatchObject(refusal('error.session-ended'));
    const reset = await owner.query(`SELECT identity.reset_password($1, 'seven green kettles') AS outcome`, [
      code,
    ]);
    expect(reset.rows).toEqual([{ outcome: 'refused' }]);
    expect(await people.person(admin, { id })).toMatchObject({ active: false });
    const { rows } = await owner.query(
      `SELECT reason FROM audit.log WHERE target = 'identity.users' AND record_id = $1 AND verb = 'update' AND reason IS NOT NULL`,
      [id],
    );
    expect(rows).toEqual([{ reason: 'left for the season' }]);
    await people.activate(admin, { id });
    expect(await people.person(admin, { id })).toMatchObject({ active: true });
  });

  test('is not for oneself, nor for the last administrator', async () => {
    const self = admin.signedIn.identity.userId;
    await expect(people.deactivate(admin, { id: self, reason: 'tired' })).rejects.toMatchObject(
      refusal('refusal.people-self'),
    );
    await owner.query(`UPDATE identity.users SET active = false WHERE kind = 'person' AND id <> $1`, [self]);
    const { version: known, roles: _roles, ...me } = await people.person(admin, { id: self });
    await expect(
      people.update(admin, {
        id: self,
        version: known,
        displayName: me.displayName,
        givenName: null,
        familyName: null,
        employeeCode: null,
        homePlantId: me.homePlantId,
        roleIds: [],
        plants: [...me.plants].map(({ id, mayWrite, mayDelete }) => ({ id, mayWrite, mayDelete })),
        stations: [],
      }),
    ).rejects.toMatchObject(refusal('refusal.people-last-administrator'));
  });

  test('two administrators who suspend each other leave one', async () => {
    const keeps = ['admin:read', 'admin:write'];
    const [one, two] = [await someone({ permissions: keeps }), await someone({ permissions: keeps })];
    await owner.query(
      `UPDATE identity.users SET active = false WHERE kind = 'person' AND NOT id = ANY ($1)`,
      [[one.id, two.id]],
    );
    let second: Promise<unknown> | undefined;
    await at.core.database.transaction({ token: one.call.signedIn.token }, 'first', async (transaction) => {
      await sql`SELECT identity.deactivate_person(${two.id}, 'race')`.execute(transaction);
      second = people.deactivate(two.call, { id: one.id, reason: 'race' });
      second.catch(() => {});
      // The other one has had the time to look at what stands there now.
      await sleep(300);
    });
    await expect(second).rejects.toMatchObject(refusal('error.not-allowed'));
    expect(await people.person(one.call, { id: one.id })).toMatchObject({ active: true });
  });
});

test('of two who change a person the second one is told', async () => {
  const { id } = await people.create(admin, wanted());
  const first = await version(id);
  await people.update(admin, { ...saving(wanted({ displayName: 'First' })), id, version: first });
  await expect(
    people.update(admin, { ...saving(wanted({ displayName: 'Second' })), id, version: first }),
  ).rejects.toMatchObject({
    shape: { reason: 'error.person-changed', theirs: expect.objectContaining({ displayName: 'First' }) },
  });
});

test('whom wrong passwords locked out is let in again', async () => {
  const { id, login } = await someone();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await owner.query(`SELECT identity.sign_in($1, 'wrong', 'ST-07')`, [login]);
  }
  const { people: found } = await people.list(admin, { text: login });
  expect(found[0]?.lockedUntil).toBeGreaterThan(Date.now());
  await people.unlock(admin, { id });
  expect((await people.list(admin, { text: login })).people[0]?.lockedUntil).toBeNull();
});
