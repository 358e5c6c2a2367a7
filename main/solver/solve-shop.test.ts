import { expect, test, vi } from 'vitest';
import { createShopInstance } from '#domain/scheduling/shop/instance';
import { verify } from '#domain/scheduling/shop/verify';
import { readInstance } from '../../tests/support/shop-instances.ts';
import { solveShop } from './solve-shop.ts';
import type { ShopProgress } from './solve-shop.ts';

// Threads take seconds to start where the machine is busy.
vi.setConfig({ testTimeout: 30_000 });

test('two threads with the same seed and moves give the same schedule', async () => {
  const instance = readInstance('job-shop', 'la38');
  const options = { seconds: 0, threads: 2, seed: 5, moves: 12_000 };
  const first = await solveShop(instance, options);
  const second = await solveShop(instance, options);
  expect(second.operations).toEqual(first.operations);
  expect(first.moves).toBe(24_000);
  expect(verify(instance, first.operations)).toEqual([]);
});

test('at the bound it ends long before its time', async () => {
  const instance = readInstance('flexible', 'mk03');
  const result = await solveShop(instance, { seconds: 60, threads: 2, seed: 1 });
  expect([result.makespan, result.bound]).toEqual([204, 204]);
  expect(result.elapsedMs).toBeLessThan(20_000);
  expect(verify(instance, result.operations)).toEqual([]);
});

test('the time is kept, and progress never gets worse', async () => {
  const instance = readInstance('job-shop', 'ta41');
  const heard: ShopProgress[] = [];
  const result = await solveShop(instance, {
    seconds: 1,
    threads: 1,
    seed: 1,
    onProgress: (progress) => heard.push(progress),
  });
  expect(heard.length).toBeGreaterThan(1);
  const makespans = heard.map(({ makespan }) => makespan);
  expect(makespans).toEqual(makespans.toSorted((a, b) => b - a));
  expect(result.makespan).toBe(makespans.at(-1));
  expect(result.elapsedMs).toBeGreaterThanOrEqual(1000);
  expect(result.elapsedMs).toBeLessThan(5000);
});

test('stopped, it gives the best so far', async () => {
  const instance = readInstance('job-shop', 'ta41');
  const controller = new AbortController();
  const result = await solveShop(instance, {
    seconds: 600,
    threads: 2,
    seed: 1,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect(result.wasStopped).toBe(true);
  expect(verify(instance, result.operations)).toEqual([]);
});

test('a shop without jobs is done at once', async () => {
  const result = await solveShop(createShopInstance([], 1), { seconds: 10, threads: 1, seed: 1 });
  expect([result.makespan, result.operations]).toEqual([0, []]);
});
