import { expect, test } from 'vitest';
import { at, lane, operation, placed } from '../board.fixture.ts';
import { problemFromBoard } from './from-board.ts';
import type { BoardProblem } from './from-board.ts';

test('what runs long holds its lane until it is expected to end, or as the plan has it', () => {
  const running = operation('A', 10, {
    status: 'running',
    progress: 0.25,
    progressAt: at(2, 8),
    startedAt: at(2, 6),
    ...placed('l1', at(2, 6), at(2, 10)),
  });
  const board = {
    lanes: [lane('l1'), lane('l2')],
    operations: [running],
    links: [],
    transitions: [],
    objective: { mode: 'weighted', terms: [{ term: 'tardiness', weight: 1 }] },
    now: at(2, 9),
    frozenUntil: null,
    horizon: { startsAt: at(2, 0), endsAt: at(12, 0) },
  } satisfies Omit<BoardProblem, 'begun'>;
  const { problem, originAt } = problemFromBoard({ ...board, begun: 'expected' });
  expect(originAt).toBe(at(2, 6));
  // A quarter was done at 8: three of four hours are left from then on.
  expect(problem.operations[0]?.pin).toMatchObject({ why: 'started', start: 0, end: 5 * 3600 });
  const asPlanned = problemFromBoard({ ...board, begun: 'planned' }).problem;
  expect(asPlanned.operations[0]?.pin).toMatchObject({ start: 0, end: 4 * 3600 });
});
