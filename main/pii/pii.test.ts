import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPii } from './pii.ts';

const counting = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
const other = Buffer.alloc(32, 7);
const first = { current: 1, keys: new Map([[1, counting]]) };
const place = 'identity.users/email';
const pii = createPii(first);
const reason = (code: string) =>
  expect.objectContaining({ shape: expect.objectContaining({ reason: code }) });

describe('known answers', () => {
  // Made by another implementation: RFC 5869 from hmac and hashlib, GCM of pyca/cryptography.
  test('a cipher under a given key and nonce', () => {
    const nonce = Buffer.from(Array.from({ length: 12 }, (_, at) => 100 + at));
    expect(
      createPii(first, () => nonce)
        .encrypt('ann@example.com', place)
        .toString('hex'),
    ).toBe('0100016465666768696a6b6c6d6e6f7e8edf4dade978812febeb47e2c42371a0765b2d3a082d52ab1cd0e3d3bf43');
  });

  test('blind indexes', () => {
    expect(pii.blindIndex('email', ' Ann@Example.com').toString('hex')).toBe(
      '881fc7aeefb8c356f26825e01ade52f08057240d9a7af51488c640f3187cb511',
    );
    expect(pii.blindIndex('phone', '0046 70-123 45 67').toString('hex')).toBe(
      '11fa06144e8075a55c8207b5e5c8692d3cad33ccf16d2a4ef266b2fa4bf6cc13',
    );
  });
});

test('what was written is read, and is as long as the columns allow', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
      const cipher = pii.encrypt(text, place);
      expect(pii.decrypt(cipher, place)).toBe(text);
      expect(cipher.length).toBeGreaterThanOrEqual(32);
    }),
  );
});

test('the same text never looks the same', () => {
  const ciphers = Array.from({ length: 100 }, () => pii.encrypt('ann@example.com', place).toString('hex'));
  expect(new Set(ciphers).size).toBe(100);
});

test('a change of any bit is found', () => {
  const cipher = pii.encrypt('+46 70 123 45 67', place);
  for (let bit = 0; bit < cipher.length * 8; bit += 1) {
    const changed = Buffer.from(cipher);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => pii.decrypt(changed, place), `bit ${bit}`).toThrow(/error\.pii-/);
  }
});

test('a cut, an empty and a moved cipher do not open', () => {
  const cipher = pii.encrypt('ann@example.com', place);
  for (let length = 0; length < cipher.length; length += 1) {
    expect(() => pii.decrypt(cipher.subarray(0, length), place)).toThrow(reason('error.pii-unreadable'));
  }
  expect(() => pii.decrypt(cipher, 'org.stores/email')).toThrow(reason('error.pii-unreadable'));
});

describe('with another key', () => {
  test('of the same version nothing opens, and nothing is found', () => {
    const stranger = createPii({ current: 1, keys: new Map([[1, other]]) });
    expect(() => stranger.decrypt(pii.encrypt('ann', place), place)).toThrow(reason('error.pii-unreadable'));
    expect(stranger.blindIndex('text', 'ann')).not.toEqual(pii.blindIndex('text', 'ann'));
  });

  test('of an unknown version the missing one is named', () => {
    const later = createPii({ current: 2, keys: new Map([[2, other]]) });
    expect(() => pii.decrypt(later.encrypt('ann', place), place)).toThrow(
      expect.objectContaining({
        shape: expect.objectContaining({ reason: 'error.pii-key-unknown', values: { version: 2 } }),
      }),
    );
  });

  test('added, the old is still read and found, and the new is written', () => {
    const before = pii.encrypt('ann@example.com', place);
    const rotated = createPii({
      current: 2,
      keys: new Map([
        [1, counting],
        [2, other],
      ]),
    });
    expect(rotated.decrypt(before, place)).toBe('ann@example.com');
    expect([rotated.isCurrent(before), rotated.isCurrent(rotated.encrypt('ann', place))]).toEqual([
      false,
      true,
    ]);
    expect(rotated.blindIndexes('email', 'ann@example.com')).toEqual([
      rotated.blindIndex('email', 'ann@example.com'),
      pii.blindIndex('email', 'ann@example.com'),
    ]);
  });
});

test('an index tells kinds apart', () => {
  expect(pii.blindIndex('email', 'ann')).not.toEqual(pii.blindIndex('text', 'ann'));
});
