import { expect, test } from 'vitest';
import { checkSchedule } from '../checker/check-schedule.ts';
import type { Problem, Schedule } from '../model/problem.ts';
import { slackOf } from './slack.ts';
import { whyLate } from './why-late.ts';

const problem: Problem = {
  lanes: [
    {
      id: 'saw',
      name: 'Saw',
      capacity: 1,
      windows: [
        { start: 0, end: 100 },
        { start: 200, end: 400 },
      ],
      blocked: [{ start: 100, end: 200, reason: 'maintenance', label: 'new blade' }],
    },
    { id: 'mill', name: 'Mill', capacity: 1 },
    { id: 'wash', name: 'Wash', capacity: 1 },
  ],
  orders: [
    { id: 'W1', name: 'WO-1', weight: 1, due: 300 },
    { id: 'W2', name: 'WO-2', weight: 1, due: 1000, release: 10 },
    { id: 'W3', name: 'WO-3', weight: 1, due: 1000, materialAt: 20 },
  ],
  operations: [
    { id: 'a', name: 'WO-3/10', order: 'W3', choices: [{ lane: 'saw', run: 80 }] },
    { id: 'b', name: 'WO-1/10', order: 'W1', choices: [{ lane: 'saw', run: 30 }] },
    { id: 'c', name: 'WO-1/20', order: 'W1', choices: [{ lane: 'mill', run: 50 }], family: 'blue' },
    {
      id: 'd',
      name: 'WO-1/30',
      order: 'W1',
      choices: [{ lane: 'wash', run: 10 }],
      needs: [{ skill: 'wash', units: 1 }],
    },
    { id: 'e', name: 'WO-2/10', order: 'W2', choices: [{ lane: 'mill', run: 260 }], family: 'red' },
  ],
  links: [
    { from: 'b', to: 'c', kind: 'finish_start' },
    { from: 'c', to: 'd', kind: 'finish_start', minLag: 5 },
  ],
  resources: [{ id: 'ann', name: 'Ann', kind: 'person', skills: ['wash'], units: 1 }],
  setups: [{ from: 'red', to: 'blue', time: 15 }],
  objective: { mode: 'weighted', terms: [{ term: 'tardiness', weight: 1 }] },
};
const schedule: Schedule = {
  assignments: [
    { operation: 'a', lane: 'saw', start: 20, setupEnd: 20, end: 100 },
    { operation: 'b', lane: 'saw', start: 200, setupEnd: 200, end: 230 },
    { operation: 'e', lane: 'mill', start: 10, setupEnd: 10, end: 270 },
    { operation: 'c', lane: 'mill', start: 270, setupEnd: 285, end: 335 },
    { operation: 'd', lane: 'wash', start: 340, setupEnd: 340, end: 350, resources: ['ann'] },
  ],
};

test('the chain leads from the last operation to what it all began with', () => {
  expect(checkSchedule(problem, schedule)).toEqual([]);
  expect(
    whyLate(problem, schedule, 'W1').map(({ operation, cause, by, waited }) => [
      operation,
      cause,
      by,
      waited,
    ]),
  ).toEqual([
    ['d', 'predecessor', 'c', 5],
    ['c', 'setup', 'e', 0],
    ['e', 'release', undefined, 0],
  ]);
});

test('a lane that is closed says why, and the chain goes on with what ended before', () => {
  const alone = {
    ...problem,
    operations: problem.operations.filter(({ id }) => id === 'a' || id === 'b'),
    links: [],
  };
  const steps = whyLate(alone, schedule, 'W1');
  expect(steps).toMatchObject([
    {
      operation: 'b',
      cause: 'lane-closed',
      by: 'a',
      waited: 100,
      values: { reason: 'maintenance', label: 'new blade' },
    },
    { operation: 'a', cause: 'material', waited: 0, values: { materialAt: 20 } },
  ]);
});

test('people who are busy, pins, now and free choice are told apart', () => {
  const both = {
    ...problem,
    operations: problem.operations.map((one) =>
      one.id === 'e'
        ? {
            ...one,
            needs: [{ skill: 'wash', units: 1 }],
            pin: { lane: 'mill', start: 10, end: 270, why: 'started' as const },
          }
        : one,
    ),
    links: [],
  };
  const laid = (start: number): Schedule => ({
    assignments: [
      { operation: 'e', lane: 'mill', start: 10, setupEnd: 10, end: 270, resources: ['ann'] },
      { operation: 'd', lane: 'wash', start, setupEnd: start, end: start + 10, resources: ['ann'] },
    ],
  });
  expect(whyLate(both, laid(270), 'W1').map(({ cause }) => cause)).toEqual(['resource-busy', 'pinned']);
  expect(whyLate(both, laid(280), 'W1')[0]).toMatchObject({ cause: 'choice', values: { earliestAt: 270 } });
  expect(whyLate(both, laid(0), 'W1').map(({ cause }) => cause)).toEqual(['now']);
});

test('of two that bind alike the one that can be acted on is told', () => {
  const both = { ...problem, orders: problem.orders.map((order) => ({ ...order, materialAt: 340 })) };
  expect(whyLate(both, schedule, 'W1')[0]).toMatchObject({ operation: 'd', cause: 'predecessor' });
});

test('slack counts back from the due date, through lanes, links and set-ups', () => {
  expect(Object.fromEntries(slackOf(problem, schedule))).toEqual({
    d: -50,
    // d may begin 290, c ends 285 at the latest and begins 235, its set-up 220.
    c: -50,
    e: -50,
    // b ends by 235 for c, on a saw that works.
    b: 5,
    // b may begin 205, at most: five seconds into the second window.
    a: 105,
  });
});
