/** Gets the desk a database: the embedded one, migrated and filled with the demo plant, or the central one. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { AppError, refused } from '#contract/errors';
import { addDemoContacts } from '#main/demo/demo-contacts';
import { demoDefinition } from '#main/demo/demo-definition';
import { loadDemoPlant } from '#main/demo/load-demo';
import { makeFirstKey } from '#main/pii/first-key';
import { openPersonalData } from '#main/pii/personal-data';
import { startEmbeddedPostgres } from '#main/store/postgres/embedded';
import { primaryUrl } from '#main/store/postgres/hosts';
import { checkSchema, migrate } from '#main/store/postgres/migrate';

export interface StartedDatabase {
  readonly kind: 'embedded' | 'central';
  /** What the desk signs in with. */
  readonly appUrl: string;
  /** What may work on the jobs; null: a central database, whose settings say. */
  readonly jobsUrl: string | null;
  /** The station's own account, where it has one. */
  readonly station: StationAccount | null;
  /** Stops the embedded server; nothing for a central one. */
  stop(): Promise<void>;
}

/** The demo plant is the same on every machine: it comes from this number and the day. */
const demoSeed = 20_260_101;

export type Progress = (step: string, fraction?: number) => void;

/**
 * @param databaseUrl a central database; the embedded one when absent.
 * @throws AppError `Unavailable` with a sentence that says what to do.
 */
export async function startDatabase(options: {
  readonly appRoot: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly station: { readonly login?: string | undefined; readonly secret?: string | undefined };
  readonly onProgress: Progress;
}): Promise<StartedDatabase> {
  const { appRoot, dataDir, onProgress } = options;
  if (options.databaseUrl !== undefined) {
    await checkSchema(await primaryUrl(options.databaseUrl), appRoot);
    const { login, secret } = options.station;
    return {
      kind: 'central',
      appUrl: options.databaseUrl,
      jobsUrl: null,
      station: login && secret ? { login, secret } : null,
      stop: async () => {},
    };
  }
  const server = await startEmbeddedPostgres({ dataDir, onProgress });
  try {
    onProgress('start.migrating');
    try {
      await migrate({ ownerUrl: server.ownerUrl, appRoot });
    } catch (cause) {
      if (!(await mayBeginAnew(cause, server.ownerUrl))) throw cause;
      onProgress('start.demo-aside');
      await setDatabaseAside(server.ownerUrl);
      await migrate({ ownerUrl: server.ownerUrl, appRoot });
    }
    await makeFirstKey(dataDir, server.ownerUrl);
    let station = await readStationAccount(dataDir);
    if (await isEmpty(server.ownerUrl)) {
      onProgress('start.demo-plant', 0);
      station = await makeStationAccount(dataDir);
      const loaded = await loadDemoPlant({
        database: { ownerUrl: server.ownerUrl },
        seed: demoSeed,
        now: Date.now(),
        stationSecret: station.secret,
        onProgress: (fraction) => onProgress('start.demo-plant', fraction),
      });
      if (!loaded.ok) throw refused(`error.${loaded.refusal.reason}`, loaded.refusal.values);
      // The core says why the key cannot be used; a plant without contacts is a plant.
      const pii = await openPersonalData(dataDir)().catch(() => null);
      if (pii) await addDemoContacts(server.ownerUrl, pii);
    }
    return {
      kind: 'embedded',
      appUrl: server.appUrl,
      jobsUrl: server.ownerUrl,
      station,
      stop: () => server.stop(),
    };
  } catch (cause) {
    await server.stop();
    throw cause;
  }
}

/**
 * Before the first release the migrations are rewritten in place: a demo plant that an earlier version made
 * does not fit the next one. Only a demo plant is begun anew, and the old one is kept beside it.
 */
async function mayBeginAnew(cause: unknown, ownerUrl: string): Promise<boolean> {
  if (!(cause instanceof AppError) || cause.shape.reason !== 'error.database-other-schema') return false;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query(`SELECT FROM app.settings WHERE key = 'demo'`);
    return rows.length === 1;
  } finally {
    await client.end();
  }
}

async function setDatabaseAside(ownerUrl: string): Promise<void> {
  const maintenance = new URL(ownerUrl);
  const name = maintenance.pathname.slice(1);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
    await client.query(`ALTER DATABASE ${name} RENAME TO ${name}_before_${stamp}`);
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
}

async function isEmpty(ownerUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT FROM org.organizations LIMIT 1');
    return rows.length === 0;
  } finally {
    await client.end();
  }
}

export interface StationAccount {
  readonly login: string;
  readonly secret: string;
}

const stationAccountFile = (dataDir: string) => join(dataDir, 'station-account.json');

/** The account of this station in the embedded database; readable by this user only. */
export async function readStationAccount(dataDir: string): Promise<StationAccount | null> {
  const text = await readFile(stationAccountFile(dataDir), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as StationAccount);
}

/** On file before the account exists: a crash in between leaves nothing that nobody can sign in to. */
export async function makeStationAccount(dataDir: string): Promise<StationAccount> {
  const station = { login: demoDefinition.people.station.login, secret: randomBytes(32).toString('hex') };
  await writeFile(stationAccountFile(dataDir), JSON.stringify(station), { mode: 0o600 });
  return station;
}
