import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BoardEdit } from '#domain/scheduling/consequences/types';
import type { BoardOperation, Placement } from '#domain/scheduling/types';
import { emptyHistory, namesOf, redo, undo } from '#domain/undo/history';
import {
  inverseOf,
  overtaken,
  place,
  remember,
  replacedParts,
  withIds,
  withOperations,
  withVersions,
  type PlanCommand,
} from './plan-command.ts';

const operation = (operationId: string, version: number, placement?: Placement): BoardOperation => ({
  operationId,
  code: `WO-1/${operationId}`,
  workOrderId: operationId,
  workOrderNumber: 'WO-1',
  operationNumber: 10,
  name: 'Turn',
  materialCode: 'M',
  materialName: 'Shaft',
  quantity: 1,
  unit: 'pc',
  status: 'planned',
  progress: 0,
  priority: 1,
  dueAt: 0,
  durationS: 60,
  eligibleLaneIds: ['l1', 'l2'],
  placement,
  version,
});
const at = (laneId: string, startsAt: number): Placement => ({ laneId, startsAt, endsAt: startsAt + 60_000 });
const move = (operationId: string, laneId: string, startsAt: number) =>
  place({ operationId, laneId, startsAt });
const name = { key: 'board.edit.move', values: {} };
const made = (
  edits: PlanCommand,
  before: BoardOperation[],
  when: number,
  history = emptyHistory<PlanCommand>(),
) => remember(history, edits, inverseOf(edits, before), name, when);

test('taking back a move brings the bar to where it stood; the first placing is taken off the lane', () => {
  const placed = made([move('a', 'l1', 0)], [operation('a', 1)], 0);
  expect(undo(placed)?.command).toEqual([{ type: 'unschedule', operationId: 'a' }]);
  const moved = made([move('a', 'l2', 500)], [operation('a', 2, at('l1', 0))], 10_000, placed);
  const back = undo(moved);
  expect(back?.command).toEqual([move('a', 'l1', 0)]);
  expect(back && redo(back.history)?.command).toEqual([move('a', 'l2', 500)]);
  expect(namesOf(moved).undo).toEqual(name);
});

test('quick steps of the same bars are taken back together, of others they are not', () => {
  const before = [operation('a', 1, at('l1', 0)), operation('b', 1, at('l1', 900))];
  const first = made([move('a', 'l1', 100), move('b', 'l1', 1000)], before, 0);
  const second = made([move('b', 'l1', 1100), move('a', 'l1', 200)], before, 900, first);
  expect(second.done).toHaveLength(1);
  expect(undo(second)?.command).toEqual([move('b', 'l1', 900), move('a', 'l1', 0)]);
  expect(made([move('a', 'l1', 300)], before, 950, second).done).toHaveLength(2);
});

test('lock, split and join are taken back', () => {
  const parts = [2, 3].map((part) => ({
    ...operation(`a${part}`, 1),
    workOrderId: 'a',
    part,
    quantity: part * 10,
  }));
  const whole = { ...operation('a', 1), part: 1, quantity: 5 };
  const before = [...parts.toReversed(), whole];
  const inverse = (edit: BoardEdit) => inverseOf([edit], before);
  expect(inverse({ type: 'lock', operationId: 'a', locked: true })).toEqual([
    { type: 'lock', operationId: 'a', locked: false },
  ]);
  expect(inverse({ type: 'split', operationId: 'a', quantities: [2, 3] })).toEqual([
    { type: 'join', operationId: 'a' },
  ]);
  expect(inverse({ type: 'join', operationId: 'a' })).toEqual([
    { type: 'split', operationId: 'a', quantities: [5, 20, 30], places: [null, null, null] },
  ]);
});

test('joined parts come back each where it stood, asked of the part that stays', () => {
  const part = (number: number, placement?: Placement) => ({
    ...operation(`a${number}`, 1, placement),
    workOrderId: 'a',
    part: number,
    quantity: number * 10,
  });
  const before = [part(3, at('l2', 900)), part(1), part(2, at('l1', 500))];
  expect(inverseOf([{ type: 'join', operationId: 'a3' }], before)).toEqual([
    {
      type: 'split',
      operationId: 'a1',
      quantities: [10, 20, 30],
      places: [null, { laneId: 'l1', startsAt: 500 }, { laneId: 'l2', startsAt: 900 }],
    },
  ]);
});

test('what was done to a part before it was joined is taken back of the bar that came in its place', () => {
  const part = (operationId: string, number: number) => ({
    ...operation(operationId, 1),
    workOrderId: 'a',
    part: number,
  });
  const split = [part('a', 1), part('p2', 2), part('p3', 3)];
  const other = operation('b', 1);
  let history = made([move('p3', 'l2', 700)], split, 0);
  history = made([{ type: 'join', operationId: 'p3' }], split, 9_000, history);
  const afterJoin = replacedParts(new Map(), [...split, other], {
    operations: [part('a', 1)],
    removedIds: ['p2', 'p3'],
  });
  expect(afterJoin.ids.size).toBe(0);
  const afterUndo = replacedParts(afterJoin.joined, [part('a', 1), other], {
    operations: [part('a', 1), part('n3', 5), part('n2', 4)],
    removedIds: [],
  });
  expect([...afterUndo.ids]).toEqual([
    ['p2', 'n2'],
    ['p3', 'n3'],
  ]);
  const step = undo(history);
  const renamed = withIds(step?.history ?? history, afterUndo.ids);
  expect(undo(renamed)?.command).toEqual([{ type: 'unschedule', operationId: 'n3' }]);
  expect(redo(renamed)?.command).toEqual([{ type: 'join', operationId: 'n3' }]);
});

test('what someone else moved since cannot be taken back any more', () => {
  const one = made([move('a', 'l1', 0)], [operation('a', 1)], 0);
  const both = made(
    [move('b', 'l1', 0), move('c', 'l1', 0)],
    [operation('b', 1), operation('c', 1)],
    9_000,
    one,
  );
  expect(overtaken(both, 'c').done.map(({ apply }) => apply[0]?.operationId)).toEqual(['a']);
});

test('each edit carries the version that the planner saw', () => {
  const find = (operationId: string) => (operationId === 'gone' ? undefined : operation(operationId, 7));
  const edits: BoardEdit[] = [
    move('a', 'l1', 5),
    { type: 'split', operationId: 'b', quantities: [1, 2] },
    { type: 'join', operationId: 'gone' },
  ];
  expect(withVersions(edits, find)).toEqual([
    { type: 'place', operationId: 'a', laneId: 'l1', startsAt: 5, version: 7 },
    { type: 'split', operationId: 'b', quantities: [1, 2], version: 7 },
  ]);
});

test('a late answer does not undo a newer one, new bars come and joined ones go', () => {
  const operations = [operation('a', 5, at('l2', 0)), operation('b', 1)];
  expect(withOperations(operations, [operation('a', 4, at('l1', 0))])[0]?.placement?.laneId).toBe('l2');
  expect(withOperations(operations, [operation('a', 6, at('l1', 0))])[0]?.placement?.laneId).toBe('l1');
  expect(withOperations(operations, [operation('c', 1)], ['b']).map((each) => each.operationId)).toEqual([
    'a',
    'c',
  ]);
});

test('whatever is done, taking all of it back restores the plan exactly', () => {
  const ids = ['a', 'b', 'c'];
  const edit = fc.oneof(
    fc.record({
      type: fc.constant('place' as const),
      operationId: fc.constantFrom(...ids),
      laneId: fc.constantFrom('l1', 'l2'),
      startsAt: fc.nat(50),
    }),
    fc.record({ type: fc.constant('unschedule' as const), operationId: fc.constantFrom(...ids) }),
    fc.record({
      type: fc.constant('lock' as const),
      operationId: fc.constantFrom(...ids),
      locked: fc.boolean(),
    }),
  );
  const batches = fc.array(
    fc.tuple(
      fc.uniqueArray(edit, { minLength: 1, maxLength: 3, selector: (one) => one.operationId }),
      fc.nat(3000),
    ),
    { maxLength: 20 },
  );
  const carriedOut = (plan: BoardOperation[], edits: PlanCommand): BoardOperation[] =>
    plan.map((each) => {
      const own = edits.find(({ operationId }) => operationId === each.operationId);
      if (own?.type === 'place') return { ...each, placement: at(own.laneId, own.startsAt) };
      if (own?.type === 'unschedule') return { ...each, placement: undefined };
      return own?.type === 'lock' ? { ...each, locked: own.locked } : each;
    });
  fc.assert(
    fc.property(batches, (some) => {
      const first = ids.map((id, n) => ({
        ...operation(id, 1, n === 0 ? undefined : at('l1', n)),
        locked: false,
      }));
      let plan = first;
      let history = emptyHistory<PlanCommand>();
      let when = 0;
      for (const [edits, laterMs] of some) {
        when += laterMs;
        history = made(edits, plan, when, history);
        plan = carriedOut(plan, edits) as typeof first;
      }
      const last = plan;
      for (let step = undo(history); step !== undefined; step = undo(history)) {
        plan = carriedOut(plan, step.command) as typeof first;
        ({ history } = step);
      }
      expect(plan).toEqual(first);
      for (let step = redo(history); step !== undefined; step = redo(history)) {
        plan = carriedOut(plan, step.command) as typeof first;
        ({ history } = step);
      }
      expect(plan).toEqual(last);
    }),
  );
});
