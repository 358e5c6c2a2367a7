import type { LaneBars } from '../lane-bars.ts';
import type { BoardState } from '../store.ts';
import type { Context2d } from './brush.ts';
import { createCanvas } from './canvases.ts';
import { createRaster, type Raster } from './raster.ts';
import type { Region } from './region.ts';

/** Pixels of the canvas that show content: the window, and which content stands in its corner. */
export interface Window {
  /** Pixels of the canvas. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Content in the upper left corner. */
  readonly left: number;
  readonly top: number;
}

/** Paints a region into memory, then hands out a context on which its texts are written. */
export type PaintRegion = (raster: Raster, region: Region) => (context: Context2d) => void;

export interface TileLayer {
  /**
   * Draws the content in the window. `key` stands for all that pictures depend on, besides the bars and
   * the rows of each lane: while it stays, what was drawn before is moved, not drawn again.
   */
  draw(
    context: Context2d,
    window: Window,
    key: readonly unknown[],
    state: BoardState,
    paint: PaintRegion,
  ): void;
}

/** Pixels of the canvas. Wide ones have fewer bars cut in two, small ones are drawn in passing. */
const tileWidth = 256;
const tileHeight = 256;
/** Tiles are kept until there are this many times as many as the window needs. */
const keepFactor = 2.5;

interface Tile {
  readonly canvas: OffscreenCanvas;
  readonly pen: OffscreenCanvasRenderingContext2D;
  column: number;
  row: number;
  usedAt: number;
}

export function createTileLayer(): TileLayer {
  const tiles = new Map<number, Tile>();
  const spare: Tile[] = [];
  const small = createRaster(tileWidth, tileHeight);
  let large: Raster | undefined;
  let known: readonly unknown[] = [];
  let bars: ReadonlyMap<string, LaneBars> = new Map();
  let frame = 0;
  let before: Window | undefined;

  function tileAt(column: number, row: number): Tile | undefined {
    return tiles.get(keyOf(column, row));
  }

  function make(column: number, row: number, beside: Context2d, paint: PaintRegion): Tile | undefined {
    const tile = spare.pop() ?? createTile(beside);
    if (tile === undefined) return undefined;
    tile.column = column;
    tile.row = row;
    const region = {
      left: column * tileWidth,
      top: row * tileHeight,
      width: tileWidth,
      height: tileHeight,
    };
    const write = paint(small, region);
    tile.pen.setTransform(1, 0, 0, 1, 0, 0);
    tile.pen.putImageData(new ImageData(small.bytes, tileWidth, tileHeight), 0, 0);
    write(tile.pen);
    tiles.set(keyOf(column, row), tile);
    return tile;
  }

  function forgetAll(): void {
    spare.push(...tiles.values());
    tiles.clear();
  }

  /** Tiles behind which bars have changed are drawn again, the others stay. */
  function forgetChanged(state: BoardState, ratio: number): void {
    if (state.barsByLane === bars) return;
    for (const row of state.layout.rows) {
      if (row.kind !== 'lane' || state.barsByLane.get(row.lane.id) === bars.get(row.lane.id)) continue;
      const first = Math.floor((row.top * ratio - 2) / tileHeight);
      const last = Math.floor(((row.top + row.height) * ratio + 2) / tileHeight);
      for (const [key, tile] of tiles) {
        if (tile.row < first || tile.row > last) continue;
        tiles.delete(key);
        spare.push(tile);
      }
    }
  }

  /** Too many: those that were not seen for longest go. */
  function forgetOld(needed: number): void {
    const most = Math.ceil(needed * keepFactor);
    if (tiles.size <= most) return;
    const oldest = [...tiles].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, tile] of oldest.slice(0, tiles.size - most)) {
      tiles.delete(key);
      spare.push(tile);
    }
  }

  /** While the key changes with each frame, as in a zoom, nothing drawn could be used again. */
  function drawWhole(context: Context2d, window: Window, paint: PaintRegion): void {
    const { x, y, width, height, left, top } = window;
    if (large?.width !== width || large.height !== height) large = createRaster(width, height);
    const write = paint(large, { left, top, width, height });
    context.putImageData(new ImageData(large.bytes, width, height), x, y);
    context.save();
    context.setTransform(1, 0, 0, 1, x, y);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    write(context);
    context.restore();
  }

  /** Draws one tile that will be needed if the view goes on as it goes. */
  function drawAhead(window: Window, context: Context2d, paint: PaintRegion): void {
    const dx = before === undefined ? 0 : Math.sign(window.left - before.left);
    const dy = before === undefined ? 0 : Math.sign(window.top - before.top);
    const { firstColumn, lastColumn, firstRow, lastRow } = spanOf(window);
    if (dx !== 0) {
      const column = dx > 0 ? lastColumn + 1 : firstColumn - 1;
      for (let row = firstRow; row <= lastRow; row += 1) {
        if (tileAt(column, row) === undefined) {
          const tile = make(column, row, context, paint);
          if (tile !== undefined) tile.usedAt = frame;
          return;
        }
      }
    }
    if (dy !== 0) {
      const row = dy > 0 ? lastRow + 1 : firstRow - 1;
      for (let column = firstColumn; row >= 0 && column <= lastColumn; column += 1) {
        if (tileAt(column, row) === undefined) {
          const tile = make(column, row, context, paint);
          if (tile !== undefined) tile.usedAt = frame;
          return;
        }
      }
    }
  }

  return {
    draw(context, window, key, state, paint) {
      frame += 1;
      const [ratio] = key;
      const isSame = key.length === known.length && key.every((part, index) => part === known[index]);
      known = key;
      if (isSame) forgetChanged(state, typeof ratio === 'number' ? ratio : 1);
      else forgetAll();
      bars = state.barsByLane;
      if (!isSame) {
        before = undefined;
        drawWhole(context, window, paint);
        return;
      }
      const { firstColumn, lastColumn, firstRow, lastRow } = spanOf(window);
      context.save();
      context.setTransform(1, 0, 0, 1, window.x, window.y);
      context.beginPath();
      context.rect(0, 0, window.width, window.height);
      context.clip();
      for (let row = firstRow; row <= lastRow; row += 1) {
        for (let column = firstColumn; column <= lastColumn; column += 1) {
          const tile = tileAt(column, row) ?? make(column, row, context, paint);
          if (tile === undefined) continue;
          tile.usedAt = frame;
          context.drawImage(tile.canvas, column * tileWidth - window.left, row * tileHeight - window.top);
        }
      }
      context.restore();
      drawAhead(window, context, paint);
      before = window;
      forgetOld((lastColumn - firstColumn + 1) * (lastRow - firstRow + 1));
    },
  };
}

function spanOf({ left, top, width, height }: Window) {
  return {
    firstColumn: Math.floor(left / tileWidth),
    lastColumn: Math.floor((left + width - 1) / tileWidth),
    firstRow: Math.floor(top / tileHeight),
    lastRow: Math.floor((top + height - 1) / tileHeight),
  };
}

/** Columns may lie before the anchor of time. */
function keyOf(column: number, row: number): number {
  return (column + 2 ** 24) * 2 ** 16 + row;
}

function createTile(beside: Context2d): Tile | undefined {
  // The board paints every pixel itself; an opaque picture is copied, not mixed.
  const made = createCanvas(tileWidth, tileHeight, beside);
  return made === undefined ? undefined : { ...made, column: 0, row: 0, usedAt: 0 };
}
