import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerBound } from './bound.ts';
import { createShopInstance } from './instance.ts';
import { anyShop, readInstance } from '../../../tests/support/shop-instances.ts';
import { ShopSearch } from './search.ts';
import { verify } from './verify.ts';

describe('optimal after few moves', () => {
  test.each([
    ['job-shop', 'ft06', 55],
    ['job-shop', 'la01', 666],
    ['job-shop', 'la02', 655],
    ['job-shop', 'la03', 597],
    ['job-shop', 'la04', 590],
    ['job-shop', 'la05', 593],
    ['job-shop', 'la16', 945],
    ['job-shop', 'ft20', 1165],
    ['flexible', 'mk01', 40],
    ['flexible', 'mk03', 204],
    ['flexible', 'mk08', 523],
    ['flexible', 'la01_edata', 609],
    ['flexible', 'la11_vdata', 1071],
  ] as const)('%s %s: %i', (kind, name, optimum) => {
    const instance = readInstance(kind, name);
    const search = new ShopSearch(instance, 1);
    for (let step = 0; step < 100 && search.makespan > optimum; step += 1) search.step(4000);
    expect(search.makespan).toBe(optimum);
    expect(verify(instance, search.best().operations)).toEqual([]);
  });
});

test('a large shop has a schedule before the first move', () => {
  const instance = readInstance('job-shop', 'ta51');
  const search = new ShopSearch(instance, 1);
  expect(search.moves).toBe(0);
  expect(verify(instance, search.best().operations)).toEqual([]);
  expect(search.makespan).toBeLessThan(2 * search.bound);
});

test('the same seed and moves give the same schedule, however the moves are dealt out', () => {
  const instance = readInstance('flexible', 'mk06');
  const whole = new ShopSearch(instance, 7);
  whole.step(15_000);
  const parts = new ShopSearch(instance, 7);
  for (let step = 0; step < 15; step += 1) parts.step(1000);
  expect(parts.best()).toEqual(whole.best());
  const other = new ShopSearch(instance, 8);
  other.step(15_000);
  expect(other.best().operations).not.toEqual(whole.best().operations);
});

test('a step says whether it found something better, and the best never gets worse', () => {
  const search = new ShopSearch(readInstance('job-shop', 'la38'), 3);
  for (let step = 0; step < 20; step += 1) {
    const before = search.makespan;
    expect(search.step(2000)).toBe(search.makespan < before);
    expect(search.makespan).toBeLessThanOrEqual(before);
    expect(search.moves).toBe((step + 1) * 2000);
  }
});

test('at the bound it stops', () => {
  const search = new ShopSearch(readInstance('job-shop', 'la06'), 1);
  search.step(1_000_000);
  expect(search.isOptimal).toBe(true);
  expect(search.moves).toBeLessThan(1_000_000);
  const { moves } = search;
  expect(search.step(1000)).toBe(false);
  expect(search.moves).toBe(moves);
});

test('an adopted plan of another search is crossed with, and what comes of it is valid', () => {
  const instance = readInstance('job-shop', 'la24');
  const [giver, taker] = [new ShopSearch(instance, 1), new ShopSearch(instance, 2)];
  giver.step(25_000);
  taker.adopt(giver.plan());
  taker.step(25_000);
  expect(verify(instance, taker.best().operations)).toEqual([]);
});

test('any shop: never an invalid schedule, nor one below the bound', () => {
  fc.assert(
    fc.property(anyShop, fc.nat(), (instance, seed) => {
      const search = new ShopSearch(instance, seed, { patience: 60, population: 3 });
      for (let step = 0; step < 4; step += 1) {
        const { makespan, operations } = search.best();
        expect(verify(instance, operations)).toEqual([]);
        expect(Math.max(0, ...operations.map(({ end }) => end))).toBe(makespan);
        expect(makespan).toBeGreaterThanOrEqual(search.bound);
        search.step(150);
      }
    }),
    { numRuns: 300 },
  );
});

describe('the bound', () => {
  test.each([
    ['job-shop', 'la01', 666, 666],
    ['job-shop', 'ta31', 1764, 1764],
    ['job-shop', 'swv02', 1475, 1475],
    ['job-shop', 'ft10', 800, 930],
    ['flexible', 'mk08', 523, 523],
    ['flexible', 'la11_rdata', 1071, 1071],
    ['flexible', 'mk01', 36, 40],
  ] as const)('%s %s lies between %i and %i', (kind, name, least, most) => {
    const bound = lowerBound(readInstance(kind, name));
    expect(bound).toBeGreaterThanOrEqual(least);
    expect(bound).toBeLessThanOrEqual(most);
  });

  test('two machines share what only they can do', () => {
    const both = [
      { machine: 0, duration: 5 },
      { machine: 1, duration: 5 },
    ];
    expect(lowerBound(createShopInstance([[both], [both], [both]], 3))).toBe(8);
  });
});
