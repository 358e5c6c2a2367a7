import { assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { routeOf } from './link-lines.ts';

const box = record({
  x: integer({ min: 0, max: 900 }),
  y: integer({ min: 0, max: 12 }).map((row) => row * 46),
  width: integer({ min: 10, max: 300 }),
}).map((place) => ({ ...place, height: 32 }));
const kinds = constantFrom('finish_start', 'start_start', 'finish_finish');

test('a link runs level and upright, from the right end of one bar to the right end of the other', () => {
  assert(
    property(kinds, box, box, (kind, from, to) => {
      const points = routeOf(kind, from, to);
      for (const [index, point] of points.entries()) {
        const next = points[index + 1];
        if (next !== undefined) expect(point.x === next.x || point.y === next.y).toBe(true);
      }
      const leaves = kind === 'start_start' ? from.x : from.x + from.width;
      const arrives = kind === 'finish_finish' ? to.x + to.width : to.x;
      expect(points[0]).toEqual({ x: leaves, y: from.y + 16 });
      expect(points.at(-1)).toEqual({ x: arrives, y: to.y + 16 });
    }),
  );
});

test('on its way to another row it stays in the gaps beside the bars', () => {
  const from = { x: 0, y: 0, width: 100, height: 32 };
  const to = { x: 600, y: 138, width: 100, height: 32 };
  const level = routeOf('finish_start', from, to).slice(2, 4);
  expect(level.map(({ y }) => y)).toEqual([134, 134]);
});

test('on one row it goes below the bars between the two, not through their names', () => {
  const from = { x: 0, y: 46, width: 100, height: 32 };
  const through = routeOf('finish_start', from, { ...from, x: 500 }).slice(2, 4);
  expect(through.map(({ y }) => y)).toEqual([82, 82]);
  expect(routeOf('finish_start', from, { ...from, x: 110 })).toHaveLength(2);
});
