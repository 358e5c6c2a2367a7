/** Rows of a seed as PostgreSQL's COPY text. */
import type pg from 'pg';
import type { SeedRow, SeedTable, SeedValue } from '#domain/seed/tables';
import { seedColumns } from '#domain/seed/tables';
import { copyIn } from '#main/care/copy';

/** What the tables are like in this database. */
export interface SeedTarget {
  readonly stamped: ReadonlySet<SeedTable>;
  /** Where row-level security binds the owner, who is then no superuser: COPY FROM refuses it. */
  readonly bound: ReadonlySet<SeedTable>;
}

export async function readTarget(client: pg.ClientBase): Promise<SeedTarget> {
  const names = Object.keys(seedColumns);
  const { rows } = await client.query<{ name: SeedTable; stamped: boolean; bound: boolean }>(
    `SELECT t.name, row_security_active(t.name::regclass) AS bound,
            EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.name::regclass AND a.attname = 'updated_at') AS stamped
     FROM unnest($1::text[]) AS t (name)`,
    [names],
  );
  return {
    stamped: new Set(rows.filter(({ stamped }) => stamped).map(({ name }) => name)),
    bound: new Set(rows.filter(({ bound }) => bound).map(({ name }) => name)),
  };
}

/** Collects rows, a list of lines a table. */
export function rowCollector({ stamped }: SeedTarget) {
  const lines = new Map<SeedTable, string[]>();
  const writers = new Map<SeedTable, (knownAt: number, row: SeedRow) => string>();
  const writerOf = (table: SeedTable) => {
    const isInstant = seedColumns[table].map((name) => name === 'at' || name.endsWith('_at'));
    const stamps = stamped.has(table);
    return (knownAt: number, row: SeedRow) => {
      if (row.length !== isInstant.length)
        throw new RangeError(`${table} has ${isInstant.length} columns here`);
      const values = row.map((value, at) =>
        isInstant[at] === true && typeof value === 'number' ? instant(value) : copyText(value),
      );
      if (stamps) values.push(instant(knownAt), instant(knownAt));
      return values.join('\t');
    };
  };
  return {
    lines: lines as ReadonlyMap<SeedTable, readonly string[]>,
    put(table: SeedTable, knownAt: number, row: SeedRow) {
      let writer = writers.get(table);
      let list = lines.get(table);
      if (writer === undefined || list === undefined) {
        writers.set(table, (writer = writerOf(table)));
        lines.set(table, (list = []));
      }
      list.push(writer(knownAt, row));
    },
  };
}

/** Within a transaction that fires no triggers. */
export async function copyRows(
  client: pg.ClientBase,
  target: SeedTarget,
  table: SeedTable,
  lines: readonly string[],
): Promise<void> {
  const stamps = target.stamped.has(table) ? ['created_at', 'updated_at'] : [];
  const columns = [...seedColumns[table], ...stamps].join(', ');
  // Undone with the transaction, so that nobody ever meets the table without it.
  if (target.bound.has(table)) await client.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await copyIn(client, `COPY ${table} (${columns}) FROM STDIN`, blocks(lines));
  if (target.bound.has(table)) await client.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}

const linesPerBlock = 4000;

async function* blocks(lines: readonly string[]): AsyncGenerator<Buffer> {
  for (let at = 0; at < lines.length; at += linesPerBlock) {
    yield Buffer.from(`${lines.slice(at, at + linesPerBlock).join('\n')}\n`);
  }
}

const instant = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Text format of COPY: `\N` for NULL, backslashes before what would end a value or a row. */
export function copyText(value: SeedValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return escaped(`{${value.map((one) => (typeof one === 'number' ? one : JSON.stringify(one))).join(',')}}`);
}

function escaped(text: string): string {
  if (!/[\\\t\n\r]/.test(text)) return text;
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}
