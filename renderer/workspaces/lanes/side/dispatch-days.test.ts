import { expect, test } from 'vitest';
import { byDay } from './dispatch-days.ts';

const line = (code: string, startsAt: string) => ({ code, startsAt: Date.parse(startsAt) });
const dayIn = (timeZone: string) => (at: number) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long', day: 'numeric', month: 'long' }).format(at);
const days = (lines: readonly ReturnType<typeof line>[], timeZone: string) =>
  byDay(lines, dayIn(timeZone)).map(([day, ofDay]) => [day, ofDay.map(({ code }) => code)]);

test('each day is named once, in the order of the list, with its lines as they come', () => {
  expect(
    days(
      [
        line('A', '2026-11-23T06:00:00Z'),
        line('B', '2026-11-23T09:30:00Z'),
        line('C', '2026-11-25T06:00:00Z'),
      ],
      'Europe/Berlin',
    ),
  ).toEqual([
    ['Monday 23 November', ['A', 'B']],
    ['Wednesday 25 November', ['C']],
  ]);
  expect(byDay([], String)).toEqual([]);
});

test('what starts at night belongs to the day that the plant has then', () => {
  const night = [line('A', '2026-11-23T22:30:00Z'), line('B', '2026-11-23T23:30:00Z')];
  expect(days(night, 'Europe/Berlin')).toEqual([
    ['Monday 23 November', ['A']],
    ['Tuesday 24 November', ['B']],
  ]);
  expect(days(night, 'America/Chicago')).toEqual([['Monday 23 November', ['A', 'B']]]);
});

test('the same day of two weeks, or lines out of order, do not run together or apart', () => {
  expect(
    days(
      [
        line('A', '2026-11-23T06:00:00Z'),
        line('B', '2026-11-30T06:00:00Z'),
        line('C', '2026-11-23T07:00:00Z'),
      ],
      'Europe/Berlin',
    ),
  ).toEqual([
    ['Monday 23 November', ['A', 'C']],
    ['Monday 30 November', ['B']],
  ]);
});
