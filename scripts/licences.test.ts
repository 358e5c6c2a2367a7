import { expect, test } from 'vitest';
import { chooseLicence } from './licences.ts';

test.each([
  ['MIT', 'MIT'],
  ['MIT AND BSD-3-Clause', 'MIT AND BSD-3-Clause'],
  ['(MIT OR CC0-1.0)', 'MIT (chosen from MIT OR CC0-1.0)'],
  ['GPL-3.0-or-later OR EPL-2.0', 'EPL-2.0 (chosen from GPL-3.0-or-later OR EPL-2.0)'],
])('%s is carried as %s', (declared, chosen) => {
  expect(chooseLicence(declared)).toBe(chosen);
});

test.each([
  'GPL-3.0-only',
  'AGPL-3.0',
  'MIT AND GPL-2.0-only',
  'SEE LICENSE IN LICENSE',
  'UNLICENSED',
  '',
  null,
])('%s is not carried', (declared) => {
  expect(chooseLicence(declared)).toBeNull();
});
