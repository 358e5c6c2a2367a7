import { describe, expect, test } from 'vitest';
import { createTimeAxis } from './time-axis.ts';

const hourMs = 3_600_000;
const berlin = createTimeAxis('Europe/Berlin', 'en-GB');

describe('time axis', () => {
  test('the night when clocks go back has 25 hours, one of them twice', () => {
    const from = Date.UTC(2026, 9, 24, 22);
    const { minor, dayStarts } = berlin.ticks(from, from + 25 * hourMs, hourMs / 60);
    expect(minor.map((tick) => tick.label).slice(0, 5)).toEqual([
      '00:00',
      '01:00',
      '02:00',
      '02:00',
      '03:00',
    ]);
    expect(minor).toHaveLength(25);
    expect(dayStarts).toEqual([from, from + 25 * hourMs]);
  });

  test('the night when clocks go forward has no 02:00', () => {
    const from = Date.UTC(2026, 2, 28, 23);
    const { minor } = berlin.ticks(from, from + 23 * hourMs, hourMs / 60);
    expect(minor.map((tick) => tick.label).slice(0, 3)).toEqual(['00:00', '01:00', '03:00']);
    expect(minor).toHaveLength(23);
  });

  test('six-hour marks stay on the wall clock across the change', () => {
    const from = Date.UTC(2026, 9, 24, 22);
    const { minor } = berlin.ticks(from, from + 49 * hourMs, hourMs / 10);
    expect(minor.map((tick) => tick.label)).toEqual([
      '00:00',
      '06:00',
      '12:00',
      '18:00',
      '00:00',
      '06:00',
      '12:00',
      '18:00',
    ]);
  });

  test.each([
    ['five minutes across', hourMs / 12, 'Tuesday 24 November', /^\d\d:\d\d:\d\d$/],
    ['an hour across', hourMs, 'Tuesday 24 November', /^\d\d:\d\d$/],
    ['a day across', 24 * hourMs, 'Tuesday 24 November', /^\d\d:00$/],
    ['a month across', 30 * 24 * hourMs, 'November 2026', /\d+/],
    ['a quarter across', 92 * 24 * hourMs, 'November 2026', /^\d+ \w+$/],
    ['a year across', 366 * 24 * hourMs, '2026', /^\w+$/],
  ])('%s', (_name, spanMs, major, minor) => {
    const from = Date.UTC(2026, 10, 24, 8);
    const ticks = berlin.ticks(from, from + spanMs, spanMs / 1200);
    expect(ticks.major[0]?.label).toBe(major);
    expect(ticks.major[0]?.at).toBeLessThanOrEqual(from);
    expect(ticks.minor.length).toBeGreaterThan(5);
    expect(ticks.minor.length).toBeLessThan(45);
    for (const tick of ticks.minor) expect(tick.label).toMatch(minor);
  });

  test('weeks are numbered as ISO 8601 does, across the end of a year', () => {
    const from = Date.UTC(2026, 11, 22);
    const { weeks } = berlin.ticks(from, from + 21 * 24 * hourMs, hourMs / 2);
    expect(weeks.map(({ label }) => label)).toEqual(['W52', 'W53', 'W1', 'W2', 'W3']);
    expect(weeks[1]?.at).toBe(Date.UTC(2026, 11, 27, 23));
    expect(berlin.ticks(from, from + 366 * 24 * hourMs, 26 * hourMs).weeks).toEqual([]);
  });

  test('days begin where the plant is, also half an hour off', () => {
    const kolkata = createTimeAxis('Asia/Kolkata', 'en-GB');
    const from = Date.UTC(2026, 10, 24, 0);
    expect(kolkata.ticks(from, from + 24 * hourMs, hourMs / 10).dayStarts[0]).toBe(
      Date.UTC(2026, 10, 23, 18, 30),
    );
  });
});
