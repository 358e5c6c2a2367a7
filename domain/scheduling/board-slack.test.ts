import { expect, test } from 'vitest';
import { indexBoard } from './board-index.ts';
import { at, lane, operation } from './board.fixture.ts';
import { criticalOf, slackOnBoard } from './board-slack.ts';

const placed = (laneId: string, startsAt: number, endsAt: number) => ({
  placement: { laneId, startsAt, endsAt },
});
const board = (operations: ReturnType<typeof operation>[]) =>
  indexBoard({ lanes: [lane('l1'), lane('l2')], operations, now: at(0, 0) });

test('the last operation of an order has what lies before the due date, those before it the gap as well', () => {
  const slack = slackOnBoard(
    board([
      operation('A', 10, { ...placed('l1', at(1, 6), at(1, 8)), dueAt: at(1, 16) }),
      operation('A', 20, { ...placed('l2', at(1, 9), at(1, 14)), dueAt: at(1, 16) }),
    ]),
  );
  expect(slack.get('A-20')).toBe(2 * 3600);
  expect(slack.get('A-10')).toBe(3 * 3600);
});

test('what runs next on the lane has a say, and a late order makes all before it critical', () => {
  const operations = [
    operation('A', 10, { ...placed('l1', at(1, 6), at(1, 8)), dueAt: at(5, 0) }),
    operation('B', 10, { ...placed('l1', at(1, 8), at(1, 12)), dueAt: at(1, 11) }),
    operation('C', 10, { ...placed('l2', at(1, 8), at(1, 12)), dueAt: at(5, 0) }),
  ];
  const slack = slackOnBoard(board(operations));
  expect(slack.get('A-10')).toBe(-3600);
  expect(criticalOf(slack)).toEqual(new Set(['A-10', 'B-10']));
});

test('done work and operations without a place bind nothing', () => {
  const slack = slackOnBoard(
    board([
      operation('A', 10, { ...placed('l1', at(0, -20), at(0, -10)), status: 'completed', dueAt: at(-1, 0) }),
      operation('A', 20, { dueAt: at(1, 0) }),
    ]),
  );
  expect(slack.get('A-10')).toBe(Infinity);
  expect(slack.has('A-20')).toBe(false);
});
