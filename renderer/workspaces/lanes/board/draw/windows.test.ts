import { expect, test } from 'vitest';
import { wholeShifts } from './windows.ts';

const hourMs = 3_600_000;
const window = (from: number, to: number, shiftCode: string) => ({
  startsAt: from * hourMs,
  endsAt: to * hourMs,
  shiftCode,
});

test('a break leaves a shift whole; the next day it is another one', () => {
  expect(
    wholeShifts([
      window(6, 9, 'early'),
      window(9.25, 14, 'early'),
      window(14, 22, 'late'),
      window(30, 38, 'late'),
      window(38, 46, 'early'),
    ]),
  ).toEqual([
    window(6, 14, 'early'),
    window(14, 22, 'late'),
    window(30, 38, 'late'),
    window(38, 46, 'early'),
  ]);
});
