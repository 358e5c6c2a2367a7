import { expect, test } from 'vitest';
import { emptyHistory, redo, undo } from '#domain/undo/history';
import type { BoardOperation, Placement } from '#domain/scheduling/types';
import { overtaken, place, remember, withOperation } from './plan-command.ts';
import type { PlanCommand } from './plan-command.ts';

const operation = (operationId: string, version: number, placement?: Placement): BoardOperation => ({
  operationId,
  code: `WO-1/${operationId}`,
  workOrderId: 'w',
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

test('taking back a move brings the bar to where it stood; the first placing is taken off the lane', () => {
  const placed = remember(emptyHistory<PlanCommand>(), move('a', 'l1', 0), operation('a', 1), 0);
  expect(undo(placed)?.command).toEqual({ type: 'unschedule', operationId: 'a' });
  const moved = remember(placed, move('a', 'l2', 500), operation('a', 2, at('l1', 0)), 10_000);
  const back = undo(moved);
  expect(back?.command).toEqual(move('a', 'l1', 0));
  expect(back && redo(back.history)?.command).toEqual(move('a', 'l2', 500));
});

test('quick steps of one bar are taken back together', () => {
  const first = remember(
    emptyHistory<PlanCommand>(),
    move('a', 'l1', 100),
    operation('a', 1, at('l1', 0)),
    0,
  );
  const second = remember(first, move('a', 'l1', 200), operation('a', 2, at('l1', 100)), 900);
  expect(second.done).toHaveLength(1);
  expect(undo(second)?.command).toEqual(move('a', 'l1', 0));
});

test('what someone else moved since cannot be taken back any more', () => {
  const one = remember(emptyHistory<PlanCommand>(), move('a', 'l1', 0), operation('a', 1), 0);
  const both = remember(one, move('b', 'l1', 0), operation('b', 1), 9_000);
  expect(overtaken(both, 'b').done.map((change) => change.apply.operationId)).toEqual(['a']);
});

test('a late answer does not undo a newer one', () => {
  const operations = [operation('a', 5, at('l2', 0)), operation('b', 1)];
  expect(withOperation(operations, operation('a', 4, at('l1', 0)))[0]?.placement?.laneId).toBe('l2');
  expect(withOperation(operations, operation('a', 6, at('l1', 0)))[0]?.placement?.laneId).toBe('l1');
  expect(withOperation(operations, operation('c', 1))).toHaveLength(3);
});
