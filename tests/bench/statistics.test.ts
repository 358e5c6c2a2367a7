import { expect, test } from 'vitest';
import { median, quantile } from './statistics.ts';

test('the median of an even number lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a quantile is interpolated between its neighbours, whatever the order of the samples', () => {
  const hundred = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(quantile(hundred, 0.99)).toBe(99);
  expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5);
  expect(quantile([7], 0.99)).toBe(7);
});

test('without samples there is no quantile', () => {
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});
