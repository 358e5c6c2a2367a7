import { expect, test } from 'vitest';
import { at, hourMs, operation, placed } from './board.fixture.ts';
import { latenessOf, projectedEndAt, workOrderLateness } from './lateness.ts';

const now = at(5, 8);
const due = at(10, 12);
const ends = (endsAt: number) => operation('A', 10, placed('l1', endsAt - 4 * hourMs, endsAt));

test('a bar that ends after the due date is late by as much, one just before it is tight', () => {
  expect(latenessOf(ends(due + hourMs), now)).toEqual({ state: 'late', byMs: hourMs });
  expect(latenessOf(ends(due), now)).toEqual({ state: 'tight', byMs: 0 });
  expect(latenessOf(ends(due - 5 * hourMs), now)).toEqual({ state: 'on-time', byMs: 5 * hourMs });
});

test('what has not begun in time is pushed ahead by the present', () => {
  expect(projectedEndAt(ends(at(5, 9)), now)).toBe(at(5, 12));
  expect(projectedEndAt({ ...ends(at(5, 7)), status: 'running' }, now)).toBe(now);
});

test('without a place it is late only when the due date has passed', () => {
  expect(latenessOf(operation('A', 10), now)).toEqual({ state: 'unscheduled', byMs: due - now });
  expect(latenessOf(operation('A', 10), due + hourMs)).toEqual({ state: 'late', byMs: hourMs });
});

test('a work order is as late as its latest operation', () => {
  const early = { ...ends(at(5, 7)), status: 'completed' as const };
  expect(workOrderLateness([early, ends(due + hourMs), ends(due + 2 * hourMs)], now)).toEqual({
    state: 'late',
    byMs: 2 * hourMs,
  });
  expect(workOrderLateness([early, operation('A', 20)], now).state).toBe('unscheduled');
  expect(workOrderLateness([early], now).state).toBe('completed');
  expect(workOrderLateness([{ ...ends(due + hourMs), status: 'cancelled' }], now).state).toBe('completed');
});
