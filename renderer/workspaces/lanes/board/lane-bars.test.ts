import { array, assert, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { buildLaneBars, firstStartingFrom, firstVisible } from './lane-bars.ts';
import { hourMs, monday, operation } from './test-editor.ts';

test('culling by search finds exactly the bars that touch the view', () => {
  const someBars = array(tuple(integer({ min: 0, max: 300 }), integer({ min: 1, max: 60 })), {
    maxLength: 60,
  });
  assert(
    property(someBars, integer({ min: 0, max: 300 }), integer({ min: 1, max: 40 }), (spans, from, length) => {
      const bars = buildLaneBars(
        spans.map(([at, hours], index) => operation(`WO-${index}/10`, 'a', at, hours)),
      );
      const start = monday + from * hourMs;
      const end = start + length * hourMs;
      const found = bars.operations
        .slice(firstVisible(bars, start), firstStartingFrom(bars, end))
        .filter((bar) => (bar.placement?.endsAt ?? 0) > start);
      const wanted = bars.operations.filter(
        ({ placement }) => placement !== undefined && placement.startsAt < end && placement.endsAt > start,
      );
      expect(found).toEqual(wanted);
    }),
  );
});

test('bars that overlap stand in different sub-lanes, others share the first', () => {
  const bars = buildLaneBars([
    operation('WO-1/10', 'a', 0, 4),
    operation('WO-2/10', 'a', 2, 4),
    operation('WO-3/10', 'a', 4, 2),
    operation('WO-4/10', 'a', 8, 1),
  ]);
  expect([...bars.slots]).toEqual([0, 1, 0, 0]);
  expect(bars.slotCount).toBe(2);
});
