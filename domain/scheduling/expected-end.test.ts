import { describe, expect, test } from 'vitest';
import { at, lane, operation, placed } from './board.fixture.ts';
import { expectedEndAt } from './expected-end.ts';
import type { BoardOperation } from './types.ts';

const { windows } = lane('l1');
/** Four hours of work, planned from 8 to 12. */
const started = (more: Partial<BoardOperation>) =>
  operation('A', 10, { status: 'running', ...placed('l1', at(2, 8), at(2, 12)), ...more });
const ends = (more: Partial<BoardOperation>, now: number) => {
  const it = started(more);
  return expectedEndAt(it, it.placement ?? { laneId: '', startsAt: 0, endsAt: 0 }, windows, now);
};

describe('by the last report', () => {
  const half = { progress: 0.5, progressAt: at(2, 11) };
  test('the end stays where the report puts it, until more is known', () => {
    expect(ends(half, at(2, 11))).toBe(at(2, 13));
    expect(ends(half, at(2, 12.5))).toBe(at(2, 13));
    expect(ends(half, at(2, 13.5))).toBe(at(2, 13.5));
  });
  test('what is paused has all of it before it', () => {
    expect(ends({ ...half, status: 'paused' }, at(2, 12.5))).toBe(at(2, 14.5));
  });
  test('only working time counts', () => {
    expect(ends({ progress: 0.5, progressAt: at(2, 21) }, at(3, 6))).toBe(at(3, 7));
  });
  test('without its time it counts as new', () => {
    expect(ends({ progress: 0.5 }, at(2, 12.5))).toBe(at(2, 14.5));
  });
});

test('without a report by what has been worked on it', () => {
  expect(ends({ progress: 0, startedAt: at(2, 10) }, at(2, 11))).toBe(at(2, 14));
});

test('never before it was planned to end', () => {
  expect(ends({ progress: 0.9, progressAt: at(2, 9) }, at(2, 9))).toBe(at(2, 12));
});
