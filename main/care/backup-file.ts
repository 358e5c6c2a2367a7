/** A backup as it lies on the disk: read whole, and its rows a table at a time. */
import { refused } from '#contract/errors';
import type { BackupHeader, TableContents } from './backup.ts';
import type { SavedSequence } from './catalogue.ts';
import { parse, readContainer } from './container.ts';
import type { ContainerRecord, ContainerTrailer } from './container.ts';
import { rowDigest } from './row-digest.ts';

export interface BackupContents {
  readonly header: BackupHeader;
  /** By the table's name. */
  readonly tables: ReadonlyMap<string, TableContents>;
  readonly sequences: readonly SavedSequence[];
}

/**
 * Reads every byte of the file: its own sum, and that the rows of each table are as many as it says, and those.
 * @throws AppError `Refused`: not a backup, cut off, damaged, or written by a newer version of the product.
 */
export async function readBackup(file: string, signal?: AbortSignal): Promise<BackupContents> {
  let header: BackupHeader | undefined;
  let sequences: readonly SavedSequence[] = [];
  const tables = new Map<string, TableContents>();
  let digest = rowDigest();
  for await (const { kind, payload } of readContainer(file)) {
    signal?.throwIfAborted();
    if (kind === 'H') header = checkedHeader(file, payload);
    else if (kind === 'T') digest = rowDigest();
    else if (kind === 'D') digest.add(payload);
    else if (kind === 'S') sequences = parse(file, payload);
    else if (kind === 'C') {
      const contents = parse<TableContents>(file, payload);
      const wrong = contents.rows !== digest.rows() || contents.digest !== digest.hex();
      if (header?.method === 'copy' && wrong) throw refused('error.backup-damaged', { file });
      tables.set(contents.table, contents);
    } else if (kind === 'Z') {
      const counts = parse<ContainerTrailer>(file, payload);
      const rows = Array.from(tables.values()).reduce((sum, table) => sum + table.rows, 0);
      if (counts.tables !== tables.size || counts.rows !== rows)
        throw refused('error.backup-damaged', { file });
    }
  }
  if (!header) throw refused('error.backup-damaged', { file });
  return { header, tables, sequences };
}

function checkedHeader(file: string, payload: Buffer): BackupHeader {
  const header = parse<BackupHeader>(file, payload);
  if (header.format !== 1) throw refused('error.backup-newer', { file, version: header.product });
  return header;
}

export interface SavedRows {
  readonly table: string;
  /** COPY text; must be read to its end before the next table is asked for. */
  readonly blocks: AsyncIterable<Buffer>;
}

/** The tables of a backup by COPY, in the file's order. Read the backup whole before. */
export async function* savedRows(file: string): AsyncGenerator<SavedRows> {
  const records = readContainer(file);
  try {
    for (let next = await records.next(); !next.done; next = await records.next()) {
      if (next.value.kind !== 'T') continue;
      const { table } = parse<{ table: string }>(file, next.value.payload);
      yield { table, blocks: untilContents(records) };
    }
  } finally {
    await records.return(undefined);
  }
}

async function* untilContents(records: AsyncGenerator<ContainerRecord>): AsyncGenerator<Buffer> {
  for (let next = await records.next(); !next.done; next = await records.next()) {
    if (next.value.kind !== 'D') return;
    yield next.value.payload;
  }
}

/** The archive of a backup by pg_dump. */
export async function* savedArchive(file: string): AsyncGenerator<Buffer> {
  for await (const { kind, payload } of readContainer(file)) if (kind === 'A') yield payload;
}
