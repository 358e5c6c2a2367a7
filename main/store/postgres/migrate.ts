/**
 * Numbered, forward-only .sql migrations, each in a transaction, checksummed, and locked against two
 * starters; after them the tables of the job queue. Run as the owner of the schemas.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { AppError, unavailable } from '#contract/errors';
import { installJobs } from '#main/jobs/schema';
import { asUnavailable, isBeyondUs } from './connect.ts';

export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly waiting: readonly string[];
}

/** An arbitrary number that all versions of the product agree on: whoever holds it migrates. */
const migrationLock = 7_240_311;

export async function readMigrations(appRoot: string): Promise<readonly Migration[]> {
  const folder = join(appRoot, 'main/store/postgres/migrations');
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/**
 * Brings the database up to date, or to the migration named by `until`.
 * @throws AppError `Unavailable`: an older server than PostgreSQL 15, a database of a newer version of
 * the product, or one whose applied migrations are not ours.
 */
export async function migrate(options: {
  readonly ownerUrl: string;
  readonly appRoot: string;
  readonly until?: string;
  readonly onProgress?: (name: string) => void;
}): Promise<MigrationStatus> {
  const { until } = options;
  const all = await readMigrations(options.appRoot);
  const migrations = until === undefined ? all : all.filter(({ name }) => name <= until);
  return withClient(options.ownerUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const status = await compare(client, all);
    for (const migration of migrations) {
      if (!status.waiting.includes(migration.name)) continue;
      options.onProgress?.(migration.name);
      await client.query('BEGIN');
      try {
        await client.query(migration.text);
        await client.query('INSERT INTO app.schema_migrations (name, checksum) VALUES ($1, $2)', [
          migration.name,
          migration.checksum,
        ]);
        await client.query('COMMIT');
      } catch (cause) {
        await client.query('ROLLBACK');
        throw unavailable('error.migration-failed', { name: migration.name, detail: String(cause) }, cause);
      }
    }
    if (migrations.length === all.length) {
      try {
        await installJobs(client);
      } catch (cause) {
        if (cause instanceof AppError) throw cause;
        await client.query('ROLLBACK');
        throw unavailable('error.migration-failed', { name: 'jobs', detail: String(cause) }, cause);
      }
    }
    return {
      applied: migrations.map(({ name }) => name),
      waiting: all.slice(migrations.length).map(({ name }) => name),
    };
  });
}

/** What is applied and what waits, without changing anything. */
export async function migrationStatus(ownerUrl: string, appRoot: string): Promise<MigrationStatus> {
  const migrations = await readMigrations(appRoot);
  return withClient(ownerUrl, (client) => compare(client, migrations));
}

async function compare(client: pg.Client, migrations: readonly Migration[]): Promise<MigrationStatus> {
  const { rows: versions } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Number(versions[0]?.server_version_num);
  if (version < 150_000) throw unavailable('error.database-too-old', { found: Math.floor(version / 10_000) });
  await client.query('CREATE SCHEMA IF NOT EXISTS app');
  await client.query(`CREATE TABLE IF NOT EXISTS app.schema_migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  return compareApplied(client, migrations);
}

async function compareApplied(client: pg.Client, migrations: readonly Migration[]): Promise<MigrationStatus> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM app.schema_migrations ORDER BY name',
  );
  const ours = new Map(migrations.map((migration) => [migration.name, migration.checksum]));
  for (const { name, checksum } of rows) {
    const known = ours.get(name);
    if (known === undefined) throw unavailable('error.database-newer-schema', { name });
    if (known !== checksum) throw unavailable('error.database-other-schema', { name });
  }
  const applied = rows.map(({ name }) => name);
  return { applied, waiting: [...ours.keys()].filter((name) => !applied.includes(name)) };
}

/** @throws AppError `Unavailable` when the server is away, or does not let this login do it. */
async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    throw isBeyondUs(cause) ? asUnavailable(cause) : cause;
  } finally {
    await client.end().catch(() => {});
  }
}

/** As a desk sees it: whether the database is at the version of this product. @throws AppError as `migrate` does. */
export async function checkSchema(appUrl: string, appRoot: string): Promise<void> {
  const migrations = await readMigrations(appRoot);
  const { waiting } = await withClient(appUrl, async (client) => {
    await client.query('SET ROLE lanewright_app').catch((cause: { readonly code?: string }) => {
      // Migrating makes the role.
      const unknownRole = cause.code === '22023';
      throw unknownRole ? unavailable('error.database-not-migrated', { count: migrations.length }) : cause;
    });
    const { rows } = await client.query<{ found: string | null }>(
      `SELECT to_regclass('app.schema_migrations')::text AS found`,
    );
    if (!rows[0]?.found) throw unavailable('error.database-not-migrated', { count: migrations.length });
    return compareApplied(client, migrations);
  });
  if (waiting.length > 0) throw unavailable('error.database-not-migrated', { count: waiting.length });
}
