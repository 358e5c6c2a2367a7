import { expect, test } from 'vitest';

import { isIdle, notReadyCode, parseZebraStatus, takeStatusStrings } from '#native/printers/zebra-status';

// As a ZT410 answers: ready, 203 dpi, thermal transfer.
const ready =
  '\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n';

test('a ready printer', () => {
  const strings = takeStatusStrings(ready);
  const status = strings && parseZebraStatus(strings);
  expect(status).toMatchObject({ labelLengthDots: 1245, formatsInBuffer: 0, thermalTransfer: true });
  expect(status && notReadyCode(status)).toBeUndefined();
  expect(status && isIdle(status)).toBe(true);
});

test.each([
  [1, 'paper-out'],
  [2, 'paused'],
  [5, 'buffer-full'],
  [6, 'diagnostic-mode'],
  [9, 'corrupt-ram'],
  [10, 'under-temperature'],
  [11, 'over-temperature'],
])('field %i of the first string is %s', (index, code) => {
  const [first = '', second = '', third = ''] = takeStatusStrings(ready) ?? [];
  const fields = first.split(',');
  fields[index] = '1';
  const status = parseZebraStatus([fields.join(','), second, third]);
  expect(status && notReadyCode(status)).toBe(code);
});

test.each([
  [2, 'head-open'],
  [3, 'ribbon-out'],
])('field %i of the second string is %s', (index, code) => {
  const [first = '', second = '', third = ''] = takeStatusStrings(ready) ?? [];
  const fields = second.split(',');
  fields[index] = '1';
  const status = parseZebraStatus([first, fields.join(','), third]);
  expect(status && notReadyCode(status)).toBe(code);
});

test('half an answer is not an answer, and another machine on the port is not a printer', () => {
  for (let length = 0; length < ready.length - 3; length += 1) {
    expect(takeStatusStrings(ready.slice(0, length))).toBeUndefined();
  }
  expect(parseZebraStatus(['a,b', 'c', 'd'])).toBeUndefined();
  expect(
    parseZebraStatus((takeStatusStrings(ready) ?? []).map((text) => text.replace('0,0,1245', '7,0,1245'))),
  ).toBe(undefined);
});
