/**
 * The rectangles of a frame of the board (`rectanglesInView`) on a bare canvas, by each of the fast ways
 * known: what the board is held against.
 */
import { wordOf } from '../../renderer/workspaces/lanes/board/draw/colour.ts';
import { lightTheme } from '../../renderer/workspaces/lanes/board/draw/theme.ts';
import { stride, type Rectangles } from './board-rectangles.ts';

const ground = wordOf(lightTheme.surface);

export interface Floor {
  readonly name: string;
  draw(context: CanvasRenderingContext2D, rectangles: Rectangles, offsetPx: number): void;
}

const names = new Map<number, string>();

function nameOf(word: number): string {
  let name = names.get(word);
  if (name === undefined) {
    const [red, green, blue] = [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff];
    names.set(word, (name = `rgb(${red} ${green} ${blue})`));
  }
  return name;
}

/** Fills each rectangle; the colour is set where it changes. */
export function fillFloor(width: number, height: number): Floor {
  return {
    name: 'filled by colour',
    draw(context, { numbers, length }) {
      context.fillStyle = lightTheme.surface;
      context.fillRect(0, 0, width, height);
      let colour = -1;
      for (let at = 0; at < length; at += stride) {
        const left = numbers[at] ?? 0;
        const top = numbers[at + 1] ?? 0;
        const word = numbers[at + 4] ?? 0;
        if (word !== colour) context.fillStyle = nameOf((colour = word));
        context.fillRect(left, top, (numbers[at + 2] ?? 0) - left, (numbers[at + 3] ?? 0) - top);
      }
    },
  };
}

function paint(pixels: Uint32Array, width: number, height: number, { numbers, length }: Rectangles): void {
  pixels.fill(ground);
  for (let at = 0; at < length; at += stride) {
    const left = Math.max(0, numbers[at] ?? 0);
    const right = Math.min(width, numbers[at + 2] ?? 0);
    const bottom = Math.min(height, numbers[at + 3] ?? 0);
    const word = numbers[at + 4] ?? 0;
    if (right <= left) continue;
    for (let y = Math.max(0, numbers[at + 1] ?? 0); y < bottom; y += 1) {
      // Filling by the array's own means is quicker from two dozen pixels on.
      if (right - left >= 24) pixels.fill(word, y * width + left, y * width + right);
      else for (let to = y * width + left; to < y * width + right; to += 1) pixels[to] = word;
    }
  }
}

/** Writes pixels into memory, a word each, and puts them on the canvas. */
export function framebufferFloor(width: number, height: number): Floor {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  return {
    name: 'framebuffer',
    draw(context, rectangles) {
      paint(pixels, width, height, rectangles);
      context.putImageData(image, 0, 0);
    },
  };
}

/**
 * Puts another part of a picture in memory on the canvas, which was painted before the clock started: only
 * where the view is moved and not zoomed.
 */
export function memoryFloor(width: number, height: number, rectangles: Rectangles): Floor {
  const around = 256;
  const image = new ImageData(width + around, height + around);
  paint(new Uint32Array(image.data.buffer), width + around, height + around, rectangles);
  return {
    name: 'put from memory',
    draw(context, _rectangles, offsetPx) {
      const shift = Math.round(offsetPx) % around;
      context.putImageData(image, -shift, -shift, shift, shift, width, height);
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
      pen.fillRect(numbers[at] ?? 0, numbers[at + 1] ?? 0, 40, 4);
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
