/** The rows of the log against the batches that sealed them. Both come by organization and time. */
import type pg from 'pg';
import { digestOf, leafOf } from './canonical.ts';
import type { AuditBatch } from './canonical.ts';
import type { Findings } from './findings.ts';
import { readBatchesByTime, readEntries } from './read.ts';

interface Options {
  readonly organizationId: string | null;
  readonly isExpired: (at: string) => boolean;
  readonly findings: Findings;
}

/** What is kept of a row until its batch is known. */
interface Leaf {
  readonly id: bigint;
  readonly stationCode: string;
  readonly txid: string;
  readonly target: string;
  readonly hash: Buffer;
}

/** Rows and batches that began in the same microsecond: in all but rare cases one transaction. */
interface Group<Member> {
  readonly organizationId: string;
  readonly at: string;
  readonly members: readonly Member[];
}

export async function verifyEntries(
  client: pg.ClientBase,
  { organizationId, isExpired, findings }: Options,
): Promise<{ entries: number }> {
  let entries = 0;
  const leaves = grouped(readEntries(client, organizationId), (entry): Leaf => {
    entries += 1;
    const { id, txid, target, hash } = entry;
    const stationCode = entry.stationCode ?? '';
    if (!leafOf(entry).equals(hash))
      findings.add({ kind: 'entry-changed', organizationId: entry.organizationId, stationCode, id, target });
    return { id: BigInt(id), stationCode, txid, target, hash };
  });
  const batches = grouped(readBatchesByTime(client, organizationId), (batch) => batch);

  let rows = await next(leaves);
  let sealed = await next(batches);
  while (rows !== null || sealed !== null) {
    const order = rows === null ? 1 : sealed === null ? -1 : compare(rows, sealed);
    compareGroup(order <= 0 ? rows : null, order >= 0 ? sealed : null, isExpired, findings);
    if (order <= 0) rows = await next(leaves);
    if (order >= 0) sealed = await next(batches);
  }
  return { entries };
}

function compareGroup(
  rows: Group<Leaf> | null,
  sealed: Group<AuditBatch> | null,
  isExpired: (at: string) => boolean,
  findings: Findings,
): void {
  const bySource = new Map<string, Leaf[]>();
  for (const leaf of rows?.members ?? []) {
    const source = `${leaf.txid} ${leaf.stationCode}`;
    const known = bySource.get(source);
    if (known) known.push(leaf);
    else bySource.set(source, [leaf]);
  }
  for (const batch of sealed?.members ?? []) {
    const source = `${batch.txid} ${batch.stationCode}`;
    const [first, last] = [BigInt(batch.firstId), BigInt(batch.lastId)];
    const all = bySource.get(source) ?? [];
    const own = all.filter(({ id }) => id >= first && id <= last);
    // Most transactions have one batch: nothing is left then.
    bySource.set(source, own.length === all.length ? [] : all.filter(({ id }) => id < first || id > last));
    compareBatch(batch, own, isExpired, findings);
  }
  for (const left of bySource.values()) {
    for (const { id, stationCode, target } of left) {
      const organizationId = rows?.organizationId ?? '';
      findings.add({ kind: 'entry-unsealed', organizationId, stationCode, id: String(id), target });
    }
  }
}

function compareBatch(
  batch: AuditBatch,
  own: readonly Leaf[],
  isExpired: (at: string) => boolean,
  findings: Findings,
): void {
  const { organizationId, stationCode, seq } = batch;
  const found = { organizationId, stationCode, seq };
  const missing = batch.entries - own.length;
  if (own.length === 0 && isExpired(batch.at)) return;
  if (missing > 0) findings.add({ kind: 'entries-missing', ...found, count: missing });
  else if (missing < 0) findings.add({ kind: 'entries-added', ...found, count: -missing });
  else if (!digestOf(own.map(({ hash }) => hash)).equals(batch.digest))
    findings.add({ kind: 'entries-exchanged', ...found });
}

const compare = (one: Group<unknown>, other: Group<unknown>) =>
  one.organizationId === other.organizationId
    ? Math.sign(Number(BigInt(one.at) - BigInt(other.at)))
    : one.organizationId < other.organizationId
      ? -1
      : 1;

async function* grouped<Row extends { readonly organizationId: string; readonly at: string }, Member>(
  rows: AsyncGenerator<Row>,
  keep: (row: Row) => Member,
): AsyncGenerator<Group<Member>> {
  let group: { organizationId: string; at: string; members: Member[] } | null = null;
  for await (const row of rows) {
    const { organizationId, at } = row;
    if (group !== null && (group.organizationId !== organizationId || group.at !== at)) {
      yield group;
      group = null;
    }
    group ??= { organizationId, at, members: [] };
    group.members.push(keep(row));
  }
  if (group !== null) yield group;
}

async function next<Value>(values: AsyncGenerator<Value>): Promise<Value | null> {
  const { done, value } = await values.next();
  return done ? null : value;
}
