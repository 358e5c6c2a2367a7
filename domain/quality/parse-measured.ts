import { accept, type Outcome, refuse } from '../refusal.ts';

export interface Measured {
  readonly value: number;
  /** As written behind the number; absent when there was none. */
  readonly unit?: string;
}

export type MeasuredRefusal =
  | 'measured-empty'
  | 'measured-not-a-number'
  | 'measured-ambiguous'
  | 'measured-too-large';

const largest = 1e12;

/**
 * Reads a value as a person types it or a gauge sends it: `25,03`, `25.03 mm`, `+0012.345`, `01A+00012.345`
 * (Mitutoyo Digimatic), `1.2E-3`. A single comma or point is the decimal mark whatever the language; with
 * both, the last is. Only where the given locale would read a single mark as one of thousands (`1,234` in
 * English) it is refused: wrong by a thousand is worse than asked again.
 *
 * @param locale BCP 47, of the person who typed; leave out for gauges.
 */
export function parseMeasured(text: string, locale?: string): Outcome<Measured, MeasuredRefusal> {
  const trimmed = text
    .trim()
    .replaceAll(/[\u2212\u2013]/g, '-')
    .replace(/^01A(?=[+-])/, '');
  if (trimmed === '') return refuse('measured-empty');
  const match =
    /^([+-]?)\s*([\d.,'\u2019\u00A0\u202F ]*\d[.,]?|\d*[.,]\d+)(?:[eE]([+-]?\d{1,3}))?\s*([^\d\s.,+-][^\d.,+]*)?$/u.exec(
      trimmed,
    );
  const [, sign = '', digits = '', exponent = '0', unit] = match ?? [];
  const plain = match === null ? undefined : toPlainDecimal(digits.trim());
  if (plain === undefined) return refuse('measured-not-a-number', { text });
  if (locale !== undefined && readsAsThousands(digits.trim(), locale))
    return refuse('measured-ambiguous', { text });
  const value = Number(`${sign}${plain}e${exponent}`);
  if (!(Math.abs(value) <= largest)) return refuse('measured-too-large', { text });
  // No negative zero: it would be shown as one.
  return accept({ value: value === 0 ? 0 : value, ...(unit === undefined ? {} : { unit: unit.trim() }) });
}

/** Digits with a point as the decimal mark, groups of thousands joined; undefined when it is no number. */
function toPlainDecimal(digits: string): string | undefined {
  const marks = [...digits.matchAll(/[.,]/g)].map((mark) => mark[0]);
  const last = marks.at(-1);
  const repeated = last !== undefined && marks.filter((mark) => mark === last).length > 1;
  // 1.234.567 has no decimals, 1,234.5 and 1.234,5 do; the last mark is the decimal one unless it comes again.
  const decimalAt = last === undefined || repeated ? digits.length : digits.lastIndexOf(last);
  const whole = digits.slice(0, decimalAt);
  const fraction = digits.slice(decimalAt + 1);
  const grouped = /^\d{1,3}(?:([.,'\u2019\u00A0\u202F ])\d{3})(?:\1\d{3})*$/u.test(whole);
  if (!/^\d*$/.test(whole) && !grouped) return undefined;
  if (!/^\d*$/.test(fraction)) return undefined;
  return `${whole.replaceAll(/\D/g, '') || '0'}.${fraction || '0'}`;
}

function readsAsThousands(digits: string, locale: string): boolean {
  const [, mark] = /^[1-9]\d{0,2}([.,])\d{3}$/.exec(digits) ?? [];
  if (mark === undefined) return false;
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.8);
  return parts.some((part) => part.type === 'group' && part.value === mark);
}
