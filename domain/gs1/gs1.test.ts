import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applicationIdentifier } from './application-identifiers.ts';
import { applicationIdentifierTable } from './application-identifier-table.ts';
import { buildSscc, checkDigit, hasCheckDigit, parseGtin, parseSscc } from './check-digit.ts';
import {
  bracketed,
  checkAssociations,
  encodeElementString,
  groupSeparator,
  parseBracketed,
  parseElementString,
} from './element-strings.ts';
import { characterSets, linters } from './linters.ts';
import vectors from './vectors.fixture.json' with { type: 'json' };

const carets = (data: string) => data.replaceAll(groupSeparator, '^');

describe("GS1's own vectors", () => {
  test.each(vectors.elementStrings)('element string $data: $ok', ({ data, ok }) => {
    // Theirs begins with FNC1 as ^; here a caret in the data stands for 0x1D too.
    expect(parseElementString(data.replaceAll('^', groupSeparator)).ok && data.startsWith('^')).toBe(
      ok === 'true',
    );
  });
  test.each(vectors.bracketed)('bracketed $ai: $ok', ({ ai, ok, expect: encoded }) => {
    const read = parseBracketed(ai);
    expect(read.ok).toBe(ok === 'true');
    const written = read.ok ? encodeElementString(read.value) : read;
    expect(written.ok ? `^${carets(written.value)}` : '').toBe(encoded);
  });
  test.each(vectors.associations)('$fn $data: $ok', ({ data, ok }) => {
    const read = parseBracketed(data);
    expect(read.ok && checkAssociations(read.value).ok).toBe(ok === 'true');
  });
  const sets: Record<string, string> = { csetnumeric: 'N', cset82: 'X', cset39: 'Y', cset64: 'Z' };
  // Their gcppos vectors need the registry of prefixes.
  const offline = Object.entries(vectors.linters).filter(([name]) => !name.startsWith('gcppos'));
  test.each(offline)('%s', (name, { pass, fail }) => {
    const judge = linters[name] ?? characterSets[sets[name] ?? ''];
    expect(pass.filter((value) => judge?.(value) !== true)).toEqual([]);
    expect(fail.filter((value) => judge?.(value) !== false)).toEqual([]);
  });
});

test('every check that the table names is known or set aside on purpose', () => {
  const named = [...applicationIdentifierTable.matchAll(/ [[]?[NXYZ][.\d]+\]?((?:,[a-z]\w*)+)/g)]
    .flatMap((match) => (match[1] ?? '').split(','))
    .filter(Boolean);
  const unknown = [...new Set(named)].filter((name) => linters[name] === undefined);
  expect(unknown.toSorted()).toEqual(['couponcode', 'couponposoffer', 'packagetype']);
});

describe('keys', () => {
  test('check digits of the General Specifications', () => {
    expect(checkDigit('629104150021')).toBe(3);
    expect(checkDigit('37610425002123456')).toBe(9);
    expect(hasCheckDigit('0')).toBe(false);
  });
  test('an SSCC is built, and read in every form in which it is written', () => {
    const built = buildSscc({ extensionDigit: 3, companyPrefix: '0614141', serialReference: 123_456 });
    expect(built).toEqual({ ok: true, value: '306141410001234561' });
    for (const text of ['306141410001234561', '00306141410001234561', '(00) 3 0614141 000123456 1']) {
      expect(parseSscc(text)).toEqual(built);
    }
  });
  test('a wrong digit is told with the right one', () => {
    expect(parseSscc('306141410001234560')).toMatchObject({
      refusal: { reason: 'gs1-check-digit', values: { expected: '1', found: '0' } },
    });
    expect(parseSscc('12345')).toMatchObject({ refusal: { reason: 'gs1-key-length' } });
  });
  test('numbers that the prefix leaves no room for are refused, not cut', () => {
    const parts = { extensionDigit: 0, companyPrefix: '061414112345', serialReference: 10_000 };
    expect(buildSscc(parts)).toMatchObject({ refusal: { reason: 'sscc-exhausted' } });
    expect(buildSscc({ ...parts, companyPrefix: '12' })).toMatchObject({
      refusal: { reason: 'gs1-company-prefix' },
    });
  });
  test('GTINs of all lengths become 14 digits', () => {
    expect(parseGtin('4006381333931')).toEqual({ ok: true, value: '04006381333931' });
    expect(parseGtin('96385074')).toEqual({ ok: true, value: '00000096385074' });
    expect(parseGtin('4006381333932').ok).toBe(false);
  });
  test('any single wrong digit in an SSCC is found', () => {
    fc.assert(
      fc.property(
        fc.nat(999_999_999),
        fc.nat(17),
        fc.integer({ min: 1, max: 9 }),
        (serialReference, place, by) => {
          const built = buildSscc({ extensionDigit: 1, companyPrefix: '0614141', serialReference });
          const sscc = built.ok ? built.value : '';
          const wrong = (Number(sscc[place]) + by) % 10;
          expect(hasCheckDigit(sscc)).toBe(true);
          expect(hasCheckDigit(sscc.slice(0, place) + wrong + sscc.slice(place + 1))).toBe(false);
        },
      ),
    );
  });
});

test('what is encoded reads back, in both forms', () => {
  const cset82 = fc.string({
    unit: fc.constantFrom(...`AZaz09!"%&'()*+,-./:;<=>?_`),
    minLength: 1,
    maxLength: 20,
  });
  const digits = (length: number) =>
    fc.array(fc.nat(9), { minLength: length, maxLength: length }).map((list) => list.join(''));
  const element = fc.oneof(
    fc.record({ ai: fc.constantFrom('10', '21', '400'), value: cset82 }),
    fc
      .record({ ai: fc.constantFrom('3102', '20'), value: digits(6) })
      .map((one) => (one.ai === '20' ? { ...one, value: one.value.slice(0, 2) } : one)),
    digits(13)
      .map((body) => ({ ai: '01', value: `${body}${checkDigit(body)}` }))
      .filter(({ value }) => !value.startsWith('(')),
  );
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), (elements) => {
      const encoded = encodeElementString(elements);
      expect(parseElementString(encoded.ok ? encoded.value : '')).toEqual({ ok: true, value: elements });
      expect(parseBracketed(bracketed(elements))).toEqual({ ok: true, value: elements });
    }),
  );
});

test('any text at all is answered, never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123489AB()\\\u001D ^\u00e9') }), (text) => {
      expect(
        [parseElementString(text).ok, parseBracketed(text).ok].every((ok) => typeof ok === 'boolean'),
      ).toBe(true);
    }),
  );
});

test('titles and separators come from the dictionary', () => {
  expect(applicationIdentifier('3105')).toMatchObject({ title: 'NET WEIGHT (kg)', predefinedLength: true });
  expect(applicationIdentifier('10')).toMatchObject({
    title: 'BATCH/LOT',
    predefinedLength: false,
    maxLength: 20,
  });
  expect(applicationIdentifier('89')).toBeUndefined();
});
