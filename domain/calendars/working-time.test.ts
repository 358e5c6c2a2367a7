import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  finishAfter,
  nextWorkingInstant,
  stretchAt,
  windowAt,
  workingSecondsBetween,
} from './working-time.ts';

const second = 1000;
const windows = [
  { startsAt: 0, endsAt: 10 * second },
  { startsAt: 10 * second, endsAt: 20 * second },
  { startsAt: 50 * second, endsAt: 60 * second },
];

describe('finishing', () => {
  test('runs on through windows that touch and waits for the next where they do not', () => {
    expect(finishAfter(windows, 5 * second, 10)).toBe(15 * second);
    expect(finishAfter(windows, 15 * second, 7)).toBe(52 * second);
  });
  test('work that fills its window is done when the window ends', () => {
    expect(finishAfter(windows, 15 * second, 5)).toBe(20 * second);
  });
  test('begins to count when work begins', () => {
    expect(finishAfter(windows, 30 * second, 1)).toBe(51 * second);
    expect(nextWorkingInstant(windows, 30 * second)).toBe(50 * second);
    expect(nextWorkingInstant(windows, 60 * second)).toBeUndefined();
  });
  test('says so when the windows run out', () => {
    expect(finishAfter(windows, 55 * second, 6)).toBeUndefined();
  });
});

test('an instant is in the window that it opens, not in the one that it closes', () => {
  expect(windowAt(windows, 10 * second)).toBe(windows[1]);
  expect(windowAt(windows, 20 * second)).toBeUndefined();
  expect(stretchAt(windows, 12 * second)).toEqual({ startsAt: 0, endsAt: 20 * second });
});

const someWindows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((pairs) => {
    let at = 0;
    return pairs.map(([gapS, lengthS]) => {
      const startsAt = at + gapS * second;
      at = startsAt + lengthS * second;
      return { startsAt, endsAt: at };
    });
  });

test('what finishAfter counts forward is what workingSecondsBetween counts back', () => {
  fc.assert(
    fc.property(
      someWindows,
      fc.integer({ min: 0, max: 2000 }),
      fc.integer({ min: 1, max: 600 }),
      (some, fromS, durationS) => {
        const endsAt = finishAfter(some, fromS * second, durationS);
        const available = workingSecondsBetween(some, fromS * second, Infinity);
        const counted = workingSecondsBetween(some, fromS * second, endsAt ?? Infinity);
        expect(endsAt === undefined ? available < durationS : counted === durationS).toBe(true);
      },
    ),
  );
});
