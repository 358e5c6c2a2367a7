import { expect, test } from 'vitest';
import { at, hourMs, lane, operation, placed } from './board.fixture.ts';
import { planFigures, type PlanToCount } from './plan-figures.ts';

const now = at(1, 6);
const count = (more: Partial<PlanToCount>) =>
  planFigures({
    operations: [],
    lanes: [lane('l1'), lane('l2')],
    transitions: [],
    setupsS: new Map(),
    now,
    horizonEndsAt: at(3, 6),
    compared: true,
    ...more,
  });

test('an empty plan is no trouble', () => {
  expect(count({})).toEqual({
    workOrders: 0,
    lateOrders: 0,
    tardinessS: 0,
    endsAt: null,
    setupS: 0,
    setupCost: 0,
    changes: 0,
    unscheduled: 0,
    loadRatio: 0,
  });
});

test('a work order is as late as its last operation, a completed one is not counted, one without a place is late once it is due', () => {
  const figures = count({
    operations: [
      operation('A', 10, { ...placed('l1', at(1, 6), at(1, 10)), dueAt: at(1, 12) }),
      operation('A', 20, { ...placed('l2', at(1, 10), at(1, 14)), dueAt: at(1, 12) }),
      operation('B', 10, { ...placed('l1', at(0, 6), at(0, 10)), dueAt: at(0, 7), status: 'completed' }),
      operation('C', 10, { dueAt: now - hourMs }),
      operation('D', 10, { dueAt: at(2, 6), status: 'cancelled' }),
    ],
  });
  expect(figures).toMatchObject({
    workOrders: 2,
    lateOrders: 2,
    tardinessS: 3 * 3600,
    endsAt: at(1, 14),
    unscheduled: 1,
  });
});

test('one that runs over its plan ends now at the earliest', () => {
  const late = operation('A', 10, {
    ...placed('l1', at(0, 6), at(0, 10)),
    status: 'running',
    dueAt: at(0, 10),
  });
  expect(count({ operations: [late] })).toMatchObject({ lateOrders: 1, tardinessS: 20 * 3600, endsAt: now });
});

test('set-ups to come are counted by the matrix, from what stands before on the lane', () => {
  const transitions = [
    { laneId: null, fromFamilyId: null, toFamilyId: 'red', durationS: 600, cost: 5 },
    { laneId: null, fromFamilyId: 'red', toFamilyId: 'blue', durationS: 1800, cost: 20.5 },
  ];
  const operations = [
    operation('A', 10, { ...placed('l1', at(0, 6), at(0, 10)), familyId: 'red', status: 'completed' }),
    operation('B', 10, { ...placed('l1', at(1, 6), at(1, 8)), familyId: 'red' }),
    operation('C', 10, { ...placed('l1', at(1, 8), at(1, 10)), familyId: 'blue' }),
    // Beyond the horizon, and beyond the windows of its lane.
    operation('D', 10, { ...placed('l1', at(40, 8), at(40, 10)), familyId: 'red' }),
  ];
  const setupsS = new Map(
    operations.map(({ operationId }, at) => [operationId, [900, 0, 1800, 600][at] ?? 0]),
  );
  expect(count({ operations, transitions, setupsS })).toMatchObject({ setupS: 2400, setupCost: 25.5 });
});

test('a bar that stands elsewhere than its baseline is a change; one that has begun is none', () => {
  const baseline = { laneId: 'l1', startsAt: at(1, 6), endsAt: at(1, 10) };
  const operations = [
    operation('A', 10, { placement: baseline, baseline }),
    operation('B', 10, { ...placed('l2', at(1, 6), at(1, 10)), baseline }),
    operation('C', 10, { baseline }),
    operation('D', 10, { ...placed('l2', at(1, 7), at(1, 10)), baseline, status: 'running' }),
    operation('E', 10, placed('l2', at(1, 10), at(1, 14))),
  ];
  expect(count({ operations }).changes).toBe(3);
  expect(count({ operations, compared: false }).changes).toBe(0);
});

test('load is placed work over open time of the horizon, of what is still to come', () => {
  // Two lanes, two days of 16 hours each: 64 hours, of which 8 are taken.
  const operations = [
    operation('A', 10, placed('l1', at(0, 20), at(1, 10))),
    operation('B', 10, placed('l2', at(2, 20), at(3, 20))),
  ];
  expect(count({ operations }).loadRatio).toBeCloseTo((4 + 2) / 64, 6);
});
