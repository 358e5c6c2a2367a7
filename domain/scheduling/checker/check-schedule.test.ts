import { describe, expect, test } from 'vitest';
import type { Assignment, Problem, Schedule } from '../model/problem.ts';
import { checkSchedule } from './check-schedule.ts';
import { figuresOf } from './figures.ts';

const problem: Problem = {
  lanes: [
    {
      id: 'mill',
      name: 'Mill',
      capacity: 1,
      windows: [
        { start: 0, end: 100 },
        { start: 120, end: 300 },
      ],
      family: 'red',
    },
    { id: 'oven', name: 'Oven', capacity: 2 },
  ],
  orders: [
    { id: 'W1', name: 'WO-1', weight: 2, due: 200, release: 5 },
    { id: 'W2', name: 'WO-2', weight: 1, due: 1000, materialAt: 60 },
  ],
  operations: [
    { id: 'a', name: 'WO-1/10', order: 'W1', choices: [{ lane: 'mill', run: 40 }], family: 'red' },
    {
      id: 'b',
      name: 'WO-2/10',
      order: 'W2',
      choices: [
        { lane: 'mill', run: 50, cost: 3 },
        { lane: 'oven', run: 60 },
      ],
      family: 'blue',
    },
    {
      id: 'c',
      name: 'WO-1/20',
      order: 'W1',
      choices: [{ lane: 'oven', run: 30 }],
      interruptible: false,
      needs: [{ skill: 'bake', units: 1 }],
    },
    {
      id: 'd',
      name: 'WO-2/20',
      order: 'W2',
      choices: [{ lane: 'oven', run: 10 }],
      needs: [{ skill: 'bake', units: 1 }],
    },
    { id: 'e', name: 'WO-2/30', order: 'W2', choices: [{ lane: 'mill', run: 20 }], interruptible: false },
    {
      id: 'f',
      name: 'WO-2/40',
      order: 'W2',
      choices: [{ lane: 'oven', run: 500 }],
      pin: { lane: 'oven', start: 400, end: 900, why: 'locked' },
    },
  ],
  links: [
    { from: 'a', to: 'c', kind: 'finish_start', minLag: 10, maxLag: 60 },
    { from: 'b', to: 'd', kind: 'start_start', minLag: 30 },
    { from: 'b', to: 'd', kind: 'finish_finish', minLag: 5 },
  ],
  resources: [
    {
      id: 'ann',
      name: 'Ann',
      kind: 'person',
      skills: ['bake'],
      units: 1,
      windows: [{ start: 50, end: 250 }],
    },
    { id: 'bob', name: 'Bob', kind: 'person', skills: ['drive'], units: 1 },
  ],
  setups: [
    { from: 'red', to: 'blue', time: 15, cost: 7 },
    { to: 'red', time: 5, forbidden: true },
  ],
  objective: { mode: 'weighted', terms: [{ term: 'tardiness', weight: 1 }] },
  now: 2,
};

const right: readonly Assignment[] = [
  { operation: 'a', lane: 'mill', start: 5, setupEnd: 5, end: 45 },
  // 15 of set-up, 15 before the break and 35 behind it.
  { operation: 'b', lane: 'mill', start: 70, setupEnd: 85, end: 155 },
  { operation: 'c', lane: 'oven', start: 60, setupEnd: 60, end: 90, resources: ['ann'] },
  { operation: 'd', lane: 'oven', start: 150, setupEnd: 150, end: 160, resources: ['ann'] },
  { operation: 'e', lane: 'mill', start: 160, setupEnd: 160, end: 180 },
  { operation: 'f', lane: 'oven', start: 400, setupEnd: 400, end: 900 },
];
const changed = (operation: string, change: Partial<Assignment>): Schedule => ({
  assignments: right.map((one) => (one.operation === operation ? { ...one, ...change } : one)),
});
const broken = (schedule: Schedule, on: Problem = problem) =>
  checkSchedule(on, schedule).map(({ rule }) => rule);

test('nothing is wrong with a right schedule', () => {
  expect(checkSchedule(problem, { assignments: right })).toEqual([]);
});

describe('a single thing that is wrong is found', () => {
  test.each<readonly [string, Schedule, readonly string[]]>([
    ['left out', { assignments: right.filter(({ operation }) => operation !== 'e') }, ['missing']],
    ['twice', { assignments: [...right, ...right.slice(0, 1)] }, ['duplicate']],
    [
      'not in the problem',
      { assignments: [...right, { operation: 'x', lane: 'mill', start: 0, setupEnd: 0, end: 1 }] },
      ['unknown-operation'],
    ],
    ['a lane that is not', changed('e', { lane: 'x' }), ['unknown-lane']],
    ['a lane that cannot do it', changed('e', { lane: 'oven' }), ['not-eligible']],
    ['half seconds', changed('e', { start: 160.5, setupEnd: 160.5, end: 180.5 }), ['times']],
    ['set-up before its start', changed('e', { setupEnd: 159 }), ['times']],
    [
      'begun in a break',
      changed('e', { start: 110, setupEnd: 110, end: 140 }),
      ['outside-window', 'interrupted', 'lane-overlap'],
    ],
    ['a second short', changed('e', { end: 179 }), ['run-length']],
    ['a second long', changed('e', { end: 181 }), ['run-length']],
    ['cut by a break', changed('e', { start: 295, setupEnd: 295, end: 315 }), ['run-length', 'interrupted']],
    ['before now', changed('a', { start: 1, setupEnd: 5 }), ['before-now']],
    ['before its release', changed('a', { start: 4, setupEnd: 4, end: 44 }), ['before-release']],
    ['on a busy lane', changed('e', { start: 150, setupEnd: 150, end: 170 }), ['lane-overlap']],
    ['too short a set-up', changed('b', { start: 71 }), ['setup-short']],
    ['before the lag', changed('c', { start: 54, setupEnd: 54, end: 84 }), ['link-too-early']],
    ['after the lag', changed('c', { start: 106, setupEnd: 106, end: 136 }), ['link-too-late']],
    ['ends before it may', changed('d', { start: 149, setupEnd: 149, end: 159 }), ['link-too-early']],
    [
      'starts before it may',
      changed('d', { start: 114, setupEnd: 114, end: 124 }),
      ['link-too-early', 'link-too-early'],
    ],
    ['a pin moved', changed('f', { start: 401, setupEnd: 401, end: 901 }), ['pin-moved']],
    ['nobody to do it', changed('d', { resources: [] }), ['resource-missing']],
    ['somebody who cannot', changed('d', { resources: ['bob'] }), ['resource-missing']],
    ['somebody unknown', changed('d', { resources: ['ann', 'eve'] }), ['resource-unknown']],
    ['somebody gone home', changed('d', { start: 245, setupEnd: 245, end: 255 }), ['resource-absent']],
  ])('%s', (_what, schedule, rules) => {
    expect(broken(schedule)).toEqual(rules);
  });

  test('two people at once in one', () => {
    const free = { ...problem, links: [] };
    expect(broken(changed('d', { start: 80, setupEnd: 80, end: 90 }), free)).toEqual(['resource-overbooked']);
  });

  test('materials that are not there', () => {
    const later = problem.orders.map((order) => (order.id === 'W2' ? { ...order, materialAt: 86 } : order));
    expect(broken({ assignments: right }, { ...problem, orders: later })).toEqual(['before-material']);
  });

  test('more than a lane can do', () => {
    const three = {
      ...problem,
      operations: [
        ...problem.operations,
        ...['g', 'h'].map((id) => ({ id, name: id, order: 'W1', choices: [{ lane: 'oven', run: 20 }] })),
      ],
    };
    const more = ['g', 'h'].map((operation) => ({
      operation,
      lane: 'oven',
      start: 65,
      setupEnd: 65,
      end: 85,
    }));
    expect(new Set(broken({ assignments: [...right, ...more] }, three))).toEqual(new Set(['lane-capacity']));
  });

  test('a change of set-up that may not be', () => {
    const red = problem.operations.map((one) => (one.id === 'e' ? { ...one, family: 'red' } : one));
    expect(broken({ assignments: right }, { ...problem, operations: red })).toEqual(['setup-forbidden']);
  });
});

test('figures are counted from what stands', () => {
  expect(figuresOf(problem, { assignments: right })).toEqual({
    tardiness: 0,
    'late-orders': 0,
    makespan: 900,
    'setup-time': 15,
    'setup-cost': 10,
    changes: 0,
    'work-in-progress': 85 + 830,
  });
  const late = {
    ...problem,
    orders: problem.orders.map((order) => ({ ...order, due: 80 })),
    operations: problem.operations.map((one) => ({ ...one, published: { lane: 'mill', start: 70 } })),
  };
  expect(figuresOf(late, { assignments: right })).toMatchObject({
    tardiness: 2 * 10 + 820,
    'late-orders': 2,
    changes: 4,
  });
});
