/** Reads the audit log in order and in pieces: it may be larger than memory. Inside of a transaction. */
import type pg from 'pg';
import type { AuditBatch, AuditEntry } from './canonical.ts';

const micros = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint::text`;
const rowsAtOnce = 2000;

const entryColumns = `organization_id AS "organizationId", ${micros('at')} AS at, id::text AS id, plant_id AS "plantId", target,
  record_id AS "recordId", row_id::text AS "rowId", verb, before::text AS before, after::text AS after, person_id AS "personId",
  station_code AS "stationCode", session_id AS "sessionId", db_user AS "dbUser", reason, command_id AS "commandId",
  txid::text AS txid, hash`;
/** Numbers are read as text: an order by must name the column of the table (t), not of the result. */
const batchColumns = `organization_id AS "organizationId", station_code AS "stationCode", seq::text AS seq, ${micros('at')} AS at,
  ${micros('sealed_at')} AS "sealedAt", ${micros('previous_sealed_at')} AS "previousSealedAt", txid::text AS txid,
  first_id::text AS "firstId", last_id::text AS "lastId", entries, digest, application, client_address AS "clientAddress",
  previous_hash AS "previousHash", hash`;

/** Where a chain stands, of audit.heads. */
export interface AuditHead {
  readonly organizationId: string;
  readonly stationCode: string;
  readonly seq: string;
  readonly sealedAt: string;
  readonly hash: Buffer;
}

/** All entries, or one organization's, by organization, time and id. */
export function readEntries(
  client: pg.ClientBase,
  organizationId: string | null,
): AsyncGenerator<AuditEntry> {
  return read(client, 'entries', entryColumns, 'audit.log', 't.organization_id, t.at, t.id', organizationId);
}

/** Batches in the order of their entries. */
export function readBatchesByTime(
  client: pg.ClientBase,
  organizationId: string | null,
): AsyncGenerator<AuditBatch> {
  return read(
    client,
    'batches_by_time',
    batchColumns,
    'audit.batches',
    't.organization_id, t.at, t.first_id',
    organizationId,
  );
}

/** Batches chain by chain. */
export function readChains(client: pg.ClientBase, organizationId: string | null): AsyncGenerator<AuditBatch> {
  const order = 't.organization_id, t.station_code COLLATE "C", t.seq, t.sealed_at';
  return read(client, 'chains', batchColumns, 'audit.batches', order, organizationId);
}

export async function readHeads(
  client: pg.ClientBase,
  organizationId: string | null,
): Promise<readonly AuditHead[]> {
  const { rows } = await client.query<AuditHead>(
    `SELECT organization_id AS "organizationId", station_code AS "stationCode", seq::text AS seq,
       ${micros('sealed_at')} AS "sealedAt", hash
     FROM audit.heads WHERE $1::uuid IS NULL OR organization_id = $1 ORDER BY organization_id, station_code COLLATE "C"`,
    [organizationId],
  );
  return rows;
}

async function* read<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  name: string,
  columns: string,
  table: string,
  order: string,
  organizationId: string | null,
): AsyncGenerator<Row> {
  const cursor = `audit_${name}`;
  await client.query(
    `DECLARE ${cursor} NO SCROLL CURSOR FOR SELECT ${columns} FROM ${table} t
     WHERE $1::uuid IS NULL OR organization_id = $1 ORDER BY ${order}`,
    [organizationId],
  );
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${rowsAtOnce} FROM ${cursor}`);
    yield* rows;
    if (rows.length < rowsAtOnce) break;
  }
  await client.query(`CLOSE ${cursor}`);
}
