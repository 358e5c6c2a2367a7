/** Promised room on lanes with room for several: one place of them is taken, so it stands there as a bar would. */
import { sql } from 'kysely';
import type { BoardOperation } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';

/**
 * Locked bars that nobody sees, for the rules alone. On lanes for one operation the stretch is cut out of
 * the working time instead (`readCalendar`).
 */
export async function readReservedBars(
  transaction: DatabaseTransaction,
  plantId: string,
  now: number,
): Promise<BoardOperation[]> {
  const { rows } = await sql<{
    reservation_id: string;
    position: number;
    lane_id: string;
    starts_at: Date;
    ends_at: Date;
    operation_name: string;
    code: string;
    name: string;
    quantity: number;
    unit: string;
  }>`
    SELECT step.reservation_id, step.position, step.lane_id, step.starts_at, step.ends_at, step.operation_name,
      material.code, material.name, reservation.quantity, reservation.unit
    FROM production.capacity_reservation_steps AS step
    JOIN production.capacity_reservations AS reservation
      ON reservation.organization_id = step.organization_id AND reservation.id = step.reservation_id
    JOIN production.lanes AS lane ON lane.organization_id = step.organization_id AND lane.id = step.lane_id
    JOIN material.materials AS material
      ON material.organization_id = reservation.organization_id AND material.id = reservation.material_id
    WHERE reservation.plant_id = ${plantId} AND reservation.released_at IS NULL
      AND reservation.expires_at > ${new Date(now)} AND step.ends_at > ${new Date(now)} AND lane.capacity > 1
    ORDER BY step.starts_at`.execute(transaction);
  return rows.map((row): BoardOperation => {
    const [startsAt, endsAt] = [row.starts_at.getTime(), row.ends_at.getTime()];
    return {
      operationId: `${row.reservation_id}/${row.position}`,
      // What a refusal names.
      code: `${row.code} ${row.operation_name}`,
      workOrderId: `${row.reservation_id}/${row.position}`,
      workOrderNumber: row.code,
      operationNumber: row.position,
      name: row.operation_name,
      materialCode: row.code,
      materialName: row.name,
      quantity: row.quantity,
      unit: row.unit,
      status: 'planned',
      progress: 0,
      priority: 50,
      dueAt: endsAt,
      durationS: Math.max(1, Math.round((endsAt - startsAt) / 1000)),
      eligibleLaneIds: [row.lane_id],
      placement: { laneId: row.lane_id, startsAt, endsAt },
      version: 1,
      locked: true,
    };
  });
}
