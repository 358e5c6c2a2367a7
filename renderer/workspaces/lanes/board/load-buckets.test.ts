import { describe, expect, test } from 'vitest';
import { buildLaneBars } from './lane-bars.ts';
import { isOver, lanesIn, loadBuckets, ratioOf, summarize } from './load-buckets.ts';
import { hourMs, lane, monday, operation } from './test-editor.ts';
import { createTimeAxis } from './time-axis.ts';

const axis = createTimeAxis('Europe/Berlin', 'en-GB');
const lanes = [lane('a'), lane('b'), lane('c', 'Filling')];
const bars = new Map([
  ['a', buildLaneBars([operation('WO-1/10', 'a', 6, 16), operation('WO-2/10', 'a', 10, 8)])],
  ['b', buildLaneBars([operation('WO-3/10', 'b', 30, 8)])],
]);
const view = (hours: number) => ({
  startsAt: monday,
  msPerPx: (hours * hourMs) / 1000,
  scrollY: 0,
  width: 1000,
  height: 100,
});

describe('load buckets', () => {
  test('follow the marks of the axis: days in a fortnight, hours in a day', () => {
    const days = loadBuckets(lanes, bars, view(14 * 24), axis);
    expect(days.every(({ startsAt, endsAt }) => endsAt - startsAt === 24 * hourMs)).toBe(true);
    const hours = loadBuckets(lanes, bars, view(18), axis);
    expect(hours[0]).toMatchObject({ startsAt: monday, endsAt: monday + hourMs });
  });

  test('those at the edges are whole, so that the figures do not change while the view moves', () => {
    const moved = { ...view(14 * 24), startsAt: monday + 5 * hourMs };
    const [first] = loadBuckets(lanes, bars, moved, axis);
    expect(first?.startsAt).toBe(monday);
    expect(first?.takenMs).toBe(24 * hourMs);
  });

  test('a lane with two bars at once is over its capacity, the area with both lanes is not', () => {
    const of = (scope: Parameters<typeof lanesIn>[0]) =>
      loadBuckets(lanesIn(scope, lanes), bars, view(14 * 24), axis);
    const [alone] = of({ kind: 'lane', laneId: 'a' });
    const [area] = of({ kind: 'area', area: 'Fabrication' });
    expect(alone === undefined ? 0 : ratioOf(alone)).toBe(1.5);
    expect(area === undefined ? 0 : ratioOf(area)).toBe(0.75);
    expect(of({ kind: 'lane', laneId: 'a' }).filter(isOver)).toHaveLength(1);
    expect(of({ kind: 'all' })[0]?.capacityMs).toBe(48 * hourMs);
  });

  test('work where nobody works is over any capacity', () => {
    const night = new Map([['a', buildLaneBars([operation('WO-1/10', 'a', 23, 1)])]]);
    const buckets = loadBuckets([{ ...lane('a'), windows: [] }], night, view(14 * 24), axis);
    // No working time is taken, and none is there.
    expect(ratioOf(buckets[0] ?? { startsAt: 0, endsAt: 0, takenMs: 0, capacityMs: 0 })).toBe(0);
    expect(ratioOf({ startsAt: 0, endsAt: 1, takenMs: 5, capacityMs: 0 })).toBe(Infinity);
  });

  test('the summary names the fullest stretch', () => {
    const summary = summarize(loadBuckets([lane('a')], bars, view(14 * 24), axis));
    expect(summary.highest?.startsAt).toBe(monday);
    expect(summary.over).toHaveLength(1);
    expect(summary.average).toBeCloseTo(24 / 80, 5);
  });
});
