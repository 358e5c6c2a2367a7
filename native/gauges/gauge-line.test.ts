import { expect, test } from 'vitest';

import { parseGaugeLine } from '#native/gauges/gauge-line';

test.each([
  ['01A+00012.345', { value: 12.345, decimals: 3 }],
  ['01A-00000.010', { value: -0.01, decimals: 3 }],
  ['12.345 mm', { value: 12.345, decimals: 3, unit: 'mm' }],
  ['12.345mm', { value: 12.345, decimals: 3, unit: 'mm' }],
  ['  -0,012  ', { value: -0.012, decimals: 3 }],
  ['+ 1.50 in', { value: 1.5, decimals: 2, unit: 'in' }],
  ['0.5 "', { value: 0.5, decimals: 1, unit: 'in' }],
  ['.25', { value: 0.25, decimals: 2 }],
  ['7', { value: 7, decimals: 0 }],
  ['3 um', { value: 3, decimals: 0, unit: 'µm' }],
  ['3 \u00b5m', { value: 3, decimals: 0, unit: 'µm' }],
  ['3 \u03bcm', { value: 3, decimals: 0, unit: 'µm' }],
  ['21.5 °C', { value: 21.5, decimals: 1, unit: '°C' }],
])('%s is a reading', (line, reading) => {
  expect(parseGaugeLine(line)).toEqual({ ok: true, reading });
});

test.each([
  ['', 'not-a-reading'],
  ['----', 'not-a-reading'],
  ['ERR', 'not-a-reading'],
  ['12.3.4', 'not-a-reading'],
  ['1,234.5', 'not-a-reading'],
  ['12.345 12.346', 'not-a-reading'],
  ['01A+00012.345 mm', 'not-a-reading'],
  ['1e5', 'unknown-unit'],
  ['12 furlongs', 'unknown-unit'],
  ['12 constructor', 'unknown-unit'],
  ['911', 'gauge-error'],
])('%s is not a reading', (line, reason) => {
  expect(parseGaugeLine(line)).toEqual({ ok: false, reason });
});

test('911 is a number where the gauge is known to write plain numbers', () => {
  expect(parseGaugeLine('911', 'plain')).toEqual({ ok: true, reading: { value: 911, decimals: 0 } });
  expect(parseGaugeLine('12.3', 'digimatic')).toEqual({ ok: false, reason: 'not-a-reading' });
});
