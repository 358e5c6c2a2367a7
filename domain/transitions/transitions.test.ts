import { describe, expect, test } from 'vitest';
import { decideAction, statusAfter } from '../scanning/operation-action.ts';
import { operationStatuses } from '../scheduling/types.ts';
import {
  initialStatuses,
  isFinal,
  type Machine,
  machines,
  mayTransition,
  statusesOf,
} from './transitions.ts';

const names = Object.keys(machines) as readonly Machine[];

describe.each(names)('%s', (name) => {
  const table: Readonly<Record<string, readonly string[]>> = machines[name];
  test('leads only to its own statuses, and never to itself', () => {
    for (const [from, followers] of Object.entries(table)) {
      expect(followers.filter((to) => table[to] === undefined || to === from)).toEqual([]);
    }
  });
  test('reaches every status from its first', () => {
    const [first = ''] = Object.keys(table);
    const reached = new Set([first]);
    for (const status of reached) for (const to of table[status] ?? []) reached.add(to);
    expect([...reached].toSorted()).toEqual(Object.keys(table).toSorted());
  });
});

test('a thing begins as its table begins', () => {
  for (const [name, statuses] of Object.entries(initialStatuses)) {
    expect(statuses).toEqual([statusesOf(name as Machine)[0]]);
  }
});

test('nothing is closed, published, active or executed without the step before', () => {
  const before = (machine: Machine, status: string) =>
    Object.entries(machines[machine]).flatMap(([from, followers]: [string, readonly string[]]) =>
      followers.includes(status) ? [from] : [],
    );
  expect(before('ncr', 'closed')).toEqual(['resolved']);
  expect(before('scheduleVersion', 'published')).toEqual(['draft']);
  expect(before('dataRoomContract', 'active')).toEqual(['pending', 'suspended']);
  expect(before('approval', 'executed')).toEqual(['approved']);
  expect(before('serial', 'released')).toEqual(['in_process', 'packed', 'quarantined']);
});

test('a forbidden transition names the thing and both states', () => {
  expect(mayTransition('lot', 'rejected', 'released')).toEqual({
    ok: false,
    refusal: { reason: 'transition-forbidden', values: { machine: 'lot', from: 'rejected', to: 'released' } },
  });
  expect(mayTransition('carton', 'open', 'closed')).toEqual({ ok: true, value: 'closed' });
});

test('what was shipped, voided or scrapped does not come back by itself', () => {
  expect(mayTransition('serial', 'shipped', 'released').ok).toBe(false);
  expect(mayTransition('label', 'voided', 'printed').ok).toBe(false);
  expect(mayTransition('carton', 'closed', 'open').ok).toBe(false);
  expect([
    isFinal('carton', 'shipped'),
    isFinal('serial', 'scrapped'),
    isFinal('lot', 'quarantined'),
  ]).toEqual([true, true, false]);
});

test('statuses of an operation are those of the board, and scans only do what the table allows', () => {
  expect([...statusesOf('operation')].toSorted()).toEqual([...operationStatuses].toSorted());
  const steps = operationStatuses.flatMap((status) =>
    ([undefined, 'start', 'pause', 'resume', 'complete'] as const).map((asked) => ({
      status,
      decided: decideAction(status, asked),
    })),
  );
  for (const { status, decided } of steps) {
    expect(!decided.ok || mayTransition('operation', status, statusAfter(decided.value)).ok).toBe(true);
  }
});
