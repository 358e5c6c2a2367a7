/** Writes edited bars into a draft: rows of `production.schedule_entries`. */
import { sql } from 'kysely';
import type { DatabaseTransaction } from '#main/services/core';
import type { EditedBar } from './workbench.ts';
import type { PlanSource } from './plan-source.ts';

/**
 * Gives open operations that came after the draft an entry of it, as the plan has them, so that there is
 * a version to compare.
 */
export async function adoptOperations(transaction: DatabaseTransaction, source: PlanSource): Promise<void> {
  await sql`
    INSERT INTO production.schedule_entries (organization_id, id, plant_id, schedule_version_id, work_order_id, operation_id,
      part, lane_id, starts_at, ends_at, setup_s, is_fixed, plan_lane_id, plan_starts_at, plan_fixed)
    SELECT operation.organization_id, app.uuidv7(), operation.plant_id, ${source.versionId}, operation.work_order_id,
      operation.id, operation.part, operation.lane_id, operation.starts_at, operation.ends_at, operation.setup_s,
      operation.locked, operation.lane_id, operation.starts_at, operation.locked
    FROM production.operations AS operation
    WHERE operation.plant_id = ${source.plantId} AND operation.status IN ('planned', 'ready')
      AND NOT EXISTS (SELECT FROM production.schedule_entries AS entry
        WHERE entry.organization_id = operation.organization_id AND entry.operation_id = operation.id
          AND entry.schedule_version_id = ${source.versionId})
    ON CONFLICT (organization_id, schedule_version_id, operation_id) DO NOTHING`.execute(transaction);
}

export async function writeEntries(
  transaction: DatabaseTransaction,
  source: PlanSource,
  bars: readonly EditedBar[],
): Promise<void> {
  const gone = bars.filter(({ isGone }) => isGone);
  for (const { planned, operation } of gone)
    await removePart(transaction, source, planned.entryId, operation.operationId);
  for (const bar of bars.filter(({ isNew, isGone }) => isNew && !isGone)) {
    await insertPart(transaction, source, bar);
  }
  const kept = bars.filter(({ isNew, isGone }) => !isNew && !isGone);
  if (kept.length > 0) await placeAll(transaction, source, kept);
}

async function placeAll(
  transaction: DatabaseTransaction,
  source: PlanSource,
  bars: readonly EditedBar[],
): Promise<void> {
  const rows = bars.map(({ planned, operation, setupS }) => ({
    id: operation.operationId,
    lane_id: operation.placement?.laneId ?? null,
    starts_at: operation.placement === undefined ? null : operation.placement.startsAt / 1000,
    ends_at: operation.placement === undefined ? null : operation.placement.endsAt / 1000,
    setup_s: setupS,
    is_fixed: operation.locked ?? false,
    // Only where the draft says otherwise than the plan; what it said before stays.
    quantity: operation.quantity === planned.operation.quantity ? null : operation.quantity,
    part: operation.part ?? 1,
  }));
  await sql`
    UPDATE production.schedule_entries AS entry
    SET lane_id = bar.lane_id, starts_at = to_timestamp(bar.starts_at), ends_at = to_timestamp(bar.ends_at),
      setup_s = bar.setup_s, is_fixed = bar.is_fixed, quantity = coalesce(bar.quantity, entry.quantity), part = bar.part,
      status = 'scheduled'
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS bar(id uuid, lane_id uuid, starts_at float8, ends_at float8, setup_s integer, is_fixed boolean, quantity numeric, part integer)
    WHERE entry.schedule_version_id = ${source.versionId} AND coalesce(entry.operation_id, entry.id) = bar.id`.execute(
    transaction,
  );
}

async function insertPart(
  transaction: DatabaseTransaction,
  source: PlanSource,
  { operation, planned, setupS }: EditedBar,
): Promise<void> {
  const { placement } = operation;
  await sql`
    INSERT INTO production.schedule_entries (organization_id, id, plant_id, schedule_version_id, work_order_id, split_from_id,
      part, quantity, lane_id, starts_at, ends_at, setup_s)
    SELECT whole.organization_id, ${operation.operationId}, whole.plant_id, ${source.versionId}, whole.work_order_id, whole.id,
      ${operation.part ?? 2}, ${operation.quantity}, ${placement?.laneId ?? null},
      ${placement === undefined ? null : new Date(placement.startsAt)},
      ${placement === undefined ? null : new Date(placement.endsAt)}, ${setupS}
    FROM production.operations AS whole WHERE whole.id = ${planned.rootId}`.execute(transaction);
}

/** A part that only the draft knows goes; one that the plan has too is cancelled in the draft. */
async function removePart(
  transaction: DatabaseTransaction,
  source: PlanSource,
  entryId: string | null,
  operationId: string,
): Promise<void> {
  if (entryId === operationId) {
    await transaction.deleteFrom('production.schedule_entries').where('id', '=', operationId).execute();
    return;
  }
  await transaction
    .updateTable('production.schedule_entries')
    .set({ status: 'cancelled', lane_id: null, starts_at: null, ends_at: null, setup_s: 0, is_fixed: false })
    .where('schedule_version_id', '=', source.versionId ?? '')
    .where('operation_id', '=', operationId)
    .execute();
}
