/** Makes a draft the plan that holds: checked, signed, and all in one transaction. */
import { sql } from 'kysely';
import { conflict, notAllowed, refused } from '#contract/errors';
import type { AppError } from '#contract/errors';
import type { BoardOperation } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { claimCommand } from '#main/services/desk-command';
import { readOperations } from '#main/services/lanes/board';
import { selectOperations } from '#main/services/lanes/operations';
import { lockPlan, planOf } from '#main/services/lanes/plan-source';
import type { PlanSource } from '#main/services/lanes/plan-source';
import { set } from '#main/services/lanes/workbench';
import type { EditedBar, Workbench } from '#main/services/lanes/workbench';
import { adoptOperations } from '#main/services/lanes/write-entries';
import { writeOperations } from '#main/services/lanes/write-operations';
import { violationsOf } from './check.ts';
import { readDraftFigures } from './figures.ts';
import { holdDraft, readVersion } from './versions.ts';

export interface Publication {
  readonly commandId: string;
  readonly versionId: string;
  readonly version: number;
  readonly password: string;
  readonly reason: string;
  readonly frozenUntil: number | null;
}

/** The frozen horizon may not reach so far that nobody could plan any more. */
const mostFrozenDays = 60;
const dayMs = 86_400_000;

/**
 * Throws `Conflict` where another version was published, or an operation was moved in the plan, since the
 * draft was made; `Refused` with the first rule that the draft breaks.
 * @returns the error of a wrong password, to be thrown when the transaction is committed: the attempt counts.
 */
export async function publishDraft(
  transaction: DatabaseTransaction,
  publication: Publication,
  now: number,
): Promise<AppError | null> {
  const { versionId, reason, frozenUntil } = publication;
  if (frozenUntil !== null && frozenUntil > now + mostFrozenDays * dayMs) {
    throw refused('refusal.frozen-too-far', { days: mostFrozenDays });
  }
  if (await isApplied(transaction, publication.commandId)) return null;
  const { plantId, planId } = await holdDraft(transaction, versionId, publication.version, now);
  const plan = await planOf(transaction, plantId);
  const draft: PlanSource = { ...plan, kind: 'draft', versionId };
  await lockPlan(transaction, plan);
  await lockPlan(transaction, draft);
  await holdOperations(transaction, plantId);
  if (plan.versionId !== planId && plan.versionId !== null) {
    const theirs = await readVersion(transaction, plan.versionId, now);
    throw conflict('error.plan-published-since', theirs, { number: theirs.number });
  }
  await adoptOperations(transaction, draft);
  await refuseMovedSince(transaction, draft, plan, now);
  const [violation] = await violationsOf(transaction, draft, now);
  if (violation !== undefined) throw refused(`violation.${violation.rule}`, violation.values);

  const { signatureId, problem } = await sign(transaction, publication);
  if (signatureId === null) return problem;
  await claimCommand(transaction, { commandId: publication.commandId, kind: 'schedules.publish', at: now });

  const figures = await readDraftFigures(transaction, draft, now);
  await archivePublished(transaction, plan, now);
  await carryOver(transaction, draft, plan);
  await recordPlan(transaction, versionId);
  await sql`
    UPDATE production.schedule_versions
    SET status = 'published', published_at = ${new Date(now)}, published_by = identity.current_user_id(),
      publish_reason = ${reason}, signature_id = ${signatureId}, figures = ${JSON.stringify(figures)},
      frozen_until = ${frozenUntil === null ? null : new Date(frozenUntil)}
    WHERE id = ${versionId}`.execute(transaction);
  return null;
}

async function isApplied(transaction: DatabaseTransaction, commandId: string): Promise<boolean> {
  const row = await transaction
    .selectFrom('app.applied_commands')
    .select('command_id')
    .where('command_id', '=', commandId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The floor starts nothing between the check and the publication. */
async function holdOperations(transaction: DatabaseTransaction, plantId: string): Promise<void> {
  await sql`
    SELECT id FROM production.operations WHERE plant_id = ${plantId} AND status IN ('planned', 'ready')
    ORDER BY id FOR UPDATE`.execute(transaction);
}

/** What both the draft and somebody in the plan moved since: a person decides which of the two holds. */
async function refuseMovedSince(
  transaction: DatabaseTransaction,
  draft: PlanSource,
  plan: PlanSource,
  now: number,
): Promise<void> {
  const { rows } = await sql<{ id: string; code: string }>`
    SELECT operation.id, operation.code
    FROM production.schedule_entries AS entry
    JOIN production.operations AS operation
      ON operation.organization_id = entry.organization_id AND operation.id = entry.operation_id
    WHERE entry.schedule_version_id = ${draft.versionId} AND operation.status IN ('planned', 'ready')
      AND (operation.lane_id, operation.starts_at) IS DISTINCT FROM (entry.plan_lane_id, entry.plan_starts_at)
      AND (entry.lane_id, entry.starts_at) IS DISTINCT FROM (entry.plan_lane_id, entry.plan_starts_at)
      AND (entry.lane_id, entry.starts_at) IS DISTINCT FROM (operation.lane_id, operation.starts_at)
    ORDER BY operation.code LIMIT 1`.execute(transaction);
  const [moved] = rows;
  const id = moved?.id ?? (await firstResplit(transaction, draft, plan));
  if (id === undefined) return;
  const [theirs] = await readOperations(transaction, plan, [id], now);
  throw conflict('error.plan-moved-since', theirs, { operation: theirs?.code ?? moved?.code ?? '' });
}

/** An operation of which plan and draft no longer plan the same quantity: it was split in both. */
async function firstResplit(
  transaction: DatabaseTransaction,
  draft: PlanSource,
  plan: PlanSource,
): Promise<string | undefined> {
  const open = sql`bar.status IN ('planned', 'ready') AND bar.is_split`;
  const quantities = async (source: PlanSource) => {
    const bars = await selectOperations(transaction, source, open);
    const byRoot = Map.groupBy(bars, ({ rootId }) => rootId);
    return new Map(
      [...byRoot].map(([root, parts]) => [
        root,
        parts.reduce((sum, { operation }) => sum + operation.quantity, 0),
      ]),
    );
  };
  const inPlan = await quantities(plan);
  for (const [root, quantity] of await quantities(draft)) {
    const planned = inPlan.get(root);
    if (planned !== undefined && Math.abs(planned - quantity) > quantity * 1e-9) return root;
  }
  return undefined;
}

async function sign(
  transaction: DatabaseTransaction,
  { versionId, password, reason }: Publication,
): Promise<
  | { readonly signatureId: string; readonly problem: null }
  | { readonly signatureId: null; readonly problem: AppError }
> {
  const { rows } = await sql<{ outcome: string; signature_id: string | null; retry_at: Date | null }>`
    SELECT * FROM identity.sign(${password}, 'published', ${`production.schedule_versions/${versionId}`}, ${reason})`.execute(
    transaction,
  );
  const { signature_id: signatureId = null, retry_at: retryAt = null } = rows[0] ?? {};
  if (signatureId !== null) return { signatureId, problem: null };
  const problem =
    retryAt === null
      ? notAllowed('error.signature-wrong')
      : notAllowed('error.signature-locked', { retryAt: retryAt.getTime() });
  return { signatureId: null, problem };
}

async function archivePublished(
  transaction: DatabaseTransaction,
  plan: PlanSource,
  now: number,
): Promise<void> {
  if (plan.versionId === null) return;
  const figures = await readDraftFigures(transaction, plan, now);
  await transaction
    .updateTable('production.schedule_versions')
    .set({ status: 'archived', figures: JSON.stringify(figures) })
    .where('id', '=', plan.versionId)
    .execute();
}

/** Writes the bars of the draft into the operations: places and locks, and splits as operations of their own. */
async function carryOver(
  transaction: DatabaseTransaction,
  draft: PlanSource,
  plan: PlanSource,
): Promise<void> {
  const open = sql`bar.status IN ('planned', 'ready')`;
  const before = new Map(
    (await selectOperations(transaction, plan, open)).map((one) => [one.operation.operationId, one]),
  );
  const wanted = await selectOperations(transaction, draft, open);
  const bars: Workbench = new Map();
  for (const one of wanted) {
    const { operationId } = one.operation;
    const planned = before.get(operationId);
    const bar: EditedBar = {
      planned: planned ?? one,
      operation: one.operation,
      setupS: one.setupS,
      isNew: planned === undefined,
      isGone: false,
    };
    if (planned === undefined || differs(planned.operation, one.operation) || planned.setupS !== one.setupS) {
      bars.set(operationId, bar);
    }
  }
  // A joined part must not find its number taken, and a new one not that of a part that goes.
  const kept = new Set(wanted.map(({ operation }) => operation.operationId));
  for (const [operationId, planned] of before) {
    if (kept.has(operationId)) continue;
    const { operation, setupS } = planned;
    bars.set(operationId, { planned, operation, setupS, isNew: false, isGone: false });
    const bar = bars.get(operationId);
    if (bar !== undefined) {
      set(bars, bar, { placement: undefined }, 0);
      bars.set(operationId, { ...bar, isGone: true });
    }
  }
  await writeOperations(transaction, [...bars.values()]);
}

function differs(a: BoardOperation, b: BoardOperation): boolean {
  return (
    a.placement?.laneId !== b.placement?.laneId ||
    a.placement?.startsAt !== b.placement?.startsAt ||
    a.placement?.endsAt !== b.placement?.endsAt ||
    a.locked !== b.locked ||
    a.quantity !== b.quantity
  );
}

/**
 * The entries say from now on what was published, untouched ones included; parts know the operation they became.
 * Most say it already, as the draft was just carried over: those stay as they are.
 */
async function recordPlan(transaction: DatabaseTransaction, versionId: string): Promise<void> {
  await sql`DELETE FROM production.schedule_entries WHERE schedule_version_id = ${versionId} AND status = 'cancelled'`.execute(
    transaction,
  );
  await sql`
    UPDATE production.schedule_entries AS entry
    SET operation_id = operation.id, part = operation.part, quantity = operation.quantity, lane_id = operation.lane_id,
      starts_at = operation.starts_at, ends_at = operation.ends_at, setup_s = operation.setup_s, is_fixed = operation.locked,
      status = word.status
    FROM production.operations AS operation
    CROSS JOIN LATERAL (SELECT CASE operation.status WHEN 'running' THEN 'in_progress' WHEN 'paused' THEN 'in_progress'
        WHEN 'completed' THEN 'completed' WHEN 'cancelled' THEN 'cancelled' ELSE 'scheduled' END AS status) AS word
    WHERE entry.schedule_version_id = ${versionId} AND operation.organization_id = entry.organization_id
      AND operation.id = coalesce(entry.operation_id, entry.id)
      AND (entry.operation_id, entry.part, entry.quantity, entry.lane_id, entry.starts_at, entry.ends_at, entry.setup_s,
          entry.is_fixed, entry.status)
        IS DISTINCT FROM (operation.id, operation.part, operation.quantity, operation.lane_id, operation.starts_at,
          operation.ends_at, operation.setup_s, operation.locked, word.status)`.execute(transaction);
  // A part whose whole was started meanwhile never came to be.
  await sql`DELETE FROM production.schedule_entries WHERE schedule_version_id = ${versionId} AND operation_id IS NULL`.execute(
    transaction,
  );
}
