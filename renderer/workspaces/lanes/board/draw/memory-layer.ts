import type { Context2d } from './brush.ts';
import { createRaster, type Raster } from './raster.ts';
import type { BarLabel, BlockedLabel, Region, RegionLabels } from './region-types.ts';
import type { ContentPainter, Window } from './tiles.ts';

/**
 * The content around the window as pixels in memory. A move of the view puts another part of it on the
 * canvas, which costs a third of copying tiles; what is written on it is written anew each time. Good for
 * canvases that are in memory themselves, and views with few words.
 */
export interface MemoryLayer {
  /** Draws the window; `isFresh`: what is in memory is no longer right. */
  draw(context: Context2d, window: Window, isFresh: boolean, painter: ContentPainter): void;
}

/** Pixels around the window that are painted before they come into sight. */
const margin = 384;

interface Buffer {
  readonly raster: Raster;
  readonly image: ImageData;
  left: number;
  top: number;
  labels: RegionLabels;
}

export function createMemoryLayer(): MemoryLayer {
  let buffer: Buffer | undefined;

  return {
    draw(context, window, isFresh, painter) {
      const width = window.width + 2 * margin;
      const height = window.height + 2 * margin;
      if (buffer?.raster.width !== width || buffer.raster.height !== height) {
        const raster = createRaster(width, height);
        const image = new ImageData(raster.bytes, width, height);
        buffer = { raster, image, left: NaN, top: NaN, labels: { bars: [], blocked: [] } };
      }
      if (isFresh || !covers(buffer, window)) {
        const to = { left: window.left - margin, top: Math.max(0, window.top - margin) };
        if (isFresh || !moveTo(buffer, to, painter)) paintWhole(buffer, to, painter);
      }
      const x = window.x - (window.left - buffer.left);
      const y = window.y - (window.top - buffer.top);
      context.putImageData(
        buffer.image,
        x,
        y,
        window.left - buffer.left,
        window.top - buffer.top,
        window.width,
        window.height,
      );
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.beginPath();
      context.rect(window.x, window.y, window.width, window.height);
      context.clip();
      context.translate(x, y);
      painter.write(context, labelsIn(buffer, window, painter.ratio));
      context.restore();
    },
  };
}

function covers({ raster, left, top }: Buffer, window: Window): boolean {
  return (
    window.left >= left &&
    window.top >= top &&
    window.left + window.width <= left + raster.width &&
    window.top + window.height <= top + raster.height
  );
}

function paintWhole(buffer: Buffer, { left, top }: Corner, painter: ContentPainter): void {
  const { width, height } = buffer.raster;
  buffer.left = left;
  buffer.top = top;
  buffer.labels = painter.paint(buffer.raster, { left, top, width, height });
}

interface Corner {
  readonly left: number;
  readonly top: number;
}

/** Moves what is in memory and paints what comes to it. False when nothing of it stays. */
function moveTo(buffer: Buffer, to: Corner, painter: ContentPainter): boolean {
  const { raster } = buffer;
  const { width, height, pixels } = raster;
  const dx = to.left - buffer.left;
  const dy = to.top - buffer.top;
  if (!(Math.abs(dx) < width && Math.abs(dy) < height)) return false;
  const kept = width - Math.abs(dx);
  const fromX = Math.max(0, dx);
  const toX = Math.max(0, -dx);
  for (let step = 0; step < height - Math.abs(dy); step += 1) {
    // From the side that is moved away from, so that no row is overwritten before it is read.
    const row = dy >= 0 ? step : height - 1 - step;
    const source = (row + dy) * width + fromX;
    pixels.copyWithin(row * width + toX, source, source + kept);
  }
  const strips: Region[] = [];
  if (dx !== 0) {
    strips.push({ left: dx > 0 ? to.left + kept : to.left, top: to.top, width: Math.abs(dx), height });
  }
  if (dy !== 0) {
    const top = dy > 0 ? to.top + height - dy : to.top;
    strips.push({ left: to.left, top, width, height: Math.abs(dy) });
  }
  const labels = [moved(buffer.labels, -dx / painter.ratio, -dy / painter.ratio)];
  for (const strip of strips) {
    const piece = createRaster(strip.width, strip.height);
    const written = painter.paint(piece, strip);
    const left = strip.left - to.left;
    const top = strip.top - to.top;
    for (let row = 0; row < strip.height; row += 1) {
      const from = row * strip.width;
      pixels.set(piece.pixels.subarray(from, from + strip.width), (top + row) * width + left);
    }
    labels.push(moved(written, left / painter.ratio, top / painter.ratio));
  }
  buffer.left = to.left;
  buffer.top = to.top;
  buffer.labels = joined(labels, width / painter.ratio, height / painter.ratio);
  return true;
}

function moved({ bars, blocked }: RegionLabels, dx: number, dy: number): RegionLabels {
  return {
    bars: bars.map((label) => ({ ...label, x: label.x + dx, y: label.y + dy, runX: label.runX + dx })),
    blocked: blocked.map((label) => ({ ...label, x: label.x + dx, y: label.y + dy })),
  };
}

/** Each label once, and those that have left the memory no more. */
function joined(lists: readonly RegionLabels[], width: number, height: number): RegionLabels {
  const bars = new Map<unknown, BarLabel>();
  const blocked = new Map<unknown, BlockedLabel>();
  for (const list of lists) {
    for (const label of list.bars) if (isWithin(label, 0, 0, width, height)) bars.set(label.operation, label);
    for (const label of list.blocked) {
      if (isWithin(label, 0, 0, width, height)) blocked.set(label.stretch, label);
    }
  }
  return { bars: [...bars.values()], blocked: [...blocked.values()] };
}

/** What is written beside a bar reaches this far behind it, CSS pixels. */
const overhang = 80;

function isWithin(
  label: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  left: number,
  top: number,
  right: number,
  bottom: number,
): boolean {
  return (
    label.x < right &&
    label.x + label.width + overhang > left &&
    label.y < bottom &&
    label.y + label.height > top
  );
}

function labelsIn({ labels, left, top }: Buffer, window: Window, ratio: number): RegionLabels {
  const x = (window.left - left) / ratio;
  const y = (window.top - top) / ratio;
  const right = x + window.width / ratio;
  const bottom = y + window.height / ratio;
  return {
    bars: labels.bars.filter((label) => isWithin(label, x, y, right, bottom)),
    blocked: labels.blocked.filter((label) => isWithin(label, x, y, right, bottom)),
  };
}
