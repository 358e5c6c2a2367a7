import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildLaneBars } from './lane-bars.ts';
import { countPixels, positionOf, viewAround, viewOnMap, type MiniMapScale } from './map-scale.ts';
import { layOutRows, metricsFor } from './rows.ts';
import { hourMs, lane, monday, operation } from './test-editor.ts';

const horizon = { startsAt: monday, endsAt: monday + 240 * hourMs };
const scale: MiniMapScale = { width: 480, height: 60, horizon, contentHeight: 3000 };
const view = { startsAt: monday, msPerPx: hourMs / 20, scrollY: 0, width: 1000, height: 500 };

describe('mini-map', () => {
  test('a point that is clicked is the middle of the view, and of its frame', () => {
    assert(
      property(integer({ min: 60, max: 420 }), integer({ min: 6, max: 54 }), (x, y) => {
        const box = viewOnMap(scale, viewAround(scale, view, x, y));
        expect(box.x + box.width / 2).toBeCloseTo(x, 5);
        expect(box.y + box.height / 2).toBeCloseTo(y, 5);
      }),
    );
  });

  test('the frame covers the part of the horizon that is in view, and never leaves the picture', () => {
    // 1000 px at an hour each 20 px are 50 of 240 hours; 500 of 3000 px are a sixth.
    expect(viewOnMap(scale, view)).toEqual({ x: 0, y: 0, width: 100, height: 10 });
    const beyond = viewOnMap(scale, { ...view, startsAt: horizon.endsAt, scrollY: 9000 });
    expect(beyond.x + beyond.width).toBeLessThanOrEqual(scale.width);
    expect(beyond.y + beyond.height).toBeLessThanOrEqual(scale.height);
    expect(beyond.width).toBeGreaterThanOrEqual(8);
  });

  test('the position is told in hundredths of the horizon', () => {
    expect(positionOf(scale, { ...view, startsAt: monday + 95 * hourMs })).toBe(50);
    expect(positionOf(scale, { ...view, startsAt: monday - 900 * hourMs })).toBe(0);
  });

  test('bars darken the pixels that they stand on, late ones mark them', () => {
    const metrics = metricsFor('compact', 500, 2, 1);
    const layout = layOutRows([lane('a'), lane('b')], new Map(), new Set(), metrics);
    const small = { width: 24, height: 2, horizon, contentHeight: layout.contentHeight };
    const bars = buildLaneBars([operation('WO-1/10', 'a', 20, 20), operation('WO-2/10', 'a', 100, 10)]);
    const pixels = countPixels(small, layout, new Map([['a', bars]]), (_, index) => index === 1);
    expect(Array.from(pixels.fill.subarray(0, 12), (value) => (value > 0 ? 1 : 0))).toEqual([
      0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0,
    ]);
    expect(pixels.late.indexOf(1)).toBe(10);
    expect(pixels.fill.slice(24).every((value) => value === 0)).toBe(true);
  });
});
