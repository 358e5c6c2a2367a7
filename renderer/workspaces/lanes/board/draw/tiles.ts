import type { LaneBars } from '../lane-bars.ts';
import type { BoardState } from '../store.ts';
import type { Context2d } from './brush.ts';
import type { Raster } from './raster.ts';
import type { Region, RegionLabels } from './region-types.ts';
import { createPictureMaker, type Part, type Picture } from './tile-pictures.ts';

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
  readonly picture: Picture;
  readonly row: number;
  usedAt: number;
}

export function createTileLayer(): TileLayer {
  const tiles = new Map<number, Tile>();
  const spare: Picture[] = [];
  let makePicture: (() => Picture) | undefined;
  let bars: ReadonlyMap<string, LaneBars> = new Map();
  let frame = 0;
  let before: Window | undefined;

  function tileAt(column: number, row: number): Tile | undefined {
    return tiles.get(keyOf(column, row));
  }

  function make(column: number, row: number, beside: Context2d, painter: ContentPainter): Tile {
    makePicture ??= createPictureMaker(tileWidth, tileHeight, beside);
    const picture = spare.pop() ?? makePicture();
    picture.draw({ left: column * tileWidth, top: row * tileHeight }, painter);
    const tile = { picture, row, usedAt: frame };
    tiles.set(keyOf(column, row), tile);
    return tile;
  }

  function drop(key: number, { picture }: Tile): void {
    tiles.delete(key);
    spare.push(picture);
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
        drop(key, tile);
      }
    }
  }

  /** Too many: those that were not seen for longest go. */
  function forgetOld(needed: number): void {
    const most = Math.ceil(needed * keepFactor);
    if (tiles.size <= most) return;
    const oldest = [...tiles].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, tile] of oldest.slice(0, tiles.size - most)) drop(key, tile);
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
          make(column, row, context, painter);
          return;
        }
      }
    }
    if (dy !== 0) {
      const row = dy > 0 ? lastRow + 1 : firstRow - 1;
      for (let column = firstColumn; row >= 0 && column <= lastColumn; column += 1) {
        if (tileAt(column, row) === undefined) {
          make(column, row, context, painter);
          return;
        }
      }
    }
  }

  return {
    forget() {
      for (const [key, tile] of tiles) drop(key, tile);
      bars = new Map();
      before = undefined;
    },
    draw(context, window, state, painter) {
      frame += 1;
      if (bars.size > 0) forgetChanged(state, painter.ratio);
      bars = state.barsByLane;
      const { firstColumn, lastColumn, firstRow, lastRow } = spanOf(window);
      for (let row = firstRow; row <= lastRow; row += 1) {
        for (let column = firstColumn; column <= lastColumn; column += 1) {
          const tile = tileAt(column, row) ?? make(column, row, context, painter);
          tile.usedAt = frame;
          tile.picture.show(context, partInSight(window, column, row));
        }
      }
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

/** What of a tile stands in the window, and where on the canvas. */
function partInSight(window: Window, column: number, row: number): Part {
  const left = column * tileWidth - window.left;
  const top = row * tileHeight - window.top;
  const fromX = Math.max(0, -left);
  const fromY = Math.max(0, -top);
  return {
    x: window.x + left + fromX,
    y: window.y + top + fromY,
    fromX,
    fromY,
    width: Math.min(tileWidth, window.width - left) - fromX,
    height: Math.min(tileHeight, window.height - top) - fromY,
  };
}
