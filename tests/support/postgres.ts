/**
 * Real PostgreSQL for tests: the embedded 18, one server a test process, and a migrated template that
 * each test file clones. `LANEWRIGHT_TEST_DATABASE_URL` (a superuser's) points at another server,
 * which is how the same tests run on PostgreSQL 15.
 */
import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#main/store/postgres/embedded';
import { migrate } from '#main/store/postgres/migrate';

export const appRoot = join(import.meta.dirname, '../..');

export interface TestServer {
  /** Superuser on the maintenance database. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export interface TestDatabase {
  /** Superuser: sets rows up, sees everything. */
  readonly ownerUrl: string;
  /** A desk's login, bound by row-level security. */
  readonly appUrl: string;
  drop(): Promise<void>;
}

const template = 'lanewright_template';
const deskPassword = 'desk';
let server: Promise<TestServer> | undefined;
let made = 0;

/** The server of this process, started on first use. Stop it in a global teardown or let `createTestDatabase().drop` of the last one. */
export function startTestPostgres(): Promise<TestServer> {
  server ??= start();
  return server;
}

/** A database of its own, migrated; costs a file copy. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl } = await startTestPostgres();
  const name = `test_${process.pid}_${++made}`;
  await admin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  const ownerUrl = withDatabase(adminUrl, name);
  const app = new URL(ownerUrl);
  app.username = 'lanewright_test_desk';
  app.password = deskPassword;
  return {
    ownerUrl,
    appUrl: app.href,
    drop: () => admin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** One with nothing in it, not even a schema of ours. */
export async function createEmptyDatabase(): Promise<Omit<TestDatabase, 'appUrl'>> {
  const { adminUrl } = await startTestPostgres();
  const name = `test_${process.pid}_${++made}`;
  await admin(adminUrl, `CREATE DATABASE ${name} TEMPLATE template0`);
  return {
    ownerUrl: withDatabase(adminUrl, name),
    drop: () => admin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function start(): Promise<TestServer> {
  const given = process.env['LANEWRIGHT_TEST_DATABASE_URL'];
  if (given) {
    await prepare(given);
    return { adminUrl: given, stop: async () => {} };
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'lanewright-test-postgres-'));
  chmodSync(dataDir, 0o755);
  // Nobody pulls the plug of a test's server: what it writes needs not reach the disk.
  const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
  const embedded = await startEmbeddedPostgres({ dataDir, settings });
  const adminUrl = withDatabase(embedded.ownerUrl, 'postgres');
  await prepare(adminUrl);
  const stop = async () => {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { adminUrl, stop };
}

async function prepare(adminUrl: string): Promise<void> {
  // Two test processes may share a server: one makes the template, the other waits for it.
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(7240312)');
    const { rowCount: desk } = await client.query(
      `SELECT FROM pg_roles WHERE rolname = 'lanewright_test_desk'`,
    );
    const { rowCount: app } = await client.query(`SELECT FROM pg_roles WHERE rolname = 'lanewright_app'`);
    if (!app) await client.query('CREATE ROLE lanewright_app NOLOGIN');
    if (!desk) {
      await client.query(
        `CREATE ROLE lanewright_test_desk LOGIN PASSWORD '${deskPassword}' IN ROLE lanewright_app`,
      );
    }
    if (process.env['LANEWRIGHT_TEST_TEMPLATE_READY'] === '1') return;
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template}`);
    await migrate({ ownerUrl: withDatabase(adminUrl, template), appRoot });
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
