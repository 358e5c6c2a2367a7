import { expect, test } from 'vitest';

import { scheduleFromSegments, steadySchedule } from '#native/simulators/machine-schedule';

test('segments hold from their start to their end, the later start first; between them the machine is idle', () => {
  const run = { state: 'running', ratePerHour: 100, rejectShare: 0 } as const;
  const schedule = scheduleFromSegments([
    {
      machineCode: 'M1',
      startsAt: 50,
      endsAt: 60,
      state: 'down',
      ratePerHour: 0,
      rejectShare: 0,
      faultCode: 'F1',
    },
    { machineCode: 'M1', startsAt: 10, endsAt: 100, ...run },
  ]);
  expect([9, 10, 49, 50, 59, 60, 99, 100].map((now) => schedule('M1', now).state).join(' ')).toBe(
    'idle running running down down running running idle',
  );
  expect(schedule('M2', 50).state).toBe('idle');
});

test('a steady day is the same each time, mostly running, with some of everything', () => {
  const machines = Array.from({ length: 24 }, (_, index) => ({
    code: `M${index}`,
    laneCode: 'L1',
    idealCycleMs: 1000,
  }));
  const schedule = steadySchedule(machines);
  const startsAt = Date.UTC(2026, 0, 5);
  const states = machines.flatMap(({ code }) =>
    Array.from({ length: 24 * 12 }, (_, index) => schedule(code, startsAt + index * 300_000)),
  );
  const share = (state: string): number =>
    states.filter((each) => each.state === state).length / states.length;
  expect(share('running')).toBeGreaterThan(0.75);
  for (const state of ['idle', 'setup', 'down']) expect(share(state)).toBeGreaterThan(0.005);
  expect(states.filter(({ state }) => state === 'down').every(({ faultCode }) => faultCode)).toBe(true);
  expect(states.every(({ ratePerHour }) => ratePerHour <= 3600)).toBe(true);
  expect(steadySchedule(machines)('M3', startsAt)).toEqual(schedule('M3', startsAt));
});
