/** Somebody with these permissions who is signed in, as a service is called by them. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Permission } from '#contract/procedures';
import type { SignedInCall } from '#main/services/core';

export interface PersonWith {
  readonly organizationId: string;
  /** Where they may write; the first is their home. */
  readonly plants: readonly string[];
  /** Held in the whole organization. */
  readonly permissions: readonly string[];
}

export async function signInAs(
  owner: pg.Client,
  { organizationId, plants, permissions }: PersonWith,
): Promise<{ readonly id: string; readonly login: string; readonly call: SignedInCall }> {
  const [id, roleId, sessionId, token] = [uuidv7(), uuidv7(), uuidv7(), `token-${uuidv7()}`];
  const login = `person.${id}`;
  const expiresAt = Date.now() + 3_600_000;
  await owner.query(
    `INSERT INTO identity.users (organization_id, id, login, display_name, password_hash, home_plant_id)
     VALUES ($1, $2, $3, 'Somebody', 'none', $4)`,
    [organizationId, id, login, plants[0]],
  );
  await owner.query(
    `INSERT INTO identity.roles (organization_id, id, code, name) VALUES ($1, $2, $3, 'Own')`,
    [organizationId, roleId, login],
  );
  await owner.query(
    `INSERT INTO identity.role_permissions (organization_id, role_id, permission) SELECT $1, $2, unnest($3::text[])`,
    [organizationId, roleId, permissions],
  );
  await owner.query(
    `INSERT INTO identity.user_roles (organization_id, user_id, role_id) VALUES ($1, $2, $3)`,
    [organizationId, id, roleId],
  );
  await owner.query(
    `INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id, may_write)
     SELECT $1, $2, unnest($3::uuid[]), true`,
    [organizationId, id, plants],
  );
  await owner.query(
    `INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, expires_at)
     VALUES ($1, $2, $3, $4, 'ST-07', $5)`,
    [sessionId, organizationId, id, createHash('sha256').update(token).digest(), new Date(expiresAt)],
  );
  const identity = {
    sessionId,
    userId: id,
    login,
    displayName: 'Somebody',
    organizationId,
    organizationName: 'Somewhere',
    roles: ['Own'],
    permissions: permissions as readonly Permission[],
    plants: [],
    homePlantId: plants[0] ?? '',
    expiresAt,
    offline: false,
    vouched: false,
  };
  const call = {
    correlationId: uuidv7(),
    clientId: 'test',
    signedIn: { token, identity, gs1CompanyPrefix: '9521234' },
  };
  return { id, login, call };
}
