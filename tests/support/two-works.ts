/**
 * Two organizations that know nothing of each other, Pumps and Mill, each with a plant, a material, a work
 * order and people: what the rules of the database are tried on, as the desk of somebody signed in.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { TestDatabase } from './postgres.ts';

export type Row = Record<string, unknown>;

export interface Works {
  readonly organizationId: string;
  readonly plantId: string;
  readonly materialId: string;
  readonly workOrderId: string;
}

/** Login, organization, what they may do, and the stations that they reach. */
const people = [
  ['quality', 'pumps', ['quality:write', 'quality:record', 'sharing:write', 'assist:use'], ['ST-1', 'ST-2']],
  ['inspector', 'pumps', ['quality:record', 'assist:use'], ['ST-1']],
  ['planner', 'pumps', ['schedule:write', 'production:report', 'packing:write', 'notify:write'], []],
  ['miller', 'mill', ['sharing:write', 'notify:write', 'integration:write', 'production:report'], []],
  ['apprentice', 'mill', ['production:report'], []],
] as const;
export type Person = (typeof people)[number][0];

export interface TwoWorks {
  readonly pumps: Works;
  readonly mill: Works;
  readonly users: Readonly<Record<Person, string>>;
  /** As the owner of the schema, outside of row-level security. */
  readonly owner: pg.Client;
  /** Inserts a row as the owner; an `id` is made where none is given. Returns it. */
  insert(table: string, row: Row): Promise<string>;
  /** In a transaction of a person's desk. */
  as<Result extends Row>(who: Person, statement: string, values?: readonly unknown[]): Promise<Result[]>;
  /** Signs a record with the person's password; returns the signature's id. */
  sign(who: Person, meaning: string, subject: string): Promise<string>;
  drop(): Promise<void>;
}

const password = 'right horse';

export async function fillTwoWorks(database: TestDatabase): Promise<TwoWorks> {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  const desk = new pg.Client({ connectionString: database.appUrl, options: '-c role=lanewright_app' });
  await Promise.all([owner.connect(), desk.connect()]);
  const insert: TwoWorks['insert'] = async (table, row) => {
    const all = Object.entries({ id: uuidv7(), ...row });
    await owner.query(
      `INSERT INTO ${table} (${all.map(([name]) => name).join()}) VALUES (${all.map((_, at) => `$${at + 1}`).join()})`,
      all.map(([, value]) => value),
    );
    return String(row['id'] ?? all[0]?.[1]);
  };
  const works = { pumps: await fillWorks(insert, 'PUMPS'), mill: await fillWorks(insert, 'MILL') };
  const users: Partial<Record<Person, string>> = {};
  for (const [login, organization, permissions, stations] of people) {
    users[login] = await addPerson(owner, insert, works[organization], { login, permissions, stations });
  }
  const as: TwoWorks['as'] = async <Result extends Row>(
    who: Person,
    statement: string,
    values: readonly unknown[] = [],
  ) => {
    await desk.query('BEGIN');
    try {
      await desk.query('SELECT identity.begin($1)', [tokenOf(who)]);
      const { rows } = await desk.query<Result>(statement, [...values]);
      await desk.query('COMMIT');
      return rows;
    } catch (error) {
      await desk.query('ROLLBACK');
      throw error;
    }
  };
  return {
    ...works,
    users: users as Record<Person, string>,
    owner,
    insert,
    as,
    async sign(who, meaning, subject) {
      const [signed] = await as<{ outcome: string; signature_id: string }>(
        who,
        'SELECT outcome, signature_id FROM identity.sign($1, $2, $3, $4)',
        [password, meaning, subject, 'tried'],
      );
      if (signed?.outcome !== 'signed') throw new Error(`Not signed: ${signed?.outcome}`);
      return signed.signature_id;
    },
    async drop() {
      await Promise.all([owner.end(), desk.end()]);
      await database.drop();
    },
  };
}

/** Everyone's token is their login with this behind it. */
export const tokenOf = (login: string) => `${login}-token`;

async function fillWorks(insert: TwoWorks['insert'], code: string): Promise<Works> {
  const organizationId = await insert('org.organizations', {
    code,
    name: code,
    gs1_company_prefix: '9521234',
  });
  const own = { organization_id: organizationId };
  const plantId = await insert('org.plants', { ...own, code, name: code, time_zone: 'UTC' });
  const materialId = await insert('material.materials', {
    ...own,
    plant_id: plantId,
    code: 'P-1',
    name: 'Pump',
    kind: 'product',
    unit: 'pcs',
  });
  const workOrderId = await insert('production.work_orders', {
    ...own,
    plant_id: plantId,
    number: 'WO-000001',
    material_id: materialId,
    quantity: 10,
    unit: 'pcs',
    status: 'released',
    due_at: new Date('2030-01-01T00:00:00Z'),
  });
  return { organizationId, plantId, materialId, workOrderId };
}

async function addPerson(
  owner: pg.Client,
  insert: TwoWorks['insert'],
  { organizationId, plantId }: Works,
  {
    login,
    permissions,
    stations,
  }: {
    readonly login: string;
    readonly permissions: readonly string[];
    readonly stations: readonly string[];
  },
): Promise<string> {
  const own = { organization_id: organizationId };
  const { rows } = await owner.query<{ hash: string }>(
    `SELECT public.crypt($1, public.gen_salt('bf', 4)) AS hash`,
    [password],
  );
  const userId = await insert('identity.users', {
    ...own,
    login,
    display_name: login,
    password_hash: rows[0]?.hash,
    home_plant_id: plantId,
  });
  const roleId = await insert('identity.roles', { ...own, code: login, name: login });
  await owner.query(
    'INSERT INTO identity.role_permissions (organization_id, role_id, permission) SELECT $1, $2, unnest($3::text[])',
    [organizationId, roleId, permissions],
  );
  await insert('identity.user_roles', { ...own, user_id: userId, role_id: roleId });
  await owner.query(
    'INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id, may_write) VALUES ($1, $2, $3, true)',
    [organizationId, userId, plantId],
  );
  await owner.query(
    `INSERT INTO identity.user_station_access (organization_id, user_id, plant_id, station_code)
     SELECT $1, $2, $3, unnest($4::text[])`,
    [organizationId, userId, plantId, stations],
  );
  await insert('identity.sessions', {
    ...own,
    user_id: userId,
    token_hash: createHash('sha256').update(tokenOf(login)).digest(),
    station_code: 'DESK-1',
    expires_at: new Date(Date.now() + 3_600_000),
  });
  return userId;
}

/** How a statement ends: `ok`, the constraint that refused it, or else message (of a rule of ours) or SQLSTATE. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.code === 'LW001' ? error.message : (error.constraint ?? error.code ?? error.message);
  }
}
