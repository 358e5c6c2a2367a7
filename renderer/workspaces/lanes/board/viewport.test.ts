import { assert, double, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  between,
  centreOn,
  clampViewport,
  endOf,
  fitTo,
  timeToX,
  xToTime,
  zoomAt,
  type Viewport,
} from './viewport.ts';

const dayMs = 86_400_000;
const view: Viewport = { startsAt: 1e12, msPerPx: 60_000, scrollY: 0, width: 1000, height: 400 };
const limits = { startsAt: 1e12 - 10 * dayMs, endsAt: 1e12 + 80 * dayMs, contentHeight: 1000 };

describe('viewport', () => {
  test('the instant under the pointer stays there while zooming', () => {
    assert(
      property(double({ min: 0.2, max: 5, noNaN: true }), integer({ min: 0, max: 1000 }), (factor, x) => {
        const zoomed = zoomAt(view, factor, x);
        expect(Math.abs(xToTime(zoomed, x) - xToTime(view, x))).toBeLessThan(1);
      }),
    );
  });

  test('zoom ends at five minutes and at a year across the width', () => {
    const closest = zoomAt(view, 1e9, 500);
    const farthest = zoomAt(view, 1e-9, 500);
    expect(endOf(closest) - closest.startsAt).toBeCloseTo(300_000, 0);
    expect(endOf(farthest) - farthest.startsAt).toBeCloseTo(366 * dayMs, 0);
  });

  test('panning ends an eighth of the width beyond the horizon', () => {
    const span = view.width * view.msPerPx;
    expect(clampViewport({ ...view, startsAt: 0 }, limits).startsAt).toBe(limits.startsAt - span / 8);
    expect(endOf(clampViewport({ ...view, startsAt: 9e12 }, limits))).toBe(limits.endsAt + span / 8);
    expect(clampViewport({ ...view, scrollY: 5000 }, limits).scrollY).toBe(600);
    expect(clampViewport({ ...view, scrollY: -1 }, limits).scrollY).toBe(0);
  });

  test('fit shows both ends, centre puts an instant where it is asked', () => {
    const fitted = fitTo(view, 1e12, 1e12 + 3 * dayMs);
    expect(timeToX(fitted, 1e12)).toBeGreaterThan(0);
    expect(timeToX(fitted, 1e12 + 3 * dayMs)).toBeLessThan(1000);
    expect(timeToX(centreOn(view, 1e12 + dayMs, 0.25), 1e12 + dayMs)).toBeCloseTo(250, 6);
  });

  test('an animation begins and ends at its two views', () => {
    const to = zoomAt(view, 4, 200);
    expect(between(view, to, 1)).toBe(to);
    expect(between(view, to, 0).startsAt).toBeCloseTo(view.startsAt, 3);
    // The anchor of a zoom does not wander on the way.
    expect(xToTime(between(view, to, 0.5), 200)).toBeCloseTo(xToTime(view, 200), 0);
  });
});
