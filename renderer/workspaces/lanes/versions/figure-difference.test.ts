import { expect, test } from 'vitest';
import { differenceOf } from './figure-difference.ts';

test('load that reads the same in percent is no different, whichever way it went', () => {
  expect(differenceOf('loadRatio', 0.5212, 0.5239)).toBe(0);
  expect(differenceOf('loadRatio', 0.5239, 0.5212)).toBe(0);
  // Half a percent and more, and still 52 % beside 52 %.
  expect(differenceOf('loadRatio', 0.5151, 0.5249)).toBe(0);
});

test('a difference is the one between the two that are shown', () => {
  // 52 % beside 51 %, though hardly anything lies between.
  expect(differenceOf('loadRatio', 0.5151, 0.5149)).toBe(0.01);
  expect(differenceOf('loadRatio', 0.48, 0.52)).toBe(-0.04);
  expect(differenceOf('lateOrders', 3, 5)).toBe(-2);
  expect(differenceOf('setupS', 1800.2, 1799.6)).toBe(0);
  expect(differenceOf('tardinessS', 90, 30)).toBe(60);
});
