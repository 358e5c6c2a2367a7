/**
 * A backup into an empty database: the schema by our own migrations, up to the very one that the backup
 * was made at, then all rows, compared with what the backup says of them. It is all there in the end, or nothing.
 */
import { Readable } from 'node:stream';
import type pg from 'pg';
import { refused } from '#contract/errors';
import { migrate, readMigrations } from '#main/store/postgres/migrate';
import type { Migration } from '#main/store/postgres/migrate';
import { readBackup, savedArchive, savedRows } from './backup-file.ts';
import type { BackupContents } from './backup-file.ts';
import { readCatalogue, schemasOf } from './catalogue.ts';
import type { SavedTable } from './catalogue.ts';
import { compareTables } from './compare.ts';
import { copyIn } from './copy.ts';
import { withOwnerSession } from './owner-session.ts';
import { restoreFrom } from './pg-dump.ts';
import { progressOf } from './progress.ts';
import type { CareProgress } from './progress.ts';

export interface RestoreSummary {
  readonly file: string;
  /** When the backup was made. */
  readonly madeAt: string;
  readonly tables: number;
  readonly rows: number;
  /** Tables of the backup that no migration makes: their rows were left out. */
  readonly unknown: readonly string[];
}

export interface RestoreOptions {
  readonly ownerUrl: string;
  readonly appRoot: string;
  readonly file: string;
  readonly onProgress?: CareProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whoever holds it restores; beside the one for migrating, which the migration takes itself. */
const restoreLock = 7_240_313;
/** An empty schema that stands while a restore is under way: one that was killed is begun anew. */
const marker = 'lanewright_restore';

/**
 * @throws AppError `Refused`: a damaged file, one of a newer version, a database that is not empty, a
 * login that may not load rows as they were, rows that did not arrive as they were saved. Then the
 * database is as empty as before.
 */
export async function restore(options: RestoreOptions): Promise<RestoreSummary> {
  const { ownerUrl, appRoot, file, signal } = options;
  const saved = await readBackup(file, signal);
  const migrations = await readMigrations(appRoot);
  const until = lastMigration(saved, migrations);
  const schemas = schemasOf(migrations);

  return withOwnerSession(ownerUrl, signal, async (client) => {
    await takeLock(client);
    await checkMayLoad(client);
    await checkEmpty(client, schemas);
    let summary: RestoreSummary;
    try {
      await client.query(`CREATE SCHEMA ${marker}`);
      await migrate({ ownerUrl, appRoot, until, onProgress: () => signal?.throwIfAborted() });
      summary = await load(client, saved, schemas, options);
    } catch (cause) {
      // Its locks would make the clearing away wait for ever.
      await client.query('ROLLBACK').catch(() => {});
      await withOwnerSession(ownerUrl, undefined, (fresh) => dropAll(fresh, schemas));
      throw cause;
    }
    await analyze(client, schemas, options);
    return summary;
  });
}

/** The backup's migrations must be ours from the first on, to the letter. */
function lastMigration({ header }: BackupContents, ours: readonly Migration[]): string {
  for (const [index, { name, checksum }] of header.migrations.entries()) {
    const own = ours[index];
    if (own?.name !== name) throw refused('error.database-newer-schema', { name });
    if (own.checksum !== checksum) throw refused('error.database-other-schema', { name });
  }
  return header.migrations.at(-1)?.name ?? '';
}

async function takeLock(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
    restoreLock,
  ]);
  if (!rows[0]?.taken) throw refused('error.restore-under-way');
}

/** Rows come back with the versions, stamps and audit trail that they had: no trigger may fire meanwhile. */
async function checkMayLoad(client: pg.ClientBase): Promise<void> {
  try {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica; COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
    throw refused('error.restore-right', { role: rows[0]?.role ?? '', detail: (cause as Error).message });
  }
}

/** What `db status` leaves in an empty database does not count, nor what a killed restore has left: that is cleared away. */
async function checkEmpty(client: pg.ClientBase, schemas: readonly string[]): Promise<void> {
  const { rowCount: marked } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [marker]);
  if (marked) await dropAll(client, schemas);
  const { rows } = await client.query<{ found: string; database: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS found, current_database() AS database
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d
                       WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY format('%I.%I', n.nspname, c.relname) = 'app.schema_migrations', 1 LIMIT 1`,
  );
  const [first] = rows;
  if (!first) return;
  if (first.found === 'app.schema_migrations') {
    const { rowCount } = await client.query('SELECT FROM app.schema_migrations LIMIT 1');
    if (rowCount === 0) return;
  }
  throw refused('error.restore-not-empty', { database: first.database, table: first.found });
}

/** A few at a time: all at once would need more locks than a server has by default. The marker goes last. */
async function dropAll(client: pg.ClientBase, schemas: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY ($1) ORDER BY c.relispartition DESC`,
    [schemas],
  );
  for (const { name } of rows) await client.query(`DROP TABLE IF EXISTS ${name} CASCADE`);
  for (const schema of schemas) await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.query(`DROP SCHEMA IF EXISTS ${marker}`);
}

async function load(
  client: pg.ClientBase,
  saved: BackupContents,
  schemas: readonly string[],
  options: RestoreOptions,
): Promise<RestoreSummary> {
  const { header } = saved;
  const there = new Map((await readCatalogue(client, schemas)).tables.map((table) => [table.name, table]));
  const known = header.tables.filter(({ name }) => there.has(name));
  const unknown = header.tables.filter(({ name }) => !there.has(name)).map(({ name }) => name);

  // Each table by itself: one transaction over all would need more locks than a server has by default.
  await client.query('SET session_replication_role = replica');
  const putBack = await putAside(client, known);
  for (const table of known) await makePartitions(client, table, there.get(table.name));
  await empty(client, known);
  if (header.method === 'pg_dump') {
    await restoreFrom({
      client,
      ownerUrl: options.ownerUrl,
      blocks: savedArchive(options.file),
      signal: options.signal,
    });
  } else {
    await loadRows(client, known, options);
  }
  for (const { name, lastValue, isCalled } of saved.sequences) {
    await client.query('SELECT setval(to_regclass($1), $2::bigint, $3) WHERE to_regclass($1) IS NOT NULL', [
      name,
      lastValue,
      isCalled,
    ]);
  }
  const expected = new Map([...saved.tables].filter(([name]) => there.has(name)));
  const { differences, rows } = await compareTables(client, known, expected, options.onProgress);
  if (differences[0]) {
    const { table, saved: was, found } = differences[0];
    throw refused('error.restore-differs', { table, saved: was, found });
  }
  for (const statement of putBack) await client.query(statement);
  await client.query('RESET session_replication_role');
  await client.query(`DROP SCHEMA ${marker}`);
  return { file: options.file, madeAt: header.madeAt, tables: known.length, rows, unknown };
}

/**
 * What would stand in the way of rows as they were, put aside until the end: triggers that fire even for a
 * replica, and row-level security where it binds an owner who is no superuser (COPY FROM refuses it).
 * @returns the statements that put it back.
 */
async function putAside(client: pg.ClientBase, tables: readonly SavedTable[]): Promise<readonly string[]> {
  const names = tables.map(({ name }) => name);
  const { rows: triggers } = await client.query<{ name: string; trigger: string }>(
    `SELECT tgrelid::regclass::text AS name, quote_ident(tgname) AS trigger FROM pg_trigger
     WHERE tgenabled = 'A' AND tgparentid = 0 AND NOT tgisinternal
       AND coalesce(pg_partition_root(tgrelid), tgrelid) = ANY ($1::text[]::regclass[])`,
    [names],
  );
  const { rows: forced } = await client.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE row_security_active(name::regclass)',
    [names],
  );
  for (const { name, trigger } of triggers) {
    await client.query(`ALTER TABLE ${name} DISABLE TRIGGER ${trigger}`);
  }
  for (const { name } of forced) await client.query(`ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`);
  return [
    ...triggers.map(({ name, trigger }) => `ALTER TABLE ${name} ENABLE ALWAYS TRIGGER ${trigger}`),
    ...forced.map(({ name }) => `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`),
  ];
}

/** Partitions that the backup has and the fresh schema, made at another time, has not. */
async function makePartitions(
  client: pg.ClientBase,
  table: SavedTable,
  now: SavedTable | undefined,
): Promise<void> {
  const bounds = new Set(now?.partitions.map(({ bound }) => bound));
  for (const { schema, name, bound } of table.partitions) {
    if (bounds.has(bound)) continue;
    await client.query(`CREATE TABLE ${quoted(schema)}.${quoted(name)} PARTITION OF ${table.name} ${bound}`);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What the migrations have filled in is in the backup too, perhaps changed since. No trigger fires, no key is looked at. */
async function empty(client: pg.ClientBase, tables: readonly SavedTable[]): Promise<void> {
  for (const { name } of tables) await client.query(`DELETE FROM ${name}`);
}

/** Loaded last: a database that a restore was killed in passes for one that was never migrated, not for a whole one. */
const lastTable = 'app.schema_migrations';

async function loadRows(
  client: pg.ClientBase,
  tables: readonly SavedTable[],
  options: RestoreOptions,
): Promise<void> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const progress = progressOf('restore', tables.length, options.onProgress);
  const last: Buffer[] = [];
  for await (const { table: name, blocks } of savedRows(options.file)) {
    const table = byName.get(name);
    if (!table || name === lastTable) {
      for await (const block of blocks) if (table) last.push(block);
      continue;
    }
    let rows = 0;
    const counted = async function* () {
      for await (const block of blocks) {
        yield block;
        for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) rows++;
        progress.within(name, rows);
      }
    };
    await copyIn(client, fromStdin(table), counted());
    progress.done(name, rows);
  }
  const table = byName.get(lastTable);
  if (table) await copyIn(client, fromStdin(table), Readable.from(last));
}

function fromStdin({ name, columns }: SavedTable): string {
  return `COPY ${name} (${columns.join(', ')}) FROM STDIN`;
}

/** Without statistics the first day after a restore would be slow. */
async function analyze(
  client: pg.ClientBase,
  schemas: readonly string[],
  options: RestoreOptions,
): Promise<void> {
  const { tables } = await readCatalogue(client, schemas);
  const progress = progressOf('analyze', tables.length, options.onProgress);
  for (const { name } of tables) {
    await client.query(`ANALYZE ${name}`);
    progress.done(name, 0);
  }
}
