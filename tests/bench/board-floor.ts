/** The same rectangles on a bare canvas, by each of the fast ways known: what the board is held against. */
import type { BoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { wordOf } from '../../renderer/workspaces/lanes/board/draw/colour.ts';
import { lightTheme } from '../../renderer/workspaces/lanes/board/draw/theme.ts';
import { slotTop } from '../../renderer/workspaces/lanes/board/rows.ts';
import { endOf, timeToX } from '../../renderer/workspaces/lanes/board/viewport.ts';

/** x, y, width, height and colour of each bar in view, in a row of numbers; the first `length` are filled. */
export interface Rectangles {
  readonly numbers: Float64Array;
  readonly length: number;
}
const stride = 5;
const ground = wordOf(lightTheme.surface);
/** One buffer for all frames: what is thrown away here would be collected while the board is timed. */
let buffer = new Float64Array(0);

/** The rectangles of the bars in view: all that the bare canvas gets to draw. */
export function rectanglesInView({ store }: BoardScene): Rectangles {
  const { viewport, metrics, layout, barsByLane, operations } = store.state;
  if (buffer.length < operations.size * stride) buffer = new Float64Array(operations.size * stride);
  let length = 0;
  for (const row of layout.rows) {
    if (row.kind !== 'lane') continue;
    if (row.top + row.height < viewport.scrollY || row.top > viewport.scrollY + viewport.height) continue;
    for (const { placement, status } of barsByLane.get(row.lane.id)?.operations ?? []) {
      if (!placement || placement.endsAt < viewport.startsAt || placement.startsAt > endOf(viewport))
        continue;
      const x = timeToX(viewport, placement.startsAt);
      buffer[length] = Math.round(metrics.labelWidth + x);
      buffer[length + 1] = Math.round(metrics.axisHeight + slotTop(row, 0, metrics) - viewport.scrollY);
      buffer[length + 2] = Math.max(1, Math.round(timeToX(viewport, placement.endsAt) - x));
      buffer[length + 3] = Math.round(metrics.barHeight);
      buffer[length + 4] = wordByStatus[status];
      length += stride;
    }
  }
  return { numbers: buffer, length };
}

const wordByStatus = {
  planned: wordOf(lightTheme.bars.planned.edge),
  ready: wordOf(lightTheme.bars.ready.edge),
  running: wordOf(lightTheme.bars.running.edge),
  paused: wordOf(lightTheme.bars.paused.edge),
  completed: wordOf(lightTheme.bars.completed.edge),
  cancelled: wordOf(lightTheme.bars.cancelled.edge),
};

export interface Floor {
  readonly name: string;
  draw(context: CanvasRenderingContext2D, rectangles: Rectangles, offsetPx: number): void;
}

/** Fills each rectangle, colour by colour. */
export function fillFloor(width: number, height: number): Floor {
  const names = new Map<number, string>();
  for (const { edge } of Object.values(lightTheme.bars)) names.set(wordOf(edge), edge);
  return {
    name: 'filled by colour',
    draw(context, { numbers: rectangles, length }) {
      context.fillStyle = lightTheme.surface;
      context.fillRect(0, 0, width, height);
      for (const [word, name] of names) {
        context.fillStyle = name;
        for (let at = 0; at < length; at += stride) {
          if (rectangles[at + 4] !== word) continue;
          context.fillRect(
            rectangles[at] ?? 0,
            rectangles[at + 1] ?? 0,
            rectangles[at + 2] ?? 0,
            rectangles[at + 3] ?? 0,
          );
        }
      }
    },
  };
}

/** Writes pixels into memory, a word each, and puts them on the canvas. */
export function framebufferFloor(width: number, height: number): Floor {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  return {
    name: 'framebuffer',
    draw(context, { numbers: rectangles, length }) {
      pixels.fill(ground);
      for (let at = 0; at < length; at += stride) {
        const left = Math.max(0, rectangles[at] ?? 0);
        const right = Math.min(width, (rectangles[at] ?? 0) + (rectangles[at + 2] ?? 0));
        const bottom = Math.min(height, (rectangles[at + 1] ?? 0) + (rectangles[at + 3] ?? 0));
        const word = rectangles[at + 4] ?? 0;
        for (let y = Math.max(0, rectangles[at + 1] ?? 0); y < bottom; y += 1) {
          for (let to = y * width + left; to < y * width + right; to += 1) pixels[to] = word;
        }
      }
      context.putImageData(image, 0, 0);
    },
  };
}

/**
 * Copies tiles that were drawn before the clock started: only where the view is moved and not zoomed.
 * Tiles of one picture are drawn again and again, side by side: what is on them does not change the cost.
 */
export function tileFloor(width: number, height: number, { numbers, length }: Rectangles): Floor {
  const tileWidth = 512;
  const tileHeight = 256;
  const tiles = Array.from({ length: 8 }, () => {
    const canvas = new OffscreenCanvas(tileWidth, tileHeight);
    const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!pen) throw new Error('no canvas');
    pen.fillStyle = lightTheme.surface;
    pen.fillRect(0, 0, tileWidth, tileHeight);
    pen.fillStyle = lightTheme.bars.ready.edge;
    for (let at = 0; at < length; at += stride * 8) {
      pen.fillRect(numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0, 4);
    }
    return canvas;
  });
  return {
    name: 'tiles',
    draw(context, _rectangles, offsetPx) {
      const shift = Math.round(offsetPx) % tileWidth;
      for (let y = 0, index = 0; y < height; y += tileHeight) {
        for (let x = -shift; x < width; x += tileWidth, index += 1) {
          const tile = tiles[index % tiles.length];
          if (tile) context.drawImage(tile, x, y);
        }
      }
    },
  };
}
