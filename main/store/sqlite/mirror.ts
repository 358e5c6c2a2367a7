/** The station's copy of what it needs without the network. Bodies are the contract's shapes as JSON. */
import type { Mirror } from '#main/services/core';
import type { StationFile } from './station-file.ts';

interface EntryRow {
  readonly key: string;
  readonly body: string;
  readonly stored_at: number;
}

/** Entries can be fetched again and cost no sync; counters are on disk before their number is given. */
export function createMirror(file: StationFile): Mirror {
  const { relaxed, durable } = file;
  const one = relaxed.prepare<[string, string], EntryRow>(
    'SELECT key, body, stored_at FROM mirror_entries WHERE set_name = ? AND key = ?',
  );
  const all = relaxed.prepare<[string], EntryRow>(
    'SELECT key, body, stored_at FROM mirror_entries WHERE set_name = ? ORDER BY key',
  );
  const keys = relaxed.prepare<[string], string>('SELECT key FROM mirror_entries WHERE set_name = ?').pluck();
  const put = relaxed.prepare<[string, string, string, number]>(
    `INSERT INTO mirror_entries (set_name, key, body, stored_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (set_name, key) DO UPDATE SET body = excluded.body, stored_at = excluded.stored_at`,
  );
  const remove = relaxed.prepare<[string, string]>(
    'DELETE FROM mirror_entries WHERE set_name = ? AND key = ?',
  );
  const replaced = relaxed.prepare<[string, number]>(
    `INSERT INTO mirror_sets (name, replaced_at) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET replaced_at = excluded.replaced_at`,
  );
  const mirroredAt = relaxed.prepare<[], number | null>('SELECT max(replaced_at) FROM mirror_sets').pluck();
  const next = durable
    .prepare<[{ name: string; atLeast: number }], number>(
      `INSERT INTO counters (name, value) VALUES (@name, @atLeast)
       ON CONFLICT (name) DO UPDATE SET value = max(value + 1, @atLeast) RETURNING value`,
    )
    .pluck();

  // `Body` is the caller's word for what it put there: sets are written and read by one service each.
  const read = <Body>(row: EntryRow) => ({
    key: row.key,
    body: JSON.parse(row.body) as Body,
    storedAt: row.stored_at,
  });

  return {
    get<Body>(set: string, key: string) {
      const row = one.get(set, key);
      return row ? read<Body>(row) : undefined;
    },
    all: <Body>(set: string) => all.all(set).map((row) => read<Body>(row)),
    put(set, key, body, storedAt) {
      put.run(set, key, JSON.stringify(body), storedAt);
    },
    remove(set, key) {
      remove.run(set, key);
    },
    replace(set, entries, storedAt, keep = () => false) {
      relaxed
        .transaction(() => {
          const coming = new Set(entries.map((entry) => entry.key));
          for (const key of keys.all(set)) {
            if (!coming.has(key) && !keep(key)) remove.run(set, key);
          }
          for (const { key, body } of entries) {
            if (!keep(key)) put.run(set, key, JSON.stringify(body), storedAt);
          }
          replaced.run(set, storedAt);
        })
        .immediate();
    },
    mirroredAt: () => mirroredAt.get() ?? null,
    next(counter, atLeast = 1) {
      const value = next.get({ name: counter, atLeast });
      if (value === undefined) throw new Error(`counter ${counter} gave no number`);
      return value;
    },
  };
}
