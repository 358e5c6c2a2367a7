import {
  closeSync,
  chmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { inflateRawSync } from 'node:zlib';

interface Entry {
  readonly name: string;
  readonly deflated: boolean;
  readonly packedBytes: number;
  readonly mode: number;
  readonly headerAt: number;
}

/**
 * Unpacks what `select` gives a new relative path for. Sizes are those of the classic format
 * (APPNOTE 6.3, 4.3: below 4 GiB, 65,535 entries); modes and symbolic links of Unix are kept.
 */
export function unzip(archive: string, target: string, select: (name: string) => string | null): void {
  const file = openSync(archive, 'r');
  try {
    for (const entry of centralDirectory(file)) {
      const chosen = select(entry.name);
      if (chosen === null || entry.name.endsWith('/')) continue;
      const path = normalize(chosen);
      if (path.startsWith('..') || path.startsWith('/'))
        throw new Error(`${archive}: ${entry.name} leads out`);
      write(join(target, path), content(file, entry), entry.mode);
    }
  } finally {
    closeSync(file);
  }
}

function read(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, buffer, filled, length - filled, at + filled);
    if (count === 0) throw new Error('the archive is cut short');
    filled += count;
  }
  return buffer;
}

function centralDirectory(file: number): Entry[] {
  const size = fstatSync(file).size;
  const tailLength = Math.min(size, 65_557);
  const tail = read(file, size - tailLength, tailLength);
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error('not a zip archive');
  const directory = read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.length;) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      deflated: directory.readUInt16LE(at + 10) === 8,
      packedBytes: directory.readUInt32LE(at + 20),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      headerAt: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function content(file: number, entry: Entry): Buffer {
  const header = read(file, entry.headerAt, 30);
  const at = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = read(file, at, entry.packedBytes);
  return entry.deflated ? inflateRawSync(packed) : packed;
}

function write(path: string, body: Buffer, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  if ((mode & 0o170000) === 0o120000) return symlinkSync(body.toString('utf8'), path);
  writeFileSync(path, body);
  if (mode & 0o777) chmodSync(path, mode & 0o777);
}
