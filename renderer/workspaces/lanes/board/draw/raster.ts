import { mixWords } from './colour.ts';

/**
 * A piece of the board as pixels in memory, one word each (`wordOf`). Fifty thousand bars are written
 * here several times faster than a canvas fills as many rectangles.
 */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array<ArrayBuffer>;
  /** The same memory, as ImageData takes it. */
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
}

export function createRaster(width: number, height: number): Raster {
  const buffer = new ArrayBuffer(width * height * 4);
  return { width, height, pixels: new Uint32Array(buffer), bytes: new Uint8ClampedArray(buffer) };
}

/** Below this a loop is faster than TypedArray.fill. */
const shortRun = 24;

/** Fills whole pixels, `left <= x < right`, `top <= y < bottom`; what lies outside is left out. */
export function fillBox(
  { width, height, pixels }: Raster,
  left: number,
  top: number,
  right: number,
  bottom: number,
  word: number,
): void {
  const from = left < 0 ? 0 : left;
  const to = right > width ? width : right;
  const last = bottom > height ? height : bottom;
  const run = to - from;
  if (run <= 0) return;
  for (let y = top < 0 ? 0 : top; y < last; y += 1) {
    const start = y * width + from;
    if (run >= shortRun) pixels.fill(word, start, start + run);
    else for (let at = start; at < start + run; at += 1) pixels[at] = word;
  }
}

/** Writes every second `on` pixels of a horizontal line, from the start of the line on. */
export function dashLine(
  { width, height, pixels }: Raster,
  left: number,
  right: number,
  y: number,
  word: number,
  on: number,
): void {
  if (y < 0 || y >= height) return;
  const to = Math.min(right, width);
  for (let x = Math.max(0, left); x < to; x += 1) {
    if (Math.floor((x - left) / on) % 2 === 0) pixels[y * width + x] = word;
  }
}

/**
 * Diagonal lines over a box: of each `period` pixels along a row `thickness` get the colour. `phase`
 * is the content position of the raster's corner, x plus y, so that lines meet across pieces.
 */
export function hatchBox(
  { width, height, pixels }: Raster,
  box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  word: number,
  pattern: { readonly period: number; readonly thickness: number; readonly phase: number },
): void {
  const { period, thickness, phase } = pattern;
  const from = Math.max(0, box.left);
  const to = Math.min(width, box.right);
  const last = Math.min(height, box.bottom);
  for (let y = Math.max(0, box.top); y < last; y += 1) {
    let step = modulo(from + y + phase, period);
    for (let at = y * width + from; at < y * width + to; at += 1) {
      if (step < thickness) pixels[at] = word;
      step += 1;
      if (step === period) step = 0;
    }
  }
}

/** The remainder that is never below zero. */
export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** How a bar with an outline is filled, as words. */
export interface BarPaint {
  readonly fill: number;
  readonly progress: number;
  readonly edge: number;
  readonly stripe: number;
}

/** Where the parts of a bar begin and end, in pixels of the raster. */
export interface BarShape {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Reported work reaches to here; `left` when there is none. */
  readonly doneTo: number;
  /** Set-up reaches to here; `left` when there is none. */
  readonly setupTo: number;
  readonly radius: number;
  readonly edgeWidth: number;
}

/** Draws a bar with its outline and rounded corners over what is there. */
export function paintBar(
  raster: Raster,
  shape: BarShape,
  paint: BarPaint,
  look: { readonly striped: boolean; readonly dashed: boolean; readonly phase: number },
): void {
  const { left, top, right, bottom, doneTo, setupTo, edgeWidth } = shape;
  const radius = Math.min(shape.radius, (right - left) >> 1, (bottom - top) >> 1);
  const corners = radius > 1 ? keepCorners(raster, shape, radius) : undefined;
  fillBox(raster, left, top, right, bottom, paint.fill);
  if (doneTo > setupTo) {
    fillBox(raster, setupTo, top, doneTo, bottom, paint.progress);
    // A line where it ends: two tints of a strong colour are hard to tell apart.
    if (doneTo < right - edgeWidth) fillBox(raster, doneTo - edgeWidth, top, doneTo, bottom, paint.edge);
  }
  if (look.striped) {
    const box = { left: setupTo, top, right, bottom };
    hatchBox(raster, box, paint.stripe, { period: 9, thickness: 3, phase: look.phase });
  }
  if (setupTo > left) {
    const box = { left, top, right: setupTo, bottom };
    hatchBox(raster, box, paint.edge, { period: 5, thickness: 1, phase: look.phase });
    fillBox(raster, setupTo - 1, top, setupTo, bottom, paint.edge);
  }
  if (look.dashed) {
    for (let line = 0; line < edgeWidth; line += 1) {
      dashLine(raster, left, right, top + line, paint.edge, 4 * edgeWidth);
      dashLine(raster, left, right, bottom - 1 - line, paint.edge, 4 * edgeWidth);
    }
  } else {
    fillBox(raster, left, top, right, top + edgeWidth, paint.edge);
    fillBox(raster, left, bottom - edgeWidth, right, bottom, paint.edge);
  }
  fillBox(raster, left, top, left + edgeWidth, bottom, paint.edge);
  fillBox(raster, right - edgeWidth, top, right, bottom, paint.edge);
  if (corners !== undefined) roundCorners(raster, shape, radius, paint.edge, corners);
}

const kept = new Uint32Array(4 * 16 * 16);
const coverages = new Map<number, Float32Array>();

/** How much of each pixel of an upper left corner lies within its arc, 0..1, row by row. */
function coverageOf(radius: number): Float32Array {
  let coverage = coverages.get(radius);
  if (coverage !== undefined) return coverage;
  coverage = new Float32Array(radius * radius);
  const samples = 4;
  for (let y = 0; y < radius; y += 1) {
    for (let x = 0; x < radius; x += 1) {
      let inside = 0;
      for (let sample = 0; sample < samples * samples; sample += 1) {
        const dx = radius - (x + ((sample % samples) + 0.5) / samples);
        const dy = radius - (y + (Math.floor(sample / samples) + 0.5) / samples);
        if (dx * dx + dy * dy <= radius * radius) inside += 1;
      }
      coverage[y * radius + x] = inside / (samples * samples);
    }
  }
  coverages.set(radius, coverage);
  return coverage;
}

/** Calls back with each corner pixel that is in the raster: its address, and its place in the corner. */
function eachCornerPixel(
  { width, height }: Raster,
  { left, top, right, bottom }: BarShape,
  radius: number,
  visit: (at: number, cell: number, slot: number) => void,
): void {
  for (let corner = 0; corner < 4; corner += 1) {
    const isRight = (corner & 1) === 1;
    const isLower = corner >= 2;
    for (let down = 0; down < radius; down += 1) {
      const y = isLower ? bottom - 1 - down : top + down;
      if (y < 0 || y >= height) continue;
      for (let across = 0; across < radius; across += 1) {
        const x = isRight ? right - 1 - across : left + across;
        if (x < 0 || x >= width) continue;
        const cell = down * radius + across;
        visit(y * width + x, cell, corner * 256 + cell);
      }
    }
  }
}

function keepCorners(raster: Raster, shape: BarShape, radius: number): Uint32Array {
  eachCornerPixel(raster, shape, radius, (at, _cell, slot) => {
    kept[slot] = raster.pixels[at] ?? 0;
  });
  return kept;
}

function roundCorners(
  raster: Raster,
  shape: BarShape,
  radius: number,
  edge: number,
  behind: Uint32Array,
): void {
  const outer = coverageOf(radius);
  const { pixels } = raster;
  eachCornerPixel(raster, shape, radius, (at, cell, slot) => {
    const share = outer[cell] ?? 1;
    if (share === 1) return;
    // The rim is where the arc cuts a pixel; beyond it shows what was there before.
    pixels[at] = share === 0 ? (behind[slot] ?? 0) : mixWords(behind[slot] ?? 0, edge, share);
  });
}
