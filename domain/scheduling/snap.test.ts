import { describe, expect, test } from 'vitest';
import { at, hourMs, lane, operation, placed } from './board.fixture.ts';
import { indexBoard } from './board-index.ts';
import { gridIntervalMs, snapStart } from './snap.ts';

const minuteMs = 60_000;
const options = { gridMs: 15 * minuteMs, gridOriginAt: 0, toleranceMs: 10 * minuteMs };
const index = indexBoard({
  lanes: [lane('l1'), lane('l2')],
  operations: [
    operation('A', 10, placed('l1', at(2, 6), at(2, 9) + 7 * minuteMs)),
    operation('A', 20),
    operation('B', 10, placed('l2', at(2, 8), at(2, 11) + 2 * minuteMs)),
  ],
  now: 0,
});
const snap = (operationId: string, laneId: string, startsAt: number, more = {}) =>
  snapStart(index, { operationId, laneId, startsAt }, { ...options, ...more });

describe('a dragged start clings', () => {
  test('to the end of a bar on the lane', () => {
    expect(snap('A-20', 'l2', at(2, 11))).toEqual({ startsAt: at(2, 11) + 2 * minuteMs, to: 'neighbour' });
  });
  test('to the end of its predecessor on another lane', () => {
    expect(snap('A-20', 'l2', at(2, 9))).toEqual({ startsAt: at(2, 9) + 7 * minuteMs, to: 'neighbour' });
  });
  test('to the start of a shift, from before and from after', () => {
    expect(snap('A-20', 'l1', at(3, 6) - 9 * minuteMs)).toEqual({ startsAt: at(3, 6), to: 'shift' });
    expect(snap('A-20', 'l1', at(3, 14) + 4 * minuteMs)).toEqual({ startsAt: at(3, 14), to: 'shift' });
  });
  test('to the grid otherwise, not to its own end', () => {
    expect(snap('B-10', 'l2', at(2, 11) + 4 * minuteMs)).toEqual({ startsAt: at(2, 11), to: 'grid' });
    expect(snap('A-20', 'l1', at(3, 8) + 8 * minuteMs)).toEqual({
      startsAt: at(3, 8) + 15 * minuteMs,
      to: 'grid',
    });
  });
  test('to a grid that begins where the day of the plant does', () => {
    const gridOriginAt = -30 * minuteMs;
    expect(snap('A-20', 'l1', at(3, 8), { gridMs: hourMs, gridOriginAt }).startsAt % hourMs).toBe(
      30 * minuteMs,
    );
  });
});

test('the grid is as fine as can be told apart', () => {
  expect(gridIntervalMs((15 * minuteMs) / 10)).toBe(15 * minuteMs);
  expect(gridIntervalMs(hourMs / 10)).toBe(hourMs);
  expect(gridIntervalMs(1e9)).toBe(24 * hourMs);
});
