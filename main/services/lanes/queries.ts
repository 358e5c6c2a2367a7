/** Reads of the lane board. Row-level security decides what is there; each read names its plant all the same. */
import { sql } from 'kysely';
import { shiftWindows } from '#domain/calendars/shifts';
import type { BoardOperation, Interval, Lane, OperationStatus } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';

/** What a plant's working windows are computed from. */
export interface PlantCalendar {
  readonly plantId: string;
  readonly timeZone: string;
  readonly shifts: readonly {
    readonly code: string;
    readonly startTime: string;
    readonly endTime: string;
    readonly weekdays: readonly number[];
  }[];
  /** `laneId` null closes the whole plant. */
  readonly closures: readonly (Interval & { readonly laneId: string | null })[];
}

/** A lane as it stands in the database, before its windows are computed. */
export interface LaneRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly area: string;
  readonly capacity: number;
  readonly shiftCodes: readonly string[];
}

/** Shifts, and the closures that touch `range`; undefined when there is no such plant for this caller. */
export async function readCalendar(
  transaction: DatabaseTransaction,
  plantId: string,
  range: Interval,
): Promise<PlantCalendar | undefined> {
  const plant = await transaction
    .selectFrom('org.plants')
    .select(['id', 'time_zone'])
    .where('id', '=', plantId)
    .executeTakeFirst();
  if (plant === undefined) return undefined;
  const shifts = await transaction
    .selectFrom('production.shifts')
    .select(['code', 'starts_at', 'ends_at', 'weekdays'])
    .where('plant_id', '=', plantId)
    .orderBy('code')
    .execute();
  const closures = await transaction
    .selectFrom('production.closures')
    .select(['lane_id', 'starts_at', 'ends_at'])
    .where('plant_id', '=', plantId)
    .where('starts_at', '<', new Date(range.endsAt))
    .where('ends_at', '>', new Date(range.startsAt))
    .execute();
  return {
    plantId: plant.id,
    timeZone: plant.time_zone,
    shifts: shifts.map((shift) => ({
      code: shift.code,
      startTime: shift.starts_at,
      endTime: shift.ends_at,
      weekdays: shift.weekdays,
    })),
    closures: closures.map((closure) => ({
      laneId: closure.lane_id,
      startsAt: closure.starts_at.getTime(),
      endsAt: closure.ends_at.getTime(),
    })),
  };
}

/** A plant's lanes in the order of the board; only `laneId` where one is asked for. */
export async function readLanes(
  transaction: DatabaseTransaction,
  plantId: string,
  laneId?: string,
): Promise<LaneRow[]> {
  const rows = await transaction
    .selectFrom('production.lanes as lane')
    .innerJoin('org.areas as area', (join) =>
      join.onRef('area.organization_id', '=', 'lane.organization_id').onRef('area.id', '=', 'lane.area_id'),
    )
    .select(['lane.id', 'lane.code', 'lane.name', 'area.name as area', 'lane.capacity', 'lane.shift_codes'])
    .where('lane.plant_id', '=', plantId)
    .$if(laneId !== undefined, (query) => query.where('lane.id', '=', laneId ?? ''))
    .orderBy('area.position')
    .orderBy('lane.position')
    .orderBy('lane.code')
    .execute();
  return rows.map(({ shift_codes: shiftCodes, ...lane }) => ({ ...lane, shiftCodes }));
}

/** The lane with its working windows over `range`, its own closures and the plant's cut out. */
export function openLane(row: LaneRow, calendar: PlantCalendar, range: Interval): Lane {
  const { shiftCodes, ...lane } = row;
  const windows = shiftWindows({
    timeZone: calendar.timeZone,
    shifts: calendar.shifts.filter((shift) => shiftCodes.includes(shift.code)),
    closures: calendar.closures.filter(({ laneId }) => laneId === null || laneId === row.id),
    range,
  });
  return { ...lane, windows };
}

function selectOperations(transaction: DatabaseTransaction) {
  return transaction
    .selectFrom('production.operations as operation')
    .innerJoin('production.work_orders as workOrder', (join) =>
      join
        .onRef('workOrder.organization_id', '=', 'operation.organization_id')
        .onRef('workOrder.id', '=', 'operation.work_order_id'),
    )
    .innerJoin('material.materials as material', (join) =>
      join
        .onRef('material.organization_id', '=', 'workOrder.organization_id')
        .onRef('material.id', '=', 'workOrder.material_id'),
    )
    .select([
      'operation.id',
      'operation.code',
      'operation.plant_id',
      'operation.work_order_id',
      'workOrder.number as work_order_number',
      'operation.number',
      'operation.name',
      'material.code as material_code',
      'material.name as material_name',
      'workOrder.quantity',
      'workOrder.unit',
      'operation.status',
      'operation.good_quantity',
      'workOrder.priority',
      'workOrder.due_at',
      'operation.duration_s',
      'operation.eligible_lane_ids',
      'operation.lane_id',
      'operation.starts_at',
      'operation.ends_at',
      'operation.version',
    ]);
}

type OperationRow = Awaited<ReturnType<ReturnType<typeof selectOperations>['execute']>>[number];

function toBoardOperation(row: OperationRow): BoardOperation {
  const { lane_id: laneId, starts_at: startsAt, ends_at: endsAt } = row;
  return {
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
    status: row.status as OperationStatus,
    progress: Math.min(1, row.good_quantity / row.quantity),
    priority: row.priority,
    dueAt: row.due_at.getTime(),
    durationS: row.duration_s,
    eligibleLaneIds: row.eligible_lane_ids,
    ...(laneId === null || startsAt === null || endsAt === null
      ? {}
      : { placement: { laneId, startsAt: startsAt.getTime(), endsAt: endsAt.getTime() } }),
    version: row.version,
  };
}

/**
 * Placed operations that touch `range` (a started one that runs over its plan touches the present),
 * and all open ones that wait for a place.
 */
export async function readBoardOperations(
  transaction: DatabaseTransaction,
  plantId: string,
  range: Interval,
): Promise<BoardOperation[]> {
  const rows = await selectOperations(transaction)
    .where('operation.plant_id', '=', plantId)
    .where((where) =>
      where.or([
        where.and([
          where('operation.starts_at', '<', new Date(range.endsAt)),
          where.or([
            where('operation.ends_at', '>', new Date(range.startsAt)),
            where('operation.status', 'in', ['running', 'paused']),
          ]),
        ]),
        where.and([
          where('operation.lane_id', 'is', null),
          where('operation.status', 'in', ['planned', 'ready', 'running', 'paused']),
        ]),
      ]),
    )
    .orderBy('operation.code')
    .execute();
  return rows.map(toBoardOperation);
}

/** One operation with the plant it is of. */
export async function readOperation(
  transaction: DatabaseTransaction,
  operationId: string,
): Promise<{ readonly plantId: string; readonly operation: BoardOperation } | undefined> {
  const row = await selectOperations(transaction).where('operation.id', '=', operationId).executeTakeFirst();
  return row && { plantId: row.plant_id, operation: toBoardOperation(row) };
}

/** What a placement is judged beside: all operations of the work order, and what may stand in the way on the lane. */
export async function readNeighbours(
  transaction: DatabaseTransaction,
  where: { readonly workOrderId: string; readonly laneId: string; readonly stretch: Interval },
): Promise<BoardOperation[]> {
  const { workOrderId, laneId, stretch } = where;
  const rows = await selectOperations(transaction)
    .where((either) =>
      either.or([
        either('operation.work_order_id', '=', workOrderId),
        either.and([
          either('operation.lane_id', '=', laneId),
          either('operation.starts_at', '<', new Date(stretch.endsAt)),
          either.or([
            either('operation.ends_at', '>', new Date(stretch.startsAt)),
            either('operation.status', 'in', ['running', 'paused']),
          ]),
        ]),
      ]),
    )
    .execute();
  return rows.map(toBoardOperation);
}

/**
 * Locks what a move depends on, always in this order: the lane (by advisory lock, since nobody but the
 * owner may write lanes), the work order, the operation. Two planners on one lane, or on one work order,
 * come one after the other. False when the caller may see the operation but not write it.
 */
export async function lockForMove(
  transaction: DatabaseTransaction,
  operation: BoardOperation,
  laneId: string | undefined,
): Promise<boolean> {
  if (laneId !== undefined) {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('lane/' || ${laneId}, 0))`.execute(transaction);
  }
  await transaction
    .selectFrom('production.work_orders')
    .select('id')
    .where('id', '=', operation.workOrderId)
    .forUpdate()
    .execute();
  const locked = await transaction
    .selectFrom('production.operations')
    .select('id')
    .where('id', '=', operation.operationId)
    .forUpdate()
    .executeTakeFirst();
  return locked !== undefined;
}
