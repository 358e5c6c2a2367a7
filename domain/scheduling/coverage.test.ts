import { expect, test } from 'vitest';
import { coverNeeds, take } from './coverage.ts';

const need = (orderId: string, quantity: number, materialId = 'steel') => ({ orderId, quantity, materialId });

test('who comes first is served from stock, who comes later waits for what was promised, the last for nobody knows what', () => {
  const supplies = [
    {
      materialId: 'steel',
      onHand: 10,
      receipts: [
        { at: 900, quantity: 5 },
        { at: 500, quantity: 5 },
      ],
    },
  ];
  const covered = coverNeeds([need('a', 10), need('b', 5), need('c', 5), need('d', 1)], supplies);
  expect(covered.get('a')).toEqual({ state: 'available' });
  expect(covered.get('b')).toEqual({ state: 'short', materialId: 'steel', at: 500 });
  expect(covered.get('c')).toEqual({ state: 'short', materialId: 'steel', at: 900 });
  expect(covered.get('d')).toEqual({ state: 'short', materialId: 'steel' });
});

test('of several components the one that comes last counts, and one without a date is last of all', () => {
  const supplies = [
    { materialId: 'steel', onHand: 0, receipts: [{ at: 500, quantity: 9 }] },
    { materialId: 'seal', onHand: 0, receipts: [{ at: 700, quantity: 1 }] },
    { materialId: 'screw', onHand: 100, receipts: [] },
  ];
  const covered = coverNeeds(
    [need('a', 1, 'screw'), need('a', 1, 'steel'), need('a', 1, 'seal'), need('b', 1, 'seal'), need('b', 1)],
    supplies,
  );
  expect(covered.get('a')).toEqual({ state: 'short', materialId: 'seal', at: 700 });
  expect(covered.get('b')).toEqual({ state: 'short', materialId: 'seal' });
});

test('a material that is not kept in stock binds nothing', () => {
  expect(coverNeeds([need('a', 1, 'water')], []).has('a')).toBe(false);
});

test('what is left over of rounding is nothing', () => {
  const stock = [{ at: -Infinity, quantity: 0.1 + 0.2 }];
  expect(take(stock, 0.3)).toBe(-Infinity);
  expect(take([{ at: -Infinity, quantity: 0.3 }], 0.1 + 0.2)).toBe(-Infinity);
  expect(take(stock, 1)).toBeUndefined();
});
