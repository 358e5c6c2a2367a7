/**
 * What is hashed of the audit log, computed outside of the database: the other half of
 * 0014_audit.sql. SHA-256 (FIPS 180-4) over lines that end in \n, UTF-8, absent values empty, free
 * text as JSON; so no value can pass for two.
 */
import { createHash } from 'node:crypto';

/** A row of audit.log as PostgreSQL writes it. JSON is its text, instants are microseconds since 1970 UTC. */
export interface AuditEntry {
  readonly organizationId: string;
  readonly at: string;
  readonly id: string;
  readonly plantId: string | null;
  readonly target: string;
  readonly recordId: string | null;
  readonly rowId: string;
  readonly verb: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly personId: string | null;
  readonly stationCode: string | null;
  readonly sessionId: string | null;
  readonly dbUser: string;
  readonly reason: string | null;
  readonly commandId: string | null;
  readonly txid: string;
  readonly hash: Buffer;
}

/** A row of audit.batches: what one transaction wrote for one organization at one station. */
export interface AuditBatch {
  readonly organizationId: string;
  readonly stationCode: string;
  readonly seq: string;
  readonly at: string;
  readonly sealedAt: string;
  readonly previousSealedAt: string | null;
  readonly txid: string;
  readonly firstId: string;
  readonly lastId: string;
  readonly entries: number;
  readonly digest: Buffer;
  readonly application: string;
  readonly clientAddress: string | null;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** What a chain begins with in the place of a hash before it. */
export const beginning = Buffer.alloc(32);

const sha256 = (...parts: readonly (string | Buffer)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const text = (value: string | null) => (value === null ? '' : JSON.stringify(value));

/** The leaf of an entry: first the lines that the rows of one statement have in common, then its own. */
export function leafOf(entry: AuditEntry): Buffer {
  const common = sha256(
    [
      'lanewright audit 1',
      entry.at,
      text(entry.target),
      entry.personId ?? '',
      text(entry.stationCode),
      entry.sessionId ?? '',
      text(entry.dbUser),
      text(entry.reason),
      text(entry.commandId),
      entry.txid,
    ].join('\n'),
  );
  return sha256(
    [
      common.toString('hex'),
      entry.organizationId,
      entry.id,
      entry.plantId ?? '',
      entry.recordId ?? '',
      entry.rowId,
      entry.verb,
      entry.before ?? '',
      entry.after ?? '',
    ].join('\n'),
  );
}

/** @param leaves in the order of their entries' ids. */
export function digestOf(leaves: readonly Buffer[]): Buffer {
  return sha256(...leaves);
}

export function batchHashOf(batch: AuditBatch): Buffer {
  return sha256(
    batch.previousHash,
    [
      'lanewright audit batch 1',
      batch.previousSealedAt ?? '',
      batch.organizationId,
      text(batch.stationCode),
      batch.seq,
      batch.sealedAt,
      batch.at,
      batch.txid,
      batch.firstId,
      batch.lastId,
      String(batch.entries),
      batch.digest.toString('hex'),
      text(batch.application),
      text(batch.clientAddress),
    ].join('\n'),
  );
}
