import type { RowLayout } from './rows.ts';
import type { Horizon } from './store.ts';
import type { LaneBars } from './lane-bars.ts';
import { endOf, type Viewport } from './viewport.ts';

/** The whole horizon and all lanes in a small picture: from board to picture and back. */
export interface MiniMapScale {
  readonly width: number;
  readonly height: number;
  readonly horizon: Horizon;
  readonly contentHeight: number;
}

export interface MapBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Smaller than this a frame could not be seen, nor taken hold of. */
const leastFramePx = 8;

/** The part of the picture that the viewport shows. */
export function viewOnMap(scale: MiniMapScale, viewport: Viewport): MapBox {
  const left = clamp(xOnMap(scale, viewport.startsAt), 0, scale.width);
  const right = clamp(xOnMap(scale, endOf(viewport)), 0, scale.width);
  const content = Math.max(1, scale.contentHeight);
  const top = clamp((viewport.scrollY / content) * scale.height, 0, scale.height);
  const bottom = clamp(((viewport.scrollY + viewport.height) / content) * scale.height, 0, scale.height);
  const width = Math.max(leastFramePx, right - left);
  const height = Math.max(leastFramePx, bottom - top);
  return {
    x: Math.min(left, scale.width - width),
    y: Math.min(top, scale.height - height),
    width,
    height,
  };
}

/** The viewport, at the same zoom, with a point of the picture in its middle. */
export function viewAround(scale: MiniMapScale, viewport: Viewport, x: number, y: number): Viewport {
  const span = scale.horizon.endsAt - scale.horizon.startsAt;
  const at = scale.horizon.startsAt + (x / Math.max(1, scale.width)) * span;
  const contentY = (y / Math.max(1, scale.height)) * scale.contentHeight;
  return {
    ...viewport,
    startsAt: at - (viewport.width * viewport.msPerPx) / 2,
    scrollY: contentY - viewport.height / 2,
  };
}

export function xOnMap({ width, horizon }: MiniMapScale, at: number): number {
  const span = Math.max(1, horizon.endsAt - horizon.startsAt);
  return ((at - horizon.startsAt) / span) * width;
}

/** Where the middle of the view stands in the horizon, 0..100. */
export function positionOf({ horizon }: Pick<MiniMapScale, 'horizon'>, viewport: Viewport): number {
  const middle = (viewport.startsAt + endOf(viewport)) / 2;
  const share = (middle - horizon.startsAt) / Math.max(1, horizon.endsAt - horizon.startsAt);
  return Math.round(clamp(share, 0, 1) * 100);
}

/** How full each pixel of the picture is, 0..255, and whether anything late stands there. */
export interface MapPixels {
  readonly fill: Uint8Array;
  readonly late: Uint8Array;
}

/** Counts the bars into pixels. Folded areas leave nothing, as they leave no rows on the board. */
export function countPixels(
  scale: MiniMapScale,
  layout: RowLayout,
  barsByLane: ReadonlyMap<string, LaneBars>,
  isLate: (bars: LaneBars, index: number) => boolean,
): MapPixels {
  const width = Math.max(1, Math.round(scale.width));
  const height = Math.max(1, Math.round(scale.height));
  const sums = new Float32Array(width * height);
  const late = new Uint8Array(width * height);
  const perPixel = height / Math.max(1, scale.contentHeight);
  for (const row of layout.rows) {
    if (row.kind !== 'lane') continue;
    const bars = barsByLane.get(row.lane.id);
    if (bars === undefined) continue;
    const top = Math.min(height - 1, Math.floor(row.top * perPixel));
    const bottom = Math.min(height, Math.max(top + 1, Math.round((row.top + row.height) * perPixel)));
    // Several lanes share a line of pixels: each darkens it by its part.
    const share = Math.min(1, row.height * perPixel);
    for (let index = 0; index < bars.starts.length; index += 1) {
      const from = clamp(Math.floor(xOnMap(scale, bars.starts[index] ?? 0)), 0, width);
      const to = clamp(Math.ceil(xOnMap(scale, bars.ends[index] ?? 0)), from, width);
      const marksLate = isLate(bars, index);
      for (let y = top; y < bottom; y += 1) {
        for (let x = from; x < to; x += 1) {
          const at = y * width + x;
          sums[at] = (sums[at] ?? 0) + share;
          if (marksLate) late[at] = 1;
        }
      }
    }
  }
  const fill = Uint8Array.from(sums, (sum) => Math.min(255, Math.round(sum * 255)));
  return { fill, late };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
