/**
 * Writes main/store/postgres/database.ts, the row types that Kysely checks queries against, from the
 * catalogue of a migrated database. `--check` only compares and fails when the file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readColumns, withCatalogue } from './catalogue.ts';
import type { Column } from './catalogue.ts';

/** How `pg` hands a type over; our pool parses numeric and int8 to numbers, and leaves a day as it is written. */
const typescriptTypes: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float4: 'number',
  float8: 'number',
  numeric: 'number',
  text: 'string',
  bpchar: 'string',
  varchar: 'string',
  name: 'string',
  char: 'string',
  uuid: 'string',
  xid8: 'string',
  inet: 'string',
  cidr: 'string',
  regclass: 'string',
  regtype: 'string',
  date: 'string',
  time: 'string',
  tstzrange: 'string',
  tstzmultirange: 'string',
  daterange: 'string',
  bytea: 'Buffer',
  json: 'unknown',
  jsonb: 'unknown',
  // An object of pg's own making; ask for extract(epoch FROM ...) instead.
  interval: 'unknown',
  timestamp: 'Date',
  timestamptz: 'Date',
};

/** Arrays that our pool does not take apart as it does their elements. */
const typescriptArrays: Readonly<Record<string, string>> = {
  _int8: 'string[]',
  _date: 'Date[]',
  _xid8: 'string',
  _regclass: 'string',
  _regtype: 'string',
  _tstzrange: 'string',
  _tstzmultirange: 'string',
};

function baseTypeOf({ table, column, type }: Column): string {
  const element = type.startsWith('_') ? typescriptTypes[type.slice(1)] : undefined;
  const base = typescriptTypes[type] ?? typescriptArrays[type] ?? (element && `${element}[]`);
  if (!base) throw new Error(`No TypeScript type for ${table}.${column}: ${type}`);
  return base;
}

function typeOf(column: Column): string {
  const base = baseTypeOf(column);
  const type = column.nullable && base !== 'unknown' ? `${base} | null` : base;
  if (column.always) return `GeneratedAlways<${type}>`;
  return column.optional ? `Generated<${type}>` : type;
}

/** @param connectionString a migrated database. @returns the text of the types file. */
export async function databaseTypes(connectionString: string): Promise<string> {
  const columns = await withCatalogue(connectionString, readColumns);
  const body = [...Map.groupBy(columns, ({ table }) => table)].map(
    ([table, own]) =>
      `  '${table}': {\n${own.map((column) => `    ${column.column}: ${typeOf(column)};\n`).join('')}  };\n`,
  );
  return `/** Made by \`npm run database-types\` from the migrated database; the tests fail when it is stale. */
import type { Generated, GeneratedAlways } from 'kysely';

export interface DB {
${body.join('')}}
`;
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
