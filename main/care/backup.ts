/**
 * A backup while people work: every row of one moment, in one file. All tables are read in one
 * REPEATABLE READ READ ONLY transaction, by our own COPY or, where it is installed for this server's
 * version, by pg_dump on the same snapshot; nobody waits for it but who would change a table itself.
 */
import type pg from 'pg';
import { readMigrations } from '#main/store/postgres/migrate';
import {
  appliedMigrations,
  checkSeesEverything,
  copyStatement,
  readCatalogue,
  readSequences,
  schemasOf,
} from './catalogue.ts';
import type { AppliedMigration, Catalogue } from './catalogue.ts';
import { createContainer } from './container.ts';
import type { ContainerWriter } from './container.ts';
import { copyOut } from './copy.ts';
import { withOwnerSession } from './owner-session.ts';
import { dumpInto, findDumpTools } from './pg-dump.ts';
import type { CareProgress } from './progress.ts';
import { progressOf } from './progress.ts';
import { rowDigest } from './row-digest.ts';

export type BackupMethod = 'copy' | 'pg_dump';

export interface BackupHeader extends Catalogue {
  readonly format: 1;
  /** Of the product that wrote it. */
  readonly product: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly method: BackupMethod;
  readonly server: string;
  readonly database: string;
  /** Applied ones, in order. */
  readonly migrations: readonly AppliedMigration[];
}

/** What the rows of one table are. */
export interface TableContents {
  readonly table: string;
  readonly rows: number;
  /** Bytes of COPY text. */
  readonly bytes: number;
  /** `RowDigest`: independent of order. */
  readonly digest: string;
}

export interface BackupSummary {
  readonly file: string;
  readonly method: BackupMethod;
  readonly madeAt: string;
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly leftOut: Catalogue['leftOut'];
}

export interface BackupOptions {
  readonly ownerUrl: string;
  readonly appRoot: string;
  readonly file: string;
  /** Of the product. */
  readonly version: string;
  /** `auto`: pg_dump where it is installed and fits. */
  readonly method?: BackupMethod | 'auto';
  readonly onProgress?: CareProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @throws AppError `Refused` when the file exists or cannot be written, the database holds nothing, or
 * this login does not see every row; `Unavailable` when the database cannot be reached.
 */
export async function backup(options: BackupOptions): Promise<BackupSummary> {
  const { ownerUrl, file, signal } = options;
  const schemas = schemasOf(await readMigrations(options.appRoot));
  return withOwnerSession(ownerUrl, signal, async (client) => {
    const method = await chosenMethod(client, options.method ?? 'auto');
    const container = await createContainer(file);
    try {
      const catalogue = await beginSnapshot(client, schemas);
      await checkSeesEverything(client, catalogue.tables);
      const header = await makeHeader(client, catalogue, method, options.version);
      await container.json('H', header);
      if (method === 'pg_dump') {
        await dumpInto({ client, ownerUrl, container, catalogue, schemas, signal });
      }
      const counts = await saveTables(client, container, catalogue, method, options.onProgress);
      await container.json('S', await readSequences(client, schemas));
      await client.query('COMMIT');
      signal?.throwIfAborted();
      const trailer = await container.finish(counts);
      return {
        file,
        method,
        madeAt: header.madeAt,
        ...trailer,
        bytes: container.bytes(),
        leftOut: catalogue.leftOut,
      };
    } finally {
      await container.discard();
    }
  });
}

async function chosenMethod(client: pg.ClientBase, wanted: BackupMethod | 'auto'): Promise<BackupMethod> {
  if (wanted !== 'auto') return wanted;
  return (await findDumpTools(client)) ? 'pg_dump' : 'copy';
}

/**
 * Opens the one transaction. The tables are locked against being dropped or changed before the snapshot is
 * taken, and looked at again after: what came between is seen, and it begins anew.
 */
async function beginSnapshot(client: pg.ClientBase, schemas: readonly string[]): Promise<Catalogue> {
  for (;;) {
    const before = await readCatalogue(client, schemas);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    if (before.tables.length > 0) {
      const names = before.tables.map(({ name }) => name).join(', ');
      await client.query(`LOCK TABLE ${names} IN ACCESS SHARE MODE`);
    }
    const within = await readCatalogue(client, schemas);
    if (JSON.stringify(before) === JSON.stringify(within)) return within;
    await client.query('ROLLBACK');
  }
}

async function makeHeader(
  client: pg.ClientBase,
  catalogue: Catalogue,
  method: BackupMethod,
  product: string,
): Promise<BackupHeader> {
  const migrations = await appliedMigrations(client);
  const { rows } = await client.query<{ server: string; database: string; at: Date }>(
    `SELECT current_setting('server_version') AS server, current_database() AS database, now() AS at`,
  );
  const [about] = rows;
  if (!about) throw new Error('no answer');
  const { server, database, at } = about;
  return { format: 1, product, madeAt: at.toISOString(), method, server, database, migrations, ...catalogue };
}

/** With pg_dump the rows are read once more, for their counts and digests: the archive itself has none. */
async function saveTables(
  client: pg.ClientBase,
  container: ContainerWriter,
  { tables }: Catalogue,
  method: BackupMethod,
  onProgress: CareProgress | undefined,
): Promise<{ readonly tables: number; readonly rows: number }> {
  const progress = progressOf('backup', tables.length, onProgress);
  for (const table of tables) {
    if (method === 'copy') await container.json('T', { table: table.name });
    const digest = rowDigest();
    let bytes = 0;
    await copyOut(client, copyStatement(table), async (block) => {
      digest.add(block);
      bytes += block.length;
      if (method === 'copy') await container.rows(block);
      progress.within(table.name, digest.rows());
    });
    const contents = { table: table.name, rows: digest.rows(), bytes, digest: digest.hex() };
    await container.json('C', contents satisfies TableContents);
    progress.done(table.name, contents.rows);
  }
  return { tables: tables.length, rows: progress.rows() };
}
