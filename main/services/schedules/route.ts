/** How a material is made, as its last work order was: operations with their lanes and times, and what they wait for. */
import { sql } from 'kysely';
import type { DatabaseTransaction } from '#main/services/core';

export interface RouteStep {
  readonly operationId: string;
  readonly number: number;
  readonly name: string;
  readonly family: string | null;
  readonly interruptible: boolean;
  /** Of the quantity that the times are for. */
  readonly quantity: number;
  readonly durationS: number;
  readonly lanes: readonly { readonly laneId: string; readonly setupS: number; readonly runS: number }[];
}

export interface Route {
  readonly steps: readonly RouteStep[];
  /** Waits between steps, beside the order of their numbers. */
  readonly links: readonly {
    readonly from: string;
    readonly to: string;
    readonly kind: 'finish_start' | 'start_start' | 'finish_finish';
    readonly minLagS: number;
    readonly maxLagS: number | null;
  }[];
}

/** What goes into one unit of a material. */
export interface RecipeLine {
  readonly materialId: string;
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly quantity: number;
}

/** Undefined where the plant has never made it. */
export async function readRoute(
  transaction: DatabaseTransaction,
  plantId: string,
  materialId: string,
): Promise<Route | undefined> {
  const { rows } = await sql<{
    id: string;
    number: number;
    name: string;
    setup_family_id: string | null;
    interruptible: boolean;
    quantity: number;
    duration_s: number;
    eligible_lane_ids: string[];
    times: Record<string, [number, number]> | null;
  }>`
    SELECT operation.id, operation.number, operation.name, operation.setup_family_id, operation.interruptible,
      coalesce(operation.quantity, latest.quantity) AS quantity, operation.duration_s, operation.eligible_lane_ids,
      (SELECT jsonb_object_agg(own.lane_id, jsonb_build_array(own.setup_s, own.run_s))
        FROM production.operation_lanes AS own
        WHERE own.organization_id = operation.organization_id AND own.operation_id = operation.id) AS times
    FROM (SELECT made.organization_id, made.id, made.quantity FROM production.work_orders AS made
      WHERE made.plant_id = ${plantId} AND made.material_id = ${materialId} AND made.status <> 'cancelled'
        AND EXISTS (SELECT FROM production.operations AS step
          WHERE step.organization_id = made.organization_id AND step.work_order_id = made.id)
      ORDER BY made.number DESC LIMIT 1) AS latest
    JOIN production.operations AS operation
      ON operation.organization_id = latest.organization_id AND operation.work_order_id = latest.id
    WHERE operation.split_from_id IS NULL AND operation.status <> 'cancelled'
    ORDER BY operation.number`.execute(transaction);
  if (rows.length === 0) return undefined;
  const steps = rows.map((row): RouteStep => ({
    operationId: row.id,
    number: row.number,
    name: row.name,
    family: row.setup_family_id,
    interruptible: row.interruptible,
    quantity: row.quantity,
    durationS: row.duration_s,
    lanes: row.eligible_lane_ids.map((laneId) => {
      const [setupS, runS] = row.times?.[laneId] ?? [0, row.duration_s];
      return { laneId, setupS, runS };
    }),
  }));
  const ids = rows.map(({ id }) => id);
  const links = await transaction
    .selectFrom('production.operation_links')
    .select(['predecessor_id', 'successor_id', 'kind', 'min_lag_s', 'max_lag_s'])
    .where('predecessor_id', 'in', ids)
    .where('successor_id', 'in', ids)
    .execute();
  return {
    steps,
    links: links.map((link) => ({
      from: link.predecessor_id,
      to: link.successor_id,
      kind: link.kind as Route['links'][number]['kind'],
      minLagS: link.min_lag_s,
      maxLagS: link.max_lag_s,
    })),
  };
}

export async function readRecipe(
  transaction: DatabaseTransaction,
  materialId: string,
): Promise<RecipeLine[]> {
  const rows = await transaction
    .selectFrom('material.compositions as line')
    .innerJoin('material.materials as part', (join) =>
      join
        .onRef('part.organization_id', '=', 'line.organization_id')
        .onRef('part.id', '=', 'line.component_id'),
    )
    .select(['part.id', 'part.code', 'part.name', 'part.unit', 'line.quantity'])
    .where('line.parent_id', '=', materialId)
    .orderBy('line.position')
    .execute();
  return rows.map(({ id, ...line }) => ({ materialId: id, ...line }));
}
