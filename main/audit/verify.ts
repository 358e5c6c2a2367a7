/**
 * Walks the audit log and says what was changed, deleted, swapped or cut. Nothing that stands in the
 * database is believed but the hashes it can compute again: whole months may be missing only where the
 * chain itself proves that their retention is over.
 */
import pg from 'pg';
import type { AuditAnchor } from './anchor.ts';
import { verifyChains } from './chains.ts';
import { verifyEntries } from './entries.ts';
import { collectFindings } from './findings.ts';
import type { Finding } from './findings.ts';

/** Rows and batches older than this may be gone; younger ones may not, whatever a rule in the database says. */
const retentionYears = 7;
const findingsKept = 10_000;

export interface AuditReport {
  readonly chains: number;
  readonly batches: number;
  readonly entries: number;
  /** Chains of the anchor that was compared; null without one. */
  readonly anchored: number | null;
  /** How many; `findings` holds the first 10,000. */
  readonly found: number;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  readonly anchor?: AuditAnchor;
  /** Of one organization only. */
  readonly organizationId?: string;
  /** Epoch ms. */
  readonly now: number;
}

/** Verifies a snapshot: the log may be written meanwhile. `ownerUrl` must see the rows of every organization. */
export async function verifyAudit(ownerUrl: string, options: VerifyOptions): Promise<AuditReport> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lanewright audit' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await verifyWithin(client, options);
  } finally {
    await client.end();
  }
}

/** The same inside of a transaction that the caller has begun. */
export async function verifyWithin(client: pg.ClientBase, options: VerifyOptions): Promise<AuditReport> {
  const findings = collectFindings(findingsKept);
  const organizationId = options.organizationId ?? null;
  const horizon = new Date(options.now);
  horizon.setUTCFullYear(horizon.getUTCFullYear() - retentionYears);
  /** Microseconds, as in the database. */
  const isExpired = (at: string) => Number(at) < horizon.getTime() * 1000;
  const { chains, batches, anchored } = await verifyChains(client, {
    organizationId,
    anchor: options.anchor ?? null,
    isExpired,
    findings,
  });
  const { entries } = await verifyEntries(client, { organizationId, isExpired, findings });
  return { chains, batches, entries, anchored, found: findings.count(), findings: findings.list };
}
