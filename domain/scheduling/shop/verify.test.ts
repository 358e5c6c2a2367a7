import { expect, test } from 'vitest';
import { createShopInstance } from './instance.ts';
import type { ShopOperation } from './schedule.ts';
import { verify } from './verify.ts';

/** Job 0: 3 on machine 0, then 2 on machine 1 or 4 on machine 0. Job 1: 2 on machine 0. */
const instance = createShopInstance(
  [
    [
      [{ machine: 0, duration: 3 }],
      [
        { machine: 1, duration: 2 },
        { machine: 0, duration: 4 },
      ],
    ],
    [[{ machine: 0, duration: 2 }]],
  ],
  2,
);
const first: ShopOperation = { job: 0, index: 0, machine: 0, start: 0, end: 3 };
const second: ShopOperation = { job: 0, index: 1, machine: 1, start: 3, end: 5 };
const other: ShopOperation = { job: 1, index: 0, machine: 0, start: 3, end: 5 };

test('a valid schedule breaks nothing, in whatever order its operations come', () => {
  expect(verify(instance, [first, second, other])).toEqual([]);
  expect(verify(instance, [other, second, first])).toEqual([]);
});

test('the slower machine is valid with its own duration', () => {
  expect(verify(instance, [first, { ...second, machine: 0, start: 5, end: 9 }, other])).toEqual([]);
});

test.each<[string, readonly ShopOperation[], object]>([
  ['an operation is missing', [first, other], { kind: 'operation-missing', job: 0, index: 1 }],
  ['one is there twice', [first, second, other, other], { kind: 'operation-twice', job: 1, index: 0 }],
  [
    'one is not of the problem',
    [first, second, other, { ...other, index: 1 }],
    { kind: 'unknown-operation', job: 1, index: 1 },
  ],
  [
    'a job is not of the problem',
    [first, second, other, { ...other, job: 2 }],
    { kind: 'unknown-operation', job: 2, index: 0 },
  ],
  [
    'it begins before time 0',
    [{ ...first, start: -1, end: 2 }, second, other],
    { kind: 'before-the-start', job: 0, index: 0 },
  ],
  [
    'it is too short',
    [first, { ...second, end: 4 }, other],
    { kind: 'duration-differs', job: 0, index: 1, machine: 1 },
  ],
  [
    'it takes the duration of another machine',
    [first, { ...second, end: 7 }, other],
    { kind: 'duration-differs', job: 0, index: 1, machine: 1 },
  ],
  [
    'a machine cannot do it',
    [first, second, { ...other, machine: 1, start: 5, end: 7 }],
    { kind: 'machine-not-able', job: 1, index: 0, machine: 1 },
  ],
  [
    'the route is broken',
    [first, { ...second, start: 2, end: 4 }, other],
    { kind: 'route-broken', job: 0, index: 1 },
  ],
  [
    'a machine does two at once',
    [first, second, { ...other, start: 2, end: 4 }],
    { kind: 'machine-overlap', machine: 0, job: 1, index: 0, other: { job: 0, index: 0 } },
  ],
])('%s', (_, operations, violation) => {
  expect(verify(instance, operations)).toEqual([violation]);
});

test.each([
  ['both', { start: 3.5, end: 5.5 }, ['time-not-whole']],
  ['the end', { start: 3, end: 4.5 }, ['time-not-whole', 'duration-differs']],
  ['the start', { start: 3.5, end: 5 }, ['time-not-whole', 'duration-differs']],
])('times that are not whole: %s', (_, times, kinds) => {
  expect(verify(instance, [first, { ...second, ...times }, other]).map(({ kind }) => kind)).toEqual(kinds);
});
