import type { ShiftWindow } from '#domain/scheduling/types';
import { endOf, timeToX } from '../viewport.ts';
import { crisp, type Brush, type Context2d } from './brush.ts';

/** Shift shading, row lines, tick lines. Drawn inside the bars area. */
export function drawBackground(brush: Brush, hatch: CanvasPattern | null): void {
  const { context, state, metrics, theme } = brush;
  const { viewport } = state;
  const left = metrics.labelWidth;
  context.fillStyle = theme.working;
  context.fillRect(left, metrics.axisHeight, viewport.width, viewport.height);
  shadeRest(brush, hatch);
  drawLines(brush);
}

/**
 * Darkens the time in which lanes do not work. Lanes below one another that share a calendar are
 * shaded by one rectangle a gap: two hundred lanes cost what their few calendars cost.
 */
function shadeRest(brush: Brush, hatch: CanvasPattern | null): void {
  const { context, state, metrics, theme, firstRow, afterRow } = brush;
  const { viewport, layout } = state;
  const offsetY = metrics.axisHeight - viewport.scrollY;
  context.beginPath();
  let index = firstRow;
  while (index < afterRow) {
    const row = layout.rows[index];
    index += 1;
    if (row?.kind !== 'lane') continue;
    const { windows } = row.lane;
    let height = row.height;
    for (; index < afterRow; index += 1) {
      const next = layout.rows[index];
      if (next?.kind !== 'lane' || !sameWindows(next.lane.windows, windows)) break;
      height += next.height;
    }
    addGaps(brush, windows, row.top + offsetY, height);
  }
  context.fillStyle = theme.resting;
  context.fill();
  if (hatch === null) return;
  // The hatch is bound to time, so that it travels with what it lies on.
  hatch.setTransform(new DOMMatrix([1, 0, 0, 1, (-viewport.startsAt / viewport.msPerPx) % 8, offsetY % 8]));
  context.fillStyle = hatch;
  context.fill();
}

function addGaps(brush: Brush, windows: readonly ShiftWindow[], top: number, height: number): void {
  const { context, state, metrics } = brush;
  const { viewport } = state;
  const end = endOf(viewport);
  let restsFrom = viewport.startsAt;
  const gap = (until: number): void => {
    const x = Math.round(metrics.labelWidth + timeToX(viewport, restsFrom));
    const width = Math.round(metrics.labelWidth + timeToX(viewport, Math.min(until, end))) - x;
    if (width >= 1) context.rect(x, top, width, height);
  };
  for (let index = firstWindow(windows, viewport.startsAt); index < windows.length; index += 1) {
    const window = windows[index];
    if (window === undefined || window.startsAt >= end) break;
    if (window.startsAt > restsFrom) gap(window.startsAt);
    restsFrom = Math.max(restsFrom, window.endsAt);
  }
  if (restsFrom < end) gap(end);
}

/** Index of the first window that ends after `at`. */
export function firstWindow(windows: readonly ShiftWindow[], at: number): number {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((windows[middle]?.endsAt ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const knownSame = new WeakMap<readonly ShiftWindow[], WeakMap<readonly ShiftWindow[], boolean>>();

function sameWindows(a: readonly ShiftWindow[], b: readonly ShiftWindow[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  let known = knownSame.get(a);
  if (known === undefined) knownSame.set(a, (known = new WeakMap()));
  let same = known.get(b);
  if (same === undefined) {
    same = a.every((window, index) => {
      const other = b[index];
      return window.startsAt === other?.startsAt && window.endsAt === other.endsAt;
    });
    known.set(b, same);
  }
  return same;
}

function drawLines(brush: Brush): void {
  const { context, state, metrics, theme, ticks, pixelRatio, firstRow, afterRow } = brush;
  const { viewport, layout } = state;
  const left = metrics.labelWidth;
  const top = metrics.axisHeight;
  const bottom = top + Math.min(viewport.height, layout.contentHeight - viewport.scrollY);
  context.lineWidth = 1 / pixelRatio;
  const verticals = (times: Iterable<number>, colour: string): void => {
    context.beginPath();
    for (const at of times) {
      const x = left + timeToX(viewport, at);
      if (x < left || x > left + viewport.width) continue;
      context.moveTo(crisp(x, pixelRatio), top);
      context.lineTo(crisp(x, pixelRatio), bottom);
    }
    context.strokeStyle = colour;
    context.stroke();
  };
  verticals(
    ticks.minor.map((tick) => tick.at),
    theme.minorLine,
  );
  context.beginPath();
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = layout.rows[index];
    if (row === undefined) continue;
    const y = crisp(top + row.top + row.height - viewport.scrollY, pixelRatio);
    context.moveTo(left, y);
    context.lineTo(left + viewport.width, y);
  }
  if (metrics.barHeight >= 6) {
    context.strokeStyle = theme.rowLine;
    context.stroke();
  }
  verticals(ticks.dayStarts, theme.rowLine);
  verticals(
    ticks.major.map((tick) => tick.at),
    theme.dayLine,
  );
}

/** Diagonal lines for time in which nobody works. */
export function createHatch(context: Context2d, colour: string): CanvasPattern | null {
  const tile = new OffscreenCanvas(8, 8);
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}
