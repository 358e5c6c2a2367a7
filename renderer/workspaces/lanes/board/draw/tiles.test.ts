import { assert, array, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { LaneBars } from '../lane-bars.ts';
import type { BoardState } from '../store.ts';
import type { Context2d } from './brush.ts';
import { createTileLayer, type ContentPainter } from './tiles.ts';

/** A pixel of content tells where it is, and how often all was painted anew. */
const wordAt = (x: number, y: number, version = 0): number =>
  ((x & 0x7fff) | ((y & 0x7fff) << 15) | (version << 30)) >>> 0;

function painterOf(version = 0): ContentPainter {
  return {
    ratio: 1,
    paint({ pixels, width, height }, { left, top }) {
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) pixels[y * width + x] = wordAt(left + x, top + y, version);
      }
      return { bars: [], blocked: [] };
    },
    write: () => {},
  };
}

interface Image {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
}

// Node has no ImageData: all that is needed of it is what it holds.
globalThis.ImageData ??= function ImageDataHere(this: object, data: unknown, width: number, height: number) {
  Object.assign(this, { data, width, height });
} as never;

/** A canvas in memory that keeps what is put on it. */
function canvasOf(width: number, height: number) {
  const pixels = new Uint32Array(width * height);
  const context = {
    putImageData(
      { data, width: imageWidth }: Image,
      x: number,
      y: number,
      ...[fromX = 0, fromY = 0, partWidth = 0, partHeight = 0]: number[]
    ) {
      const words = new Uint32Array(data.buffer);
      for (let row = fromY; row < fromY + partHeight; row += 1) {
        for (let column = fromX; column < fromX + partWidth; column += 1) {
          pixels[(y + row) * width + x + column] = words[row * imageWidth + column] ?? 0;
        }
      }
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of a canvas that the layer uses
  return { pixels, context: context as unknown as Context2d };
}

const bars = (): LaneBars => ({
  operations: [],
  starts: new Float64Array(0),
  ends: new Float64Array(0),
  setupEnds: new Float64Array(0),
  reach: new Float64Array(0),
  slots: new Uint8Array(0),
  slotCount: 1,
});

/** Two lanes: one above the height 2100, one far below. */
function stateOf(barsByLane: ReadonlyMap<string, LaneBars>): BoardState {
  const rows = [
    { kind: 'lane', lane: { id: 'upper' }, top: 2000, height: 100, slots: 1 },
    { kind: 'lane', lane: { id: 'lower' }, top: 9000, height: 100, slots: 1 },
  ];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of a state that the layer reads
  return { layout: { rows }, barsByLane } as unknown as BoardState;
}

const window = { x: 10, y: 6, width: 50, height: 34 };

test('wherever the view moves, each pixel shows its place, and none beside the window is touched', () => {
  const moves = array(tuple(integer({ min: -900, max: 900 }), integer({ min: -900, max: 900 })), {
    minLength: 1,
    maxLength: 8,
  });
  const state = stateOf(new Map());
  assert(
    property(moves, (steps) => {
      const layer = createTileLayer();
      const { pixels, context } = canvasOf(70, 50);
      let left = 5000;
      let top = 2000;
      for (const [dx, dy] of steps) {
        left += dx;
        top = Math.max(0, top + dy);
        layer.draw(context, { ...window, left, top }, state, painterOf());
        for (let y = 0; y < 50; y += 1) {
          for (let x = 0; x < 70; x += 1) {
            const isInside = x >= 10 && x < 60 && y >= 6 && y < 40;
            const wanted = isInside ? wordAt(left + x - 10, top + y - 6) : 0;
            if (pixels[y * 70 + x] !== wanted) expect([x, y, pixels[y * 70 + x]]).toEqual([x, y, wanted]);
          }
        }
      }
    }),
    { numRuns: 20 },
  );
});

const twoLanes = (upper: LaneBars, lower: LaneBars) =>
  new Map([
    ['upper', upper],
    ['lower', lower],
  ]);

test('only what lies behind a lane whose bars have changed is painted anew', () => {
  const layer = createTileLayer();
  const { pixels, context } = canvasOf(70, 50);
  const [upper, lower] = [bars(), bars()];
  const view = { ...window, left: 5000, top: 2040 };
  const versionSeen = (): number => (pixels[20 * 70 + 30] ?? 0) >>> 30;
  layer.draw(context, view, stateOf(twoLanes(upper, lower)), painterOf(1));
  expect(versionSeen()).toBe(1);
  layer.draw(context, view, stateOf(twoLanes(upper, bars())), painterOf(2));
  expect(versionSeen()).toBe(1);
  layer.draw(context, view, stateOf(twoLanes(bars(), lower)), painterOf(3));
  expect(versionSeen()).toBe(3);
});
