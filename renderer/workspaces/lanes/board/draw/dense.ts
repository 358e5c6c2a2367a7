import { operationStatuses, type OperationStatus } from '#domain/scheduling/types';
import type { Context2d } from './brush.ts';
import type { BoardTheme } from './theme.ts';

/** Collects the bars that are too thin for a shape of their own, and draws them all at once. */
export interface DenseLayer {
  begin(width: number, height: number): void;
  /** Pixels relative to the layer; clipped here. */
  add(status: OperationStatus, isLate: boolean, x: number, y: number, width: number, height: number): void;
  draw(context: Context2d, theme: BoardTheme, x: number, y: number): void;
}

/** From this number on writing pixels is cheaper than filling rectangles (measured in Chromium). */
const framebufferFrom = 1500;
const stride = 5;

export function createDenseLayer(): DenseLayer {
  const colourCount = operationStatuses.length + 1;
  const lateColour = operationStatuses.length;
  const indexOf = new Map(operationStatuses.map((status, index) => [status, index]));
  let boxes = new Int32Array(4096 * stride);
  let count = 0;
  let width = 0;
  let height = 0;
  let canvas: OffscreenCanvas | undefined;
  let image: ImageData | undefined;
  let pixels = new Uint32Array(0);

  function fillRects(context: Context2d, colours: readonly string[], left: number, top: number): void {
    for (let colour = 0; colour < colourCount; colour += 1) {
      context.beginPath();
      for (let at = 0; at < count * stride; at += stride) {
        if (boxes[at + 4] !== colour) continue;
        context.rect(
          left + (boxes[at] ?? 0),
          top + (boxes[at + 1] ?? 0),
          boxes[at + 2] ?? 0,
          boxes[at + 3] ?? 0,
        );
      }
      context.fillStyle = colours[colour] ?? '';
      context.fill();
    }
  }

  function writePixels(context: Context2d, colours: readonly string[], left: number, top: number): void {
    if (canvas === undefined || image?.width !== width || image.height !== height) {
      canvas = new OffscreenCanvas(width, height);
      image = new ImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
    } else pixels.fill(0);
    const words = Uint32Array.from(colours, pixelOf);
    for (let at = 0; at < count * stride; at += stride) {
      const x = boxes[at] ?? 0;
      const y = boxes[at + 1] ?? 0;
      const to = x + (boxes[at + 2] ?? 0);
      const bottom = y + (boxes[at + 3] ?? 0);
      const word = words[boxes[at + 4] ?? 0] ?? 0;
      for (let line = y; line < bottom; line += 1) pixels.fill(word, line * width + x, line * width + to);
    }
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, left, top);
  }

  return {
    begin(nextWidth, nextHeight) {
      count = 0;
      width = Math.max(1, Math.ceil(nextWidth));
      height = Math.max(1, Math.ceil(nextHeight));
    },
    add(status, isLate, x, y, barWidth, barHeight) {
      const left = Math.max(0, Math.round(x));
      const top = Math.max(0, Math.round(y));
      const right = Math.min(width, Math.max(left + 1, Math.round(x + barWidth)));
      const bottom = Math.min(height, Math.max(top + 1, Math.round(y + barHeight)));
      if (right <= left || bottom <= top) return;
      if ((count + 1) * stride > boxes.length) {
        const larger = new Int32Array(boxes.length * 2);
        larger.set(boxes);
        boxes = larger;
      }
      const at = count * stride;
      boxes[at] = left;
      boxes[at + 1] = top;
      boxes[at + 2] = right - left;
      boxes[at + 3] = bottom - top;
      boxes[at + 4] = isLate ? lateColour : (indexOf.get(status) ?? 0);
      count += 1;
    },
    draw(context, theme, x, y) {
      if (count === 0) return;
      const colours = [...operationStatuses.map((status) => theme.bars[status].edge), theme.late];
      if (count < framebufferFrom) fillRects(context, colours, x, y);
      else writePixels(context, colours, x, y);
    },
  };
}

/** `#rrggbb` as the bytes R, G, B, A in memory, read as one little-endian word. */
function pixelOf(colour: string): number {
  const rgb = Number.parseInt(colour.slice(1), 16);
  return ((255 << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >>> 16)) >>> 0;
}
