import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CartonLabelData, cartonLabelTemplate } from './carton-label.ts';
import { fieldData } from './field-data.ts';
import { renderLabel } from './render-label.ts';
import type { LabelElement, LabelTemplate } from './template.ts';

const carton: CartonLabelData = {
  plantName: 'Pumps North',
  cartonNumber: 'CT-000031',
  materialCode: 'PUMP-40-2',
  materialName: 'Centrifugal pump',
  count: '12',
  packedOn: '21 Nov 2026',
  sscc: '306141410001234561',
};
const label = (...elements: LabelElement[]): LabelTemplate => ({
  name: 'test',
  widthMm: 60,
  heightMm: 40,
  elements,
});
const zplOf = (result: ReturnType<typeof renderLabel>) =>
  result.ok ? result.value.zpl : result.refusal.reason;
const text = (more: object = {}): LabelElement => ({
  kind: 'text',
  xMm: 1,
  yMm: 1,
  sizeMm: 4,
  widthMm: 50,
  text: '{a}',
  ...more,
});
const barcode = (value: string, more: object = {}): LabelElement => ({
  kind: 'gs1-128',
  xMm: 0,
  yMm: 5,
  widthMm: 60,
  heightMm: 10,
  moduleMm: 0.25,
  elements: [
    { ai: '10', value },
    { ai: '21', value: '7' },
  ],
  ...more,
});

/** The commands of a piece of ZPL, field data left out, as a printer splits them. */
const commandsOf = (zpl: string) => [...zpl.matchAll(/[\^~]([A-Z@][A-Z0-9@])/g)].map(([command]) => command);

test('a carton label is one copy, UTF-8, never reprinted by itself, with its SSCC', () => {
  const result = renderLabel(cartonLabelTemplate, carton);
  expect(result).toMatchObject({ ok: true, value: { widthMm: 100, heightMm: 150, dpmm: 8 } });
  const lines = zplOf(result).trim().split('\n');
  expect(lines.slice(0, 6)).toEqual(['^XA', '^CI28', '^PW800', '^LL1200', '^LH0,0', '^JZN']);
  expect(lines.slice(-2)).toEqual(['^PQ1,0,0,N', '^XZ']);
  expect(zplOf(result)).toContain('^BCN,272,N,N,N,D^FH_^FD(00)306141410001234561^FS');
});

test('at 12 dots/mm the same places are other dots', () => {
  expect(zplOf(renderLabel(cartonLabelTemplate, carton, 12))).toContain('^PW1200\n^LL1800');
});

test('no value, whatever it holds, adds or changes a command', () => {
  const nasty = fc.string({ unit: fc.constantFrom(...'^~_XZFDS\\|{}>,abÜ€漢\u{1F4A3}'), maxLength: 40 });
  const any = fc
    .oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 }))
    .filter((value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value));
  const template = label(text({ overflow: 'ellipsis' }), {
    kind: 'data-matrix',
    xMm: 1,
    yMm: 10,
    moduleMm: 0.5,
    content: { text: '{a}' },
  });
  const quiet = commandsOf(zplOf(renderLabel(template, { a: 'quiet' })));
  fc.assert(
    fc.property(any, (value) => {
      const zpl = zplOf(renderLabel(template, { a: value }));
      expect(commandsOf(zpl)).toEqual(quiet);
      // Nothing but printable ASCII reaches the wire, and no prefix character but ours.
      expect(zpl).toMatch(/^[\n -~]*$/);
      expect(zpl.split(/[\^~]/).length - 1).toBe(quiet.length);
    }),
  );
});

test('field data is written so that it reads back byte for byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const [, data = ''] = /\^FD(.*)\^FS$/s.exec(fieldData(value)) ?? [];
      expect(decodeURIComponent(data.replaceAll('%', '%25').replaceAll('_', '%'))).toBe(value.toWellFormed());
    }),
  );
});

describe('a label that would be wrong is refused', () => {
  test.each([
    ['a field without a value', label(text()), {}, 'label-field-missing'],
    ['a field that only every object has', label(text({ text: '{constructor}' })), {}, 'label-field-missing'],
    ['a line break', label(text()), { a: 'A\nB' }, 'label-control-characters'],
    [
      'a number that does not fit',
      label(text({ widthMm: 10 })),
      { a: '306141410001234561' },
      'label-text-too-long',
    ],
    ['a wrong check digit', cartonLabelTemplate, { ...carton, sscc: '306141410001234560' }, 'gs1-bad-value'],
    ['a lot with a parenthesis', label(barcode('{a}')), { a: 'L(7' }, 'label-barcode-character'],
    ['a lot that GS1 cannot write', label(barcode('{a}')), { a: 'L 7' }, 'gs1-bad-characters'],
    [
      'bars below two dots',
      label(barcode('{a}', { widthMm: 30 })),
      { a: 'ABCDEFGHIJ0123456789' },
      'label-barcode-too-wide',
    ],
  ])('%s', (_, template, data, reason) => {
    const result = renderLabel(template, data as Record<string, string>);
    expect(result.ok ? 'printed' : result.refusal.reason).toBe(reason);
  });
  test('a value with braces is a value, not another field', () => {
    expect(zplOf(renderLabel(label(text()), { a: '{b}' }))).toContain('_7Bb_7D');
  });
});

test('text is narrowed to fit, then shortened where that is allowed', () => {
  expect(zplOf(renderLabel(label(text({ widthMm: 12 })), { a: 'ABCDE' }))).toMatch(
    /\^A0N,32,(2[0-9]|3[01])\^FH/,
  );
  const zpl = zplOf(
    renderLabel(label(text({ widthMm: 12, overflow: 'ellipsis' })), { a: 'Centrifugal pump' }),
  );
  expect(zpl).toMatch(/\^FDC[a-z]+_E2_80_A6\^FS/);
});

test('a backslash is itself, also in a block that is set to the right', () => {
  expect(zplOf(renderLabel(label(text()), { a: 'A\\B' }))).toContain('^FDA_5CB^FS');
  expect(zplOf(renderLabel(label(text({ align: 'right' })), { a: 'A\\B' }))).toContain(
    '^FB400,1,0,R,0^FH_^FDA_5C_5CB^FS',
  );
});

test('bars of an SSCC are as wide as GS1 asks of a logistic unit, at both densities', () => {
  expect(zplOf(renderLabel(cartonLabelTemplate, carton))).toContain('^BY4\n^FO88,');
  expect(zplOf(renderLabel(cartonLabelTemplate, carton, 12))).toContain('^BY6\n');
});

test('FNC1 stands after a value of open length, not after the last', () => {
  expect(zplOf(renderLabel(label(barcode('L7')), {}))).toContain('^FD(10)L7_3E8(21)7^FS');
});
