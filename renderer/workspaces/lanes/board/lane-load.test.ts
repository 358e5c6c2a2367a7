import { array, assert, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { buildLaneBars } from './lane-bars.ts';
import { loadOfLane } from './lane-load.ts';
import { hourMs, lane, monday, operation } from './test-editor.ts';

const hour = (at: number): number => monday + at * hourMs;

test('load is what lies in working time, counted once for each bar that overlaps', () => {
  const spans = array(tuple(integer({ min: 0, max: 110 }), integer({ min: 1, max: 40 })), { maxLength: 12 });
  const workplace = lane('a');
  assert(
    property(spans, integer({ min: -5, max: 100 }), integer({ min: 1, max: 60 }), (bars, from, length) => {
      const load = loadOfLane(
        workplace,
        buildLaneBars(bars.map(([at, hours], index) => operation(`WO-${index}/10`, 'a', at, hours))),
      );
      let taken = 0;
      let open = 0;
      // Hour by hour: lane `a` works from 6 to 22.
      for (let at = from; at < from + length; at += 1) {
        const works = at >= 0 && at < 120 && at % 24 >= 6 && at % 24 < 22;
        if (!works) continue;
        open += 1;
        taken += bars.filter(([start, hours]) => start <= at && start + hours > at).length;
      }
      expect(load.takenMs(hour(from), hour(from + length))).toBe(taken * hourMs);
      expect(load.capacityMs(hour(from), hour(from + length))).toBe(open * hourMs);
    }),
  );
});

test('a cancelled operation takes nothing, a lane for three has three times the time', () => {
  const cancelled = { ...operation('WO-1/10', 'a', 8, 4), status: 'cancelled' as const };
  const load = loadOfLane({ ...lane('a'), capacity: 3 }, buildLaneBars([cancelled]));
  expect(load.takenMs(hour(0), hour(24))).toBe(0);
  expect(load.capacityMs(hour(0), hour(24))).toBe(3 * 16 * hourMs);
});
