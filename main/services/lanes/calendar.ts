/** When lanes work, and what was cut out of their shifts: closures, machines that stand, promised room. */
import { subtractIntervals } from '#domain/calendars/intervals';
import { shiftWindows } from '#domain/calendars/shifts';
import type { ShiftPattern } from '#domain/calendars/shifts';
import type { BlockedStretch, Interval, Lane } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { readLanesDown } from './machines-down.ts';

/** A stretch without work; `laneId` null: in the whole plant. */
export interface Blocking extends BlockedStretch {
  readonly laneId: string | null;
}

/** What a plant's working windows are computed from. */
export interface PlantCalendar {
  readonly plantId: string;
  readonly timeZone: string;
  readonly shifts: readonly ShiftPattern[];
  readonly blockings: readonly Blocking[];
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

/**
 * Shifts, and what blocks lanes within `range`; undefined when there is no such plant for this caller.
 * @param now a machine that is down is down until then at least.
 */
export async function readCalendar(
  transaction: DatabaseTransaction,
  plantId: string,
  range: Interval,
  now: number,
): Promise<PlantCalendar | undefined> {
  const plant = await transaction
    .selectFrom('org.plants')
    .select(['id', 'time_zone'])
    .where('id', '=', plantId)
    .executeTakeFirst();
  if (plant === undefined) return undefined;
  const shifts = await transaction
    .selectFrom('production.shifts')
    .select(['code', 'starts_at', 'ends_at', 'weekdays', 'break_s', 'breaks_at'])
    .where('plant_id', '=', plantId)
    .where('active', '=', true)
    .orderBy('code')
    .execute();
  const blockings = [
    ...(await readClosures(transaction, plantId, range)),
    ...(await readMachinesDown(transaction, plantId, range, now)),
    ...(await readReserved(transaction, plantId, range, now)),
  ];
  return {
    plantId: plant.id,
    timeZone: plant.time_zone,
    shifts: shifts.map((shift) => ({
      code: shift.code,
      startTime: shift.starts_at,
      endTime: shift.ends_at,
      weekdays: shift.weekdays,
      breaks: shift.breaks_at.map((startTime, _, all) => ({
        startTime,
        seconds: Math.floor(shift.break_s / all.length),
      })),
    })),
    blockings,
  };
}

async function readClosures(
  transaction: DatabaseTransaction,
  plantId: string,
  range: Interval,
): Promise<Blocking[]> {
  const rows = await transaction
    .selectFrom('production.closures')
    .select(['lane_id', 'starts_at', 'ends_at', 'reason'])
    .where('plant_id', '=', plantId)
    .where('starts_at', '<', new Date(range.endsAt))
    .where('ends_at', '>', new Date(range.startsAt))
    .execute();
  return rows.map((row) => ({
    laneId: row.lane_id,
    startsAt: row.starts_at.getTime(),
    endsAt: row.ends_at.getTime(),
    reason: row.lane_id === null ? 'closure' : 'maintenance',
    label: row.reason,
  }));
}

/** A machine that is down is down until now at least, and as much longer as is assumed. */
async function readMachinesDown(
  transaction: DatabaseTransaction,
  plantId: string,
  range: Interval,
  now: number,
): Promise<Blocking[]> {
  const standing = await readLanesDown(transaction, plantId, now);
  return standing.flatMap(({ laneId, machine: label, startedAt: startsAt, assumedS }): Blocking[] => {
    const endsAt = now + assumedS * 1000;
    if (startsAt >= range.endsAt || endsAt <= range.startsAt) return [];
    return [{ laneId, startsAt, endsAt, reason: 'machine-down', label, assumedS }];
  });
}

/** Promised room that still holds. A lane with room for several is blocked where promises fill it. */
async function readReserved(
  transaction: DatabaseTransaction,
  plantId: string,
  range: Interval,
  now: number,
): Promise<Blocking[]> {
  const rows = await transaction
    .selectFrom('production.capacity_reservation_steps as step')
    .innerJoin('production.capacity_reservations as reservation', (join) =>
      join
        .onRef('reservation.organization_id', '=', 'step.organization_id')
        .onRef('reservation.id', '=', 'step.reservation_id'),
    )
    .innerJoin('production.lanes as lane', (join) =>
      join.onRef('lane.organization_id', '=', 'step.organization_id').onRef('lane.id', '=', 'step.lane_id'),
    )
    .innerJoin('material.materials as material', (join) =>
      join
        .onRef('material.organization_id', '=', 'reservation.organization_id')
        .onRef('material.id', '=', 'reservation.material_id'),
    )
    .select([
      'step.lane_id',
      'step.starts_at',
      'step.ends_at',
      'lane.capacity',
      'material.code',
      'reservation.note',
    ])
    .where('reservation.plant_id', '=', plantId)
    .where('reservation.released_at', 'is', null)
    .where('reservation.expires_at', '>', new Date(now))
    .where('step.starts_at', '<', new Date(range.endsAt))
    .where('step.ends_at', '>', new Date(range.startsAt))
    .orderBy('step.starts_at')
    .execute();
  return [...Map.groupBy(rows, (row) => row.lane_id)].flatMap(([laneId, steps]) =>
    filled(
      steps.map((step) => ({
        startsAt: step.starts_at.getTime(),
        endsAt: step.ends_at.getTime(),
        label: step.note === '' ? step.code : step.note,
      })),
      steps[0]?.capacity ?? 1,
    ).map((stretch) => ({ ...stretch, laneId, reason: 'reserved' as const })),
  );
}

/** Where at least `capacity` of the stretches lie over each other. */
function filled(
  stretches: readonly (Interval & { readonly label: string })[],
  capacity: number,
): (Interval & { readonly label: string })[] {
  if (capacity === 1) return [...stretches];
  const edges = [...new Set(stretches.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]))].toSorted(
    (a, b) => a - b,
  );
  return edges.slice(1).flatMap((endsAt, at) => {
    const startsAt = edges[at] ?? endsAt;
    const over = stretches.filter((one) => one.startsAt <= startsAt && one.endsAt >= endsAt);
    return over.length < capacity ? [] : [{ startsAt, endsAt, label: over[0]?.label ?? '' }];
  });
}

/** A plant's lanes in the order of the board; only `laneIds` where some are asked for. */
export async function readLanes(
  transaction: DatabaseTransaction,
  plantId: string,
  laneIds?: readonly string[],
): Promise<LaneRow[]> {
  const rows = await transaction
    .selectFrom('production.lanes as lane')
    .innerJoin('org.areas as area', (join) =>
      join.onRef('area.organization_id', '=', 'lane.organization_id').onRef('area.id', '=', 'lane.area_id'),
    )
    .select(['lane.id', 'lane.code', 'lane.name', 'area.name as area', 'lane.capacity', 'lane.shift_codes'])
    .where('lane.plant_id', '=', plantId)
    .$if(laneIds !== undefined, (query) => query.where('lane.id', 'in', [...(laneIds ?? []), plantId]))
    .orderBy('area.position')
    .orderBy('lane.position')
    .orderBy('lane.code')
    .execute();
  return rows.map(({ shift_codes: shiftCodes, ...lane }) => ({ ...lane, shiftCodes }));
}

/**
 * The lanes with their working windows over `range`, what is blocked cut out and kept beside.
 * Lanes of the same shifts share the work of computing them.
 */
export function openLanes(rows: readonly LaneRow[], calendar: PlantCalendar, range: Interval): Lane[] {
  const byShifts = new Map<string, ReturnType<typeof shiftWindows>>();
  return rows.map((row) => {
    const { shiftCodes, ...lane } = row;
    const key = shiftCodes.toSorted().join('\n');
    let windows = byShifts.get(key);
    if (windows === undefined) {
      const shifts = calendar.shifts.filter((shift) => shiftCodes.includes(shift.code));
      windows = shiftWindows({ timeZone: calendar.timeZone, shifts, range });
      byShifts.set(key, windows);
    }
    const blocked = calendar.blockings
      .filter(({ laneId }) => laneId === null || laneId === row.id)
      .map(({ startsAt, endsAt, reason, label, assumedS }): BlockedStretch => {
        const stretch = { startsAt, endsAt, reason, label };
        return assumedS === undefined ? stretch : { ...stretch, assumedS };
      })
      .toSorted((a, b) => a.startsAt - b.startsAt);
    const open = subtractIntervals(windows, blocked).filter(
      (window) => window.startsAt < range.endsAt && window.endsAt > range.startsAt,
    );
    return { ...lane, windows: open, ...(blocked.length === 0 ? {} : { blocked }) };
  });
}
