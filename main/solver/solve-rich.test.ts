import { expect, test } from 'vitest';
import { checkSchedule } from '#domain/scheduling/checker/check-schedule';
import type { Problem } from '#domain/scheduling/model/problem';
import { generateProblem } from '#domain/scheduling/model/generated.fixture';
import { solveRich } from './solve-rich.ts';
import type { RichProgress } from './solve-rich.ts';

const problem = generateProblem({
  seed: 4,
  orders: 40,
  operationsPerOrder: 4,
  lanes: 6,
  lanesPerOperation: 2,
  families: 4,
});
const common = { threads: 2, seed: 1, mode: 'optimise' as const };

test('threads share the best, tell how it goes, and give the same for the same moves', async () => {
  const told: RichProgress[] = [];
  const onProgress = (progress: RichProgress) => told.push(progress);
  const first = await solveRich(problem, { ...common, seconds: 60, moves: 12_000, onProgress });
  expect(checkSchedule(problem, first.schedule)).toEqual([]);
  expect(first.moves).toBe(24_000);
  expect(told[0]?.assignments).toHaveLength(problem.operations.length);
  expect(told.at(-1)?.objective).toBe(first.objective);
  expect(first.objective).toBeLessThan(told[0]?.objective ?? 0);
  const again = await solveRich(problem, { ...common, seconds: 60, moves: 12_000 });
  expect(again.schedule).toEqual(first.schedule);
});

test('stopped at once there is a plan', async () => {
  const stopping = new AbortController();
  const solving = solveRich(problem, {
    ...common,
    seconds: 60,
    signal: stopping.signal,
    onProgress: () => stopping.abort(),
  });
  await expect(solving).resolves.toMatchObject({ wasStopped: true, unplaced: [] });
});

test('a repair begins from the schedule that it is given', async () => {
  const { schedule } = await solveRich(problem, { ...common, seconds: 60, moves: 2000 });
  const repaired = await solveRich(problem, {
    ...common,
    mode: 'repair',
    current: schedule,
    seconds: 60,
    moves: 500,
  });
  expect(repaired.schedule).toEqual(schedule);
  await expect(solveRich(problem, { ...common, mode: 'repair', seconds: 1 })).rejects.toThrow(
    'current schedule',
  );
});

test('an order of terms is searched to its end, also where the first term cannot be better', async () => {
  const orders = problem.orders.map((order) => ({ ...order, due: undefined }));
  const terms = ['tardiness', 'makespan'] as const;
  const undue: Problem = {
    ...problem,
    orders,
    objective: { mode: 'lexicographic', terms: terms.map((term) => ({ term, weight: 1 })) },
  };
  const first = await solveRich(undue, { ...common, seconds: 60, moves: 0 });
  expect([first.objective, first.bound, first.isOptimal]).toEqual([0, 0, false]);
  const solution = await solveRich(undue, { ...common, seconds: 60, moves: 6000 });
  expect(solution.moves).toBe(12_000);
  expect(solution.figures.makespan).toBeLessThan(first.figures.makespan);
});
