/** Promises that are kept: room on lanes that is held until a time. */
import { sql } from 'kysely';
import { notFound, refused } from '#contract/errors';
import type { Reservation } from '#contract/schedules';
import type { DatabaseTransaction } from '#main/services/core';
import { lockPlan, planOf } from '#main/services/lanes/plan-source';
import { findPromise } from './promise.ts';
import type { PromiseWish } from './promise.ts';
import { horizonDays } from './problem.ts';

export interface ReservationWish extends PromiseWish {
  readonly expiresAt: number;
  readonly note: string;
}

/** Those that hold, the earliest date first. */
export async function readReservations(
  transaction: DatabaseTransaction,
  plantId: string,
  now: number,
): Promise<Reservation[]> {
  const { rows } = await sql<{
    id: string;
    material_code: string;
    quantity: number;
    ready_at: Date;
    expires_at: Date;
    note: string;
    reserved_by: string | null;
    steps: Reservation['steps'];
  }>`
    SELECT reservation.id, material.code AS material_code, reservation.quantity, reservation.ready_at,
      reservation.expires_at, reservation.note, person.display_name AS reserved_by,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('laneId', step.lane_id, 'operationName', step.operation_name,
          'startsAt', extract(epoch FROM step.starts_at) * 1000, 'endsAt', extract(epoch FROM step.ends_at) * 1000)
          ORDER BY step.position), '[]')
        FROM production.capacity_reservation_steps AS step
        WHERE step.organization_id = reservation.organization_id AND step.reservation_id = reservation.id) AS steps
    FROM production.capacity_reservations AS reservation
    JOIN material.materials AS material
      ON material.organization_id = reservation.organization_id AND material.id = reservation.material_id
    LEFT JOIN identity.users AS person
      ON person.organization_id = reservation.organization_id AND person.id = reservation.reserved_by
    WHERE reservation.plant_id = ${plantId} AND reservation.released_at IS NULL
      AND reservation.expires_at > ${new Date(now)}
    ORDER BY reservation.ready_at, reservation.id`.execute(transaction);
  return rows.map((row) => ({
    id: row.id,
    materialCode: row.material_code,
    quantity: row.quantity,
    readyAt: row.ready_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    note: row.note,
    reservedBy: row.reserved_by,
    steps: row.steps,
  }));
}

/** Looks for the date again, one planner after the other, and holds what it finds. Throws `Refused`. */
export async function reserve(
  transaction: DatabaseTransaction,
  id: string,
  wish: ReservationWish,
  now: number,
): Promise<void> {
  const { plantId, materialId, quantity, expiresAt, note } = wish;
  if (expiresAt <= now) throw refused('refusal.expires-too-early');
  await lockPlan(transaction, await planOf(transaction, plantId));
  const found = await findPromise(transaction, wish, now);
  const material = await transaction
    .selectFrom('material.materials')
    .select(['code', 'unit'])
    .where('id', '=', materialId)
    .executeTakeFirst();
  if (material === undefined) throw notFound('error.unknown-material');
  if (found.readyAt === null) {
    throw refused('refusal.not-promisable', { material: material.code, quantity, days: horizonDays });
  }
  await sql`
    INSERT INTO production.capacity_reservations (organization_id, id, plant_id, material_id, quantity, unit, ready_at,
      expires_at, note)
    VALUES (identity.current_organization(), ${id}, ${plantId}, ${materialId}, ${quantity}, ${material.unit},
      ${new Date(found.readyAt)}, ${new Date(expiresAt)}, ${note})`.execute(transaction);
  const steps = found.steps.map((step, at) => ({
    position: at + 1,
    lane_id: step.laneId,
    operation_name: step.operationName,
    starts_at: step.startsAt / 1000,
    ends_at: step.endsAt / 1000,
  }));
  await sql`
    INSERT INTO production.capacity_reservation_steps (organization_id, reservation_id, position, plant_id, lane_id,
      operation_name, starts_at, ends_at)
    SELECT identity.current_organization(), ${id}, step.position, ${plantId}, step.lane_id, step.operation_name,
      to_timestamp(step.starts_at), to_timestamp(step.ends_at)
    FROM jsonb_to_recordset(${JSON.stringify(steps)}::jsonb)
      AS step(position integer, lane_id uuid, operation_name text, starts_at float8, ends_at float8)`.execute(
    transaction,
  );
}

/** Gives the room back. Throws `NotFound` where it does not hold any more. */
export async function release(transaction: DatabaseTransaction, id: string, now: number): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('production.capacity_reservations')
    .set({ released_at: new Date(now) })
    .where('id', '=', id)
    .where('released_at', 'is', null)
    .where('expires_at', '>', new Date(now))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw notFound('error.reservation-gone');
}
