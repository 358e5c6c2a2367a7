/** Which plan is meant: the one that holds, a draft beside it, or one that is only a record any more. */
import { sql } from 'kysely';
import { notFound, refused } from '#contract/errors';
import type { DatabaseTransaction } from '#main/services/core';

export interface PlanSource {
  /** `plan`: the operations themselves. `draft` and `record`: the entries of a version, where it has its own. */
  readonly kind: 'plan' | 'draft' | 'record';
  readonly plantId: string;
  /** Of the draft or record; for the plan, of the version that was published last, if one was. */
  readonly versionId: string | null;
  /** Of the plan that holds: a draft may not move what it froze either. */
  readonly frozenUntil: number | null;
}

/** The plan that holds in a plant. */
export async function planOf(transaction: DatabaseTransaction, plantId: string): Promise<PlanSource> {
  const published = await transaction
    .selectFrom('production.schedule_versions')
    .select(['id', 'frozen_until'])
    .where('plant_id', '=', plantId)
    .where('status', '=', 'published')
    .executeTakeFirst();
  return {
    kind: 'plan',
    plantId,
    versionId: published?.id ?? null,
    frozenUntil: published?.frozen_until?.getTime() ?? null,
  };
}

/** A version by id. The published one is the plan that holds. Throws `NotFound`. */
export async function sourceOf(transaction: DatabaseTransaction, versionId: string): Promise<PlanSource> {
  const version = await transaction
    .selectFrom('production.schedule_versions')
    .select(['plant_id', 'status', 'frozen_until'])
    .where('id', '=', versionId)
    .executeTakeFirst();
  if (version === undefined) throw notFound('error.unknown-version');
  const plan = await planOf(transaction, version.plant_id);
  if (version.status === 'published') return plan;
  if (version.status === 'archived') {
    return { ...plan, kind: 'record', versionId, frozenUntil: version.frozen_until?.getTime() ?? null };
  }
  return { ...plan, kind: 'draft', versionId };
}

/** The version of a plant, or the plan that holds there where none is named. */
export async function sourceIn(
  transaction: DatabaseTransaction,
  plantId: string,
  versionId: string | null,
): Promise<PlanSource> {
  if (versionId === null) return planOf(transaction, plantId);
  const source = await sourceOf(transaction, versionId);
  if (source.plantId !== plantId) throw notFound('error.unknown-version');
  return source;
}

/** A version that may be changed. Throws `Refused` where it is none any more. */
export async function draftOf(
  transaction: DatabaseTransaction,
  plantId: string,
  versionId: string,
): Promise<PlanSource> {
  const source = await sourceIn(transaction, plantId, versionId);
  if (source.kind !== 'draft') throw refused('refusal.version-not-draft');
  return source;
}

/** One after the other: whoever changes a plan of a plant waits for who does so already. */
export async function lockPlan(transaction: DatabaseTransaction, source: PlanSource): Promise<void> {
  const key = source.kind === 'plan' ? `plan/${source.plantId}` : `version/${source.versionId ?? ''}`;
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(transaction);
}
