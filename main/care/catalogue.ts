/** What a database of ours holds: the tables that the migrations made, their partitions and sequences. */
import type pg from 'pg';
import { refused } from '#contract/errors';
import type { Migration } from '#main/store/postgres/migrate';

export interface Partition {
  readonly schema: string;
  readonly name: string;
  /** As `CREATE TABLE ... PARTITION OF` takes it: `FOR VALUES FROM (...) TO (...)` or `DEFAULT`. */
  readonly bound: string;
}

export interface SavedTable {
  /** `schema.name`, quoted where it must be. */
  readonly name: string;
  /** Those that are not generated, quoted, in the table's order. */
  readonly columns: readonly string[];
  readonly partitioned: boolean;
  readonly partitions: readonly Partition[];
}

export interface SavedSequence {
  readonly name: string;
  /** Whole, as text: beyond what a double holds. */
  readonly lastValue: string;
  readonly isCalled: boolean;
}

/** Why rows of a table are not in a backup; a key under `care.left-out.`. */
export type LeftOutReason = 'unlogged' | 'feed' | 'jobs' | 'not-ours';

export interface Catalogue {
  readonly tables: readonly SavedTable[];
  readonly leftOut: readonly { readonly name: string; readonly reason: LeftOutReason }[];
}

export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

/**
 * The change feed, kept for days: its place is a number of a transaction, which means nothing on another
 * server, where its readers would get the old changes again and again.
 */
const feedTable = 'app.changes';
/** pg-boss makes and empties this schema itself; what waits in it is made again from the records. */
const jobsSchema = 'jobs';

/** The schemas that migrations make: what lies elsewhere is not ours, and nobody could restore it. */
export function schemasOf(migrations: readonly Migration[]): readonly string[] {
  const found = migrations.flatMap(({ text }) =>
    [...text.matchAll(/^\s*CREATE SCHEMA (?:IF NOT EXISTS )?([a-z_]+)/gim)].map(([, name]) => name ?? ''),
  );
  return [...new Set(found)];
}

/** Tables and partitions by what the catalogue says, partitions under their outermost parent. */
export async function readCatalogue(client: pg.ClientBase, schemas: readonly string[]): Promise<Catalogue> {
  const { rows } = await client.query<{
    schema: string;
    name: string;
    columns: string[];
    partitioned: boolean;
    partitions: Partition[];
    unlogged: boolean;
  }>(`
    SELECT n.nspname AS schema, format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'p' AS partitioned,
      c.relpersistence <> 'p' AS unlogged,
      ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            ORDER BY a.attnum) AS columns,
      coalesce((SELECT json_agg(json_build_object('schema', pn.nspname, 'name', p.relname,
                                 'bound', pg_get_expr(p.relpartbound, p.oid)) ORDER BY p.relname)
                FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid
                JOIN pg_namespace pn ON pn.oid = p.relnamespace
                WHERE c.relkind = 'p' AND t.level = 1), '[]') AS partitions
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 2`);
  const leftOut: { name: string; reason: LeftOutReason }[] = [];
  const tables: SavedTable[] = [];
  for (const { schema, name, columns, partitioned, partitions, unlogged } of rows) {
    if (schema === jobsSchema) leftOut.push({ name, reason: 'jobs' });
    else if (!schemas.includes(schema)) leftOut.push({ name, reason: 'not-ours' });
    else if (unlogged) leftOut.push({ name, reason: 'unlogged' });
    else if (name === feedTable) leftOut.push({ name, reason: 'feed' });
    else tables.push({ name, columns, partitioned, partitions });
  }
  return { tables, leftOut };
}

/** Identity columns and others alike. Sequences do not roll back: read after the rows, they are never behind them. */
export async function readSequences(
  client: pg.ClientBase,
  schemas: readonly string[],
): Promise<readonly SavedSequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND n.nspname = ANY ($1) ORDER BY 1`,
    [schemas],
  );
  const sequences: SavedSequence[] = [];
  for (const { name } of rows) {
    const { rows: values } = await client.query<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${name}`,
    );
    const [value] = values;
    if (value) sequences.push({ name, lastValue: value.last, isCalled: value.called });
  }
  return sequences;
}

/** @throws AppError `Refused` when the database was never migrated. */
export async function appliedMigrations(client: pg.ClientBase): Promise<readonly AppliedMigration[]> {
  const { rows: found } = await client.query<{ found: boolean }>(
    `SELECT to_regclass('app.schema_migrations') IS NOT NULL AS found`,
  );
  const { rows } = found[0]?.found
    ? await client.query<AppliedMigration>('SELECT name, checksum FROM app.schema_migrations ORDER BY name')
    : { rows: [] };
  if (rows.length === 0) throw refused('error.database-holds-nothing');
  return rows;
}

/** How a table's rows are read for a backup and for a comparison: always the same columns in the same order. */
export function copyStatement({ name, columns, partitioned }: SavedTable): string {
  const list = columns.join(', ');
  return partitioned ? `COPY (SELECT ${list} FROM ${name}) TO STDOUT` : `COPY ${name} (${list}) TO STDOUT`;
}

/**
 * Row-level security would leave rows out without a word where it binds this login.
 * @throws AppError `NotAllowed`-like refusal that names the first table whose rows it may not all read.
 */
export async function checkSeesEverything(
  client: pg.ClientBase,
  tables: readonly SavedTable[],
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name
     WHERE row_security_active(name::regclass) AND NOT EXISTS (
       SELECT FROM pg_policy p WHERE p.polrelid = name::regclass AND p.polpermissive AND p.polcmd IN ('r', '*')
         AND pg_get_expr(p.polqual, p.polrelid) = 'true'
         AND (0 = ANY (p.polroles) OR EXISTS (
           SELECT FROM unnest(p.polroles) AS r WHERE r <> 0 AND pg_has_role(r, 'USAGE'))))
     LIMIT 1`,
    [tables.map(({ name }) => name)],
  );
  if (rows[0]) throw refused('error.backup-not-everything', { table: rows[0].name });
}
