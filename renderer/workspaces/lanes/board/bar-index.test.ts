import { expect, test } from 'vitest';
import { createBarIndex } from './bar-index.ts';
import type { LaneBars } from './lane-bars.ts';
import { hourMs, monday, operation } from './test-editor.ts';

const records = Array.from({ length: 60 }, (_, index) =>
  operation(`WO-${index}/10`, index % 2 === 0 ? 'a' : 'b', index, 1),
);
const byId = (list: typeof records) => new Map(list.map((each) => [each.operationId, each]));
const codes = (bars: LaneBars | undefined) => bars?.operations.map(({ code }) => code);
const nothing = new Map<string, never>();

test('a change of one record rebuilds its lane and leaves the other as it is', () => {
  const index = createBarIndex();
  const before = index.update(byId(records), nothing);
  const changed = records.map((each) => (each.code === 'WO-4/10' ? { ...each, progress: 0.5 } : each));
  const after = index.update(byId(changed), nothing);
  expect(after.get('b')).toBe(before.get('b'));
  expect(after.get('a')).not.toBe(before.get('a'));
  expect(after.get('a')?.operations[2]?.progress).toBe(0.5);
});

test('a pending move stands on its new lane, and goes back when it is taken back', () => {
  const index = createBarIndex();
  const first = index.update(byId(records), nothing);
  const from = records[4];
  if (from === undefined) throw new Error('no record');
  const placement = { laneId: 'c', startsAt: monday, endsAt: monday + hourMs };
  const moved = index.update(byId(records), new Map([['WO-4/10', { from, placement }]]));
  expect(codes(moved.get('c'))).toEqual(['WO-4/10']);
  expect(codes(moved.get('a'))).not.toContain('WO-4/10');
  const back = index.update(byId(records), nothing);
  expect(codes(back.get('a'))).toEqual(codes(first.get('a')));
  expect(back.has('c')).toBe(false);
});

test('records that come, go and lose their place are followed', () => {
  const index = createBarIndex();
  index.update(byId(records), nothing);
  const next = records
    .filter(({ code }) => code !== 'WO-6/10')
    .map((each) => (each.code === 'WO-8/10' ? { ...each, placement: undefined } : each));
  const bars = index.update(byId([...next, operation('WO-99/10', 'a', 3, 1)]), nothing);
  const fresh = createBarIndex().update(byId([...next, operation('WO-99/10', 'a', 3, 1)]), nothing);
  expect(codes(bars.get('a'))).toEqual(codes(fresh.get('a')));
  expect(codes(bars.get('a'))).toContain('WO-99/10');
});
