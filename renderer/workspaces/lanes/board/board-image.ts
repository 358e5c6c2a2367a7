import { coloursOf } from './draw/paints.ts';
import { createDrawFrame } from './draw/scene.ts';
import { drawSign } from './draw/sign.ts';
import type { BoardTheme } from './draw/theme.ts';
import { createColourScheme } from './colour-scheme.ts';
import { createBoardStore, type BoardState, type BoardStore } from './store.ts';
import type { TimeAxis } from './time-axis.ts';
import type { FormatMessage } from './tools/tool.ts';
import { fitTo } from './viewport.ts';

/** What a picture of the board is made from. */
export interface ImageInput {
  readonly state: BoardState;
  readonly theme: BoardTheme;
  readonly axis: TimeAxis;
  readonly now: number;
  readonly nowLabel: string;
  readonly formatMessage: FormatMessage;
}

export interface ImageOptions {
  /** The whole horizon and all lanes; otherwise what is in view. */
  readonly wholeRange: boolean;
}

export interface PageOptions extends ImageOptions {
  /** Landscape. */
  readonly paper: 'a4' | 'a3';
}

/** Pixels of the picture in a CSS pixel: sharp on paper and on fine screens. */
const scale = 2;
/** Browsers give up above some 16,000 pixels a side. */
const mostPixels = 16_000;
const titleHeight = 40;
const legendHeight = 34;
/** CSS pixels of a landscape page at 96 to the inch, margins of 10 mm taken off. */
const pages = { a4: { width: 1046, height: 718 }, a3: { width: 1512, height: 1046 } };

/**
 * Draws the board off the screen, with its title and legend, as a PNG.
 * @throws Error when the browser has no memory for the picture.
 */
export async function boardImage(input: ImageInput, { wholeRange }: ImageOptions): Promise<Blob> {
  const store = pictureStore(input, wholeRange);
  const { metrics, layout } = store.state;
  const height = wholeRange ? metrics.axisHeight + layout.contentHeight : input.state.height;
  store.update({ height: Math.min(height, mostPixels / scale - titleHeight - legendHeight) });
  return drawPicture(store, input);
}

/** The same on landscape pages: lanes are parted between pages, axis and legend are on each. */
export async function boardPages(input: ImageInput, options: PageOptions): Promise<readonly Blob[]> {
  const { width, height } = pages[options.paper];
  const boardHeight = height - titleHeight - legendHeight;
  const store = pictureStore(input, options.wholeRange, width);
  store.update({ height: boardHeight });
  const { layout, metrics } = store.state;
  const room = boardHeight - metrics.axisHeight;
  const tops = options.wholeRange
    ? pageTops(
        layout.rows.map(({ top, height: rowHeight }) => ({ top, bottom: top + rowHeight })),
        room,
      )
    : [input.state.viewport.scrollY];
  const blobs: Blob[] = [];
  for (const [index, top] of tops.entries()) {
    // The last page is as high as the others: limits of the view must not pull its lanes down.
    const next = tops[index + 1] ?? layout.contentHeight;
    const shown = options.wholeRange ? Math.min(room, next - top) : room;
    store.update({ height: metrics.axisHeight + shown });
    store.update({ viewport: { ...store.state.viewport, scrollY: top } });
    blobs.push(
      await drawPicture(store, input, { number: index + 1, count: tops.length, height: boardHeight }),
    );
  }
  return blobs;
}

/** Where pages begin, so that no row is cut in two; a row higher than a page begins one. */
export function pageTops(
  rows: readonly { readonly top: number; readonly bottom: number }[],
  room: number,
): readonly number[] {
  const tops: number[] = [0];
  for (const { top, bottom } of rows) {
    const start = tops.at(-1) ?? 0;
    if (bottom - start > room && top > start) tops.push(top);
  }
  return tops;
}

/** A board of its own with what is to be seen and nothing that is only there for the hand. */
function pictureStore({ state }: ImageInput, wholeRange: boolean, width = state.width): BoardStore {
  const store = createBoardStore(state.horizon);
  store.update({
    lanes: state.lanes,
    layers: { ...state.layers, others: [] },
    density: wholeRange && state.density === 'overview' ? 'compact' : state.density,
    collapsedAreas: state.collapsedAreas,
    pending: state.pending,
    width,
    height: state.height,
  });
  store.setOperations([...state.operations.values()]);
  const { viewport } = store.state;
  const { startsAt, msPerPx, scrollY } = state.viewport;
  if (wholeRange) {
    store.update({ viewport: fitTo({ ...viewport, scrollY: 0 }, ...usedRange(store.state)) });
  } else {
    const span = msPerPx * state.viewport.width;
    store.update({ viewport: { ...viewport, startsAt, msPerPx: span / viewport.width, scrollY } });
  }
  return store;
}

/** From the first bar to the last, or the horizon where there is none. */
function usedRange({ barsByLane, horizon }: BoardState): [number, number] {
  let first = Infinity;
  let last = -Infinity;
  for (const bars of barsByLane.values()) {
    first = Math.min(first, bars.starts[0] ?? Infinity);
    last = Math.max(last, bars.reach.at(-1) ?? -Infinity);
  }
  return first < last ? [first, last] : [horizon.startsAt, horizon.endsAt];
}

async function drawPicture(
  store: BoardStore,
  input: ImageInput,
  page?: { readonly number: number; readonly count: number; readonly height: number },
): Promise<Blob> {
  const { theme, axis, now, nowLabel } = input;
  const { width, height, viewport } = store.state;
  const fullHeight = titleHeight + (page?.height ?? height) + legendHeight;
  const ratio = Math.min(scale, mostPixels / width, mostPixels / fullHeight);
  const board = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
  const boardPen = board.getContext('2d', { alpha: false });
  const canvas = new OffscreenCanvas(Math.round(width * ratio), Math.round(fullHeight * ratio));
  const pen = canvas.getContext('2d', { alpha: false });
  if (boardPen === null || pen === null) throw new Error('No canvas of this size');
  createDrawFrame()(boardPen, store, { theme, axis, nowLabel, now, pixelRatio: ratio });
  pen.fillStyle = theme.surface;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(board, 0, Math.round(titleHeight * ratio));
  pen.scale(ratio, ratio);
  pen.textBaseline = 'middle';
  pen.fillStyle = theme.text;
  pen.font = `650 15px ${theme.fontFamily}`;
  const end = viewport.startsAt + viewport.width * viewport.msPerPx;
  pen.fillText(axis.formatRange(viewport.startsAt, end), 14, titleHeight / 2);
  if (page !== undefined && page.count > 1) {
    pen.font = `400 12px ${theme.fontFamily}`;
    pen.textAlign = 'right';
    pen.fillText(`${page.number} / ${page.count}`, width - 14, titleHeight / 2);
    pen.textAlign = 'left';
  }
  drawLegend(pen, input, fullHeight - legendHeight / 2, width);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** The colours and their signs in a line; what does not fit is left out. */
function drawLegend(
  pen: OffscreenCanvasRenderingContext2D,
  { state, theme, formatMessage }: ImageInput,
  middle: number,
  width: number,
): void {
  const scheme = createColourScheme(state.layers, state.operations.values());
  let x = 14;
  pen.font = `650 12px ${theme.fontFamily}`;
  const title = formatMessage({ id: `board.colour.${scheme.mode}` });
  pen.fillStyle = theme.text;
  pen.fillText(title, x, middle);
  x += pen.measureText(title).width + 16;
  for (const { swatch, sign, name } of scheme.categories) {
    const label = 'id' in name ? formatMessage({ id: name.id }) : name.text;
    pen.font = `400 12px ${theme.fontFamily}`;
    const needed = 32 + pen.measureText(label).width + 16;
    if (x + needed > width) return;
    const { fill, edge, text } = coloursOf(theme, swatch);
    pen.beginPath();
    pen.roundRect(x, middle - 8, 26, 16, 3);
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = edge;
    pen.lineWidth = 1;
    pen.stroke();
    drawSign(pen, sign, { x: x + 13, y: middle }, 9, text);
    pen.font = `400 12px ${theme.fontFamily}`;
    pen.textBaseline = 'middle';
    pen.fillStyle = theme.text;
    pen.fillText(label, x + 32, middle);
    x += needed;
  }
}
