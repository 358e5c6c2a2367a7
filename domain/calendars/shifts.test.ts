import { describe, expect, test } from 'vitest';
import { mergeIntervals } from './intervals.ts';
import { plantDay, plantWeekStart, shiftWindows, untangleWindows } from './shifts.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const threeShifts = [
  { code: 'early', startTime: '06:00', endTime: '14:00', weekdays: everyDay },
  { code: 'late', startTime: '14:00', endTime: '22:00', weekdays: everyDay },
  { code: 'night', startTime: '22:00', endTime: '06:00', weekdays: everyDay },
];
const hours = (window: { startsAt: number; endsAt: number }) => (window.endsAt - window.startsAt) / 3_600_000;
const range = (from: string, to: string) => ({ startsAt: Date.parse(from), endsAt: Date.parse(to) });
const nightOf = (timeZone: string, from: string, to: string) =>
  shiftWindows({ timeZone, shifts: threeShifts, range: range(from, to) }).filter(
    (window) => window.shiftCode === 'night',
  );

describe('the night when the clocks change', () => {
  test.each([
    ['Europe/Berlin', '2026-03-28T20:00Z', '2026-03-29T03:00Z', 7],
    ['Europe/Berlin', '2026-10-24T20:00Z', '2026-10-25T04:00Z', 9],
    ['Europe/Berlin', '2026-06-10T20:00Z', '2026-06-11T03:00Z', 8],
    ['America/Chicago', '2026-03-08T04:00Z', '2026-03-08T10:00Z', 7],
    ['America/Chicago', '2026-11-01T03:00Z', '2026-11-01T11:00Z', 9],
  ])('%s from %s has %i hours', (timeZone, from, to, expected) => {
    const nights = nightOf(timeZone, from, to);
    expect(nights.map(hours)).toEqual([expected]);
  });

  test('the shifts before and after stay on the wall clock', () => {
    const windows = shiftWindows({
      timeZone: 'Europe/Berlin',
      shifts: threeShifts,
      range: range('2026-03-28T00:00Z', '2026-03-30T00:00Z'),
    });
    const early = windows
      .filter((window) => window.shiftCode === 'early')
      .map((w) => new Date(w.startsAt).toISOString());
    expect(early).toEqual(['2026-03-28T05:00:00.000Z', '2026-03-29T04:00:00.000Z']);
  });
});

test('a range that begins in the middle of the night finds the shift of the evening before, whole', () => {
  const windows = shiftWindows({
    timeZone: 'Europe/Berlin',
    shifts: threeShifts,
    range: range('2026-06-11T01:00Z', '2026-06-11T02:00Z'),
  });
  expect(windows).toEqual([{ ...range('2026-06-10T20:00Z', '2026-06-11T04:00Z'), shiftCode: 'night' }]);
});

test('breaks cut their own shift, those of a night after midnight too', () => {
  const shifts = [
    {
      code: 'early',
      startTime: '06:00',
      endTime: '14:00',
      weekdays: everyDay,
      breaks: [
        { startTime: '09:00', seconds: 900 },
        { startTime: '12:00', seconds: 1800 },
        { startTime: '15:00', seconds: 900 },
      ],
    },
    { code: 'late', startTime: '14:00', endTime: '22:00', weekdays: everyDay },
    {
      code: 'night',
      startTime: '22:00',
      endTime: '06:00',
      weekdays: everyDay,
      breaks: [{ startTime: '02:00', seconds: 1800 }],
    },
  ];
  const windows = shiftWindows({
    timeZone: 'Europe/Berlin',
    shifts,
    range: range('2026-06-10T04:00Z', '2026-06-11T04:00Z'),
  });
  expect(windows).toEqual([
    { ...range('2026-06-10T04:00Z', '2026-06-10T07:00Z'), shiftCode: 'early' },
    { ...range('2026-06-10T07:15Z', '2026-06-10T10:00Z'), shiftCode: 'early' },
    { ...range('2026-06-10T10:30Z', '2026-06-10T12:00Z'), shiftCode: 'early' },
    { ...range('2026-06-10T12:00Z', '2026-06-10T20:00Z'), shiftCode: 'late' },
    { ...range('2026-06-10T20:00Z', '2026-06-11T00:00Z'), shiftCode: 'night' },
    { ...range('2026-06-11T00:30Z', '2026-06-11T04:00Z'), shiftCode: 'night' },
  ]);
});

test('weekdays are those on which the shift begins: Friday night ends on Saturday', () => {
  const windows = shiftWindows({
    timeZone: 'Europe/Berlin',
    shifts: [{ code: 'night', startTime: '22:00', endTime: '06:00', weekdays: [5] }],
    range: range('2026-06-08T00:00Z', '2026-06-15T00:00Z'),
  });
  expect(windows).toEqual([{ ...range('2026-06-12T20:00Z', '2026-06-13T04:00Z'), shiftCode: 'night' }]);
});

test('a closure cuts windows in two and swallows whole ones', () => {
  const windows = shiftWindows({
    timeZone: 'UTC',
    shifts: threeShifts,
    closures: [
      range('2026-06-10T08:00Z', '2026-06-10T09:00Z'),
      range('2026-06-10T14:00Z', '2026-06-11T06:00Z'),
    ],
    range: range('2026-06-10T06:00Z', '2026-06-11T14:00Z'),
  });
  expect(windows.map((window) => [window.shiftCode, hours(window)])).toEqual([
    ['early', 2],
    ['early', 5],
    ['early', 8],
  ]);
});

test('overlapping shifts: the one that began first keeps its window', () => {
  const windows = untangleWindows([
    { startsAt: 80, endsAt: 120, shiftCode: 'late' },
    { startsAt: 0, endsAt: 100, shiftCode: 'early' },
    { startsAt: 10, endsAt: 20, shiftCode: 'inside' },
  ]);
  expect(windows).toEqual([
    { startsAt: 0, endsAt: 100, shiftCode: 'early' },
    { startsAt: 100, endsAt: 120, shiftCode: 'late' },
  ]);
});

test('equal start and end is a shift of a whole day, 24:00 is midnight', () => {
  const day = shiftWindows({
    timeZone: 'UTC',
    shifts: [
      { code: 'round', startTime: '07:00', endTime: '07:00', weekdays: [3] },
      { code: 'to-midnight', startTime: '16:00', endTime: '24:00', weekdays: [5] },
    ],
    range: range('2026-06-10T00:00Z', '2026-06-13T00:00Z'),
  });
  expect(day.map(hours)).toEqual([24, 8]);
});

test('a time that is none, and a zone that is none, are errors', () => {
  const one = { code: 'x', startTime: '25:00', endTime: '06:00', weekdays: [1] };
  const some = range('2026-06-10T00:00Z', '2026-06-13T00:00Z');
  expect(() => shiftWindows({ timeZone: 'UTC', shifts: [one], range: some })).toThrow(/Shift x: "25:00"/);
  expect(() => shiftWindows({ timeZone: 'Mars/Olympus', shifts: [], range: some })).toThrow(RangeError);
});

test('a plant day has 23, 24 or 25 hours', () => {
  const day = plantDay(Date.parse('2026-03-29T12:00Z'), 'Europe/Berlin');
  expect(day).toMatchObject({ date: '2026-03-29', weekday: 7 });
  expect(hours(day)).toBe(23);
  expect(hours(plantDay(Date.parse('2026-10-25T12:00Z'), 'Europe/Berlin'))).toBe(25);
  expect(plantDay(Date.parse('2026-06-10T03:00Z'), 'America/Chicago').date).toBe('2026-06-09');
});

test('windows that touch or overlap merge', () => {
  expect(
    mergeIntervals([
      { startsAt: 20, endsAt: 30 },
      { startsAt: 0, endsAt: 10 },
      { startsAt: 10, endsAt: 15 },
      { startsAt: 5, endsAt: 7 },
    ]),
  ).toEqual([
    { startsAt: 0, endsAt: 15 },
    { startsAt: 20, endsAt: 30 },
  ]);
});

test("a week begins on the plant's own Monday, also where the clock changed within it", () => {
  const monday = Date.parse('2026-10-18T22:00:00Z');
  expect(plantWeekStart(monday, 'Europe/Berlin')).toBe(monday);
  expect(plantWeekStart(monday - 1, 'Europe/Berlin')).toBe(monday - 7 * 24 * 3_600_000);
  // Sunday has 25 hours here, and it is still Sunday in Chicago when it is Monday in Berlin.
  expect(plantWeekStart(Date.parse('2026-10-25T22:59:00Z'), 'Europe/Berlin')).toBe(monday);
  expect(plantWeekStart(Date.parse('2026-10-26T01:00:00Z'), 'America/Chicago')).toBe(
    Date.parse('2026-10-19T05:00:00Z'),
  );
});
