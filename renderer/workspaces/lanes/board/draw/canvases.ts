import type { Context2d } from './brush.ts';

/** A picture beside the board's own, without transparency: it is copied, not mixed. */
export interface Canvas {
  readonly canvas: OffscreenCanvas;
  readonly pen: OffscreenCanvasRenderingContext2D;
}

/** In memory where the board is, on the graphics card where that is. @throws Error without a context. */
export function createCanvas(width: number, height: number, beside: Context2d): Canvas {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: isKeptInMemory(beside) });
  if (pen === null) throw new Error('The browser gives no canvas to draw on.');
  return { canvas, pen };
}

/** True for a canvas whose pixels are not on the graphics card. */
export function isKeptInMemory(context: Context2d): boolean {
  return !('getContextAttributes' in context) || context.getContextAttributes().willReadFrequently === true;
}
