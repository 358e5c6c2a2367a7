/** Reads what is still readable of a damaged station file, row by row, into a fresh one. */
import BetterSqlite3 from 'better-sqlite3';

type Row = Record<string, string | number | Buffer | null>;

export interface Salvaged {
  readonly commands: number;
  /** Sequences between the first and the last readable one that could be neither read nor ruled out. */
  readonly unreadable: number;
  readonly counters: number;
  /** False when a part could not be walked to its end: more may have been in it. */
  readonly complete: boolean;
}

/**
 * Copies the outbox, the counters and the sessions that the database was not told of out of the damaged
 * file into `fresh`. The mirror is left behind: it is a copy of what PostgreSQL holds. Never throws for damage: what cannot be read stays in the damaged
 * file, which is kept.
 */
export function salvage(damagedPath: string, fresh: BetterSqlite3.Database): Salvaged {
  let damaged: BetterSqlite3.Database;
  try {
    damaged = new BetterSqlite3(damagedPath, { fileMustExist: true });
  } catch {
    return { commands: 0, unreadable: 0, counters: 0, complete: false };
  }
  try {
    const outbox = readOutbox(damaged);
    const counters = readAll(damaged, 'SELECT name, value FROM counters');
    const sessions = readAll(damaged, 'SELECT * FROM offline_sessions');
    return fresh.transaction(() => {
      const commands = copy(fresh, 'outbox', outbox.rows);
      copy(fresh, 'offline_sessions', sessions.rows);
      return {
        commands,
        unreadable: outbox.unreadable + outbox.rows.length - commands,
        counters: copy(fresh, 'counters', counters.rows),
        complete: outbox.complete && counters.complete,
      };
    })();
  } finally {
    damaged.close();
  }
}

function readOutbox(damaged: BetterSqlite3.Database): { rows: Row[]; unreadable: number; complete: boolean } {
  const found = new Map<number, Row>();
  const keep = (row: Row) => {
    if (typeof row['sequence'] === 'number') found.set(row['sequence'], row);
  };
  // From both ends up to the damage; NOT INDEXED walks the table itself, an index may be what is broken.
  const forward = readAll(damaged, 'SELECT * FROM outbox NOT INDEXED ORDER BY sequence');
  forward.rows.forEach(keep);
  if (forward.complete) return { rows: forward.rows, unreadable: 0, complete: true };
  const backward = readAll(damaged, 'SELECT * FROM outbox NOT INDEXED ORDER BY sequence DESC');
  backward.rows.forEach(keep);
  // Between the ends one by one: each look-up goes down the tree by itself and may pass the damage by.
  const sequences = [...found.keys()];
  const lower = forward.rows.length > 0 ? Number(forward.rows.at(-1)?.['sequence']) : 0;
  const upper =
    backward.rows.length > 0
      ? Number(backward.rows.at(-1)?.['sequence'])
      : highest(
          damaged,
          sequences.reduce((a, b) => Math.max(a, b), 0),
        );
  let unreadable = 0;
  const one = prepared(damaged, 'SELECT * FROM outbox NOT INDEXED WHERE sequence = ?');
  for (let sequence = lower + 1; sequence <= upper; sequence++) {
    if (found.has(sequence)) continue;
    try {
      const row = one?.get(sequence);
      if (row) keep(row);
    } catch {
      unreadable++;
    }
  }
  const rows = [...found.values()].sort((a, b) => Number(a['sequence']) - Number(b['sequence']));
  return { rows, unreadable, complete: one !== null && backward.rows.length > 0 };
}

function highest(damaged: BetterSqlite3.Database, seen: number): number {
  try {
    const value: unknown = damaged
      .prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'outbox'`)
      .pluck()
      .get();
    return typeof value === 'number' ? Math.max(value, seen) : seen;
  } catch {
    return seen;
  }
}

function readAll(damaged: BetterSqlite3.Database, query: string): { rows: Row[]; complete: boolean } {
  const rows: Row[] = [];
  try {
    for (const row of damaged.prepare<[], Row>(query).iterate()) rows.push(row);
    return { rows, complete: true };
  } catch {
    return { rows, complete: false };
  }
}

function prepared(damaged: BetterSqlite3.Database, query: string) {
  try {
    return damaged.prepare<[number], Row>(query);
  } catch {
    return null;
  }
}

/** @returns how many went in; a row whose values are rubbish breaks a constraint and stays behind. */
function copy(
  fresh: BetterSqlite3.Database,
  table: 'outbox' | 'counters' | 'offline_sessions',
  rows: readonly Row[],
): number {
  const known = fresh.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  let copied = 0;
  for (const row of rows) {
    const columns = known.filter((column) => column in row);
    try {
      fresh
        .prepare(
          `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
        )
        .run(row);
      copied++;
    } catch {
      continue;
    }
  }
  return copied;
}
