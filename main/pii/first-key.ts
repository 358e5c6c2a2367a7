/** The first key of a data directory's own database. */
import { access } from 'node:fs/promises';
import pg from 'pg';
import { createKeyFile, keyFile } from './keyring.ts';

/**
 * Makes `pii.key` where there is none and nothing was encrypted yet. Where something was, its key is lost or
 * elsewhere, and another key under the same version would only hide that.
 * @returns whether it was made.
 */
export async function makeFirstKey(
  dataDir: string,
  ownerUrl: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<boolean> {
  if (environment['LANEWRIGHT_PII_KEY']?.trim()) return false;
  const present = await access(keyFile(dataDir)).then(
    () => true,
    () => false,
  );
  if (present || (await holdsCiphers(ownerUrl))) return false;
  return createKeyFile(dataDir);
}

/** Whether any row of the database is encrypted with a key of ours. */
export async function holdsCiphers(ownerUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ target: string; names: string[] }>(
      `SELECT a.attrelid::regclass::text AS target, array_agg(quote_ident(a.attname)) AS names
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       WHERE a.attname LIKE '%\\_cipher' AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped
       GROUP BY 1`,
    );
    for (const { target, names } of rows) {
      const any = names.map((name) => `${name} IS NOT NULL`).join(' OR ');
      const found = await client.query(`SELECT FROM ${target} WHERE ${any} LIMIT 1`);
      if (found.rowCount !== 0) return true;
    }
    return false;
  } finally {
    await client.end();
  }
}
