/** A core for the services' tests: a real PostgreSQL behind it, and the events it published kept to look at. */
import { v7 as uuidv7 } from 'uuid';
import { unavailable } from '#contract/errors';
import type { CoreEvent } from '#contract/events';
import type { Identity } from '#contract/session';
import type { Core, Database, Mirror, Outbox, SignedIn, SignedInCall } from '#main/services/core';
import { connectDatabase } from '#main/store/postgres/connect';
import { sql } from 'kysely';
import { createTestDatabase } from './postgres.ts';
import type { TestDatabase } from './postgres.ts';
import { fillSmallPlant, tokenOf } from './small-plant.ts';
import type { Login, SmallPlant } from './small-plant.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export interface ServiceCore {
  readonly core: Core;
  readonly plant: SmallPlant;
  readonly test: TestDatabase;
  readonly events: CoreEvent[];
  call(login: Login): Promise<SignedInCall>;
  /** The network to PostgreSQL goes away, or comes back. */
  setOnline(online: boolean): void;
  close(): Promise<void>;
}

export async function startServiceCore(): Promise<ServiceCore> {
  const test = await createTestDatabase();
  const plant = await fillSmallPlant(test.ownerUrl);
  const connected = connectDatabase({ connectionString: test.appUrl, log: quiet, onState: () => {} });
  const events: CoreEvent[] = [];
  let cut = false;
  const database: Database = {
    online: () => !cut && connected.online(),
    transaction(who, name, work) {
      if (cut) return Promise.reject(unavailable('error.database-down'));
      return connected.transaction(who, name, work);
    },
  };
  const known = new Map<Login, SignedIn>();
  const signedInAs = async (login: Login): Promise<SignedIn> => {
    const before = known.get(login);
    if (before) return before;
    const signedIn = await connected.transaction({ token: tokenOf(login) }, 'whoami', async (transaction) => {
      const { rows } = await sql<
        Record<string, never> & { plants: Identity['plants']; permissions: Identity['permissions'] }
      >`SELECT * FROM identity.whoami()`.execute(transaction);
      const row = rows[0] as unknown as Record<string, string> & {
        plants: Identity['plants'];
        permissions: Identity['permissions'];
        roles: string[];
        expires_at: Date;
      };
      return {
        token: tokenOf(login),
        gs1CompanyPrefix: row['gs1_company_prefix'] ?? '',
        identity: {
          sessionId: row['session_id'] ?? '',
          userId: row['user_id'] ?? '',
          login: row['login'] ?? '',
          displayName: row['display_name'] ?? '',
          organizationId: row['organization_id'] ?? '',
          organizationName: row['organization_name'] ?? '',
          roles: row.roles,
          permissions: row.permissions,
          plants: row.plants,
          homePlantId: row['home_plant_id'] ?? '',
          expiresAt: row.expires_at.getTime(),
          offline: false,
        },
      } satisfies SignedIn;
    });
    known.set(login, signedIn);
    return signedIn;
  };
  const station = await signedInAs('station');
  const sets = new Map<string, Map<string, { body: unknown; storedAt: number }>>();
  const setOf = (name: string) => {
    const found = sets.get(name) ?? new Map<string, { body: unknown; storedAt: number }>();
    sets.set(name, found);
    return found;
  };
  const mirror = {
    get: (set: string, key: string) => setOf(set).get(key),
    put: (set: string, key: string, body: unknown, storedAt: number) =>
      void setOf(set).set(key, { body: structuredClone(body), storedAt }),
  } as unknown as Mirror;
  const core: Core = {
    now: Date.now,
    newId: uuidv7,
    log: quiet,
    database,
    outbox: {} as Outbox,
    mirror,
    station: { code: 'ST-07', name: 'Station 7', number: 7 },
    stationSignedIn: () => station,
    personAtStation: () => station,
    publish: (event) => void events.push(event),
  };
  return {
    core,
    plant,
    test,
    events,
    call: async (login) => ({
      correlationId: uuidv7(),
      clientId: 'test',
      signedIn: await signedInAs(login),
    }),
    setOnline: (online) => void (cut = !online),
    async close() {
      await connected.close();
      await test.drop();
    },
  };
}
