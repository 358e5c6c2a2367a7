import { hasCheckDigit } from './check-digit.ts';
import { countryLetters, countryNumbers, currencyNumbers } from './code-lists.ts';

/*
 * The content checks that the GS1 Syntax Dictionary names ("linters"): value of a component in, right or
 * wrong out. Not carried over: `couponcode`, `couponposoffer` (North American coupons) and `packagetype`
 * (UN/ECE recommendation 21); their values are held to their character set and length only.
 */

/** What a row of N, X, Y or Z components may hold (General Specifications 7.11; Z: RFC 4648 base64url). */
export const characterSets: Readonly<Record<string, (value: string) => boolean>> = {
  N: (value) => /^\d*$/.test(value),
  X: (value) => /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/.test(value),
  Y: (value) => /^[#\-/0-9A-Z]*$/.test(value),
  Z: (value) => /^[\w-]*={0,2}$/.test(value) && (!value.endsWith('=') || value.length % 3 === 0),
};

const cset82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`;
const cset32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Check character pair of GMN and the like (General Specifications, 7.9.5): primes as weights, mod 1021. */
function hasCheckPair(value: string): boolean {
  if (value.length < 2) return false;
  const body = value.slice(0, -2);
  const weights = primes(body.length);
  let sum = 0;
  for (const [at, character] of [...body].toReversed().entries()) {
    const worth = cset82.indexOf(character);
    if (worth < 0) return false;
    sum += worth * (weights[at] ?? 0);
  }
  sum %= 1021;
  return value.slice(-2) === `${cset32[sum >> 5]}${cset32[sum & 31]}`;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** ISO 13616: country, then mod 97 of the rearranged number is 1. */
function isIban(value: string): boolean {
  if (!/^[A-Z]{2}\d{2}[0-9A-Z]{1,30}$/.test(value)) return false;
  if (!countryLetters.has(value.slice(0, 2)) && !value.startsWith('XK')) return false;
  let rest = 0;
  for (const character of `${value.slice(4)}${value.slice(0, 4)}`) {
    const worth = Number.parseInt(character, 36);
    rest = (rest * (worth > 9 ? 100 : 10) + worth) % 97;
  }
  return rest === 1;
}

function isDate(year: number, month: number, day: number, leastDay: 0 | 1): boolean {
  if (month < 1 || month > 12 || day < leastDay) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= length;
}

/** Two-digit years are of 1951..2050 for as long as this table stands; leap years do not mind the century. */
function isShortDate(value: string, leastDay: 0 | 1): boolean {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(value) ?? [];
  return year !== undefined && isDate(2000 + Number(year), Number(month), Number(day), leastDay);
}

function isLongDate(value: string, leastDay: 0 | 1): boolean {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(value) ?? [];
  return year !== undefined && isDate(Number(year), Number(month), Number(day), leastDay);
}

function isPiece(position: string, total: string): boolean {
  return Number(position) > 0 && Number(total) > 0 && Number(position) <= Number(total);
}

const hour = /^(?:[01]\d|2[0-3])$/;
const sixtieth = /^[0-5]\d$/;

export const linters: Readonly<Record<string, (value: string) => boolean>> = {
  csum: hasCheckDigit,
  csumalpha: hasCheckPair,
  // A company prefix is never shorter than four digits; who holds it only GS1 knows.
  gcppos1: (value) => /^\d{4}/.test(value),
  gcppos2: (value) => /^.\d{4}/.test(value),
  hasnondigit: (value) => /\D/.test(value),
  hh: (value) => hour.test(value),
  hhmi: (value) => value.length === 4 && hour.test(value.slice(0, 2)) && sixtieth.test(value.slice(2)),
  hyphen: (value) => /^-+$/.test(value),
  iban: isIban,
  importeridx: (value) => /^[\w-]$/.test(value),
  iso3166: (value) => countryNumbers.has(value),
  iso3166999: (value) => value === '999' || countryNumbers.has(value),
  iso3166alpha2: (value) => countryLetters.has(value),
  iso4217: (value) => currencyNumbers.has(value),
  iso5218: (value) => /^[0129]$/.test(value),
  latitude: (value) => /^\d{10}$/.test(value) && Number(value) <= 1_800_000_000,
  longitude: (value) => /^\d{10}$/.test(value) && Number(value) <= 3_600_000_000,
  mediatype: (value) => /^(?:0[1-9]|10|[89]\d)$/.test(value),
  mi: (value) => sixtieth.test(value),
  nonzero: (value) => /^\d*[1-9]\d*$/.test(value),
  nozeroprefix: (value) => /^(?:[1-9]\d*)?$/.test(value),
  pcenc: (value) => !/%(?![0-9A-Fa-f]{2})/.test(value),
  pieceoftotal: (value) =>
    /^(?:\d\d)+$/.test(value) && isPiece(value.slice(0, value.length / 2), value.slice(value.length / 2)),
  posinseqslash: (value) => {
    const [, position, end] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(value) ?? [];
    return position !== undefined && end !== undefined && isPiece(position, end);
  },
  ss: (value) => sixtieth.test(value),
  winding: (value) => /^[019]$/.test(value),
  yesno: (value) => /^[01]$/.test(value),
  yymmd0: (value) => isShortDate(value, 0),
  yymmdd: (value) => isShortDate(value, 1),
  yyyymmd0: (value) => isLongDate(value, 0),
  yyyymmdd: (value) => isLongDate(value, 1),
  zero: (value) => /^0+$/.test(value),
};
