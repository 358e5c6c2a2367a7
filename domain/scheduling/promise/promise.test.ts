import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problems } from '../checker/random-problem.fixture.ts';
import type { Problem, Schedule } from '../model/problem.ts';
import { createRichSearch } from '../rich/search.ts';
import { checkPromise, promise } from './promise.ts';

const problem: Problem = {
  lanes: [
    { id: 'saw', name: 'Saw', capacity: 1 },
    { id: 'old', name: 'Old saw', capacity: 1 },
  ],
  orders: [{ id: 'W1', name: 'WO-1', weight: 1, due: 300 }],
  operations: [
    { id: 'a', name: 'WO-1/10', order: 'W1', choices: [{ lane: 'saw', run: 50 }] },
    { id: 'b', name: 'WO-1/20', order: 'W1', choices: [{ lane: 'saw', run: 50 }] },
  ],
  links: [],
  resources: [],
  setups: [],
  objective: { mode: 'weighted', terms: [{ term: 'tardiness', weight: 1 }] },
};
const schedule: Schedule = {
  assignments: [
    { operation: 'a', lane: 'saw', start: 0, setupEnd: 0, end: 50 },
    { operation: 'b', lane: 'saw', start: 90, setupEnd: 90, end: 140 },
  ],
};
const wish = (run: number) => ({
  order: { id: 'new', name: 'new', weight: 1 },
  operations: [
    {
      id: 'n1',
      name: 'n1',
      order: 'new',
      choices: [
        { lane: 'saw', run },
        { lane: 'old', run: 4 * run },
      ],
    },
  ],
  links: [],
});

test('what fits into a gap goes there, what does not goes elsewhere', () => {
  expect(promise(problem, schedule, wish(40))).toMatchObject({
    ok: true,
    readyAt: 90,
    binding: { cause: 'lane-busy', by: 'a' },
  });
  expect(promise(problem, schedule, wish(41))).toMatchObject({ ok: true, readyAt: 164, binding: undefined });
  expect(promise(problem, schedule, wish(60))).toMatchObject({
    ok: true,
    readyAt: 200,
    binding: { cause: 'lane-busy', by: 'b' },
  });
});

test('a gap is not used when what stands behind it would need another set-up', () => {
  const families: Problem = {
    ...problem,
    lanes: problem.lanes.slice(0, 1),
    operations: problem.operations.map((one) => ({ ...one, family: 'red' })),
    setups: [{ to: 'red', time: 5 }],
  };
  const inFamily = (family: string) => {
    const { operations, ...rest } = wish(20);
    const own = operations.map((one) => ({ ...one, family, choices: [{ lane: 'saw', run: 20 }] }));
    return promise(families, schedule, { ...rest, operations: own });
  };
  expect(inFamily('red')).toMatchObject({ ok: true, readyAt: 70 });
  expect(inFamily('blue')).toMatchObject({ ok: true, readyAt: 160 });
});

test('materials are waited for', () => {
  const late = promise(problem, schedule, { ...wish(10), materialAt: 75 });
  expect(late).toMatchObject({ ok: true, readyAt: 85, binding: { cause: 'material' } });
});

test('no working time left is said', () => {
  const closed = {
    ...problem,
    lanes: problem.lanes.map((lane) => ({ ...lane, windows: [{ start: 0, end: 145 }] })),
  };
  expect(promise(closed, schedule, wish(60))).toEqual({ ok: false, missing: ['n1'] });
});

test('a promise never breaks a rule and moves nothing', () => {
  fc.assert(
    fc.property(problems({ maxLags: false }), fc.integer({ min: 1, max: 60 }), (random, run) => {
      const standing = createRichSearch(random, { seed: 1 }).best().schedule;
      const request = {
        order: { id: 'new', name: 'new', weight: 1 },
        operations: ['A', 'B'].map((lane, at) => ({
          id: `n${at}`,
          name: `n${at}`,
          order: 'new',
          choices: [{ lane, run }],
          family: at === 0 ? 'nuts' : 'red',
          needs: [{ skill: 'weld', units: 1 }],
        })),
        links: [{ from: 'n0', to: 'n1', kind: 'finish_start' as const }],
      };
      const answer = promise(random, standing, request, { moves: 30 });
      expect(answer.ok).toBe(true);
      if (answer.ok) expect(checkPromise(random, standing, request, answer.assignments)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
