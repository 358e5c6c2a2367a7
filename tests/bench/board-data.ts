/** A plant for the board to draw: the same one for each run. */
import type { BoardOperation, Lane, OperationLink, OperationStatus } from '#domain/scheduling/types';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const startsAt = Date.UTC(2026, 0, 5);
export const days = 91;
export const horizon = { startsAt, endsAt: startsAt + days * dayMs };
export const now = startsAt + 45 * dayMs;

const customers = ['Adler Pumps', 'Brook & Lind', 'Cortina', 'Dahl Marine', 'Eastway', 'Falk', 'Grünwald'];
export const families = ['Bright', 'Dark', 'Nut-free', 'Organic', 'Standard'].map((name, index) => ({
  id: `family-${index}`,
  code: `F${index}`,
  name,
}));

export interface PlantPlan {
  readonly lanes: readonly Lane[];
  readonly operations: readonly BoardOperation[];
  readonly links: readonly OperationLink[];
}

/** Two shifts on each day but Sunday. */
function windows(): Lane['windows'] {
  return Array.from({ length: days }, (_, day) => day)
    .filter((day) => day % 7 !== 6)
    .flatMap((day) =>
      [6, 14].map((hour) => ({
        shiftCode: hour === 6 ? 'EARLY' : 'LATE',
        startsAt: startsAt + day * dayMs + hour * hourMs,
        endsAt: startsAt + day * dayMs + (hour + 8) * hourMs,
      })),
    );
}

/** `barsPerLane` bars on each of `laneCount` lanes over the horizon, each linked to one on the next lane. */
export function plantPlan(laneCount: number, barsPerLane: number): PlantPlan {
  const lanes = Array.from({ length: laneCount }, (_, index): Lane => laneAt(index));
  const stepMs = (days * dayMs) / barsPerLane;
  const operations = lanes.flatMap((lane, laneIndex) =>
    Array.from({ length: barsPerLane }, (_, index) =>
      operationAt(lane, laneIndex, index, stepMs, laneIndex * barsPerLane + index),
    ),
  );
  const links = operations.flatMap((operation, index): OperationLink[] => {
    const successor = operations[index + barsPerLane + 1];
    return successor === undefined || index % barsPerLane === barsPerLane - 1
      ? []
      : [
          {
            predecessorId: operation.operationId,
            successorId: successor.operationId,
            kind: 'finish_start',
            minLagS: index % 3 === 0 ? 3600 : 0,
          },
        ];
  });
  return { lanes, operations, links };
}

function laneAt(index: number): Lane {
  const serviceAt = startsAt + (40 + ((index * 7) % 12)) * dayMs + 6 * hourMs;
  return {
    id: `lane-${index}`,
    code: `L-${String(index).padStart(3, '0')}`,
    name: `Lane ${index}`,
    area: `Area ${Math.floor(index / 20)}`,
    capacity: 1,
    windows: windows(),
    blocked:
      index % 6 === 0
        ? [{ startsAt: serviceAt, endsAt: serviceAt + 8 * hourMs, reason: 'maintenance', label: 'Service' }]
        : [],
  };
}

function operationAt(
  lane: Lane,
  laneIndex: number,
  index: number,
  stepMs: number,
  number: number,
): BoardOperation {
  const from = Math.round(startsAt + (index + (laneIndex % 7) / 10) * stepMs);
  const lengthMs = Math.round(stepMs * (0.35 + ((laneIndex * 31 + index * 17) % 24) / 40));
  const status: OperationStatus =
    from + lengthMs < now ? 'completed' : from < now ? 'running' : index % 3 === 0 ? 'ready' : 'planned';
  const code = `WO-${String(number).padStart(6, '0')}`;
  const placement = {
    laneId: lane.id,
    startsAt: from,
    endsAt: from + lengthMs,
    setupEndsAt: number % 4 === 0 ? from + Math.round(lengthMs / 6) : undefined,
  };
  return {
    operationId: `${lane.id}-${index}`,
    code: `${code}/20`,
    workOrderId: `order-${number}`,
    workOrderNumber: code,
    operationNumber: 20,
    name: 'Turn and mill the housing',
    materialCode: `M-${(index * 7 + laneIndex) % 40}`,
    materialName: 'Pump housing',
    quantity: 120,
    unit: 'pcs',
    status,
    progress: status === 'running' ? 0.4 : status === 'completed' ? 1 : 0,
    priority: [25, 50, 50, 75, 100][number % 5] ?? 50,
    dueAt: from + lengthMs + (number % 5 === 0 ? -lengthMs / 3 : dayMs * (number % 3)),
    durationS: lengthMs / 1000,
    eligibleLaneIds: [0, 1, 2].map((step) => `lane-${laneIndex + step}`),
    placement,
    version: 1,
    familyId: families[(number * 3) % 7]?.id,
    customer: customers[(number * 5) % 9],
    locked: number % 11 === 0,
    material: number % 13 === 0 ? 'short' : 'available',
    baseline:
      number % 9 === 0
        ? { laneId: lane.id, startsAt: from - lengthMs / 4, endsAt: from + (lengthMs * 3) / 4 }
        : placement,
  };
}
