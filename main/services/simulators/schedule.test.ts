import { expect, test } from 'vitest';
import { scheduleSegments } from './schedule.ts';

const hour = 3_600_000;
const from = 1_760_000_000_000;

test('a machine whose operation runs is covered without gaps or overlaps and makes parts near its ideal rate', () => {
  const segments = scheduleSegments(
    [{ code: 'M-1', idealCycleMs: 6000, work: 'running' }],
    from,
    from + 24 * hour,
  );
  expect(segments.slice(1).map(({ startsAt }) => startsAt)).toEqual(
    segments.slice(0, -1).map(({ endsAt }) => endsAt),
  );
  expect(segments.every(({ startsAt, endsAt }) => endsAt > startsAt)).toBe(true);
  const running = segments.filter(({ state }) => state === 'running');
  expect(running.every(({ ratePerHour }) => ratePerHour > 450 && ratePerHour <= 600)).toBe(true);
  expect(segments.some(({ state, faultCode }) => state === 'down' && faultCode !== undefined)).toBe(true);
});

test('the same hour gives the same faults, another machine others', () => {
  const faultsOf = (code: string) =>
    scheduleSegments([{ code, idealCycleMs: 6000, work: 'running' }], from, from + 24 * hour)
      .filter(({ state }) => state === 'down')
      .map(({ startsAt }) => startsAt);
  expect(faultsOf('M-1')).toEqual(faultsOf('M-1'));
  expect(faultsOf('M-1')).not.toEqual(faultsOf('M-2'));
});

test('a machine without an operation has nothing to do; a paused one stands', () => {
  const segments = scheduleSegments(
    [
      { code: 'M-1', idealCycleMs: 6000, work: null },
      { code: 'M-2', idealCycleMs: 6000, work: 'paused' },
    ],
    from,
    from + hour,
  );
  expect(segments.every(({ machineCode, state }) => machineCode === 'M-2' && state === 'idle')).toBe(true);
});
