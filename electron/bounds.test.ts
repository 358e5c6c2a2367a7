import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fitBounds, readBounds, writeBounds } from './bounds.ts';

const desk = { x: 0, y: 25, width: 1920, height: 1055 };
const wall = { x: 1920, y: 0, width: 3840, height: 2160 };

test('a window comes back where it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanewright-bounds-'));
  const file = join(folder, 'window.json');
  const bounds = { x: 2000, y: 100, width: 1600, height: 1000, maximized: true };
  expect(readBounds(file)).toBeNull();
  writeBounds(file, bounds);
  expect(fitBounds(readBounds(file), [desk, wall])).toEqual(bounds);
  writeFileSync(file, '{"x":');
  expect(readBounds(file)).toBeNull();
  rmSync(folder, { recursive: true });
});

test('a window of a screen that was unplugged comes to the middle of the main one, no larger than it', () => {
  const bounds = { x: 2000, y: 100, width: 3000, height: 2000, maximized: false };
  expect(fitBounds(bounds, [desk])).toEqual({ width: 1920, height: 1055, maximized: false });
});

test('a title bar above or beside every screen is brought back', () => {
  expect(fitBounds({ x: 100, y: -300, width: 800, height: 600 }, [desk])).not.toHaveProperty('x');
  expect(fitBounds({ x: 1900, y: 100, width: 800, height: 600 }, [desk])).not.toHaveProperty('x');
  expect(fitBounds({ x: 1700, y: 100, width: 800, height: 600 }, [desk])).toHaveProperty('x', 1700);
});

test.each([null, 'text', [], { x: 'left', width: Number.NaN, height: Number.POSITIVE_INFINITY }])(
  'nonsense (%j) gives the default',
  (found) => {
    expect(fitBounds(found, [desk])).toEqual({ width: 1440, height: 900, maximized: false });
  },
);
