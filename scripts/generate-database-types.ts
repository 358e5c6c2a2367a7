/**
 * Writes main/store/postgres/database.ts, the row types that Kysely checks queries against, from the
 * catalogue of a migrated database. `--check` only compares and fails when the file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const schemas = [
  'app',
  'org',
  'identity',
  'material',
  'equipment',
  'production',
  'quality',
  'trace',
  'logistics',
];

/** How `pg` hands a type over; our pool parses numeric and int8 to numbers. */
const typescriptTypes: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float8: 'number',
  numeric: 'number',
  text: 'string',
  uuid: 'string',
  xid8: 'string',
  time: 'string',
  regclass: 'string',
  bytea: 'Buffer',
  jsonb: 'unknown',
  timestamptz: 'Date',
};

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
  optional: boolean;
  always: boolean;
}

function typeOf(column: Column): string {
  const array = column.type.startsWith('_');
  const base = typescriptTypes[array ? column.type.slice(1) : column.type];
  if (!base) throw new Error(`No TypeScript type for ${column.table}.${column.column}: ${column.type}`);
  const type = `${base}${array ? '[]' : ''}${column.nullable ? ' | null' : ''}`;
  if (column.always) return `GeneratedAlways<${type}>`;
  return column.optional ? `Generated<${type}>` : type;
}

/** @param connectionString a migrated database. @returns the text of the types file. */
export async function databaseTypes(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Column>(
      `SELECT n.nspname || '.' || c.relname AS "table", a.attname AS "column", t.typname AS type,
              NOT a.attnotnull AS nullable, a.atthasdef OR a.attidentity <> '' AS optional, a.attidentity = 'a' AS always
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_type t ON t.oid = a.atttypid
       WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY array_position($1, n.nspname), c.relname, a.attnum`,
      [schemas],
    );
    const tables = Map.groupBy(rows, (row) => row.table);
    const body = [...tables].map(
      ([table, columns]) =>
        `  '${table}': {\n${columns.map((column) => `    ${column.column}: ${typeOf(column)};\n`).join('')}  };\n`,
    );
    return `/** Made by \`npm run database-types\` from the migrated database; the tests fail when it is stale. */
import type { Generated, GeneratedAlways } from 'kysely';

export interface DB {
${body.join('')}}
`;
  } finally {
    await client.end();
  }
}

if (import.meta.main) {
  const connectionString = process.env['DATABASE_URL'];
  if (!connectionString) throw new Error('Set DATABASE_URL to a migrated database.');
  const file = join(import.meta.dirname, '../main/store/postgres/database.ts');
  const made = await databaseTypes(connectionString);
  if (!process.argv.includes('--check')) writeFileSync(file, made);
  else if (readFileSync(file, 'utf8') !== made)
    throw new Error('database.ts is stale: run npm run database-types');
}
