import { expect, test } from 'vitest';
import type { BoardOperation } from '#domain/scheduling/types';
import { matches, rowsOf, waitingOf } from './unscheduled-rows.ts';

const operation = (code: string, more: Partial<BoardOperation> = {}): BoardOperation => ({
  operationId: code,
  code,
  workOrderId: code.split('/')[0] ?? '',
  workOrderNumber: code.split('/')[0] ?? '',
  operationNumber: 10,
  name: 'Turn',
  materialCode: 'M-1',
  materialName: 'Shaft',
  quantity: 5,
  unit: 'pc',
  status: 'planned',
  progress: 0,
  priority: 50,
  dueAt: 1_000,
  durationS: 60,
  eligibleLaneIds: ['l1'],
  version: 1,
  ...more,
});

test('what is placed or done does not wait; the rest is in the order of due dates', () => {
  const placed = operation('WO-1/10', { placement: { laneId: 'l1', startsAt: 0, endsAt: 1 } });
  const done = operation('WO-1/20', { status: 'completed' });
  const late = operation('WO-2/10', { dueAt: 900 });
  const later = operation('WO-1/30');
  expect(waitingOf([later, placed, done, late])).toEqual([late, later]);
});

test('every word of a search must occur somewhere, in any order and case', () => {
  const pump = operation('WO-7/10', { materialName: 'Pump housing', customer: 'Acme' });
  expect(matches(pump, 'acme housing')).toBe(true);
  expect(matches(pump, 'acme shaft')).toBe(false);
  expect(matches(pump, '  ')).toBe(true);
});

test('groups keep the order in which they are met, and say what they hold when they are folded', () => {
  const rows = rowsOf(
    [operation('A/10', { customer: 'Acme' }), operation('B/10'), operation('A/20', { customer: 'Acme' })],
    ({ customer }) => customer ?? 'Nobody',
    new Set(['Acme']),
  );
  expect(
    rows.map((row) => (row.kind === 'group' ? `${row.title} ${row.count} ${row.durationS}` : row.id)),
  ).toEqual(['Acme 2 120', 'Nobody 1 60', 'B/10']);
});
