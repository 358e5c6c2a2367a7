import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSchedule } from '../checker/check-schedule.ts';
import { problems } from '../checker/random-problem.fixture.ts';
import { generateProblem } from '../model/generated.fixture.ts';
import type { Problem, Schedule } from '../model/problem.ts';
import { repair } from './repair.ts';
import { createRichSearch } from './search.ts';

const problem = generateProblem({
  seed: 5,
  orders: 30,
  operationsPerOrder: 3,
  lanes: 6,
  lanesPerOperation: 2,
  families: 3,
  slackFactor: 1.5,
});
const planned = (() => {
  const search = createRichSearch(problem, { seed: 1 });
  search.step(3000);
  return search.best().schedule;
})();

describe('a repair', () => {
  test('moves nothing where nothing is wrong', () => {
    expect(repair(problem, planned, { seed: 1, moves: 500 })).toMatchObject({ moved: [], unplaced: [] });
  });

  test('pulls nothing forward, however much time there is', () => {
    const later: Schedule = {
      assignments: planned.assignments.map((one) => ({
        ...one,
        start: one.start + 86_400,
        setupEnd: one.setupEnd + 86_400,
        end: one.end + 86_400,
      })),
    };
    const calm = { ...problem, orders: problem.orders.map((order) => ({ ...order, due: undefined })) };
    expect(repair(calm, later, { seed: 1, moves: 500 }).schedule).toEqual(later);
  });

  test('of a lane that is down moves less than pushing everything back would', () => {
    const lane = 'L2';
    const standing = planned.assignments
      .filter((one) => one.lane === lane)
      .toSorted((a, b) => a.start - b.start);
    const from = standing[2]?.start ?? 0;
    const until = from + 8 * 3600;
    const broken: Problem = {
      ...problem,
      lanes: problem.lanes.map((one) =>
        one.id === lane
          ? {
              ...one,
              windows: [
                { start: 0, end: from },
                { start: until, end: 1e7 },
              ],
            }
          : one,
      ),
    };
    const repaired = repair(broken, planned, { seed: 1 });
    expect(checkSchedule(broken, repaired.schedule)).toEqual([]);
    expect(repaired.moved.length).toBeGreaterThan(0);
    const pushedBack = repair(broken, planned, { seed: 1, moves: 0 });
    expect(repaired.moved.length).toBeLessThan(pushedBack.moved.length);
  });

  test('puts a rush order in on time and moves little for it', () => {
    const rush: Problem = {
      ...problem,
      orders: [...problem.orders, { id: 'rush', name: 'Rush', weight: 50, due: 3 * 3600 }],
      operations: [
        ...problem.operations,
        { id: 'rush/0', name: 'Rush/10', order: 'rush', choices: [{ lane: 'L0', run: 3600 }], family: 'F0' },
      ],
    };
    const repaired = repair(rush, planned, { seed: 1 });
    expect(checkSchedule(rush, repaired.schedule)).toEqual([]);
    const placed = repaired.schedule.assignments.find(({ operation }) => operation === 'rush/0');
    expect(placed?.end).toBeLessThanOrEqual(3 * 3600);
    expect(repaired.moved.length).toBeLessThan(30);
  });

  test('passes the checker whatever has become of the problem', () => {
    fc.assert(
      fc.property(problems({ maxLags: false }), problems({ maxLags: false }), (before, after) => {
        const old = createRichSearch(before, { seed: 1 }).best().schedule;
        const repaired = repair(after, old, { seed: 1, moves: 50 });
        expect(checkSchedule(after, repaired.schedule)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
