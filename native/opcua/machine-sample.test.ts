import { expect, test } from 'vitest';

import { createMachineImage, machineStateOf } from '#native/opcua/machine-sample';
import type { TagChange, TagName } from '#native/opcua/machine-sample';

const tags: TagName[] = ['state', 'goodCount', 'rejectCount', 'fault'];

function change(tag: TagName, value: unknown, sourceAt: number, more: Partial<TagChange> = {}): TagChange {
  return { tag, value, sourceAt, quality: 'good', overflow: false, ...more };
}

function startedImage(
  stateByValue?: Parameters<typeof createMachineImage>[2],
): ReturnType<typeof createMachineImage> {
  const image = createMachineImage('M01', tags, stateByValue);
  image.apply(
    [
      change('state', 'running', 1),
      change('goodCount', 5, 1),
      change('rejectCount', 0, 1),
      change('fault', '', 1),
    ],
    2,
  );
  return image;
}

test('says nothing before each tag was heard once, then one sample', () => {
  const image = createMachineImage('M01', tags, undefined);
  expect(image.apply([change('state', 'running', 9), change('goodCount', 5, 3)], 10)).toEqual([]);
  expect(image.apply([change('rejectCount', 1, 4), change('fault', '', 5)], 11)).toEqual([
    {
      machineCode: 'M01',
      state: 'running',
      goodCount: 5,
      rejectCount: 1,
      sourceAt: 9,
      receivedAt: 11,
      quality: 'good',
      gap: false,
    },
  ]);
});

test('each state and fault in the order of the machine, counters only as they end', () => {
  const image = startedImage();
  const samples = image.apply(
    [
      change('goodCount', 6, 10),
      change('goodCount', 7, 20),
      change('goodCount', 8, 40),
      change('state', 'down', 30),
      change('state', 'running', 35),
      change('fault', 'F1', 30),
      change('fault', '', 35),
    ],
    50,
  );
  expect(
    samples.map(({ state, faultCode, goodCount, sourceAt }) => [state, faultCode, goodCount, sourceAt]),
  ).toEqual([
    ['down', 'F1', 7, 30],
    ['running', undefined, 7, 35],
    ['running', undefined, 8, 40],
  ]);
});

test('an overflowed queue is a gap, once', () => {
  const image = startedImage();
  expect(image.apply([change('state', 'idle', 10, { overflow: true })], 11)).toMatchObject([{ gap: true }]);
  expect(image.apply([change('state', 'running', 12)], 13)).toMatchObject([{ gap: false }]);
});

test('after a lost line: offline with the last counters, then a gap', () => {
  const image = startedImage();
  expect(image.disconnect(20)).toMatchObject({ state: 'offline', quality: 'bad', goodCount: 5, gap: false });
  const back = [change('state', 'running', 30), change('goodCount', 9, 30), change('rejectCount', 0, 30)];
  expect(image.apply(back, 31)).toEqual([]);
  expect(image.apply([change('fault', '', 30)], 32)).toMatchObject([
    { state: 'running', goodCount: 9, gap: true },
  ]);
});

test('what cannot be read is bad, says why, and keeps the value for the eye', () => {
  const image = startedImage();
  expect(image.apply([change('state', 17, 10)], 11)).toMatchObject([
    { state: 'offline', quality: 'bad', problem: 'unknown-state', rawValue: '17' },
  ]);
  expect(image.apply([change('state', 'running', 12), change('goodCount', -4, 12)], 13)).toMatchObject([
    { state: 'running', quality: 'bad', problem: 'not-a-count', rawValue: '-4', goodCount: 5 },
  ]);
  expect(
    image.apply([change('goodCount', 6, 14), change('rejectCount', 0, 14, { quality: 'uncertain' })], 15),
  ).toMatchObject([{ quality: 'uncertain', goodCount: 6 }]);
});

test('64-bit counters, and states by the table of the machine before common names', () => {
  const image = startedImage({ 6: 'running', running: 'setup' });
  expect(image.apply([change('goodCount', [1, 5], 10), change('state', 6, 10)], 11)).toMatchObject([
    { goodCount: 4_294_967_301, state: 'running' },
  ]);
  expect(machineStateOf('running', { running: 'setup' })).toBe('setup');
  expect(machineStateOf(' Running ', undefined)).toBe('running');
  expect(machineStateOf('constructor', {})).toBeUndefined();
});
