/**
 * A core for the services' tests: real PostgreSQL with the small plant behind it, a real station file
 * beside it, and the events it published kept to look at.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { AppError, unavailable } from '#contract/errors';
import type { CoreEvent } from '#contract/events';
import { stationCommands } from '#main/hosts/station-commands';
import type { Core, Database, SignedIn, SignedInCall } from '#main/services/core';
import { createSessionService } from '#main/services/session/service';
import { createKeyFile } from '#main/pii/keyring';
import { openPersonalData } from '#main/pii/personal-data';
import { connectDatabase } from '#main/store/postgres/connect';
import { createMirror } from '#main/store/sqlite/mirror';
import { createOfflinePeople } from '#main/store/sqlite/offline-people';
import { createOutbox } from '#main/store/sqlite/outbox';
import { openStationFile } from '#main/store/sqlite/station-file';
import { applyCommand } from '#main/sync/apply-command';
import { createTestDatabase } from './postgres.ts';
import { everyone, fillSmallPlant, tokenOf } from './small-plant.ts';
import type { Login, SmallPlant } from './small-plant.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export interface ServiceCore {
  readonly core: Core;
  readonly plant: SmallPlant;
  readonly ownerUrl: string;
  readonly events: CoreEvent[];
  call(login: Login): SignedInCall;
  /** The network to PostgreSQL goes away, or comes back. */
  setOnline(online: boolean): void;
  /**
   * Delivers what waits, once, each in a transaction of the station's in the name of who recorded it.
   * @returns the reasons of what the database refused for good, which is set aside.
   */
  deliver(): Promise<readonly string[]>;
  /** The same core, where all that waits is delivered between what this transaction reads and its answer. */
  deliveringAfter(transactionName: string): Core;
  /** Another core on the same file and database, as after a restart. The one before it is closed. */
  restart(): void;
  close(): Promise<void>;
}

export async function startServiceCore(): Promise<ServiceCore> {
  const test = await createTestDatabase();
  const plant = await fillSmallPlant(test.ownerUrl);
  const connected = connectDatabase({ connectionString: test.appUrl, log: quiet, onState: () => {} });
  const dataDir = mkdtempSync(join(tmpdir(), 'lanewright-service-'));
  await createKeyFile(dataDir);
  const events: CoreEvent[] = [];
  let cut = false;
  const database: Database = {
    online: () => !cut && connected.online(),
    transaction(who, name, work) {
      if (cut) return Promise.reject(unavailable('error.database-down'));
      return connected.transaction(who, name, work);
    },
  };
  const open = () => {
    const file = openStationFile(dataDir, { now: Date.now });
    return {
      file,
      mirror: createMirror(file),
      outbox: createOutbox({ file, commands: stationCommands, now: Date.now, log: quiet }),
    };
  };
  let store = open();
  const closeStore = () => {
    store.outbox.close();
    store.file.close();
  };
  const sessions = createSessionService({
    database: () => connected,
    mirror: store.mirror,
    people: createOfflinePeople(store.file),
    mayVouch: () => false,
    stationCode: 'ST-07',
    now: Date.now,
    log: quiet,
  });
  const people = new Map<Login, SignedIn>();
  for (const login of everyone) {
    const signedIn = await sessions.resume(tokenOf(login));
    if (signedIn !== null) people.set(login, signedIn);
  }
  const person = (login: Login): SignedIn => {
    const found = people.get(login);
    if (found === undefined) throw new Error(`${login} has no session`);
    return found;
  };
  const core: Core = {
    now: Date.now,
    newId: uuidv7,
    log: quiet,
    database,
    get outbox() {
      return store.outbox;
    },
    get mirror() {
      return store.mirror;
    },
    pii: openPersonalData(dataDir, {}),
    station: { code: 'ST-07', name: 'Station 7', number: 7 },
    stationSignedIn: () => person('station'),
    personAtStation: () => person('station'),
    publish: (event) => void events.push(event),
  };
  const deliver = async () => {
    const refusals: string[] = [];
    for (const waiting of store.outbox.nextBatch(0, 1000)) {
      try {
        const command = stationCommands.get(waiting.kind);
        await applyCommand(database, command, waiting, {
          stationToken: () => tokenOf('station'),
          personToken: () => null,
        });
        store.outbox.markDelivered(waiting.sequence);
      } catch (error) {
        if (!(error instanceof AppError) || error.shape.code === 'Unavailable') throw error;
        const { code, reason, values } = error.shape;
        store.outbox.quarantine(waiting.sequence, { code, reason, values });
        refusals.push(reason);
      }
    }
    return refusals;
  };
  return {
    core,
    plant,
    ownerUrl: test.ownerUrl,
    events,
    call: (login) => ({ correlationId: uuidv7(), clientId: 'test', signedIn: person(login) }),
    setOnline: (online) => void (cut = !online),
    deliver,
    deliveringAfter: (transactionName) => ({
      ...core,
      database: {
        online: database.online,
        async transaction(who, name, work) {
          const read = await database.transaction(who, name, work);
          if (name === transactionName) await deliver();
          return read;
        },
      },
    }),
    restart() {
      closeStore();
      store = open();
    },
    async close() {
      closeStore();
      await connected.close();
      await test.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
