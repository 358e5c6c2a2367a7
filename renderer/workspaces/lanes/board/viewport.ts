/**
 * What part of time and of the lanes is on the screen. All functions are pure; a viewport is a value.
 * x and y are CSS pixels inside the bars area (right of the lane labels, below the time axis).
 */

export interface Viewport {
  /** Instant at x = 0, epoch milliseconds. */
  readonly startsAt: number;
  /** Milliseconds of time in one CSS pixel. */
  readonly msPerPx: number;
  /** Pixels of content above the upper edge. */
  readonly scrollY: number;
  readonly width: number;
  readonly height: number;
}

/** How far a viewport may go: the planning horizon, and the height of all rows. */
export interface ViewportLimits {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly contentHeight: number;
}

const minuteMs = 60_000;
export const shortestSpanMs = 5 * minuteMs;
/** A leap year. */
export const longestSpanMs = 366 * 24 * 60 * minuteMs;

export function timeToX(viewport: Viewport, at: number): number {
  return (at - viewport.startsAt) / viewport.msPerPx;
}

export function xToTime(viewport: Viewport, x: number): number {
  return viewport.startsAt + x * viewport.msPerPx;
}

export function endOf(viewport: Viewport): number {
  return viewport.startsAt + viewport.width * viewport.msPerPx;
}

export function panBy(viewport: Viewport, dx: number, dy: number): Viewport {
  return {
    ...viewport,
    startsAt: viewport.startsAt + dx * viewport.msPerPx,
    scrollY: viewport.scrollY + dy,
  };
}

/** Zooms in by `factor` (> 1 is closer); the instant under `anchorX` stays where it is. */
export function zoomAt(viewport: Viewport, factor: number, anchorX: number): Viewport {
  const msPerPx = clampScale(viewport.msPerPx / factor, viewport.width);
  return { ...viewport, msPerPx, startsAt: xToTime(viewport, anchorX) - anchorX * msPerPx };
}

/** Shows `startsAt..endsAt` across the width, with a margin of a fortieth at both sides. */
export function fitTo(viewport: Viewport, startsAt: number, endsAt: number): Viewport {
  const span = Math.max(endsAt - startsAt, shortestSpanMs / 2) * 1.05;
  const msPerPx = clampScale(span / Math.max(1, viewport.width), viewport.width);
  const middle = (startsAt + endsAt) / 2;
  return { ...viewport, msPerPx, startsAt: middle - (viewport.width * msPerPx) / 2 };
}

/** Keeps the zoom; puts `at` at the fraction `where` (0..1) of the width. */
export function centreOn(viewport: Viewport, at: number, where = 0.5): Viewport {
  return { ...viewport, startsAt: at - viewport.width * where * viewport.msPerPx };
}

/** Another size of the window: the left edge and the zoom stay, unless the zoom would leave its limits. */
export function resize(viewport: Viewport, width: number, height: number): Viewport {
  return { ...viewport, width, height, msPerPx: clampScale(viewport.msPerPx, width) };
}

/**
 * The nearest viewport inside the limits. Where the horizon is shorter than the span on the screen
 * it is kept whole in view; otherwise an eighth of the width may show beyond its ends, so that a bar
 * at the very end can be taken hold of.
 */
export function clampViewport(viewport: Viewport, limits: ViewportLimits): Viewport {
  const msPerPx = clampScale(viewport.msPerPx, viewport.width);
  const span = viewport.width * msPerPx;
  const slack = span / 8;
  const low = limits.startsAt - slack;
  const high = limits.endsAt + slack - span;
  const startsAt = Math.min(Math.max(viewport.startsAt, Math.min(low, high)), Math.max(low, high));
  const scrollY = Math.min(
    Math.max(viewport.scrollY, 0),
    Math.max(0, limits.contentHeight - viewport.height),
  );
  return { ...viewport, msPerPx, startsAt, scrollY };
}

/** Between two viewports, `0 <= progress <= 1`; zoom goes by ratio, so that it looks even. */
export function between(from: Viewport, to: Viewport, progress: number): Viewport {
  if (progress >= 1) return to;
  const msPerPx = from.msPerPx * (to.msPerPx / from.msPerPx) ** progress;
  const scaleShare =
    to.msPerPx === from.msPerPx ? progress : (msPerPx - from.msPerPx) / (to.msPerPx - from.msPerPx);
  return {
    ...to,
    msPerPx,
    startsAt: from.startsAt + (to.startsAt - from.startsAt) * scaleShare,
    scrollY: from.scrollY + (to.scrollY - from.scrollY) * progress,
  };
}

function clampScale(msPerPx: number, width: number): number {
  const pixels = Math.max(1, width);
  return Math.min(Math.max(msPerPx, shortestSpanMs / pixels), longestSpanMs / pixels);
}
