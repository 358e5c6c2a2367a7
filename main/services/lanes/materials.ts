/** Whether the components of a plant's open work orders are in stock, or when they are expected. */
import { sql } from 'kysely';
import { coverNeeds } from '#domain/scheduling/coverage';
import type { Coverage, MaterialNeed, Supply } from '#domain/scheduling/coverage';
import type { DatabaseTransaction } from '#main/services/core';

/**
 * By work order. Orders that are under way have taken what they need; of the others the ones that are due
 * first are served first. Only materials that the plant keeps in stock count.
 */
export async function readCoverage(
  transaction: DatabaseTransaction,
  plantId: string,
): Promise<ReadonlyMap<string, Coverage>> {
  const supplies = await readSupplies(transaction, plantId);
  if (supplies.length === 0) return new Map();
  return coverNeeds(await readNeeds(transaction, plantId), supplies);
}

/** Stock that nobody has reserved, and what was promised and has not come. */
export async function readSupplies(transaction: DatabaseTransaction, plantId: string): Promise<Supply[]> {
  const { rows } = await sql<{
    material_id: string;
    on_hand: number;
    receipts: { at: number; quantity: number }[];
  }>`
    SELECT material_id, sum(on_hand)::float8 AS on_hand,
      coalesce(jsonb_agg(jsonb_build_object('at', at, 'quantity', quantity)) FILTER (WHERE at IS NOT NULL), '[]') AS receipts
    FROM (
      SELECT material_id, sum(quantity_available) AS on_hand, NULL::float8 AS at, NULL::float8 AS quantity
        FROM material.inventory WHERE plant_id = ${plantId} GROUP BY material_id
      UNION ALL
      SELECT material_id, 0, extract(epoch FROM expected_at)::float8 * 1000, (quantity - quantity_received)::float8
        FROM material.expected_receipts
        WHERE plant_id = ${plantId} AND closed_at IS NULL AND quantity > quantity_received) AS known
    GROUP BY material_id`.execute(transaction);
  return rows.map((row) => ({ materialId: row.material_id, onHand: row.on_hand, receipts: row.receipts }));
}

/** What open work orders that have not begun take, the first due first. */
export async function readNeeds(transaction: DatabaseTransaction, plantId: string): Promise<MaterialNeed[]> {
  const { rows } = await sql<{ order_id: string; material_id: string; quantity: number }>`
    SELECT work_order.id AS order_id, part.component_id AS material_id,
      (work_order.quantity * part.quantity)::float8 AS quantity
    FROM production.work_orders AS work_order
    JOIN material.compositions AS part
      ON part.organization_id = work_order.organization_id AND part.parent_id = work_order.material_id
    WHERE work_order.plant_id = ${plantId} AND work_order.status IN ('planned', 'released')
    ORDER BY work_order.due_at, work_order.number, part.position`.execute(transaction);
  return rows.map((row) => ({
    orderId: row.order_id,
    materialId: row.material_id,
    quantity: row.quantity,
  }));
}
