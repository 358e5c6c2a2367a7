/** Whether a database holds what a backup holds: every table's count and digest, at one moment. */
import type pg from 'pg';
import { readMigrations } from '#main/store/postgres/migrate';
import type { TableContents } from './backup.ts';
import { readBackup } from './backup-file.ts';
import {
  appliedMigrations,
  checkSeesEverything,
  copyStatement,
  readCatalogue,
  schemasOf,
} from './catalogue.ts';
import type { SavedTable } from './catalogue.ts';
import { copyOut } from './copy.ts';
import { withOwnerSession } from './owner-session.ts';
import { progressOf } from './progress.ts';
import type { CareProgress } from './progress.ts';
import { rowDigest } from './row-digest.ts';

export interface TableDifference {
  readonly table: string;
  /** `rows`: another number of them. `contents`: as many, but others. `missing`: no such table. `more`: not in the backup. */
  readonly kind: 'rows' | 'contents' | 'missing' | 'more';
  readonly saved: number;
  readonly found: number;
}

export interface Comparison {
  readonly file: string;
  readonly madeAt: string;
  readonly tables: number;
  readonly rows: number;
  readonly sameMigrations: boolean;
  readonly differences: readonly TableDifference[];
}

/** @throws AppError as `readBackup` does; `Unavailable` when the database cannot be reached. */
export async function compareWithBackup(options: {
  readonly ownerUrl: string;
  readonly appRoot: string;
  readonly file: string;
  readonly onProgress?: CareProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<Comparison> {
  const { file, signal } = options;
  const { header, tables: saved } = await readBackup(file, signal);
  const schemas = schemasOf(await readMigrations(options.appRoot));
  return withOwnerSession(options.ownerUrl, signal, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { tables } = await readCatalogue(client, schemas);
    await checkSeesEverything(client, tables);
    const applied = await appliedMigrations(client);
    const { differences, rows } = await compareTables(client, tables, saved, options.onProgress);
    await client.query('COMMIT');
    return {
      file,
      madeAt: header.madeAt,
      tables: saved.size,
      rows,
      sameMigrations: JSON.stringify(applied) === JSON.stringify(header.migrations),
      differences,
    };
  });
}

/** In the transaction that is open. */
export async function compareTables(
  client: pg.ClientBase,
  tables: readonly SavedTable[],
  saved: ReadonlyMap<string, TableContents>,
  onProgress: CareProgress | undefined,
): Promise<{ readonly differences: readonly TableDifference[]; readonly rows: number }> {
  const differences: TableDifference[] = [];
  const progress = progressOf('verify', tables.length, onProgress);
  for (const table of tables) {
    const digest = rowDigest();
    await copyOut(client, copyStatement(table), async (block) => {
      digest.add(block);
      progress.within(table.name, digest.rows());
    });
    progress.done(table.name, digest.rows());
    const was = saved.get(table.name);
    const at = { table: table.name, saved: was?.rows ?? 0, found: digest.rows() };
    if (!was) differences.push({ ...at, kind: 'more' });
    else if (was.rows !== digest.rows()) differences.push({ ...at, kind: 'rows' });
    else if (was.digest !== digest.hex()) differences.push({ ...at, kind: 'contents' });
  }
  const there = new Set(tables.map(({ name }) => name));
  for (const { table, rows } of saved.values()) {
    if (!there.has(table)) differences.push({ table, kind: 'missing', saved: rows, found: 0 });
  }
  return { differences, rows: progress.rows() };
}
