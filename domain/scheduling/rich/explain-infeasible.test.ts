import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problems } from '../checker/random-problem.fixture.ts';
import type { Problem, ProblemOperation } from '../model/problem.ts';
import { explainInfeasible } from './explain-infeasible.ts';
import { createRichSearch } from './search.ts';

const bystanders: ProblemOperation[] = Array.from({ length: 20 }, (_, i) => ({
  id: `x${i}`,
  name: `x${i}`,
  order: 'W1',
  choices: [{ lane: 'saw', run: 10 }],
}));
const base: Problem = {
  lanes: [
    { id: 'saw', name: 'Saw', capacity: 1 },
    {
      id: 'day',
      name: 'Day lane',
      capacity: 1,
      windows: [0, 1, 2].map((at) => ({ start: at * 100, end: at * 100 + 50 })),
    },
  ],
  orders: [{ id: 'W1', name: 'WO-1', weight: 1 }],
  operations: bystanders,
  links: [],
  resources: [{ id: 'ann', name: 'Ann', kind: 'person', skills: ['weld'], units: 1 }],
  setups: [],
  objective: { mode: 'weighted', terms: [{ term: 'makespan', weight: 1 }] },
};
const operation = (
  id: string,
  lane: string,
  run: number,
  more: Partial<ProblemOperation> = {},
): ProblemOperation => ({
  id,
  name: id,
  order: 'W1',
  choices: [{ lane, run }],
  ...more,
});
const rules = (problem: Problem) => explainInfeasible(problem).map(({ rule }) => rule);

test('nothing is told of a problem that can be solved', () => {
  expect(explainInfeasible(base)).toEqual([]);
});

test('a cure that is longer than every shift', () => {
  const problem = {
    ...base,
    operations: [...bystanders, operation('cure', 'day', 60, { interruptible: false })],
  };
  expect(rules(problem)).toEqual(['conflict-lanes', 'conflict-whole', 'conflict-hours']);
});

test('two pins in one place', () => {
  const pin = (start: number) => ({ lane: 'saw', start, end: start + 20, why: 'locked' as const });
  const problem = {
    ...base,
    operations: [
      ...bystanders,
      operation('p', 'saw', 20, { pin: pin(30) }),
      operation('q', 'saw', 20, { pin: pin(40) }),
    ],
  };
  expect(explainInfeasible(problem)).toMatchObject([
    { rule: 'conflict-capacity', values: { lane: 'Saw' } },
    { rule: 'conflict-pin', values: { operation: 'p' } },
    { rule: 'conflict-pin', values: { operation: 'q' } },
  ]);
});

test('a night between two operations that may not wait', () => {
  const problem: Problem = {
    ...base,
    operations: [
      ...bystanders,
      operation('mix', 'day', 40, { interruptible: false }),
      operation('fill', 'day', 20),
    ],
    links: [{ from: 'mix', to: 'fill', kind: 'finish_start', minLag: 15, maxLag: 20 }],
  };
  expect(rules(problem)).toContain('conflict-max-lag');
  expect(
    rules({ ...problem, links: [{ from: 'mix', to: 'fill', kind: 'finish_start', minLag: 15 }] }),
  ).toEqual([]);
});

test('a skill that nobody has', () => {
  const problem = {
    ...base,
    operations: [...bystanders, operation('w', 'saw', 20, { needs: [{ skill: 'fly', units: 1 }] })],
  };
  expect(rules(problem)).toEqual(['conflict-skill']);
});

test('of whatever finds no place something is told', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(problems(), (problem) => {
      const search = createRichSearch(problem, { seed: 1 });
      search.step(500);
      fc.pre(search.best().unplaced.length > 0);
      expect(explainInfeasible(problem, { moves: 500 }).length).toBeGreaterThan(0);
    }),
    { numRuns: 20 },
  );
});
