/** Operations as a station sees them: what to make, how far it is, what to measure. */
import { sql } from 'kysely';
import type { Characteristic, StationOperation } from '#contract/stations';
import type { OperationStatus } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';

/** Which operations are asked for; always within what the caller may see. */
export type OperationChoice =
  /** What a station must know without the network: all open ones, and those completed in the last day. */
  | { readonly of: 'mirror'; readonly plantId: string; readonly now: number }
  /** Running and paused ones, and the next few of each lane. */
  | { readonly of: 'worklist'; readonly plantId: string }
  | { readonly of: 'ids'; readonly ids: readonly string[] }
  | { readonly of: 'code'; readonly code: string };

/** Newest measurements that are shown with a characteristic. */
export const recentMeasurements = 12;
/** Operations of a lane that are listed beside what runs on it. */
export const nextOnLane = 5;
const dayMs = 86_400_000;

interface OperationRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly number: number;
  readonly plant_id: string;
  readonly work_order_number: string;
  readonly material_id: string;
  readonly material_code: string;
  readonly material_name: string;
  readonly lane_code: string | null;
  readonly lane_name: string | null;
  readonly status: OperationStatus;
  readonly quantity: number;
  readonly good_quantity: number;
  readonly scrap_quantity: number;
  readonly unit: string;
  readonly due_at: Date;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
}

/** @param asOf when the reading began, which the answers carry. */
export async function readStationOperations(
  transaction: DatabaseTransaction,
  choice: OperationChoice,
  asOf: number,
): Promise<StationOperation[]> {
  const { rows } = await sql<OperationRow>`
    SELECT operation.id, operation.code, operation.name, operation.number, operation.plant_id,
      work_order.number AS work_order_number, material.id AS material_id, material.code AS material_code,
      material.name AS material_name, lane.code AS lane_code, lane.name AS lane_name, operation.status,
      coalesce(operation.quantity, work_order.quantity) AS quantity, operation.good_quantity, operation.scrap_quantity, work_order.unit, work_order.due_at,
      operation.starts_at, operation.ends_at
    FROM production.operations AS operation
    JOIN production.work_orders AS work_order
      ON work_order.organization_id = operation.organization_id AND work_order.id = operation.work_order_id
    JOIN material.materials AS material
      ON material.organization_id = work_order.organization_id AND material.id = work_order.material_id
    LEFT JOIN production.lanes AS lane
      ON lane.organization_id = operation.organization_id AND lane.id = operation.lane_id
    WHERE ${chosen(choice)}
    ORDER BY operation.starts_at NULLS LAST, operation.code`.execute(transaction);
  if (rows.length === 0) return [];
  const due = await readCharacteristics(transaction, rows);
  const taken = await readMeasurements(transaction, rows);
  return rows.map((row) => ({
    source: 'database',
    asOf,
    operationId: row.id,
    code: row.code,
    name: row.name,
    workOrderNumber: row.work_order_number,
    materialCode: row.material_code,
    materialName: row.material_name,
    plantId: row.plant_id,
    laneCode: row.lane_code,
    laneName: row.lane_name,
    status: row.status,
    quantity: row.quantity,
    goodQuantity: row.good_quantity,
    scrapQuantity: row.scrap_quantity,
    unit: row.unit,
    dueAt: row.due_at.getTime(),
    plannedStartsAt: row.starts_at?.getTime() ?? null,
    plannedEndsAt: row.ends_at?.getTime() ?? null,
    characteristics: (due.get(dueKey(row.material_id, row.number)) ?? []).map((characteristic) => {
      const measured = taken.get(`${row.id}/${characteristic.id}`);
      return { ...characteristic, taken: measured?.taken ?? 0, recent: measured?.recent ?? [] };
    }),
  }));
}

function chosen(choice: OperationChoice) {
  switch (choice.of) {
    case 'mirror':
      return sql`operation.plant_id = ${choice.plantId} AND (
        operation.status IN ('planned', 'ready', 'running', 'paused')
        OR operation.status = 'completed' AND operation.completed_at > ${new Date(choice.now - dayMs)})`;
    case 'worklist':
      return sql`operation.plant_id = ${choice.plantId} AND (
        operation.status IN ('running', 'paused')
        OR operation.id IN (
          SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY lane_id ORDER BY starts_at) AS place
            FROM production.operations
            WHERE plant_id = ${choice.plantId} AND status IN ('planned', 'ready') AND lane_id IS NOT NULL
          ) AS next WHERE place <= ${nextOnLane}))`;
    case 'ids':
      return sql`operation.id = ANY(${choice.ids}::uuid[])`;
    case 'code':
      return sql`operation.code = ${choice.code}`;
  }
}

const dueKey = (materialId: string, operationNumber: number) => `${materialId}/${operationNumber}`;

async function readCharacteristics(
  transaction: DatabaseTransaction,
  operations: readonly OperationRow[],
): Promise<Map<string, Omit<Characteristic, 'taken' | 'recent'>[]>> {
  const rows = await transaction
    .selectFrom('quality.characteristics')
    .selectAll()
    .where('material_id', 'in', [...new Set(operations.map((row) => row.material_id))])
    .orderBy('code')
    .execute();
  const due = new Map<string, Omit<Characteristic, 'taken' | 'recent'>[]>();
  for (const row of rows) {
    const key = dueKey(row.material_id, row.operation_number);
    const list = due.get(key) ?? [];
    due.set(key, list);
    list.push({
      id: row.id,
      code: row.code,
      name: row.name,
      unit: row.unit,
      nominal: row.nominal,
      lowerLimit: row.lower_limit,
      upperLimit: row.upper_limit,
      decimals: row.decimals,
      due: row.measurements_due,
    });
  }
  return due;
}

interface Taken {
  readonly taken: number;
  readonly recent: { value: number; at: number; inside: boolean }[];
}

async function readMeasurements(
  transaction: DatabaseTransaction,
  operations: readonly OperationRow[],
): Promise<Map<string, Taken>> {
  const { rows } = await sql<{
    operation_id: string;
    characteristic_id: string;
    value: number;
    at: Date;
    inside: boolean;
    taken: number;
  }>`
    SELECT * FROM (
      SELECT id, operation_id, characteristic_id, value, at, inside, count(*) OVER whole AS taken,
        row_number() OVER (PARTITION BY operation_id, characteristic_id ORDER BY at DESC, id DESC) AS age
      FROM quality.measurements
      WHERE operation_id = ANY(${operations.map((row) => row.id)}::uuid[])
      WINDOW whole AS (PARTITION BY operation_id, characteristic_id)
    ) AS measured WHERE age <= ${recentMeasurements} ORDER BY at, id`.execute(transaction);
  const taken = new Map<string, Taken>();
  for (const row of rows) {
    const key = `${row.operation_id}/${row.characteristic_id}`;
    const found = taken.get(key) ?? { taken: row.taken, recent: [] };
    taken.set(key, found);
    found.recent.push({ value: row.value, at: row.at.getTime(), inside: row.inside });
  }
  return taken;
}
