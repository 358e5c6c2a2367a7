/**
 * Operations as a plan has them. Of the plan that holds, the operations themselves; of a version, its
 * entries: what has started on the floor, and what the draft never touched, stands as the plan has it.
 */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { BoardOperation, OperationStatus } from '#domain/scheduling/types';
import type { Coverage } from '#domain/scheduling/coverage';
import type { DatabaseTransaction } from '#main/services/core';
import type { PlanSource } from './plan-source.ts';

/** A bar without what other tables say of it. `setupS` is what of it depends on what runs before. */
export interface PlannedOperation {
  readonly operation: BoardOperation;
  readonly plantId: string;
  readonly setupS: number;
  /** Of the operation that is whole, whose part this is; its own id otherwise. */
  readonly rootId: string;
  /** Set-up, run and preference by lane, where they are known by lane. */
  readonly laneTimes: Readonly<Record<string, readonly [number, number, number]>>;
  /** Of the entry, in a draft that has one of its own for it. */
  readonly entryId: string | null;
}

interface Row {
  readonly id: string;
  readonly root_id: string;
  readonly code: string;
  readonly plant_id: string;
  readonly work_order_id: string;
  readonly work_order_number: string;
  readonly number: number;
  readonly part: number;
  readonly is_split: boolean;
  readonly name: string;
  readonly material_code: string;
  readonly material_name: string;
  readonly quantity: number;
  readonly unit: string;
  readonly status: OperationStatus;
  readonly good_quantity: number;
  readonly priority: number;
  readonly due_at: Date;
  readonly release_at: Date | null;
  readonly customer: string | null;
  readonly duration_s: number;
  readonly eligible_lane_ids: string[];
  readonly lane_times: Record<string, [number, number, number]> | null;
  readonly setup_family_id: string | null;
  readonly interruptible: boolean;
  readonly started_at: Date | null;
  readonly progress_at: Date | null;
  readonly completed_at: Date | null;
  readonly lane_id: string | null;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
  readonly setup_s: number;
  readonly locked: boolean;
  readonly version: number;
  readonly plan_lane_id: string | null;
  readonly plan_starts_at: Date | null;
  readonly plan_ends_at: Date | null;
  readonly entry_id: string | null;
}

/** Columns that a bar has wherever its place is kept; `share` is its part of the operation's quantity. */
const facts = sql`
  work_order.number AS work_order_number, operation.work_order_id, operation.plant_id, operation.number, operation.name,
  material.code AS material_code, material.name AS material_name, work_order.unit, operation.status, work_order.priority,
  work_order.due_at, work_order.customer, operation.eligible_lane_ids, operation.setup_family_id, operation.interruptible,
  operation.started_at, operation.completed_at,
  CASE WHEN operation.status IN ('running', 'paused') AND operation.good_quantity > 0 THEN (
    SELECT max(log.at) FROM production.logs AS log
      WHERE log.organization_id = operation.organization_id AND log.operation_id = operation.id
        AND log.good_quantity > 0) END AS progress_at,
  work_order.planned_start_on::timestamp AT TIME ZONE plant.time_zone AS release_at`;

const joined = sql`
  JOIN production.work_orders AS work_order
    ON work_order.organization_id = operation.organization_id AND work_order.id = operation.work_order_id
  JOIN material.materials AS material
    ON material.organization_id = work_order.organization_id AND material.id = work_order.material_id
  JOIN org.plants AS plant ON plant.organization_id = operation.organization_id AND plant.id = operation.plant_id`;

/** Times by lane, the run scaled to `share`. */
const laneTimes = (share: RawBuilder<unknown>) => sql`(
  SELECT jsonb_object_agg(own.lane_id,
      jsonb_build_array(own.setup_s, greatest(1, round(own.run_s * ${share})), own.preference))
    FROM production.operation_lanes AS own
    WHERE own.organization_id = operation.organization_id AND own.operation_id = operation.id)`;

const planRows = sql`
  SELECT operation.id, coalesce(operation.split_from_id, operation.id) AS root_id, operation.code, ${facts},
    operation.part, operation.quantity IS NOT NULL AS is_split,
    coalesce(operation.quantity, work_order.quantity) AS quantity, operation.good_quantity, operation.duration_s,
    ${laneTimes(sql`1`)} AS lane_times, operation.lane_id, operation.starts_at, operation.ends_at, operation.setup_s,
    operation.locked, operation.version, NULL::uuid AS plan_lane_id, NULL::timestamptz AS plan_starts_at,
    NULL::timestamptz AS plan_ends_at, NULL::uuid AS entry_id
  FROM production.operations AS operation ${joined}`;

/**
 * An entry counts while work has not begun and the draft has touched it: moved, locked, split or joined.
 * An operation that came after the draft has no entry, and stands where the plan has it.
 */
const versionRows = (versionId: string, record: boolean) => sql`
  SELECT operation.id, coalesce(operation.split_from_id, operation.id) AS root_id, operation.code, ${facts},
    coalesce(entry.part, operation.part) AS part,
    coalesce(counted.quantity, operation.quantity) IS NOT NULL AS is_split,
    size.quantity, operation.good_quantity, greatest(1, round(operation.duration_s * size.share))::integer AS duration_s,
    ${laneTimes(sql`size.share`)} AS lane_times,
    CASE WHEN own THEN entry.lane_id ELSE operation.lane_id END AS lane_id,
    CASE WHEN own THEN entry.starts_at ELSE operation.starts_at END AS starts_at,
    CASE WHEN own THEN entry.ends_at ELSE operation.ends_at END AS ends_at,
    CASE WHEN own THEN entry.setup_s ELSE operation.setup_s END AS setup_s,
    CASE WHEN own THEN entry.is_fixed ELSE operation.locked END AS locked,
    coalesce(entry.version, 1) AS version, operation.lane_id AS plan_lane_id, operation.starts_at AS plan_starts_at,
    operation.ends_at AS plan_ends_at, entry.id AS entry_id
  FROM production.operations AS operation ${joined}
  LEFT JOIN production.schedule_entries AS entry
    ON entry.organization_id = operation.organization_id AND entry.operation_id = operation.id
      AND entry.schedule_version_id = ${versionId}
  CROSS JOIN LATERAL (SELECT entry.id IS NOT NULL AND ${
    record
      ? sql`true`
      : sql`operation.status IN ('planned', 'ready') AND (entry.quantity IS NOT NULL OR entry.status = 'cancelled'
        OR (entry.lane_id, entry.starts_at, entry.is_fixed)
          IS DISTINCT FROM (entry.plan_lane_id, entry.plan_starts_at, entry.plan_fixed))`
  } AS own) AS whose
  CROSS JOIN LATERAL (SELECT CASE WHEN own THEN entry.quantity END AS quantity) AS counted
  CROSS JOIN LATERAL (SELECT coalesce(counted.quantity, operation.quantity, work_order.quantity) AS quantity,
    coalesce(counted.quantity / coalesce(operation.quantity, work_order.quantity), 1) AS share) AS size
  WHERE NOT (own AND entry.status = 'cancelled') AND (${record} = false OR entry.id IS NOT NULL)
  UNION ALL
  SELECT entry.id, operation.id, operation.code || '-' || entry.part, ${facts},
    entry.part, true, entry.quantity, 0, greatest(1, round(operation.duration_s * size.share))::integer,
    ${laneTimes(sql`size.share`)}, entry.lane_id, entry.starts_at, entry.ends_at, entry.setup_s, entry.is_fixed,
    entry.version, NULL, NULL, NULL, entry.id
  FROM production.schedule_entries AS entry
  JOIN production.operations AS operation
    ON operation.organization_id = entry.organization_id AND operation.id = entry.split_from_id
  ${joined}
  CROSS JOIN LATERAL (SELECT entry.quantity / coalesce(operation.quantity, work_order.quantity) AS share) AS size
  WHERE entry.schedule_version_id = ${versionId} AND entry.operation_id IS NULL
    AND operation.status IN ('planned', 'ready')`;

/** Conditions may name the columns of `bar`. */
export async function selectOperations(
  transaction: DatabaseTransaction,
  source: PlanSource,
  condition: RawBuilder<unknown>,
): Promise<PlannedOperation[]> {
  const rows =
    source.kind === 'plan' || source.versionId === null
      ? planRows
      : versionRows(source.versionId, source.kind === 'record');
  const result = await sql<Row>`
    SELECT * FROM (${rows}) AS bar WHERE bar.plant_id = ${source.plantId} AND (${condition})
    ORDER BY bar.code`.execute(transaction);
  return result.rows.map((row) => toPlanned(row, source.kind === 'draft'));
}

function toPlanned(row: Row, withBaseline: boolean): PlannedOperation {
  const times = row.lane_times ?? {};
  const placement = placementOf(row.lane_id, row.starts_at, row.ends_at);
  const baseline = withBaseline
    ? placementOf(row.plan_lane_id, row.plan_starts_at, row.plan_ends_at)
    : undefined;
  const laneDurationsS = Object.fromEntries(
    Object.entries(times).map(([laneId, [setupS, runS]]) => [laneId, setupS + runS]),
  );
  const operation: BoardOperation = {
    operationId: row.id,
    code: row.code,
    workOrderId: row.work_order_id,
    workOrderNumber: row.work_order_number,
    operationNumber: row.number,
    name: row.name,
    materialCode: row.material_code,
    materialName: row.material_name,
    quantity: row.quantity,
    unit: row.unit,
    status: row.status,
    progress: Math.min(1, row.good_quantity / row.quantity),
    priority: row.priority,
    dueAt: row.due_at.getTime(),
    durationS: row.duration_s,
    eligibleLaneIds: row.eligible_lane_ids,
    version: row.version,
    ...(placement === undefined ? {} : { placement }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(Object.keys(times).length === 0 ? {} : { laneDurationsS }),
    ...(row.setup_family_id === null ? {} : { familyId: row.setup_family_id }),
    ...(row.customer === null ? {} : { customer: row.customer }),
    ...(row.locked ? { locked: true } : {}),
    ...(row.release_at === null ? {} : { releaseAt: row.release_at.getTime() }),
    ...(row.is_split ? { part: row.part } : {}),
    ...(row.interruptible ? {} : { interruptible: false }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at.getTime() }),
    ...(row.progress_at === null ? {} : { progressAt: row.progress_at.getTime() }),
    ...(row.completed_at === null ? {} : { completedAt: row.completed_at.getTime() }),
  };
  return {
    operation,
    plantId: row.plant_id,
    setupS: row.setup_s,
    rootId: row.root_id,
    laneTimes: times,
    entryId: row.entry_id,
  };
}

function placementOf(laneId: string | null, startsAt: Date | null, endsAt: Date | null) {
  if (laneId === null || startsAt === null || endsAt === null) return undefined;
  return { laneId, startsAt: startsAt.getTime(), endsAt: endsAt.getTime() };
}

/** With whether its components are there. */
export function withMaterial(
  operation: BoardOperation,
  coverage: ReadonlyMap<string, Coverage>,
): BoardOperation {
  const known = coverage.get(operation.workOrderId);
  if (known === undefined || (operation.status !== 'planned' && operation.status !== 'ready'))
    return operation;
  return {
    ...operation,
    material: known.state,
    ...(known.at === undefined ? {} : { materialAt: known.at }),
  };
}
