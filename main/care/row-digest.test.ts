import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowDigest } from './row-digest.ts';

const digestOf = (...blocks: readonly string[][]) => {
  const digest = rowDigest();
  for (const block of blocks) digest.add(Buffer.from(block.map((row) => `${row}\n`).join('')));
  return digest.hex();
};

test('it is the sum of the hashes of the rows', () => {
  const sum = ['a', 'b', 'b']
    .map((row) => {
      const littleEndian = createHash('sha256').update(row).digest().toReversed();
      return BigInt(`0x${Buffer.from(littleEndian).toString('hex')}`);
    })
    .reduce((one, other) => (one + other) % 2n ** 256n);
  expect(digestOf(['a', 'b'], ['b'])).toBe(sum.toString(16).padStart(64, '0'));
});

test('order and blocks do not matter; any row lost, doubled or changed does', () => {
  const row = fc.string().map((text) => text.replaceAll('\n', ' '));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), fc.nat(), row, (rows, at, other) => {
      const whole = digestOf(rows);
      const index = at % rows.length;
      expect(digestOf(rows.slice(index), rows.slice(0, index).toReversed())).toBe(whole);
      expect(digestOf(rows.toSpliced(index, 1))).not.toBe(whole);
      expect(digestOf([...rows, rows[index] ?? ''])).not.toBe(whole);
      if (other !== rows[index]) expect(digestOf(rows.with(index, other))).not.toBe(whole);
    }),
  );
});

test('a block that ends within a row is refused', () => {
  expect(() => rowDigest().add(Buffer.from('a\nb'))).toThrow('does not end with a row');
});
