/**
 * The keys that personal data is encrypted under: a line each, `<version> <32 bytes in base64>`, the
 * highest version is used for what is written. They stand in `pii.key` in the data directory, which
 * only its user may read, or in LANEWRIGHT_PII_KEY where several desks share a database; never in the
 * database, nor in its backups.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unavailable } from '#contract/errors';

export interface Keyring {
  /** Version that is written with, 1..65535. */
  readonly current: number;
  /** 32 bytes each, by version. */
  readonly keys: ReadonlyMap<number, Buffer>;
}

const keyBytes = 32;
const highestVersion = 0xffff;
const variable = 'LANEWRIGHT_PII_KEY';

export function keyFile(dataDir: string): string {
  return join(dataDir, 'pii.key');
}

/**
 * @throws AppError `Unavailable`: `error.pii-key-missing`, `error.pii-key-malformed`, or
 * `error.pii-key-exposed` for a file that others may read.
 */
export async function loadKeyring(
  dataDir: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Keyring> {
  const given = environment[variable]?.trim();
  if (given) return parse(given.replaceAll(',', '\n'), variable);
  const file = keyFile(dataDir);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw unavailable('error.pii-key-missing', { file }, cause);
  }
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) {
    throw unavailable('error.pii-key-exposed', { file });
  }
  return parse(text, file);
}

/**
 * Makes the first key of a new data directory. One that is there is never replaced: what was written
 * under it would be lost.
 * @returns whether it was made.
 */
export async function createKeyFile(dataDir: string): Promise<boolean> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  try {
    await writeSynced(keyFile(dataDir), [line(1)], 'wx');
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/**
 * Adds a key that is written with from now on; the older ones stay, for what they wrote.
 * @returns its version.
 */
export async function addKey(dataDir: string): Promise<number> {
  const file = keyFile(dataDir);
  const { current } = await loadKeyring(dataDir, {});
  const version = current + 1;
  if (version > highestVersion) throw new Error('No key versions are left');
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeSynced(`${file}.new`, [...lines, line(version)], 'w');
  await rename(`${file}.new`, file);
  return version;
}

function line(version: number): string {
  return `${version} ${randomBytes(keyBytes).toString('base64')}`;
}

async function writeSynced(file: string, lines: readonly string[], flags: 'w' | 'wx'): Promise<void> {
  const handle = await open(file, flags, 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parse(text: string, source: string): Keyring {
  const keys = new Map<number, Buffer>();
  for (const written of text.split('\n')) {
    const entry = written.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const [, digits, base64] = /^(\d{1,5})\s+([A-Za-z0-9+/]{43}=)$/.exec(entry) ?? [];
    const version = Number(digits);
    const key = Buffer.from(base64 ?? '', 'base64');
    if (!(version >= 1 && version <= highestVersion) || key.length !== keyBytes || keys.has(version)) {
      throw unavailable('error.pii-key-malformed', { source });
    }
    keys.set(version, key);
  }
  if (keys.size === 0) throw unavailable('error.pii-key-malformed', { source });
  return { current: Math.max(...keys.keys()), keys };
}
