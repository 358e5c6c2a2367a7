import { describe, expect, test } from 'vitest';
import { createRaster, dashLine, fillBox, hatchBox, paintBar, type Raster } from './raster.ts';

const paint = { fill: 1, progress: 2, edge: 3, stripe: 4 };
const plain = { striped: false, dashed: false, phase: 0 };

/** Rows of the picture, a digit a pixel. */
function rows({ width, height, pixels }: Raster): string[] {
  return Array.from({ length: height }, (_, y) => pixels.slice(y * width, (y + 1) * width).join(''));
}

describe('raster', () => {
  test('a box is cut off at the edges of the picture', () => {
    const raster = createRaster(4, 3);
    fillBox(raster, -5, 1, 2, 9, 7);
    expect(rows(raster)).toEqual(['0000', '7700', '7700']);
    fillBox(raster, 4, 0, 9, 3, 5);
    fillBox(raster, 3, 2, 2, 3, 5);
    expect(rows(raster)).toEqual(['0000', '7700', '7700']);
  });

  test('a bar has an outline, its set-up is hatched, reported work follows it', () => {
    const raster = createRaster(12, 4);
    const shape = { left: 1, top: 0, right: 11, bottom: 4, doneTo: 8, setupTo: 5, radius: 0, edgeWidth: 1 };
    paintBar(raster, shape, paint, plain);
    expect(rows(raster)).toEqual(['033333333330', '031132231130', '031332231130', '033333333330']);
  });

  test('a bar that goes on in the next piece has no outline where it is cut', () => {
    const raster = createRaster(4, 3);
    const shape = { left: -3, top: 0, right: 9, bottom: 3, doneTo: -3, setupTo: -3, radius: 4, edgeWidth: 1 };
    paintBar(raster, shape, paint, plain);
    expect(rows(raster)).toEqual(['3333', '1111', '3333']);
  });

  test('beyond a rounded corner what was there is still there', () => {
    const raster = createRaster(10, 10);
    raster.pixels.fill(0xff0000ff);
    const white = 0xffffffff;
    const shape = { left: 0, top: 0, right: 10, bottom: 10, doneTo: 0, setupTo: 0, radius: 5, edgeWidth: 1 };
    paintBar(raster, shape, { ...paint, fill: white, edge: white }, plain);
    expect(raster.pixels[0]).toBe(0xff0000ff);
    expect(raster.pixels[9]).toBe(0xff0000ff);
    expect(raster.pixels[55]).toBe(white);
  });

  test('hatching goes on without a step from one piece to the next', () => {
    const whole = createRaster(12, 3);
    const box = { left: 0, top: 0, right: 12, bottom: 3 };
    hatchBox(whole, box, 1, { period: 5, thickness: 1, phase: 0 });
    const right = createRaster(6, 3);
    hatchBox(right, box, 1, { period: 5, thickness: 1, phase: 6 });
    expect(rows(right)).toEqual(rows(whole).map((row) => row.slice(6)));
  });

  test('dashes count from the start of the line, also where that is out of sight', () => {
    const raster = createRaster(6, 1);
    dashLine(raster, -1, 6, 0, 1, 2);
    expect(rows(raster)).toEqual(['100110']);
  });
});
