/**
 * The file of a backup: eight bytes of magic, then records of one byte for their kind, four bytes for
 * their length (big-endian) and that many bytes. In this order:
 *
 *   H  header, JSON                                          once
 *   T  a table begins, JSON {table}                          \
 *   D  a block of its rows: COPY text, compressed with zstd   } a table (method "copy")
 *   C  what its rows are, JSON TableContents                 /
 *   A  a block of the archive that pg_dump wrote, as it is   any number (method "pg_dump"; C alone a table)
 *   S  sequences, JSON                                       once
 *   Z  trailer, JSON {tables, rows, sha256}                  once, last
 *
 * `sha256` is that of every byte before the trailer's record. The file is written under another name
 * and gets its own when it is complete and on the disk.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { constants as zlib, zstdCompress, zstdDecompress } from 'node:zlib';
import { refused } from '#contract/errors';

export const magic = Buffer.from('LWBACK1\n');
const kinds = ['H', 'T', 'D', 'C', 'A', 'S', 'Z'] as const;
export type RecordKind = (typeof kinds)[number];

export interface ContainerRecord {
  readonly kind: RecordKind;
  /** Of D the rows themselves, decompressed. */
  readonly payload: Buffer;
}

export interface ContainerTrailer {
  readonly tables: number;
  readonly rows: number;
  readonly sha256: string;
}

export interface ContainerWriter {
  json(kind: 'H' | 'T' | 'C' | 'S', value: unknown): Promise<void>;
  rows(block: Buffer): Promise<void>;
  archive(block: Buffer): Promise<void>;
  bytes(): number;
  /** Writes the trailer, waits until all is on the disk and gives the file its name. */
  finish(counts: Omit<ContainerTrailer, 'sha256'>): Promise<ContainerTrailer>;
  /** Leaves nothing behind; also after `finish`, when it does nothing. */
  discard(): Promise<void>;
}

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** Each block has a sum of its own, so that damage is found where it is. */
const checked = { [zlib.ZSTD_c_checksumFlag]: 1 };

const newline = 0x0a;

/** No record is longer: what claims to be is damage. A field of PostgreSQL has at most 1 GB. */
const longestBytes = 0x7fff_0000;

/** @throws AppError `Refused` `error.backup-exists` when there is such a file. */
export async function createContainer(file: string): Promise<ContainerWriter> {
  const part = `${file}.part`;
  const existing = await open(file, 'r').catch(() => null);
  if (existing) {
    await existing.close();
    throw refused('error.backup-exists', { file });
  }
  // It holds password hashes and everybody's data: for this user only.
  const handle = await open(part, constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY, 0o600).catch(
    (cause: Error) => {
      throw refused('error.backup-not-writable', { file, detail: cause.message });
    },
  );
  const sum = createHash('sha256');
  let bytes = 0;
  let open_ = true;

  const write = async (data: Buffer) => {
    let at = 0;
    while (at < data.length) at += (await handle.write(data, at)).bytesWritten;
    bytes += data.length;
  };
  const record = async (kind: RecordKind, payload: Buffer, summed = true) => {
    const head = Buffer.allocUnsafe(5);
    head.write(kind, 0, 'latin1');
    head.writeUInt32BE(payload.length, 1);
    if (summed) sum.update(head).update(payload);
    await write(head);
    await write(payload);
  };

  sum.update(magic);
  await write(magic);
  return {
    json: (kind, value) => record(kind, Buffer.from(JSON.stringify(value))),
    rows: async (block) => record('D', await compress(block, { params: checked })),
    archive: (block) => record('A', block),
    bytes: () => bytes,
    async finish(counts) {
      const trailer = { ...counts, sha256: sum.digest('hex') };
      await record('Z', Buffer.from(JSON.stringify(trailer)), false);
      await handle.sync();
      await handle.close();
      open_ = false;
      await rename(part, file);
      await syncFolder(dirname(file));
      return trailer;
    },
    async discard() {
      if (!open_) return;
      open_ = false;
      await handle.close();
      await rm(part, { force: true });
    },
  };
}

/** A new name is on the disk when its folder is; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * The records of a file in order, each checked for its form and the whole for its sum.
 * @throws AppError `Refused`: `error.backup-not-ours`, `error.backup-incomplete` (cut off),
 * `error.backup-damaged`. Damage may show only at the end: use nothing of it before.
 */
export async function* readContainer(file: string): AsyncGenerator<ContainerRecord> {
  const handle = await open(file, 'r').catch((cause: Error) => {
    throw refused('error.backup-not-readable', { file, detail: cause.message });
  });
  try {
    const sum = createHash('sha256');
    const reader = fileReader(handle);
    if (!(await reader(magic.length))?.equals(magic)) throw refused('error.backup-not-ours', { file });
    sum.update(magic);
    for (;;) {
      const head = await reader(5);
      if (head === null) throw refused('error.backup-incomplete', { file });
      const kind = kinds.find((each) => each === head.toString('latin1', 0, 1));
      const length = head.readUInt32BE(1);
      if (kind === undefined || length > longestBytes) throw refused('error.backup-damaged', { file });
      const payload = await reader(length);
      if (payload === null) throw refused('error.backup-incomplete', { file });
      if (kind === 'Z') {
        const trailer = parse<ContainerTrailer>(file, payload);
        if (trailer.sha256 !== sum.digest('hex') || (await reader(1)) !== null) {
          throw refused('error.backup-damaged', { file });
        }
        yield { kind, payload };
        return;
      }
      sum.update(head).update(payload);
      yield { kind, payload: kind === 'D' ? await inflated(file, payload) : payload };
    }
  } finally {
    await handle.close();
  }
}

export function parse<T>(file: string, payload: Buffer): T {
  try {
    return JSON.parse(payload.toString()) as T;
  } catch {
    throw refused('error.backup-damaged', { file });
  }
}

async function inflated(file: string, payload: Buffer): Promise<Buffer> {
  const rows = await decompress(payload).catch(() => null);
  if (rows?.at(-1) !== newline) throw refused('error.backup-damaged', { file });
  return rows;
}

/** Reads exactly so many bytes; null when the file ends before. */
function fileReader(handle: FileHandle): (length: number) => Promise<Buffer | null> {
  const ahead = Buffer.allocUnsafe(1 << 20);
  let from = 0;
  let to = 0;
  return async (length) => {
    const wanted = Buffer.allocUnsafe(Math.min(length, to - from));
    from += ahead.copy(wanted, 0, from, from + wanted.length);
    const pieces = [wanted];
    let missing = length - wanted.length;
    while (missing > 0) {
      ({ bytesRead: to } = await handle.read(ahead, 0, ahead.length));
      from = 0;
      if (to === 0) return null;
      const take = Math.min(missing, to);
      pieces.push(Buffer.from(ahead.subarray(0, take)));
      from = take;
      missing -= take;
    }
    return pieces.length === 1 ? wanted : Buffer.concat(pieces, length);
  };
}
