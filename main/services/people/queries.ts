/** People as the doors of the database tell of them (0021_people.sql). */
import { sql } from 'kysely';
import type { PeopleChoices, PersonRow } from '#contract/people';
import { byteaArray } from '#main/pii/personal-columns';
import type { DatabaseTransaction } from '#main/services/core';

interface Row {
  id: string;
  version: number;
  login: string;
  display_name: string;
  given_name: string | null;
  family_name: string | null;
  employee_code: string | null;
  home_plant_id: string;
  active: boolean;
  has_password: boolean;
  has_email: boolean;
  has_phone: boolean;
  locked_until: Date | null;
  signed_in_at: Date | null;
  roles: PersonRow['roles'];
  plants: PersonRow['plants'];
  stations: readonly string[];
}

export interface PersonRecord extends PersonRow {
  readonly version: number;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly homePlantId: string;
  readonly stations: readonly string[];
}

export interface Sought {
  readonly text: string;
  readonly emailIndexes: readonly Buffer[];
  readonly phoneIndexes: readonly Buffer[];
}

/** @param one only this person. */
export async function readPeople(
  transaction: DatabaseTransaction,
  { text, emailIndexes, phoneIndexes }: Sought,
  one: string | null = null,
): Promise<readonly PersonRecord[]> {
  const { rows } = await sql<Row>`
    SELECT * FROM identity.people(${text}, ${byteaArray(emailIndexes)}, ${byteaArray(phoneIndexes)}, ${one}::uuid)`.execute(
    transaction,
  );
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    login: row.login,
    displayName: row.display_name,
    givenName: row.given_name,
    familyName: row.family_name,
    employeeCode: row.employee_code,
    homePlantId: row.home_plant_id,
    active: row.active,
    hasPassword: row.has_password,
    hasEmail: row.has_email,
    hasPhone: row.has_phone,
    lockedUntil: row.locked_until?.getTime() ?? null,
    signedInAt: row.signed_in_at?.getTime() ?? null,
    roles: row.roles,
    plants: row.plants,
    stations: row.stations,
  }));
}

export interface ContactsRow {
  email_cipher: Buffer | null;
  email_verified_at: Date | null;
  phone_cipher: Buffer | null;
  beyond: string | null;
}

export async function readContacts(
  transaction: DatabaseTransaction,
  id: string,
): Promise<ContactsRow | undefined> {
  const { rows } = await sql<ContactsRow>`
    SELECT c.email_cipher, c.email_verified_at, c.phone_cipher, identity.beyond_mine(${id}) AS beyond
    FROM identity.contacts_of(${id}) c`.execute(transaction);
  return rows[0];
}

export async function readChoices(transaction: DatabaseTransaction): Promise<PeopleChoices> {
  const roles = await sql<{ id: string; name: string; not_held: string | null }>`
    SELECT r.id, r.name, (SELECT min(p.permission) FROM identity.role_permissions p
      WHERE p.organization_id = r.organization_id AND p.role_id = r.id AND NOT identity.can(p.permission)) AS not_held
    FROM identity.roles r ORDER BY r.name`.execute(transaction);
  const plants = await sql<{ id: string; code: string; name: string; may_give: boolean }>`
    SELECT p.id, p.code, p.name, p.id = ANY ((SELECT identity.plants('write'))::uuid[]) AS may_give
    FROM org.plants p WHERE p.active ORDER BY p.code`.execute(transaction);
  const stations = await sql<{ station_code: string; plant_id: string }>`
    SELECT station_code, plant_id FROM identity.station_places() ORDER BY station_code`.execute(transaction);
  return {
    roles: roles.rows.map(({ id, name, not_held }) => ({ id, name, notHeld: not_held })),
    plants: plants.rows.map(({ id, code, name, may_give }) => ({ id, code, name, mayGive: may_give })),
    stations: stations.rows.map(({ station_code, plant_id }) => ({ code: station_code, plantId: plant_id })),
  };
}
