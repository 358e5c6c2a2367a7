/**
 * The one file a station keeps: the outbox, the mirror and its counters. Held by one core at a time,
 * checked at open, set aside when damaged, never opened when a newer version wrote it.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { refused, unavailable } from '#contract/errors';
import type { ErrorValues } from '#contract/errors';
import { stationFileMigrations } from './migrations.ts';
import { salvage } from './salvage.ts';

export const stationFileName = 'station.sqlite';
const lockFileName = 'station.lock';

/** Something that a person should be told about the file; `reason` is a message key. */
export interface StationFileProblem {
  readonly reason: 'error.station-file-damaged';
  /**
   * `path`: where the damaged file is kept. `commands`: how many of its outbox were saved. `unreadable`:
   * how many could not be. `complete`: 1 when nothing else can have been in it.
   */
  readonly values: ErrorValues;
}

export interface StationFile {
  readonly path: string;
  /** Each commit is on disk when it returns (synchronous=FULL). */
  readonly durable: BetterSqlite3.Database;
  /** A second connection for what can be fetched again: a commit may be lost, never torn, in a power cut. */
  readonly relaxed: BetterSqlite3.Database;
  readonly problems: readonly StationFileProblem[];
  close(): void;
}

/**
 * Opens `<dataDir>/station.sqlite`, making and migrating it as needed.
 *
 * @param now epoch ms, names a file that is set aside.
 * @throws `Refused` `error.station-file-in-use` while another core holds the folder,
 *   `error.station-file-newer` when a newer version wrote the file; `Unavailable`
 *   `error.station-file-unusable` when the folder cannot be written or read.
 */
export function openStationFile(dataDir: string, options: { readonly now: () => number }): StationFile {
  const path = join(dataDir, stationFileName);
  const lock = takeLock(dataDir);
  try {
    const problems: StationFileProblem[] = [];
    let durable = openChecked(path);
    if (!durable) {
      const aside = setAside(path, options.now());
      durable = openChecked(path);
      if (!durable) throw unavailable('error.station-file-unusable', { path, detail: 'damaged at once' });
      const saved = salvage(aside, durable);
      problems.push({
        reason: 'error.station-file-damaged',
        values: {
          path: aside,
          commands: saved.commands,
          unreadable: saved.unreadable,
          counters: saved.counters,
          complete: saved.complete ? 1 : 0,
        },
      });
    }
    const open = durable;
    const relaxed = connect(path, 'NORMAL');
    return {
      path,
      durable: open,
      relaxed,
      problems,
      close() {
        relaxed.close();
        open.close();
        lock.close();
      },
    };
  } catch (cause) {
    lock.close();
    throw cause instanceof BetterSqlite3.SqliteError ? unusable(path, cause) : cause;
  }
}

/**
 * A lock that the operating system drops with the process, however that ends: an exclusive SQLite
 * transaction on a file of its own, so that the station file stays readable for support meanwhile.
 */
function takeLock(dataDir: string): BetterSqlite3.Database {
  const path = join(dataDir, lockFileName);
  let lock: BetterSqlite3.Database | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    makePrivate(path);
    lock = new BetterSqlite3(path, { timeout: 0 });
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof BetterSqlite3.SqliteError && cause.code.startsWith('SQLITE_BUSY')) {
      throw refused('error.station-file-in-use', { path: dataDir });
    }
    throw unusable(path, cause);
  }
}

/** @returns null when the file is damaged. */
function openChecked(path: string): BetterSqlite3.Database | null {
  makePrivate(path);
  let opened: BetterSqlite3.Database | undefined;
  try {
    opened = connect(path, 'FULL');
    const verdict: unknown = opened.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') {
      opened.close();
      return null;
    }
    migrate(opened, path);
    return opened;
  } catch (cause) {
    opened?.close();
    if (isDamage(cause)) return null;
    throw cause;
  }
}

function connect(path: string, synchronous: 'FULL' | 'NORMAL'): BetterSqlite3.Database {
  const opened = new BetterSqlite3(path, { timeout: 5000 });
  try {
    opened.pragma('journal_mode = WAL');
    opened.pragma(`synchronous = ${synchronous}`);
    opened.pragma('foreign_keys = ON');
    return opened;
  } catch (cause) {
    opened.close();
    throw cause;
  }
}

function migrate(file: BetterSqlite3.Database, path: string): void {
  const version = Number(file.pragma('user_version', { simple: true }));
  if (version > stationFileMigrations.length) {
    throw refused('error.station-file-newer', {
      path,
      version,
      known: stationFileMigrations.length,
    });
  }
  for (let index = version; index < stationFileMigrations.length; index++) {
    const statements = stationFileMigrations[index];
    if (statements === undefined) continue;
    file
      .transaction(() => {
        file.exec(statements);
        file.pragma(`user_version = ${index + 1}`);
      })
      .immediate();
  }
}

/** Renames the file and its log together, so that the damaged one still opens with all it has. */
function setAside(path: string, at: number): string {
  const stamp = new Date(at).toISOString().replaceAll(':', '-');
  let aside = `${path}.damaged-${stamp}`;
  for (let again = 2; existsSync(aside); again++) aside = `${path}.damaged-${stamp}-${again}`;
  renameSync(path, aside);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/** What is recorded at a station is nobody else's on this machine; -wal and -shm take the file's mode. */
function makePrivate(path: string): void {
  // Never opened where it exists: closing any descriptor drops the locks this process has on the file.
  if (existsSync(path)) chmodSync(path, 0o600);
  else closeSync(openSync(path, 'a', 0o600));
}

function isDamage(cause: unknown): boolean {
  return (
    cause instanceof BetterSqlite3.SqliteError &&
    (cause.code.startsWith('SQLITE_CORRUPT') || cause.code === 'SQLITE_NOTADB')
  );
}

function unusable(path: string, cause: unknown) {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return unavailable('error.station-file-unusable', { path, detail }, cause);
}
