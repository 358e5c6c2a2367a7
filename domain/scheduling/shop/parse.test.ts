import { describe, expect, test } from 'vitest';
import { instanceText, readInstance } from '../../../tests/support/shop-instances.ts';
import { parseFlexibleJobShop, parseJobShop } from './parse.ts';

test('a text of JSPLIB: comments are passed over, machines and durations in the order of the routes', () => {
  const instance = readInstance('job-shop', 'ft06');
  expect([instance.jobCount, instance.machineCount, instance.operationCount]).toEqual([6, 6, 36]);
  expect([...instance.alternativeMachine.subarray(0, 6)]).toEqual([2, 0, 1, 3, 5, 4]);
  expect([...instance.alternativeDuration.subarray(0, 6)]).toEqual([1, 3, 6, 7, 3, 6]);
});

test('a flexible text: alternatives of each operation, jobs of any length', () => {
  const instance = readInstance('flexible', 'mk01');
  expect([instance.jobCount, instance.machineCount, instance.operationCount]).toEqual([10, 6, 55]);
  expect([...instance.firstAlternative.subarray(0, 4)]).toEqual([0, 2, 5, 7]);
  expect([...instance.alternativeMachine.subarray(0, 2)]).toEqual([0, 2]);
  expect([...instance.alternativeDuration.subarray(0, 2)]).toEqual([5, 4]);
});

test('line ends of every system and a mean of alternatives in the first line', () => {
  const text = instanceText('flexible', 'la01_edata').replace('10 5', '10\t5  1.15').replaceAll('\n', '\r\n');
  expect(parseFlexibleJobShop(text)).toEqual({ ok: true, value: readInstance('flexible', 'la01_edata') });
});

describe('a text that is no problem says in which line and what was expected', () => {
  test.each([
    ['', 'shop-text-empty', {}],
    ['# only words\n', 'shop-text-empty', {}],
    ['# a\n2\n', 'shop-text-header', { line: 2 }],
    ['0 2\n', 'shop-text-header', { line: 1 }],
    ['two 2\n', 'shop-text-header', { line: 1 }],
    ['2 2\n0 1 1 2\n', 'shop-text-jobs-missing', { jobs: 2, found: 1 }],
    ['1 2\n0 1 1 2\n\n0 1 1 2\n', 'shop-text-line-too-many', { line: 4, jobs: 1 }],
    ['1 2\n0 1 1\n', 'shop-text-number-missing', { line: 2, expected: 'the duration of operation 2' }],
    ['1 2\n0 1 1 2 0\n', 'shop-text-number-too-many', { line: 2, found: '0' }],
    ['1 2\n0 1 2 2\n', 'shop-text-machine', { line: 2, machine: 2, last: 1 }],
    [
      '1 2\n0 1 1 -2\n',
      'shop-text-not-a-number',
      { line: 2, found: '-2', expected: 'the duration of operation 2' },
    ],
    [
      '1 2\n0 1.5 1 2\n',
      'shop-text-not-a-number',
      { line: 2, found: '1.5', expected: 'the duration of operation 1' },
    ],
    ['1 1\n0 999999999\n', 'shop-text-too-long', { longest: 2 ** 29 }],
  ])('%j', (text, reason, values) => {
    expect(parseJobShop(text)).toEqual({ ok: false, refusal: { reason, values } });
  });

  test.each([
    [
      '1 2\n2 1 0 5\n',
      'shop-text-number-missing',
      { line: 2, expected: 'the number of machines for operation 2' },
    ],
    ['1 2\n1 0\n', 'shop-text-no-alternative', { line: 2, operation: 1 }],
    ['1 2\n1 2 0 5\n', 'shop-text-number-missing', { line: 2, expected: 'the machine of operation 1' }],
    ['1 2\n1 1 0 5 7\n', 'shop-text-number-too-many', { line: 2, found: '7' }],
    ['1 2\n1 1 2 5\n', 'shop-text-machine', { line: 2, machine: 2, last: 1 }],
  ])('flexible: %j', (text, reason, values) => {
    expect(parseFlexibleJobShop(text)).toEqual({ ok: false, refusal: { reason, values } });
  });
});
