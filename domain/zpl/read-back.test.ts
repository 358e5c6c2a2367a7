// oxlint-disable-next-line no-restricted-imports -- the reader's WebAssembly is a file; only this test reads it
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { ready } from 'zpl-renderer-js';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { parseScan } from '../scanning/parse-scan.ts';
import { type CartonLabelData, cartonLabelTemplate } from './carton-label.ts';
import { type DotsPerMm, renderLabel } from './render-label.ts';
import type { LabelData, LabelTemplate } from './template.ts';

/*
 * The label as a printer would draw it, read back by a bar code reader: what was asked for must come out.
 */
beforeAll(async () => {
  const wasm = await readFile(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});

async function printAndRead(template: LabelTemplate, data: LabelData, dpmm: DotsPerMm) {
  const label = renderLabel(template, data, dpmm);
  const zpl = label.ok ? label.value.zpl : '';
  const { api } = await ready;
  const png = await api.zplToBase64Async(zpl, template.widthMm, template.heightMm, dpmm);
  const codes = await readBarcodes(
    Uint8Array.from(atob(png), (character) => character.charCodeAt(0)),
    {
      tryHarder: true,
      textMode: 'Plain',
    },
  );
  return codes.map(({ symbologyIdentifier, text }) => ({
    raw: symbologyIdentifier + text,
    ...parseScan(symbologyIdentifier + text),
  }));
}

const carton: CartonLabelData = {
  plantName: 'Pumpenwerk Übersee',
  cartonNumber: 'CT-000031',
  materialCode: 'PUMP-40-2',
  materialName: 'Kreiselpumpe 40/2, rostfrei',
  count: '12',
  packedOn: '21.11.2026',
  sscc: '306141410001234561',
};

test.each([8, 12] as const)('the carton label at %i dots/mm carries its SSCC', async (dpmm) => {
  expect(await printAndRead(cartonLabelTemplate, carton, dpmm)).toMatchObject([
    { kind: 'carton', identifier: carton.sscc },
  ]);
});

const item: LabelTemplate = {
  name: 'item',
  widthMm: 100,
  heightMm: 60,
  elements: [
    {
      kind: 'gs1-128',
      xMm: 2,
      yMm: 3,
      widthMm: 96,
      heightMm: 20,
      moduleMm: 0.33,
      elements: [
        { ai: '01', value: '{gtin}' },
        { ai: '10', value: '{lot}' },
        { ai: '21', value: '{serial}' },
      ],
      interpretationMm: 3,
    },
    {
      kind: 'data-matrix',
      xMm: 10,
      yMm: 32,
      moduleMm: 0.6,
      content: {
        elements: [
          { ai: '01', value: '{gtin}' },
          { ai: '10', value: '{lot}' },
          { ai: '21', value: '{serial}' },
        ],
      },
    },
  ],
};

test('lot and serial come apart again, from the bar code and from the matrix', async () => {
  const data = { gtin: '04006381333931', lot: 'L%7_A', serial: 'SN-9' };
  const codes = await printAndRead(item, data, 12);
  expect(codes.map(({ raw }) => raw.slice(0, 3)).toSorted()).toEqual([']C1', ']d2']);
  for (const code of codes) {
    expect(code).toMatchObject({
      kind: 'serial',
      elements: [
        { ai: '01', value: data.gtin },
        { ai: '10', value: data.lot },
        { ai: '21', value: data.serial },
      ],
    });
  }
});

test('a matrix of any text carries it as it is, the escape character too', async () => {
  const text: LabelTemplate = {
    name: 'text',
    widthMm: 50,
    heightMm: 50,
    elements: [{ kind: 'data-matrix', xMm: 10, yMm: 10, moduleMm: 1, content: { text: '{text}' } }],
  };
  const codes = await printAndRead(text, { text: 'WO-000123/20 A|1_B^C' }, 8);
  expect(codes.map(({ raw }) => raw.slice(3))).toEqual(['WO-000123/20 A|1_B^C']);
});
