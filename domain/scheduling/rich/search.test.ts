import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSchedule } from '../checker/check-schedule.ts';
import { figuresOf } from '../checker/figures.ts';
import { problems } from '../checker/random-problem.fixture.ts';
import { generateProblem } from '../model/generated.fixture.ts';
import { compile } from './compile.ts';
import { planOf } from './convert.ts';
import { termsOf } from './judge.ts';
import { createRichSearch } from './search.ts';

const small = {
  seed: 3,
  orders: 12,
  operationsPerOrder: 3,
  lanes: 4,
  lanesPerOperation: 2,
  families: 3,
};

describe('every schedule that the search makes', () => {
  test('passes the checker, but for what it says has no place', () => {
    fc.assert(
      fc.property(problems(), fc.nat(1000), (problem, seed) => {
        const search = createRichSearch(problem, { seed });
        for (const moves of [0, 400]) {
          search.step(moves);
          const { schedule, unplaced } = search.best();
          const broken = checkSchedule(problem, schedule);
          expect(broken.filter(({ rule }) => rule !== 'missing')).toEqual([]);
          expect(broken.flatMap(({ operations }) => operations).sort()).toEqual([...unplaced].sort());
        }
      }),
      { numRuns: 150 },
    );
  });

  test('has a place for everything where no maximum lag stands against it', () => {
    fc.assert(
      fc.property(problems({ maxLags: false }), (problem) => {
        const search = createRichSearch(problem, { seed: 1 });
        expect(search.best().unplaced).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('is never below the bound', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const search = createRichSearch(problem, { seed: 1 });
        search.step(300);
        const { objective, unplaced } = search.best();
        expect(unplaced.length > 0 || objective >= (search.bound()[1] ?? 0)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('has the figures that the checker counts', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const search = createRichSearch(problem, { seed: 1 });
        search.step(200);
        const plan = planOf(compile(problem), search.image());
        const counted = figuresOf(problem, search.best().schedule);
        const { tardiness, makespan, 'late-orders': late, 'work-in-progress': wip } = termsOf(plan);
        expect(counted).toMatchObject({ tardiness, makespan, 'late-orders': late, 'work-in-progress': wip });
      }),
      { numRuns: 100 },
    );
  });
});

test('the same seed and the same moves give the same schedule, however they are cut into steps', () => {
  const problem = generateProblem(small);
  const whole = createRichSearch(problem, { seed: 7 });
  whole.step(6000);
  const cut = createRichSearch(problem, { seed: 7 });
  for (let round = 0; round < 60; round += 1) cut.step(100);
  expect(cut.best().schedule).toEqual(whole.best().schedule);
});

test('searching helps', () => {
  const problem = generateProblem(small);
  const search = createRichSearch(problem, { seed: 1 });
  const first = search.best().objective;
  search.step(20_000);
  expect(search.best().objective).toBeLessThan(first);
});
