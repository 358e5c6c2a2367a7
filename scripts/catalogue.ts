/** The catalogue of a migrated database, as far as scripts write something from it. */
import pg from 'pg';

/** Our schemas, from what others lean on to what leans on others. */
export const contexts = [
  'org',
  'identity',
  'material',
  'production',
  'equipment',
  'quality',
  'trace',
  'logistics',
  'project',
  'orders',
  'planning',
  'sharing',
  'notify',
  'assist',
  'integration',
  'analytics',
  'audit',
  'app',
] as const;

export interface Column {
  /** `schema.table` */
  readonly table: string;
  readonly column: string;
  /** As `pg_type` names it: `int4`, arrays with a `_` before them. */
  readonly type: string;
  /** As one declares it: `numeric(15,2)`, `text[]`. */
  readonly declared: string;
  readonly nullable: boolean;
  /** An insert may leave it out. */
  readonly optional: boolean;
  /** An insert must leave it out: identity always, or generated from other columns. */
  readonly always: boolean;
  readonly comment: string | null;
}

/** @param connectionString a migrated database, with rights on its catalogue. */
export async function withCatalogue<T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    // pg_catalog alone, so that every name comes out with its schema.
    await client.query('SET search_path = pg_catalog');
    await refuseUnknownSchemas(client);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Columns of all tables (not of their partitions), in the order of contexts, tables and columns. */
export async function readColumns(client: pg.Client): Promise<readonly Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT n.nspname || '.' || c.relname AS "table", a.attname AS "column", t.typname AS type,
            format_type(a.atttypid, a.atttypmod) AS declared, NOT a.attnotnull AS nullable,
            a.atthasdef OR a.attidentity <> '' AS optional,
            a.attidentity = 'a' OR a.attgenerated <> '' AS always,
            col_description(c.oid, a.attnum) AS comment
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_type t ON t.oid = a.atttypid
     WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY array_position($1, n.nspname::text), c.relname, a.attnum`,
    [contexts],
  );
  return rows;
}

/** The job scheduler makes and migrates its own schema. */
const foreignSchemas = ['public', 'information_schema', 'jobs'];

async function refuseUnknownSchemas(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> ALL ($1) ORDER BY 1`,
    [[...contexts, ...foreignSchemas]],
  );
  if (rows.length > 0) {
    throw new Error(
      `scripts/catalogue.ts does not name the schema ${rows.map(({ name }) => name).join(', ')}.`,
    );
  }
}
