/** A person with a session, and a desk's connection that acts as them, bound by row-level security. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';

export interface Person {
  readonly id: string;
  readonly token: string;
}

/** Who holds the permissions, and writes in the plants. */
export async function addPerson(
  owner: pg.Client,
  organizationId: string,
  permissions: readonly string[],
  plantIds: readonly string[],
): Promise<Person> {
  const person = { id: uuidv7(), token: `token-${uuidv7()}` };
  const roleId = uuidv7();
  await owner.query(
    `WITH person AS (
       INSERT INTO identity.users (organization_id, id, login, display_name, password_hash, home_plant_id)
       VALUES ($1, $2::uuid, 'person-' || $2::uuid, 'Person', 'none', ($4::uuid[])[1]) RETURNING organization_id, id),
     role AS (
       INSERT INTO identity.roles (organization_id, id, code, name) VALUES ($1, $3::uuid, 'role-' || $3::uuid, 'Role') RETURNING id),
     granted AS (
       INSERT INTO identity.role_permissions (organization_id, role_id, permission)
       SELECT $1, role.id, permission FROM role, unnest($5::text[]) AS permission),
     held AS (
       INSERT INTO identity.user_roles (organization_id, user_id, role_id)
       SELECT person.organization_id, person.id, role.id FROM person, role),
     reached AS (
       INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id, may_write)
       SELECT person.organization_id, person.id, plant_id, true FROM person, unnest($4::uuid[]) AS plant_id)
     INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, expires_at)
     SELECT $6, person.organization_id, person.id, $7, 'TEST', now() + interval '1 hour' FROM person`,
    [
      organizationId,
      person.id,
      roleId,
      [...plantIds],
      [...permissions],
      uuidv7(),
      createHash('sha256').update(person.token).digest(),
    ],
  );
  return person;
}

/** One transaction of a desk in the person's name. */
export async function actAs<T>(desk: pg.Client, { token }: Person, work: () => Promise<T>): Promise<T> {
  await desk.query('BEGIN');
  try {
    await desk.query('SELECT identity.begin($1)', [token]);
    const result = await work();
    await desk.query('COMMIT');
    return result;
  } catch (error) {
    await desk.query('ROLLBACK');
    throw error;
  }
}
