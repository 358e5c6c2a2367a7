/** Writes edited bars into the plan that holds. */
import { sql } from 'kysely';
import type { DatabaseTransaction } from '#main/services/core';
import type { EditedBar } from './workbench.ts';

/** What stands in the row of a bar beside its place. */
export async function writeOperations(
  transaction: DatabaseTransaction,
  bars: readonly EditedBar[],
): Promise<void> {
  for (const bar of bars.filter(({ isGone }) => isGone)) await cancelPart(transaction, bar);
  for (const bar of bars.filter(({ isNew, isGone }) => isNew && !isGone)) await insertPart(transaction, bar);
  const kept = bars.filter(({ isNew, isGone }) => !isNew && !isGone);
  for (const bar of kept.filter(isResized)) await resize(transaction, bar);
  if (kept.length > 0) await placeAll(transaction, kept);
}

function isResized({ planned, operation }: EditedBar): boolean {
  return operation.durationS !== planned.operation.durationS || operation.part !== planned.operation.part;
}

/** One statement, however many bars: one change of the feed, one notification. */
async function placeAll(transaction: DatabaseTransaction, bars: readonly EditedBar[]): Promise<void> {
  const rows = bars.map(({ operation: { operationId, placement, locked }, setupS }) => ({
    id: operationId,
    lane_id: placement?.laneId ?? null,
    starts_at: placement === undefined ? null : placement.startsAt / 1000,
    ends_at: placement === undefined ? null : placement.endsAt / 1000,
    setup_s: setupS,
    locked: locked ?? false,
  }));
  await sql`
    UPDATE production.operations AS operation
    SET lane_id = bar.lane_id, starts_at = to_timestamp(bar.starts_at), ends_at = to_timestamp(bar.ends_at),
      setup_s = bar.setup_s, locked = bar.locked
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS bar(id uuid, lane_id uuid, starts_at float8, ends_at float8, setup_s integer, locked boolean)
    WHERE operation.id = bar.id`.execute(transaction);
}

/** Quantity and times of a bar that was split or joined; a whole that is all of its order says no quantity. */
async function resize(transaction: DatabaseTransaction, bar: EditedBar): Promise<void> {
  const { operation } = bar;
  await sql`
    UPDATE production.operations AS operation
    SET quantity = CASE WHEN operation.part = 1 AND ${operation.quantity}::numeric = work_order.quantity THEN NULL
        ELSE ${operation.quantity}::numeric END,
      duration_s = ${operation.durationS}
    FROM production.work_orders AS work_order
    WHERE work_order.organization_id = operation.organization_id AND work_order.id = operation.work_order_id
      AND operation.id = ${operation.operationId}`.execute(transaction);
  await writeLaneTimes(transaction, bar);
}

/** A part is an operation like any other, with the next number behind the code of the whole. */
async function insertPart(transaction: DatabaseTransaction, bar: EditedBar): Promise<void> {
  const { operation, planned, setupS } = bar;
  const { placement } = operation;
  await sql`
    INSERT INTO production.operations (organization_id, id, plant_id, work_order_id, number, code, name, status, duration_s,
      eligible_lane_ids, lane_id, starts_at, ends_at, setup_s, description, setup_family_id, interruptible, part, quantity,
      split_from_id, assigned_to)
    SELECT whole.organization_id, ${operation.operationId}, whole.plant_id, whole.work_order_id, whole.number,
      whole.code || '-' || next.part, whole.name, whole.status, ${operation.durationS}, whole.eligible_lane_ids,
      ${placement?.laneId ?? null}, ${placement === undefined ? null : new Date(placement.startsAt)},
      ${placement === undefined ? null : new Date(placement.endsAt)}, ${setupS}, whole.description,
      whole.setup_family_id, whole.interruptible, next.part, ${operation.quantity}, whole.id, whole.assigned_to
    FROM production.operations AS whole
    CROSS JOIN LATERAL (SELECT max(part.part) + 1 AS part FROM production.operations AS part
      WHERE part.organization_id = whole.organization_id AND part.work_order_id = whole.work_order_id
        AND part.number = whole.number) AS next
    WHERE whole.id = ${planned.rootId}`.execute(transaction);
  await writeLaneTimes(transaction, bar);
}

async function writeLaneTimes(transaction: DatabaseTransaction, bar: EditedBar): Promise<void> {
  const { operation, planned } = bar;
  const rows = Object.entries(operation.laneDurationsS ?? {}).map(([laneId, durationS]) => {
    const [setupS, , preference] = planned.laneTimes[laneId] ?? [0, 0, 50];
    // The first part is set up; what follows it directly is not set up again for the same thing.
    const ownSetupS = bar.isNew ? 0 : Math.min(setupS, durationS - 1);
    return { lane_id: laneId, setup_s: ownSetupS, run_s: durationS - ownSetupS, preference };
  });
  if (rows.length === 0) return;
  await sql`
    INSERT INTO production.operation_lanes (organization_id, operation_id, lane_id, plant_id, setup_s, run_s, preference)
    SELECT operation.organization_id, operation.id, own.lane_id, operation.plant_id, own.setup_s, own.run_s, own.preference
    FROM production.operations AS operation, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS own(lane_id uuid, setup_s integer, run_s integer, preference integer)
    WHERE operation.id = ${operation.operationId}
    ON CONFLICT (organization_id, operation_id, lane_id) DO UPDATE
      SET setup_s = excluded.setup_s, run_s = excluded.run_s`.execute(transaction);
}

/** The row stays, as everything that was ever printed on a traveller does. */
async function cancelPart(transaction: DatabaseTransaction, { operation }: EditedBar): Promise<void> {
  await transaction
    .updateTable('production.operations')
    .set({ status: 'cancelled', lane_id: null, starts_at: null, ends_at: null, setup_s: 0, locked: false })
    .where('id', '=', operation.operationId)
    .execute();
}
