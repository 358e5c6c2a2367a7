import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workingSecondsBetween } from '../calendars/working-time.ts';
import { at, hourMs, lane, operation, placed } from './board.fixture.ts';
import { type Board, indexBoard } from './board-index.ts';
import { checkPlacement } from './placement.ts';
import type { BoardOperation } from './types.ts';

const now = at(1, 8);
const lanes = [lane('l1'), lane('l2'), lane('l3')];
const check = (
  operations: BoardOperation[],
  operationId: string,
  startsAt: number,
  laneId = 'l1',
  more: Partial<Board> = {},
) => checkPlacement(indexBoard({ lanes, operations, now, ...more }), { operationId, laneId, startsAt });
const reasonOf = (result: ReturnType<typeof checkPlacement>) => (result.ok ? 'ok' : result.refusal.reason);

describe('working time', () => {
  test('the end is counted over the shift change and the night', () => {
    const op = operation('A', 10, { durationS: 5 * 3600 });
    expect(check([op], 'A-10', at(2, 12))).toEqual({
      ok: true,
      placement: { laneId: 'l1', startsAt: at(2, 12), endsAt: at(2, 17) },
    });
    expect(check([op], 'A-10', at(2, 20))).toMatchObject({ placement: { endsAt: at(3, 9) } });
  });
  test('a start outside of work is refused, with when the lane opens', () => {
    expect(check([operation('A', 10)], 'A-10', at(2, 23))).toEqual({
      ok: false,
      refusal: {
        reason: 'outside-shift',
        values: {
          lane: 'L1',
          startsAt: at(2, 23),
          blocked: 'no',
          label: '',
          assumedH: 0,
          opens: 'yes',
          opensAt: at(3, 6),
        },
      },
      placement: { laneId: 'l1', startsAt: at(2, 23), endsAt: at(3, 10) },
    });
    expect(check([operation('A', 10)], 'A-10', at(70, 6))).toMatchObject({
      refusal: { reason: 'outside-shift', values: { opens: 'no' } },
    });
  });
  test('work that does not end in the known calendar is refused', () => {
    expect(check([operation('A', 10)], 'A-10', at(59, 20))).toMatchObject({
      refusal: { reason: 'no-working-time-left', values: { closesAt: at(59, 22) } },
    });
  });
});

describe('who and where', () => {
  test('only on lanes that can do it', () => {
    expect(check([operation('A', 10)], 'A-10', at(2, 6), 'l3')).toMatchObject({
      ok: false,
      refusal: { reason: 'lane-not-eligible', values: { lane: 'L3', operation: 'A/10' } },
      placement: { laneId: 'l3', endsAt: at(2, 10) },
    });
  });
  test.each(['running', 'paused', 'completed', 'cancelled'] as const)('%s ones stay', (status) => {
    expect(check([operation('A', 10, { status })], 'A-10', at(2, 6))).toMatchObject({
      refusal: { reason: 'already-started', values: { status } },
    });
  });
  test('what is not on the board is told apart', () => {
    expect(reasonOf(check([], 'A-10', at(2, 6)))).toBe('unknown-operation');
    expect(reasonOf(check([operation('A', 10)], 'A-10', at(2, 6), 'none'))).toBe('unknown-lane');
  });
});

describe('precedence', () => {
  const first = operation('A', 10, placed('l2', at(2, 6), at(2, 10)));
  const last = operation('A', 30, placed('l2', at(3, 6), at(3, 10)));
  test('between the neighbours, touching both, is right', () => {
    expect(reasonOf(check([first, operation('A', 20), last], 'A-20', at(2, 10)))).toBe('ok');
    const long = operation('A', 20, { durationS: 12 * 3600 });
    expect(check([first, long, last], 'A-20', at(2, 10))).toMatchObject({ placement: { endsAt: at(2, 22) } });
  });
  test('before the predecessor ends, and past the start of the successor, is not', () => {
    expect(check([first, operation('A', 20), last], 'A-20', at(2, 9))).toMatchObject({
      refusal: { reason: 'before-predecessor', values: { other: 'A/10', otherEndsAt: at(2, 10) } },
    });
    expect(check([first, operation('A', 20), last], 'A-20', at(3, 6))).toMatchObject({
      refusal: { reason: 'after-successor', values: { other: 'A/30', otherStartsAt: at(3, 6) } },
    });
  });
  test('binds through an operation that has no place yet', () => {
    expect(reasonOf(check([first, operation('A', 20), operation('A', 30)], 'A-30', at(2, 7)))).toBe(
      'before-predecessor',
    );
  });
  test('a predecessor that runs over its plan holds until now at least', () => {
    const running = operation('A', 10, { status: 'running', ...placed('l2', at(1, 6), at(1, 7)) });
    expect(reasonOf(check([running, operation('A', 20)], 'A-20', at(1, 7)))).toBe('before-predecessor');
    expect(reasonOf(check([running, operation('A', 20)], 'A-20', now))).toBe('ok');
  });
});

describe('capacity', () => {
  const busy = operation('B', 10, placed('l1', at(2, 10), at(2, 14)));
  test('a unit lane takes one; touching is not overlapping', () => {
    expect(check([busy, operation('A', 10)], 'A-10', at(2, 7))).toMatchObject({
      refusal: {
        reason: 'lane-occupied',
        values: { lane: 'L1', other: 'B/10', from: at(2, 10), until: at(2, 14) },
      },
    });
    expect(reasonOf(check([busy, operation('A', 10)], 'A-10', at(2, 6)))).toBe('ok');
    expect(reasonOf(check([busy, operation('A', 10)], 'A-10', at(2, 14)))).toBe('ok');
  });
  test('a bar does not stand in its own way', () => {
    expect(reasonOf(check([busy], 'B-10', at(2, 11)))).toBe('ok');
  });
  test('a lane for two takes two at any instant, also when three touch the stretch', () => {
    const wide = [lane('l1', { capacity: 2 })];
    const early = operation('B', 10, placed('l1', at(2, 6), at(2, 8)));
    const late = operation('C', 10, placed('l1', at(2, 8), at(2, 10)));
    expect(reasonOf(check([early, late, operation('A', 10)], 'A-10', at(2, 6), 'l1', { lanes: wide }))).toBe(
      'ok',
    );
    const third = operation('D', 10, placed('l1', at(2, 9), at(2, 12)));
    expect(
      check([early, late, third, operation('A', 10)], 'A-10', at(2, 6), 'l1', { lanes: wide }),
    ).toMatchObject({
      refusal: { reason: 'lane-occupied', values: { other: 'C/10', until: at(2, 10) } },
    });
  });
  test('what was completed early leaves the lane free, what was cancelled too', () => {
    const done = operation('B', 10, { status: 'completed', ...placed('l1', at(1, 6), at(1, 14)) });
    const off = operation('C', 10, { status: 'cancelled', ...placed('l1', at(1, 8), at(1, 14)) });
    expect(reasonOf(check([done, off, operation('A', 10)], 'A-10', now))).toBe('ok');
  });
});

test('what is accepted keeps every rule, against a plain recount', () => {
  const bars = fc.array(
    fc.record({
      start: fc.integer({ min: 0, max: 200 }),
      hours: fc.integer({ min: 1, max: 9 }),
      other: fc.boolean(),
    }),
    { maxLength: 25 },
  );
  const move = fc.record({ start: fc.integer({ min: 0, max: 200 }), hours: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(bars, move, fc.integer({ min: 1, max: 3 }), (some, { start, hours }, capacity) => {
      const board = [lane('l1', { capacity }), lane('l2')];
      const others = some.map((bar, n) =>
        operation(
          `W${n}`,
          10,
          placed(bar.other ? 'l2' : 'l1', start0(bar.start), start0(bar.start) + bar.hours * hourMs),
        ),
      );
      const moved = operation('A', 10, { durationS: hours * 3600 });
      const result = check([...others, moved], 'A-10', start0(start), 'l1', { lanes: board });
      const windows = board[0]?.windows ?? [];
      const inShift = windows.some(
        (window) => window.startsAt <= start0(start) && start0(start) < window.endsAt,
      );
      const endsAt = result.placement?.endsAt ?? Number.NaN;
      const on = others.filter((one) => one.placement?.laneId === 'l1');
      let most = 0;
      for (let hour = start0(start); hour < endsAt; hour += hourMs) {
        const load = on.filter(
          (one) =>
            one.placement !== undefined && one.placement.startsAt <= hour && one.placement.endsAt > hour,
        );
        most = Math.max(most, load.length);
      }
      expect(result.ok).toBe(inShift && most < capacity);
      expect(workingSecondsBetween(windows, start0(start), endsAt)).toBe(hours * 3600);
    }),
  );
  function start0(hour: number): number {
    return at(2, 0) + hour * hourMs;
  }
});

test('10,000 bars on 200 lanes: a question costs microseconds', () => {
  const many = Array.from({ length: 200 }, (_, n) => lane(`x${n}`));
  const operations = Array.from({ length: 10_000 }, (_, n) => {
    const startsAt = at(Math.floor(n / 200), 6);
    return operation(`W${n % 5000}`, n < 5000 ? 10 : 20, {
      eligibleLaneIds: many.map((one) => one.id),
      ...placed(`x${n % 200}`, startsAt, startsAt + 4 * hourMs),
    });
  });
  const index = indexBoard({ lanes: many, operations, now });
  const startedAt = performance.now();
  for (let n = 0; n < 10_000; n += 1) {
    checkPlacement(index, {
      operationId: `W${n % 5000}-20`,
      laneId: `x${(n * 7) % 200}`,
      startsAt: at(n % 55, 7 + (n % 14)),
    });
  }
  // Some 10 ms here; the bound only catches a return to scanning the board.
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
