/** A plan without a gap: 200 lanes in two shifts, orders of four steps, set-ups between six families. */
import type { Board } from '#domain/scheduling/board-index';
import { finishAfter, nextWorkingInstant } from '#domain/calendars/working-time';
import { mergeIntervals } from '#domain/calendars/intervals';
import type { BoardOperation, Lane, SetupTransition } from '#domain/scheduling/types';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startsAt = Date.UTC(2026, 0, 5);
const laneCount = 200;
const familyCount = 6;
const setupS = 1800;
const steps = 4;

/**
 * Bars stand as close as set-ups and predecessors let them, an hour's gap after each fifth: the hardest
 * case for a push, which finds little slack on its way. `count` operations, the horizon as long as they need.
 */
export function densePlan(count: number): Board {
  const days = Math.ceil((count / laneCount) * 0.6) + 60;
  const windows = Array.from({ length: days }, (_, day) => day)
    .filter((day) => day % 7 !== 6)
    .flatMap((day) =>
      [6, 14].map((hour) => ({
        shiftCode: 'S',
        startsAt: startsAt + day * dayMs + hour * hourMs,
        endsAt: startsAt + day * dayMs + (hour + 8) * hourMs,
      })),
    );
  const stretches = mergeIntervals(windows);
  const lanes = Array.from({ length: laneCount }, (_, n): Lane => ({
    id: `lane-${n}`,
    code: `L-${n}`,
    name: `Lane ${n}`,
    area: `Area ${Math.floor(n / 20)}`,
    capacity: 1,
    windows,
  }));
  const free = lanes.map(() => ({ at: startsAt, family: -1 }));
  const operations: BoardOperation[] = [];
  const orders = count / steps;
  const ends = new Float64Array(orders);
  for (let n = 0; n < count; n += 1) {
    // Orders in waves, as they are released: the steps of one lie near each other in time.
    const wave = Math.floor(n / (laneCount * steps));
    const inWave = n % (laneCount * steps);
    const order = Math.min(orders - 1, wave * laneCount + (inWave % laneCount));
    const step = Math.floor(inWave / laneCount);
    const lane = (order * 7 + step * 53) % laneCount;
    const family = (order * 5 + step) % familyCount;
    const line = free[lane] ?? { at: startsAt, family: -1 };
    const gapMs = n % 5 === 0 ? hourMs : 0;
    const from = nextWorkingInstant(stretches, Math.max(line.at, ends[order] ?? 0) + gapMs) ?? 0;
    const ready = line.family === family ? from : (finishAfter(stretches, from, setupS) ?? from);
    const setupEndsAt = nextWorkingInstant(stretches, ready) ?? ready;
    const durationS = (2 + ((n * 31) % 5)) * 3600;
    const endsAt = finishAfter(stretches, setupEndsAt, durationS) ?? setupEndsAt;
    free[lane] = { at: endsAt, family };
    ends[order] = endsAt;
    operations.push({
      operationId: `op-${n}`,
      code: `WO-${order}/${(step + 1) * 10}`,
      workOrderId: `order-${order}`,
      workOrderNumber: `WO-${order}`,
      operationNumber: (step + 1) * 10,
      name: 'Turn',
      materialCode: 'M',
      materialName: 'Housing',
      quantity: 120,
      unit: 'pcs',
      status: 'planned',
      progress: 0,
      priority: 50,
      dueAt: endsAt + 2 * dayMs,
      durationS,
      familyId: `family-${family}`,
      eligibleLaneIds: [0, 1, 2].map((away) => `lane-${(lane + away) % laneCount}`),
      placement: { laneId: `lane-${lane}`, startsAt: from, setupEndsAt, endsAt },
      version: 1,
    });
  }
  const transitions = Array.from({ length: familyCount }, (_, to): SetupTransition => ({
    laneId: null,
    fromFamilyId: null,
    toFamilyId: `family-${to}`,
    durationS: setupS,
    cost: 1,
  }));
  return { lanes, operations, transitions, now: startsAt };
}
