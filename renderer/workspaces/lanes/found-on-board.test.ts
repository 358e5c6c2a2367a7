import { expect, test } from 'vitest';
import { hourMs, monday, operation } from './board/test-editor.ts';
import { foundOf } from './found-on-board.ts';

const now = monday + 10 * hourMs;
const all = [
  operation('WO-000004/10', 'a', 14, 2),
  operation('WO-000001/10', 'a', 6, 2),
  operation('WO-000003/10', 'b', 9, 2),
  operation('WO-000005/10', undefined, 0, 2),
  operation('WO-000002/10', 'b', 7, 2),
  operation('WO-000006/10', 'b', 12, 2),
];
const ids = new Set(all.map(({ operationId }) => operationId));

test('goes from what runs now to the right, whichever lane it is on, and then through what is over', () => {
  expect(foundOf(all, ids, now)).toEqual([
    'WO-000003/10',
    'WO-000006/10',
    'WO-000004/10',
    'WO-000001/10',
    'WO-000002/10',
  ]);
});

test('what ends this moment is over', () => {
  expect(foundOf(all, ids, monday + 11 * hourMs)?.at(-1)).toBe('WO-000003/10');
});

test('passes over what is not sought and what has no place; what is not there is none, nothing sought is null', () => {
  expect(foundOf(all, new Set(['WO-000004/10', 'WO-000005/10']), now)).toEqual(['WO-000004/10']);
  expect(foundOf(all, new Set(), now)).toEqual([]);
  expect(foundOf(all, null, now)).toBeNull();
});
