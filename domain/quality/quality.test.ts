import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, summarize } from './judge.ts';
import { parseMeasured } from './parse-measured.ts';

describe('judging', () => {
  const limits = { lsl: 24.95, usl: 25.05, target: 25 };
  test('on a limit is inside, beyond it is outside by how much', () => {
    expect(judge(25.05, limits)).toEqual({ verdict: 'inside', deviation: 0.05 });
    expect(judge(25.1, limits)).toEqual({
      verdict: 'outside',
      side: 'above',
      distance: 0.05,
      deviation: 0.1,
    });
    expect(judge(24.9, limits)).toMatchObject({ verdict: 'outside', side: 'below', distance: 0.05 });
  });
  test('with one limit, or none', () => {
    expect(judge(-1e9, { usl: 3 })).toEqual({ verdict: 'inside' });
    expect(judge(2, { lsl: 3 })).toMatchObject({ side: 'below', distance: 1 });
    expect(judge(2, {})).toEqual({ verdict: 'inside' });
  });
  test('what cannot be judged is a bug, not an inside', () => {
    expect(() => judge(Number.NaN, limits)).toThrow(RangeError);
    expect(() => judge(1, { lsl: 2, usl: 1 })).toThrow(RangeError);
  });
  test('a subgroup as it is shown', () => {
    expect(summarize([25.1, 25, 25.2])).toMatchObject({ count: 3, range: 0.2, smallest: 25, largest: 25.2 });
    expect(summarize([])).toBeUndefined();
  });
});

describe('reading a value', () => {
  test.each([
    ['25.03', 25.03, undefined],
    ['25,03', 25.03, undefined],
    [' 25,03 mm ', 25.03, 'mm'],
    ['+0012.345', 12.345, undefined],
    ['-0,5', -0.5, undefined],
    ['\u22120.5', -0.5, undefined],
    ['01A+00012.345', 12.345, undefined],
    ['01A-00000.007', -0.007, undefined],
    ['- 12.34 g', -12.34, 'g'],
    ['1.2E-3', 0.0012, undefined],
    ['7.5e2 N', 750, 'N'],
    ['.5', 0.5, undefined],
    ['5.', 5, undefined],
    ['1,234.5', 1234.5, undefined],
    ['1.234,5', 1234.5, undefined],
    ["1'234.5 µm", 1234.5, 'µm'],
    ['1.234.567', 1_234_567, undefined],
    ['3 %', 3, '%'],
    ['21.5°C', 21.5, '°C'],
    ['12 N·m', 12, 'N·m'],
    ['-0', 0, undefined],
  ])('%s', (text, value, unit) => {
    expect(parseMeasured(text)).toEqual({
      ok: true,
      value: unit === undefined ? { value } : { value, unit },
    });
  });
  test.each([
    ['', 'measured-empty'],
    ['abc', 'measured-not-a-number'],
    ['25.03.1', 'measured-not-a-number'],
    ['1,23,4', 'measured-not-a-number'],
    ['12 34', 'measured-not-a-number'],
    ['5 mm 3', 'measured-not-a-number'],
    ['--5', 'measured-not-a-number'],
    ['NaN', 'measured-not-a-number'],
    ['Infinity', 'measured-not-a-number'],
    ['1e300', 'measured-too-large'],
  ])('%s is refused', (text, reason) => {
    expect(parseMeasured(text)).toMatchObject({ ok: false, refusal: { reason } });
  });
  test('a mark that the language takes for thousands is asked again, from a person only', () => {
    expect(parseMeasured('1,234', 'en')).toMatchObject({ refusal: { reason: 'measured-ambiguous' } });
    expect(parseMeasured('1.234', 'de')).toMatchObject({ refusal: { reason: 'measured-ambiguous' } });
    expect(parseMeasured('1,234', 'de')).toMatchObject({ value: { value: 1.234 } });
    expect(parseMeasured('0,234', 'en')).toMatchObject({ value: { value: 0.234 } });
    expect(parseMeasured('1,234')).toMatchObject({ value: { value: 1.234 } });
  });
  test('what is written comes back, in English and in German', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((one) => Number(one.toFixed(4)) + 0);
    fc.assert(
      fc.property(value, fc.constantFrom('en', 'de', 'fr', 'de-CH'), (one, locale) => {
        const written = new Intl.NumberFormat(locale, { minimumFractionDigits: 4 }).format(one);
        expect(parseMeasured(written, locale)).toEqual({ ok: true, value: { value: one } });
      }),
    );
  });
  test('any text is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,+-eE mA ') }), (text) => {
        const read = parseMeasured(text);
        expect(!read.ok || Number.isFinite(read.value.value)).toBe(true);
      }),
    );
  });
});
