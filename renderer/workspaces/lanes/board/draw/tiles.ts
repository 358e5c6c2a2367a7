import type { LaneBars } from '../lane-bars.ts';
import type { BoardState } from '../store.ts';
import type { Context2d } from './brush.ts';
import { createCanvas } from './canvases.ts';
import { createRaster, type Raster } from './raster.ts';
import type { Region, RegionLabels } from './region-types.ts';

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

export interface ContentPainter {
  /** Paints a region into memory; what is to be written on it comes back. */
  paint(raster: Raster, region: Region): RegionLabels;
  /** Writes it; the context's corner is the region's, in pixels of the canvas. */
  write(context: Context2d, labels: RegionLabels): void;
  /** Pixels of the canvas in a CSS pixel. */
  readonly ratio: number;
}

export interface TileLayer {
  /** Draws the content in the window from pictures of pieces, drawn once and ahead of the view. */
  draw(context: Context2d, window: Window, state: BoardState, painter: ContentPainter): void;
  /** Nothing that was drawn is right any more. */
  forget(): void;
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
  let bars: ReadonlyMap<string, LaneBars> = new Map();
  let frame = 0;
  let before: Window | undefined;

  function tileAt(column: number, row: number): Tile | undefined {
    return tiles.get(keyOf(column, row));
  }

  function make(column: number, row: number, beside: Context2d, painter: ContentPainter): Tile | undefined {
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
    const labels = painter.paint(small, region);
    tile.pen.setTransform(1, 0, 0, 1, 0, 0);
    tile.pen.putImageData(new ImageData(small.bytes, tileWidth, tileHeight), 0, 0);
    painter.write(tile.pen, labels);
    tiles.set(keyOf(column, row), tile);
    return tile;
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

  /** Draws one tile that will be needed if the view goes on as it goes. */
  function drawAhead(window: Window, context: Context2d, painter: ContentPainter): void {
    const dx = before === undefined ? 0 : Math.sign(window.left - before.left);
    const dy = before === undefined ? 0 : Math.sign(window.top - before.top);
    const { firstColumn, lastColumn, firstRow, lastRow } = spanOf(window);
    if (dx !== 0) {
      const column = dx > 0 ? lastColumn + 1 : firstColumn - 1;
      for (let row = firstRow; row <= lastRow; row += 1) {
        if (tileAt(column, row) === undefined) {
          const tile = make(column, row, context, painter);
          if (tile !== undefined) tile.usedAt = frame;
          return;
        }
      }
    }
    if (dy !== 0) {
      const row = dy > 0 ? lastRow + 1 : firstRow - 1;
      for (let column = firstColumn; row >= 0 && column <= lastColumn; column += 1) {
        if (tileAt(column, row) === undefined) {
          const tile = make(column, row, context, painter);
          if (tile !== undefined) tile.usedAt = frame;
          return;
        }
      }
    }
  }

  return {
    forget() {
      spare.push(...tiles.values());
      tiles.clear();
      bars = new Map();
      before = undefined;
    },
    draw(context, window, state, painter) {
      frame += 1;
      if (bars.size > 0) forgetChanged(state, painter.ratio);
      bars = state.barsByLane;
      const { firstColumn, lastColumn, firstRow, lastRow } = spanOf(window);
      context.save();
      context.setTransform(1, 0, 0, 1, window.x, window.y);
      context.beginPath();
      context.rect(0, 0, window.width, window.height);
      context.clip();
      for (let row = firstRow; row <= lastRow; row += 1) {
        for (let column = firstColumn; column <= lastColumn; column += 1) {
          const tile = tileAt(column, row) ?? make(column, row, context, painter);
          if (tile === undefined) continue;
          tile.usedAt = frame;
          context.drawImage(tile.canvas, column * tileWidth - window.left, row * tileHeight - window.top);
        }
      }
      context.restore();
      drawAhead(window, context, painter);
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
