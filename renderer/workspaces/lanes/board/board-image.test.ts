import { assert, array, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { pageTops } from './board-image.ts';

test('pages cut between rows, and hold all of them', () => {
  assert(
    property(array(integer({ min: 10, max: 90 }), { minLength: 1, maxLength: 80 }), (heights) => {
      let end = 0;
      const rows = heights.map((height) => {
        const top = end;
        end += height;
        return { top, bottom: end };
      });
      const tops = pageTops(rows, 200);
      expect(tops[0]).toBe(0);
      for (const [index, top] of tops.entries()) {
        expect(rows.some((row) => row.top === top)).toBe(true);
        expect((tops[index + 1] ?? end) - top).toBeLessThanOrEqual(200);
      }
    }),
  );
});
