import { describe, expect, test } from 'vitest';
import { at, hourMs, lane, operation, placed } from './board.fixture.ts';
import { indexBoard } from './board-index.ts';
import { movedOf, project } from './projection.ts';
import type { BoardOperation, Lane } from './types.ts';

const lanes = [lane('l1'), lane('l2')];
const ask = (operations: BoardOperation[], now: number, onLanes: Lane[] = lanes) =>
  project(indexBoard({ lanes: onLanes, operations, now }));
const startsOf = ({ shifts }: ReturnType<typeof ask>) =>
  Object.fromEntries(shifts.map(({ operationId, expected }) => [operationId, expected.startsAt]));

const running = operation('A', 10, {
  status: 'running',
  progress: 0.25,
  startedAt: at(2, 6),
  ...placed('l1', at(2, 6), at(2, 10)),
});
const next = operation('B', 10, { dueAt: at(2, 14), ...placed('l1', at(2, 10), at(2, 14)) });
const second = operation('A', 20, { ...placed('l2', at(2, 11), at(2, 15)) });
const far = operation('C', 10, { ...placed('l1', at(3, 6), at(3, 10)) });

test('a plan that is kept stays as it is', () => {
  const result = ask([{ ...running, progress: 0.5 }, next, second, far], at(2, 8));
  expect(result).toEqual({ shifts: [], placements: new Map(), orders: [], edits: [], stuckIds: [] });
});

describe('what runs long', () => {
  // A quarter done after two of four hours: three more hours, until 11.
  const result = ask([running, next, second, far], at(2, 8));

  test('is longer in the live view, by what is left of it', () => {
    expect(result.placements.get('A-10')).toEqual({ laneId: 'l1', startsAt: at(2, 6), endsAt: at(2, 11) });
    expect(result.shifts[0]).toMatchObject({ operationId: 'A-10', cause: 'overrun' });
  });
  test('moves what follows, but not what there is slack before', () => {
    expect(startsOf(result)).toEqual({ 'A-10': at(2, 6), 'B-10': at(2, 11) });
    expect(result.shifts[1]).toMatchObject({ cause: 'lane', byOperationId: 'A-10' });
  });
  test('says which orders get late, and proposes the repair', () => {
    expect(result.orders).toMatchObject([{ workOrderId: 'B', change: 'becomes-late', lateAfterMs: hourMs }]);
    expect(result.edits).toEqual([{ type: 'place', operationId: 'B-10', laneId: 'l1', startsAt: at(2, 11) }]);
  });
  test('moves its successors on other lanes', () => {
    const slow = ask([{ ...running, progress: 0.1 }, next, second, far], at(2, 9));
    expect(slow.placements.get('A-20')).toMatchObject({ startsAt: at(2, 12.6) });
  });
  test('without reports the time that was worked counts', () => {
    const silent = { ...running, progress: 0, startedAt: at(2, 7) };
    expect(ask([silent, next], at(2, 8)).placements.get('A-10')?.endsAt).toBe(at(2, 11));
    expect(ask([silent, next], at(2, 12)).placements.get('A-10')?.endsAt).toBe(at(2, 12));
  });
  test('moves what is locked too, but proposes nothing for it', () => {
    const locked = ask([running, { ...next, locked: true }], at(2, 8));
    expect(locked.placements.get('B-10')?.startsAt).toBe(at(2, 11));
    expect(locked.edits).toEqual([]);
  });
});

test('what should have begun begins now at the earliest, and pushes on', () => {
  const result = ask([next, { ...far, ...placed('l1', at(2, 14), at(2, 18)) }], at(2, 12));
  expect(startsOf(result)).toEqual({ 'B-10': at(2, 12), 'C-10': at(2, 16) });
  expect(result.shifts[0]?.cause).toBe('not-begun');
});

test('a lane that is down moves what stands there, and what runs', () => {
  const windows = [
    { startsAt: at(2, 6), endsAt: at(2, 9), shiftCode: 'early' },
    { startsAt: at(2, 13), endsAt: at(2, 22), shiftCode: 'late' },
    { startsAt: at(3, 6), endsAt: at(3, 22), shiftCode: 'early' },
  ];
  const blocked = [
    { startsAt: at(2, 9), endsAt: at(2, 13), reason: 'machine-down' as const, label: 'Spindle' },
  ];
  const down = [lane('l1', { windows, blocked }), lane('l2')];
  // Half done at 8: one hour until it stops, the last hour after it.
  const result = ask([{ ...running, progress: 0.5 }, next, far], at(2, 8), down);
  expect(result.placements.get('A-10')?.endsAt).toBe(at(2, 14));
  expect(result.placements.get('B-10')).toEqual({ laneId: 'l1', startsAt: at(2, 14), endsAt: at(2, 18) });
  expect(result.placements.has('C-10')).toBe(false);
  const alone = ask([next], at(2, 8), down);
  expect(alone.shifts).toMatchObject([
    { operationId: 'B-10', cause: 'lane-down', expected: { startsAt: at(2, 13) } },
  ]);
});

test('what finds no time any more is named, the others go on', () => {
  const last = operation('Z', 10, { ...placed('l1', at(59, 18), at(59, 22)) });
  const late = { ...running, progress: 0, startedAt: at(59, 14), ...placed('l1', at(59, 13), at(59, 17)) };
  const late2 = { ...late, operationId: 'Y-10', workOrderId: 'Y', ...placed('l2', at(59, 13), at(59, 17)) };
  const short = operation('X', 10, { durationS: 3600, ...placed('l2', at(59, 17), at(59, 18)) });
  const result = ask([late, last, late2, short], at(59, 14));
  expect(result.placements.get('X-10')?.startsAt).toBe(at(59, 18));
  expect(result.stuckIds).toEqual([]);
  const later = ask(
    [{ ...late, startedAt: at(59, 15) }, last, { ...late2, startedAt: at(59, 15) }, short],
    at(59, 15),
  );
  expect(later.stuckIds).toEqual(['Z-10']);
  expect(later.placements.get('X-10')?.startsAt).toBe(at(59, 19));
});

test('what runs already is not asked whether it might, though its predecessor has not ended', () => {
  const early = operation('A', 20, {
    status: 'running',
    progress: 0.9,
    ...placed('l2', at(2, 7), at(2, 11)),
  });
  const result = ask([running, early], at(2, 8));
  expect(result.placements.has('A-20')).toBe(false);
  expect(result.stuckIds).toEqual([]);
});

test('a few minutes are no news', () => {
  expect(ask([next], at(2, 10) + 5 * 60_000).shifts).toEqual([]);
  expect(ask([next], at(2, 10) + 6 * 60_000).shifts).toHaveLength(1);
  const reported = { ...running, progress: 0.5, progressAt: at(2, 8) };
  expect(
    ask([{ ...reported, ...placed('l1', at(2, 6), at(2, 10) - 4 * 60_000) }, next], at(2, 8)).shifts,
  ).toEqual([]);
});

test('off the plan is what waits and moves by more than a few minutes', () => {
  const slow = { ...running, progressAt: at(2, 8) };
  expect(movedOf(ask([slow, next], at(2, 8))).map(({ operationId }) => operationId)).toEqual(['B-10']);
  const almost = { ...next, ...placed('l1', at(2, 11) - 4 * 60_000, at(2, 15) - 4 * 60_000) };
  const result = ask([slow, almost], at(2, 8));
  expect(result.shifts.map(({ operationId }) => operationId)).toEqual(['A-10', 'B-10']);
  expect(movedOf(result)).toEqual([]);
});
