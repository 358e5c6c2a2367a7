/** Writes personal data anew that stands under an older key, as the owner of the database. */
import pg from 'pg';
import { AppError } from '#contract/errors';
import { personalColumns, seal, unseal } from './personal-columns.ts';
import type { PersonalColumn } from './personal-columns.ts';
import type { Pii } from './pii.ts';

export interface Reencrypted {
  /** Values that were written anew. */
  readonly written: number;
  /** Values that stay as they are, because no key here opens them: table/field/id. */
  readonly unreadable: readonly string[];
}

interface Row {
  organization: string;
  id: string;
  cipher: Buffer;
  index: Buffer | null;
}

const batchSize = 500;
const keyVersion = (cipher: string) => `get_byte(${cipher}, 1) * 256 + get_byte(${cipher}, 2)`;

/**
 * A transaction for each few hundred rows: stopped at any time, it goes on where it was. People work meanwhile; what
 * they changed since it was read is left to them, and is under the newest key already.
 * @param current version of the key that `pii` writes with.
 */
export async function reencrypt(
  ownerUrl: string,
  pii: Pii,
  current: number,
  onProgress: (written: number) => void = () => {},
): Promise<Reencrypted> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lanewright keys' });
  await client.connect();
  const unreadable: string[] = [];
  let written = 0;
  try {
    for (const column of personalColumns) {
      let after = '00000000-0000-0000-0000-000000000000';
      for (;;) {
        const rows = await oldRows(client, column, current, after);
        const [last] = rows.slice(-1);
        if (!last) break;
        after = last.id;
        await client.query('BEGIN');
        await client.query(`SELECT set_config('lanewright.reason', 'written under a newer key', true)`);
        for (const row of rows) {
          const text = readable(pii, column, row);
          if (text === null) unreadable.push(`${column.table}/${column.field}/${row.id}`);
          else written += await writeAnew(client, pii, column, row, text);
        }
        await client.query('COMMIT');
        onProgress(written);
      }
    }
    return { written, unreadable };
  } finally {
    await client.end();
  }
}

/** How many values of the database stand under each key. */
export async function keysInUse(ownerUrl: string): Promise<ReadonlyMap<number, number>> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lanewright keys' });
  await client.connect();
  try {
    const each = personalColumns.map(
      ({ table, field }) =>
        `SELECT ${keyVersion(`${field}_cipher`)} AS version FROM ${table} WHERE ${field}_cipher IS NOT NULL`,
    );
    const { rows } = await client.query<{ version: number; count: string }>(
      `SELECT version, count(*) FROM (${each.join(' UNION ALL ')}) AS used GROUP BY version ORDER BY version`,
    );
    return new Map(rows.map(({ version, count }) => [version, Number(count)]));
  } finally {
    await client.end();
  }
}

async function oldRows(
  client: pg.Client,
  { table, field, index, organization }: PersonalColumn,
  current: number,
  after: string,
): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${organization} AS organization, id, ${field}_cipher AS cipher, ${index === null ? 'NULL::bytea' : `${field}_index`} AS index
     FROM ${table} WHERE ${field}_cipher IS NOT NULL AND ${keyVersion(`${field}_cipher`)} <> $1 AND id > $2
     ORDER BY id LIMIT ${batchSize}`,
    [current, after],
  );
  return rows;
}

function readable(pii: Pii, column: PersonalColumn, row: Row): string | null {
  try {
    return unseal(pii, column, row.id, row.cipher);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

async function writeAnew(
  client: pg.Client,
  pii: Pii,
  column: PersonalColumn,
  row: Row,
  text: string,
): Promise<number> {
  const { table, field, organization } = column;
  const { cipher, indexes } = seal(pii, column, row.id, text);
  // One that is not searched for stays so.
  const index = row.index === null ? null : (indexes[0] ?? null);
  const verified = table === 'identity.users' && field === 'email' ? await verifiedAt(client, row) : null;
  const { rowCount } = await client.query(
    `UPDATE ${table} SET ${field}_cipher = $4${index === null ? '' : `, ${field}_index = $5`}
     WHERE ${organization} = $1 AND id = $2 AND ${field}_cipher = $3`,
    [row.organization, row.id, row.cipher, cipher, ...(index === null ? [] : [index])],
  );
  if (rowCount === 1 && table === 'identity.users' && field === 'email') {
    await keepVerified(client, row, verified, index);
  }
  return rowCount ?? 0;
}

async function verifiedAt(client: pg.Client, { organization, id }: Row): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>(
    'SELECT email_verified_at AS at FROM identity.users WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE',
    [organization, id],
  );
  return rows[0]?.at ?? null;
}

/** Another index looks like another address, which would have to be confirmed anew: it is the same one. */
async function keepVerified(
  client: pg.Client,
  { organization, id, index: before }: Row,
  verified: Date | null,
  index: Buffer | null,
): Promise<void> {
  await client.query(
    'UPDATE identity.users SET email_verified_at = $3 WHERE organization_id = $1 AND id = $2 AND email_verified_at IS DISTINCT FROM $3',
    [organization, id, verified],
  );
  await client.query(
    'UPDATE identity.email_verification_tokens SET email_index = $4 WHERE organization_id = $1 AND user_id = $2 AND email_index = $3',
    [organization, id, before, index],
  );
}
