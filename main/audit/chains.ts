/** The chains of batches: each follows the one before it, from the beginning or the expired part to the head. */
import type pg from 'pg';
import type { AuditAnchor } from './anchor.ts';
import { batchHashOf, beginning } from './canonical.ts';
import type { AuditBatch } from './canonical.ts';
import type { Findings } from './findings.ts';
import { readChains, readHeads } from './read.ts';

interface Options {
  readonly organizationId: string | null;
  readonly anchor: AuditAnchor | null;
  readonly isExpired: (at: string) => boolean;
  readonly findings: Findings;
}

const keyOf = (chain: { readonly organizationId: string; readonly stationCode: string }) =>
  `${chain.organizationId} ${chain.stationCode}`;

export async function verifyChains(
  client: pg.ClientBase,
  { organizationId, anchor, isExpired, findings }: Options,
): Promise<{ chains: number; batches: number; anchored: number | null }> {
  const heads = new Map((await readHeads(client, organizationId)).map((head) => [keyOf(head), head]));
  const anchors = new Map(
    anchor?.chains
      .filter((chain) => organizationId === null || chain.organizationId === organizationId)
      .map((chain) => [keyOf(chain), chain]),
  );
  const unmet = new Map(anchors);
  const seen = new Set<string>();
  let batches = 0;
  let previous: AuditBatch | null = null;

  const end = (last: AuditBatch | null) => {
    if (last === null) return;
    const chain = { organizationId: last.organizationId, stationCode: last.stationCode };
    const head = heads.get(keyOf(last));
    if (!head) findings.add({ kind: 'head-missing', ...chain, seq: last.seq });
    else if (BigInt(head.seq) > BigInt(last.seq))
      findings.add({ kind: 'tail-missing', ...chain, count: Number(BigInt(head.seq) - BigInt(last.seq)) });
    else if (head.seq !== last.seq || !head.hash.equals(last.hash) || head.sealedAt !== last.sealedAt)
      findings.add({ kind: 'head-wrong', ...chain, seq: head.seq });
  };

  for await (const batch of readChains(client, organizationId)) {
    batches += 1;
    const key = keyOf(batch);
    if (previous === null || keyOf(previous) !== key) {
      end(previous);
      previous = null;
      seen.add(key);
      const wanted = unmet.get(key);
      // What the anchor was taken of has expired since: only the chain's own proof of that counts.
      if (
        wanted &&
        BigInt(wanted.seq) < BigInt(batch.seq) &&
        isExpired(batch.previousSealedAt ?? batch.sealedAt)
      )
        unmet.delete(key);
    }
    verifyBatch(batch, previous, isExpired, findings);
    const anchored = unmet.get(key);
    if (anchored?.seq === batch.seq && anchored.hash === batch.hash.toString('hex')) unmet.delete(key);
    previous = batch;
  }
  end(previous);

  for (const [key, head] of heads) {
    if (seen.has(key)) continue;
    seen.add(key);
    const { organizationId: organization, stationCode, seq, sealedAt, hash } = head;
    if (!isExpired(sealedAt))
      findings.add({ kind: 'tail-missing', organizationId: organization, stationCode, count: Number(seq) });
    const wanted = unmet.get(key);
    if (
      wanted &&
      isExpired(sealedAt) &&
      (BigInt(wanted.seq) < BigInt(seq) || wanted.hash === hash.toString('hex'))
    )
      unmet.delete(key);
  }
  for (const { organizationId: organization, stationCode, seq } of unmet.values())
    findings.add({ kind: 'anchor-broken', organizationId: organization, stationCode, seq });
  return { chains: seen.size, batches, anchored: anchor === null ? null : anchors.size };
}

function verifyBatch(
  batch: AuditBatch,
  previous: AuditBatch | null,
  isExpired: (at: string) => boolean,
  findings: Findings,
): void {
  const { organizationId, stationCode, seq } = batch;
  const found = { organizationId, stationCode, seq };
  if (!batchHashOf(batch).equals(batch.hash)) findings.add({ kind: 'batch-changed', ...found });
  const wanted = previous === null ? 1n : BigInt(previous.seq) + 1n;
  const number = BigInt(seq);
  if (number < wanted) {
    findings.add({ kind: 'batch-added', ...found });
  } else if (number > wanted) {
    const expired = previous === null && batch.previousSealedAt !== null && isExpired(batch.previousSealedAt);
    if (!expired) findings.add({ kind: 'batches-missing', ...found, count: Number(number - wanted) });
  } else if (
    !batch.previousHash.equals(previous?.hash ?? beginning) ||
    batch.previousSealedAt !== (previous?.sealedAt ?? null)
  ) {
    findings.add({ kind: 'batch-unlinked', ...found });
  }
}
