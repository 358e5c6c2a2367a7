/**
 * What the owner of a database does before it has an administrator: the organization, its first people and its
 * stations. Everything after that is done in Admin, where rights are weighed.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { notFound, refused } from '#contract/errors';
import { personEmail, personPhone, seal } from '#main/pii/personal-columns';
import type { Pii } from '#main/pii/pii';
import { standardRoles } from './standard-roles.ts';

export interface NewOrganization {
  readonly code: string;
  readonly name: string;
  readonly gs1CompanyPrefix: string;
  readonly plant: { readonly code: string; readonly name: string; readonly timeZone: string };
}

export interface NewAccount {
  /** Code; needed where the database has several. */
  readonly organization: string | undefined;
  readonly login: string;
  readonly name: string;
  /** Codes. */
  readonly roles: readonly string[];
  /** Codes; the first is the home. */
  readonly plants: readonly string[];
  /** A person: stations whose records they see. */
  readonly stations: readonly string[];
  readonly contacts: { readonly email: string | null; readonly phone: string | null };
}

type Work<T> = (client: pg.Client) => Promise<T>;

async function inTransaction<T>(ownerUrl: string, work: Work<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lanewright people' });
  await client.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw translated(cause);
  } finally {
    await client.end();
  }
}

/** With its first plant and the roles that every organization begins with. @throws Refused `refusal.owner-…`. */
export function addOrganization(ownerUrl: string, given: NewOrganization): Promise<{ readonly id: string }> {
  return inTransaction(ownerUrl, async (client) => {
    const id = uuidv7();
    const { plant } = given;
    await client.query(
      'INSERT INTO org.organizations (id, code, name, gs1_company_prefix) VALUES ($1, $2, $3, $4)',
      [id, given.code, given.name, given.gs1CompanyPrefix],
    );
    await client.query(
      'INSERT INTO org.plants (organization_id, id, code, name, time_zone) VALUES ($1, $2, $3, $4, $5)',
      [id, uuidv7(), plant.code, plant.name, plant.timeZone],
    );
    for (const { code, name, permissions } of standardRoles) {
      const roleId = uuidv7();
      await client.query(
        'INSERT INTO identity.roles (organization_id, id, code, name, is_system) VALUES ($1, $2, $3, $4, true)',
        [id, roleId, code, name],
      );
      await client.query(
        `INSERT INTO identity.role_permissions (organization_id, role_id, permission)
         SELECT $1, $2, permission FROM identity.permissions WHERE $3::text[] IS NULL OR permission = ANY ($3)`,
        [id, roleId, permissions],
      );
    }
    return { id };
  });
}

/** @param pii needed for contacts alone. @returns the code with which the person sets a password, good for three days. */
export function addPerson(
  ownerUrl: string,
  given: NewAccount,
  pii: Pii | null,
): Promise<{ readonly id: string; readonly code: string }> {
  return inTransaction(ownerUrl, async (client) => {
    const { id, organizationId, plantIds } = await addAccount(client, given, {
      kind: 'person',
      station: null,
    });
    for (const station of given.stations) {
      await client.query(
        `INSERT INTO identity.user_station_access (organization_id, user_id, plant_id, station_code)
         SELECT $1, $2, coalesce((SELECT u.home_plant_id FROM identity.users u
           WHERE u.organization_id = $1 AND u.kind = 'station' AND u.station_code = $4 LIMIT 1), $3), $4::text`,
        [organizationId, id, plantIds[0], station],
      );
    }
    if (pii) await writeContacts(client, pii, organizationId, id, given.contacts);
    const { rows } = await client.query<{ code: string }>('SELECT identity.fresh_code() AS code');
    const code = rows[0]?.code ?? '';
    await client.query(
      `INSERT INTO identity.password_reset_tokens (organization_id, user_id, token_hash, expires_at, mail)
       VALUES ($1, $2, public.digest($3, 'sha256'), clock_timestamp() + interval '3 days', 'accepted')`,
      [organizationId, id, code],
    );
    return { id, code };
  });
}

/** @returns the secret that goes into the station's settings; the database keeps its hash. */
export function addStation(
  ownerUrl: string,
  given: NewAccount & { readonly station: string },
): Promise<{ readonly id: string; readonly secret: string }> {
  return inTransaction(ownerUrl, async (client) => {
    const { id, organizationId } = await addAccount(client, given, {
      kind: 'station',
      station: given.station,
    });
    const secret = randomBytes(32).toString('hex');
    await client.query(
      `UPDATE identity.users SET password_hash = public.crypt($3, public.gen_salt('bf', 12)) WHERE organization_id = $1 AND id = $2`,
      [organizationId, id, secret],
    );
    return { id, secret };
  });
}

export interface ListedAccount {
  readonly organization: string;
  readonly login: string;
  readonly name: string;
  readonly kind: 'person' | 'station';
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly plants: readonly string[];
}

export function listAccounts(ownerUrl: string): Promise<readonly ListedAccount[]> {
  return inTransaction(ownerUrl, async (client) => {
    const { rows } = await client.query<ListedAccount>(
      `SELECT o.code AS organization, u.login, u.display_name AS name, u.kind, u.active,
         ARRAY(SELECT r.code FROM identity.user_roles ur JOIN identity.roles r ON r.organization_id = ur.organization_id AND r.id = ur.role_id
               WHERE ur.organization_id = u.organization_id AND ur.user_id = u.id ORDER BY 1) AS roles,
         ARRAY(SELECT p.code FROM identity.user_plant_access a JOIN org.plants p ON p.organization_id = a.organization_id AND p.id = a.plant_id
               WHERE a.organization_id = u.organization_id AND a.user_id = u.id ORDER BY 1) AS plants
       FROM identity.users u JOIN org.organizations o ON o.id = u.organization_id
       WHERE u.deleted_at IS NULL ORDER BY o.code, u.kind, u.login`,
    );
    return rows;
  });
}

async function addAccount(
  client: pg.Client,
  given: NewAccount,
  as: { readonly kind: 'person' | 'station'; readonly station: string | null },
): Promise<{ readonly id: string; readonly organizationId: string; readonly plantIds: readonly string[] }> {
  const organizationId = await organizationOf(client, given.organization);
  const plantIds = await idsOf(
    client,
    'org.plants',
    organizationId,
    given.plants,
    'error.owner-unknown-plant',
  );
  const roleIds = await idsOf(
    client,
    'identity.roles',
    organizationId,
    given.roles,
    'error.owner-unknown-role',
  );
  const id = uuidv7();
  await client.query(
    `INSERT INTO identity.users (organization_id, id, login, display_name, password_hash, kind, station_code, home_plant_id)
     VALUES ($1, $2, $3, $4, 'none yet', $5, $6, $7)`,
    [organizationId, id, given.login, given.name, as.kind, as.station, plantIds[0]],
  );
  await client.query(
    'INSERT INTO identity.user_roles (organization_id, user_id, role_id) SELECT $1, $2, unnest($3::uuid[])',
    [organizationId, id, roleIds],
  );
  await client.query(
    `INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id, may_write, may_delete)
     SELECT $1, $2, unnest($3::uuid[]), true, true`,
    [organizationId, id, plantIds],
  );
  return { id, organizationId, plantIds };
}

async function organizationOf(client: pg.Client, code: string | undefined): Promise<string> {
  const { rows } = await client.query<{ id: string; code: string }>(
    'SELECT id, code FROM org.organizations ORDER BY code',
  );
  const found =
    code === undefined ? (rows.length === 1 ? rows[0] : undefined) : rows.find((one) => one.code === code);
  if (found) return found.id;
  if (rows.length === 0) throw notFound('error.owner-no-organization');
  const codes = rows.map((one) => one.code).join(', ');
  throw notFound('error.owner-which-organization', { codes });
}

async function idsOf(
  client: pg.Client,
  table: string,
  organizationId: string,
  codes: readonly string[],
  reason: string,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string; code: string }>(
    `SELECT id, code FROM ${table} WHERE organization_id = $1 ORDER BY code`,
    [organizationId],
  );
  return codes.map((code) => {
    const found = rows.find((one) => one.code === code);
    if (!found) throw notFound(reason, { code, codes: rows.map((one) => one.code).join(', ') });
    return found.id;
  });
}

async function writeContacts(
  client: pg.Client,
  pii: Pii,
  organizationId: string,
  id: string,
  { email, phone }: NewAccount['contacts'],
): Promise<void> {
  for (const [column, text] of [
    [personEmail, email],
    [personPhone, phone],
  ] as const) {
    if (text === null) continue;
    const { cipher, indexes } = seal(pii, column, id, text);
    await client.query(
      `UPDATE identity.users SET ${column.field}_cipher = $3, ${column.field}_index = $4 WHERE organization_id = $1 AND id = $2`,
      [organizationId, id, cipher, indexes[0]],
    );
  }
}

function translated(cause: unknown): unknown {
  const { code, constraint, detail } = cause as { code?: string; constraint?: string; detail?: string };
  if (code === '23505' && constraint === 'users_login_key') return refused('refusal.owner-login-taken');
  if (code === '23505' || code === '23514')
    return refused('refusal.owner-values', { detail: detail ?? constraint ?? '' });
  return cause;
}
