import type { Sign } from '../colour-scheme.ts';
import type { Context2d } from './brush.ts';
import { drawSign, signName } from './sign.ts';

/** Signs drawn once and copied from then on: a picture costs a third of its lines. */
export interface Sprites {
  draw(context: Context2d, sign: Parameters<typeof drawSign>[1], x: number, y: number, colour: string): void;
}

/** Height of a sign, and of the picture that holds it with its line ends, CSS pixels. */
const signPx = 9;
const cellPx = 14;

export function createSprites(pixelRatio: number): Sprites {
  const kept = new Map<string, OffscreenCanvas>();
  const pixels = Math.ceil(cellPx * pixelRatio);

  function make(sign: Parameters<typeof drawSign>[1], colour: string): OffscreenCanvas {
    const canvas = new OffscreenCanvas(pixels, pixels);
    const pen = canvas.getContext('2d');
    if (pen !== null) {
      pen.scale(pixels / cellPx, pixels / cellPx);
      drawSign(pen, sign, { x: cellPx / 2, y: cellPx / 2 }, signPx, colour);
    }
    return canvas;
  }

  return {
    draw(context, sign, x, y, colour) {
      const key = `${nameOf(sign)} ${colour}`;
      let canvas = kept.get(key);
      if (canvas === undefined) kept.set(key, (canvas = make(sign, colour)));
      // On whole pixels of the canvas a copy needs no smoothing.
      const left = Math.round((x - cellPx / 2) * pixelRatio) / pixelRatio;
      const top = Math.round((y - cellPx / 2) * pixelRatio) / pixelRatio;
      context.drawImage(canvas, left, top, pixels / pixelRatio, pixels / pixelRatio);
    },
  };
}

function nameOf(sign: Sign | { readonly kind: 'shape'; readonly shape: string }): string {
  return sign.kind === 'shape' ? sign.shape : signName(sign);
}
