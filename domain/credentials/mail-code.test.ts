import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupedMailCode, readMailCode } from './mail-code.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const code = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 20, maxLength: 20 });

test('what is shown is read back, however it is typed', () => {
  expect(groupedMailCode('7K3Q9FXM2B0123456789')).toBe('7K3Q9-FXM2B-01234-56789');
  fc.assert(
    fc.property(code, (made) => {
      const shown = groupedMailCode(made);
      for (const typed of [shown, ` ${shown.toLowerCase()} `, shown.replaceAll('-', ' – '), made]) {
        expect(readMailCode(typed)).toBe(made);
      }
    }),
  );
  expect(readMailCode('ILOil-11111-11111-11111')).toBe('11011111111111111111');
});

test.each(['', '7K3Q9', 'U'.repeat(20), '7'.repeat(21), '7K3Q9-FXM2B-01234-5678!'])(
  '"%s" is no code',
  (typed) => {
    expect(readMailCode(typed)).toBeNull();
  },
);
