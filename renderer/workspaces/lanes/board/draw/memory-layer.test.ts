import { assert, array, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { Context2d } from './brush.ts';
import { createMemoryLayer } from './memory-layer.ts';
import type { Raster } from './raster.ts';
import type { Region } from './region-types.ts';
import type { ContentPainter } from './tiles.ts';

/** A pixel of content tells where it is. */
const wordAt = (x: number, y: number): number => ((x & 0xffff) | ((y & 0x7fff) << 16)) >>> 0;

const painter: ContentPainter = {
  ratio: 1,
  paint({ pixels, width, height }: Raster, { left, top }: Region) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) pixels[y * width + x] = wordAt(left + x, top + y);
    }
    return { bars: [], blocked: [] };
  },
  write: () => {},
};

/** A canvas that keeps what is put on it: all that the layer does with one besides writing. */
function canvasOf(width: number, height: number) {
  const pixels = new Uint32Array(width * height);
  const context = {
    putImageData(
      image: { readonly data: Uint8ClampedArray<ArrayBuffer>; readonly width: number },
      x: number,
      y: number,
      fromX: number,
      fromY: number,
      partWidth: number,
      partHeight: number,
    ) {
      const words = new Uint32Array(image.data.buffer);
      for (let row = fromY; row < fromY + partHeight; row += 1) {
        for (let column = fromX; column < fromX + partWidth; column += 1) {
          pixels[(y + row) * width + x + column] = words[row * image.width + column] ?? 0;
        }
      }
    },
    save() {},
    restore() {},
    setTransform() {},
    beginPath() {},
    rect() {},
    clip() {},
    translate() {},
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of a canvas that the layer uses
  return { pixels, context: context as unknown as Context2d };
}

test('wherever the view moves, each pixel shows its place', () => {
  // Node has no ImageData: all that is needed of it is what it holds.
  function ImageDataHere(this: object, data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number) {
    Object.assign(this, { data, width, height });
  }
  globalThis.ImageData ??= ImageDataHere as never;
  const moves = array(tuple(integer({ min: -900, max: 900 }), integer({ min: -900, max: 900 })), {
    minLength: 1,
    maxLength: 8,
  });
  assert(
    property(moves, (steps) => {
      const layer = createMemoryLayer();
      const { pixels, context } = canvasOf(60, 40);
      let left = 5000;
      let top = 2000;
      for (const [index, [dx, dy]] of steps.entries()) {
        left += dx;
        top = Math.max(0, top + dy);
        layer.draw(context, { x: 10, y: 6, width: 50, height: 34, left, top }, index === 0, painter);
        for (const [x, y] of [
          [10, 6],
          [59, 6],
          [10, 39],
          [59, 39],
          [33, 20],
        ] as const) {
          expect(pixels[y * 60 + x]).toBe(wordAt(left + x - 10, top + y - 6));
        }
      }
    }),
    { numRuns: 20 },
  );
});
