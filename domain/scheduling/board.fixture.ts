import type { BoardOperation, Lane } from './types.ts';

/** Builders for the tests of this folder: a lane open 06-14 and 14-22 for 60 days, hours as instants. */
export const hourMs = 3_600_000;
export const at = (day: number, hour: number) => (day * 24 + hour) * hourMs;

export function lane(id: string, more: Partial<Lane> = {}): Lane {
  const windows = Array.from({ length: 60 }, (_, day) => [
    { startsAt: at(day, 6), endsAt: at(day, 14), shiftCode: 'early' },
    { startsAt: at(day, 14), endsAt: at(day, 22), shiftCode: 'late' },
  ]).flat();
  return { id, code: id.toUpperCase(), name: id, area: 'machining', capacity: 1, windows, ...more };
}

export function operation(
  workOrderNumber: string,
  operationNumber: number,
  more: Partial<BoardOperation> = {},
): BoardOperation {
  return {
    operationId: `${workOrderNumber}-${operationNumber}`,
    code: `${workOrderNumber}/${operationNumber}`,
    workOrderId: workOrderNumber,
    workOrderNumber,
    operationNumber,
    name: 'Turn',
    materialCode: 'SHAFT-25',
    materialName: 'Shaft 25 mm',
    quantity: 10,
    unit: 'pcs',
    status: 'planned',
    progress: 0,
    priority: 5,
    dueAt: at(10, 12),
    durationS: 4 * 3600,
    eligibleLaneIds: ['l1', 'l2'],
    version: 1,
    ...more,
  };
}

export const placed = (laneId: string, startsAt: number, endsAt: number) => ({
  placement: { laneId, startsAt, endsAt },
});
