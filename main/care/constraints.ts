/**
 * Whether the rows keep the rules that the schema states: foreign keys and checks that were switched off, or
 * that a restore by other means, a damaged index or somebody's maintenance has let rows slip past.
 */
import type pg from 'pg';
import { readMigrations } from '#main/store/postgres/migrate';
import { schemasOf } from './catalogue.ts';
import { withOwnerSession } from './owner-session.ts';
import { progressOf } from './progress.ts';
import type { CareProgress } from './progress.ts';

export interface Finding {
  /** A key under `care.finding.`. */
  readonly check:
    | 'orphans'
    | 'check-violated'
    | 'not-validated'
    | 'index-invalid'
    | 'trigger-off'
    | 'partition-missing'
    | 'in-default-partition';
  readonly table: string;
  /** Constraint, index, trigger or partition. */
  readonly name: string;
  /** Rows, where rows are meant; else 1. */
  readonly count: number;
}

export interface ConstraintReport {
  readonly foreignKeys: number;
  readonly checks: number;
  readonly tables: number;
  readonly findings: readonly Finding[];
}

/** Reads every table at one moment. @throws AppError `Unavailable` when the database cannot be reached. */
export async function checkConstraints(options: {
  readonly ownerUrl: string;
  readonly appRoot: string;
  readonly onProgress?: CareProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<ConstraintReport> {
  const schemas = schemasOf(await readMigrations(options.appRoot));
  return withOwnerSession(options.ownerUrl, options.signal, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const keys = await foreignKeys(client, schemas);
    const checked = await checkedTables(client, schemas);
    const progress = progressOf('check', keys.length + checked.length, options.onProgress);
    const findings: Finding[] = [...(await switchedOff(client, schemas))];
    for (const key of keys) {
      const count = await orphans(client, key);
      if (count > 0) findings.push({ check: 'orphans', table: key.child, name: key.name, count });
      progress.done(key.child, 0);
    }
    for (const table of checked) {
      findings.push(...(await violations(client, table)));
      progress.done(table.table, 0);
    }
    findings.push(...(await partitions(client)));
    await client.query('COMMIT');
    const checks = checked.reduce((sum, { conditions }) => sum + conditions.length, 0);
    return { foreignKeys: keys.length, checks, tables: checked.length, findings };
  });
}

interface ForeignKey {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
  /** Quoted, in the key's order. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Of partitioned tables the constraint of the outermost table, which covers all of them. */
async function foreignKeys(
  client: pg.ClientBase,
  schemas: readonly string[],
): Promise<readonly ForeignKey[]> {
  const columns = (table: string, key: string) =>
    `ARRAY(SELECT quote_ident(a.attname) FROM unnest(${key}) WITH ORDINALITY AS k (attnum, position)
       JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.attnum ORDER BY k.position)`;
  const { rows } = await client.query<ForeignKey>(
    `SELECT c.conname AS name, c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
            ${columns('c.conrelid', 'c.conkey')} AS "from", ${columns('c.confrelid', 'c.confkey')} AS "to"
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE c.contype = 'f' AND c.conparentid = 0 AND n.nspname = ANY ($1) ORDER BY 2, 1`,
    [schemas],
  );
  return rows;
}

/** MATCH SIMPLE, as all of ours: a key with a NULL in it refers to nothing. */
async function orphans(client: pg.ClientBase, { child, parent, from, to }: ForeignKey): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) AS count FROM ${child} c
     WHERE ${from.map((column) => `c.${column} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (
       SELECT FROM ${parent} p WHERE ${from.map((column, at) => `p.${to[at] ?? ''} = c.${column}`).join(' AND ')})`,
  );
  return Number(rows[0]?.count);
}

interface CheckedTable {
  readonly table: string;
  readonly conditions: readonly { readonly name: string; readonly condition: string }[];
}

async function checkedTables(
  client: pg.ClientBase,
  schemas: readonly string[],
): Promise<readonly CheckedTable[]> {
  const { rows } = await client.query<CheckedTable>(
    `SELECT c.conrelid::regclass::text AS table,
            json_agg(json_build_object('name', c.conname, 'condition', pg_get_expr(c.conbin, c.conrelid))
                     ORDER BY c.conname) AS conditions
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE c.contype = 'c' AND NOT t.relispartition AND n.nspname = ANY ($1) GROUP BY 1 ORDER BY 1`,
    [schemas],
  );
  return rows;
}

/** All checks of a table in one reading of it. */
async function violations(
  client: pg.ClientBase,
  { table, conditions }: CheckedTable,
): Promise<readonly Finding[]> {
  const counts = conditions.map(
    ({ condition }, at) => `count(*) FILTER (WHERE NOT (${condition})) AS c${at}`,
  );
  const { rows } = await client.query<Record<string, string>>(`SELECT ${counts.join(', ')} FROM ${table}`);
  return conditions.flatMap(({ name }, at) => {
    const count = Number(rows[0]?.[`c${at}`]);
    return count > 0 ? [{ check: 'check-violated' as const, table, name, count }] : [];
  });
}

/** What PostgreSQL itself says does not hold for every row. */
async function switchedOff(client: pg.ClientBase, schemas: readonly string[]): Promise<readonly Finding[]> {
  const { rows } = await client.query<Finding>(
    `SELECT 'not-validated' AS check, c.conrelid::regclass::text AS table, c.conname AS name, 1 AS count
       FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
       WHERE NOT c.convalidated AND n.nspname = ANY ($1)
     UNION ALL
     SELECT 'index-invalid', i.indrelid::regclass::text, x.relname, 1
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
       WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND n.nspname = ANY ($1)
     UNION ALL
     SELECT 'trigger-off', g.tgrelid::regclass::text, g.tgname, 1
       FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace
       WHERE g.tgenabled IN ('D', 'R') AND n.nspname = ANY ($1)
     ORDER BY 1, 2, 3`,
    [schemas],
  );
  return rows;
}

/** A partitioned table needs one for now, and one that takes what fits nowhere; what lies there waits to be moved. */
async function partitions(client: pg.ClientBase): Promise<readonly Finding[]> {
  const states = await partitionStates(client);
  const findings: Finding[] = [];
  for (const { table, step, hasNow, defaultName, inDefault } of states) {
    if (!hasNow) findings.push({ check: 'partition-missing', table, name: step, count: 1 });
    if (defaultName === null) findings.push({ check: 'partition-missing', table, name: 'default', count: 1 });
    if (inDefault > 0) {
      findings.push({ check: 'in-default-partition', table, name: defaultName ?? '', count: inDefault });
    }
  }
  return findings;
}

export interface PartitionState {
  readonly table: string;
  readonly step: string;
  readonly hasNow: boolean;
  /** The one for the time after now's. */
  readonly hasNext: boolean;
  readonly defaultName: string | null;
  readonly inDefault: number;
}

/** Of the tables that are partitioned by time; none where the schema does not declare any. */
export async function partitionStates(client: pg.ClientBase): Promise<readonly PartitionState[]> {
  const { rows: found } = await client.query<{ found: boolean }>(
    `SELECT to_regclass('app.table_rules') IS NOT NULL AS found`,
  );
  if (!found[0]?.found) return [];
  const covers = (at: string) => `EXISTS (SELECT FROM ranges
    WHERE ranges.target = r.target AND ${at} >= ranges.starts AND ${at} < ranges.ends)`;
  const { rows } = await client.query<Omit<PartitionState, 'inDefault'>>(`
    WITH children AS (
      SELECT r.target, i.inhrelid, pg_get_expr(c.relpartbound, c.oid) AS bound
      FROM app.table_rules r JOIN pg_inherits i ON i.inhparent = r.target JOIN pg_class c ON c.oid = i.inhrelid
      WHERE r.partition_by IS NOT NULL),
    ranges AS (
      SELECT target, substring(bound FROM $$FROM \\('([^']+)'\\)$$)::timestamptz AS starts,
             substring(bound FROM $$TO \\('([^']+)'\\)$$)::timestamptz AS ends
      FROM children WHERE bound <> 'DEFAULT')
    SELECT r.target::text AS table, r.partition_by AS step, ${covers('now()')} AS "hasNow",
      ${covers(`now() + ('1 ' || r.partition_by)::interval`)} AS "hasNext",
      (SELECT inhrelid::regclass::text FROM children WHERE children.target = r.target AND bound = 'DEFAULT')
        AS "defaultName"
    FROM app.table_rules r WHERE r.partition_by IS NOT NULL ORDER BY 1`);
  const states: PartitionState[] = [];
  for (const row of rows) {
    const { rows: counts } =
      row.defaultName === null
        ? { rows: [] }
        : await client.query<{ count: string }>(`SELECT count(*) AS count FROM ${row.defaultName}`);
    states.push({ ...row, inDefault: Number(counts[0]?.count ?? 0) });
  }
  return states;
}
