import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test('quotes what must be quoted, and lets no cell run as a formula', () => {
  expect(
    toCsv([
      ['a', 'b,c', 'say "x"', null, -5],
      ['=1+1', '-2+3', '@x', '+y', 'line\nbreak'],
    ]),
  ).toBe('\uFEFFa,"b,c","say ""x""",,-5\r\n\'=1+1,\'-2+3,\'@x,\'+y,"line\nbreak"\r\n');
});
