/**
 * An anchor: where every chain stood, in a file that is kept where whoever could rewrite the whole
 * database cannot reach it. A chain that was cut or made anew before that moment no longer leads there.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type pg from 'pg';
import { z } from 'zod';
import { invalid, refused } from '#contract/errors';
import { readHeads } from './read.ts';

const format = 'lanewright audit anchor 1';

const shape = z.object({
  format: z.literal(format),
  takenAt: z.iso.datetime(),
  chains: z.array(
    z.object({
      organizationId: z.uuid(),
      stationCode: z.string(),
      seq: z.string().regex(/^[1-9]\d*$/),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  /** SHA-256 over the chains: an anchor that lost a line says so itself. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditAnchor = z.infer<typeof shape>;

const digestOf = (chains: AuditAnchor['chains']) =>
  createHash('sha256').update(JSON.stringify(chains)).digest('hex');

/** @param now epoch ms. */
export async function takeAnchor(client: pg.ClientBase, now: number): Promise<AuditAnchor> {
  const chains = (await readHeads(client, null)).map(({ organizationId, stationCode, seq, hash }) => ({
    organizationId,
    stationCode,
    seq,
    hash: hash.toString('hex'),
  }));
  return { format, takenAt: new Date(now).toISOString(), chains, digest: digestOf(chains) };
}

/** @throws AppError `Refused` where the file exists: an older anchor is evidence. */
export async function writeAnchor(file: string, anchor: AuditAnchor): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(anchor, null, 1)}\n`, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw refused('error.audit-anchor-exists', { file });
    throw cause;
  }
}

/** @throws AppError `Invalid` where the file is none, or was changed. */
export async function readAnchor(file: string): Promise<AuditAnchor> {
  const broken = () => invalid('anchor', 'error.audit-anchor-unreadable', { file });
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw broken();
  }
  const anchor = shape.safeParse(content);
  if (!anchor.success || anchor.data.digest !== digestOf(anchor.data.chains)) throw broken();
  return anchor.data;
}
