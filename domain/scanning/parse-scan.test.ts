import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../gs1/vectors.fixture.json' with { type: 'json' };
import { decideAction, naturalAction, statusAfter } from './operation-action.ts';
import { parseScan } from './parse-scan.ts';

const gs = '\u001D';
const reason = (raw: string) => {
  const code = parseScan(raw);
  return code.kind === 'unknown' ? code.refusal.reason : code.kind;
};

describe('travellers', () => {
  test('an operation, and what to do with it', () => {
    expect(parseScan('WO-000123/20')).toEqual({
      kind: 'operation',
      identifier: 'WO-000123/20',
      code: 'WO-000123/20',
      workOrderNumber: 'WO-000123',
      operationNumber: 20,
    });
    expect(parseScan('WO-000123/20-2/START')).toMatchObject({
      code: 'WO-000123/20-2',
      operationNumber: 20,
      action: 'start',
    });
    expect(parseScan('WO-000123/20/COMPLETE')).toMatchObject({ code: 'WO-000123/20', action: 'complete' });
  });
  test('typed in small letters, with a terminator, with a symbology identifier or a leading zero', () => {
    for (const raw of ['wo-000123/20\r\n', '  WO-000123/20\t', ']C0WO-000123/20', 'WO-000123/020']) {
      expect(parseScan(raw)).toMatchObject({ kind: 'operation', code: 'WO-000123/20' });
    }
  });
  test('a work order alone, and an action that is none, are told apart from nonsense', () => {
    expect(reason('WO-000123')).toBe('scan-work-order-alone');
    expect(reason('WO-000123/20/EXPLODE')).toBe('scan-unknown-action');
    expect(reason('hello')).toBe('scan-unknown');
    expect(reason(' \r\n')).toBe('scan-empty');
  });
});

describe('lots, serials, cartons', () => {
  test.each([
    ['LOT-2026-0042', 'lot', 'LOT-2026-0042'],
    ['sn-000017', 'serial', 'SN-000017'],
    ['CT-000031', 'carton', 'CT-000031'],
    ['00306141410001234561', 'carton', '306141410001234561'],
    ['306141410001234561', 'carton', '306141410001234561'],
    [']C100306141410001234561', 'carton', '306141410001234561'],
    ['(00) 306141410001234561', 'carton', '306141410001234561'],
    [`]d2010400638133393110LOT-7${gs}21SN-9`, 'serial', 'SN-9'],
    [`010400638133393110lot-7`, 'lot', 'lot-7'],
    ['(01)04006381333931(10)A(B', 'unknown', '(01)04006381333931(10)A(B'],
    ['4006381333931', 'gs1', '04006381333931'],
    [']E04006381333931', 'gs1', '04006381333931'],
    [`${gs}10A${gs}21B`, 'serial', 'B'],
  ])('%s is a %s', (raw, kind, identifier) => {
    expect(parseScan(raw)).toMatchObject({ kind, identifier });
  });
  test('a wrong check digit is refused, not taken for something else', () => {
    expect(reason('00306141410001234560')).toBe('gs1-check-digit');
    expect(reason('4006381333932')).toBe('gs1-check-digit');
    expect(reason(']C100306141410001234560')).toBe('gs1-bad-value');
  });
  test("GS1's own scans of element strings", () => {
    const ours = vectors.scans.filter(({ sym }) =>
      ['QR', 'DM', 'DotCode', 'DataBarExpanded', 'GS1_128_CCA'].includes(sym),
    );
    const elementScans = ours.filter(({ scan }) => /^\](?:C1|d2|Q3|e0|J1)/.test(scan));
    expect(elementScans.length).toBeGreaterThan(3);
    for (const { scan, data } of elementScans) {
      const read = parseScan(scan);
      const elements = read.kind === 'unknown' || read.kind === 'operation' ? [] : read.elements;
      expect(elements.map(({ ai, value }) => ai + value).join('')).toBe(data.replaceAll('^', ''));
    }
    const bad = vectors.scans.filter(
      ({ ok, scan }) => ok === 'false' && /^\](?:C1|d2|Q3|e0|J1|E0|E4)/.test(scan),
    );
    expect(bad.map(({ scan }) => parseScan(scan).kind)).toEqual(bad.map(() => 'unknown'));
  });
});

test('control characters are shown and refused, also those that turn text round', () => {
  expect(parseScan('WO-1\u0000/20')).toMatchObject({ kind: 'unknown', identifier: 'WO-1\u2400/20' });
  expect(parseScan('LOT-\u202E7')).toMatchObject({ kind: 'unknown', identifier: 'LOT-U+202E7' });
  expect(reason('LOT-1\r\nLOT-2')).toBe('scan-control-characters');
  expect(reason('A'.repeat(500))).toBe('scan-too-long');
});

test('any bytes are answered, and what is shown holds nothing hidden', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: fc.constantFrom(...`WO-/0123LTSN()]CdQ\u001D\r`) }),
      ),
      (raw) => {
        expect(parseScan(raw).identifier).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      },
    ),
  );
});

describe('what a scan does', () => {
  test('the natural next step', () => {
    expect(
      (['planned', 'ready', 'running', 'paused', 'completed', 'cancelled'] as const).map(naturalAction),
    ).toEqual(['start', 'start', 'pause', 'resume', undefined, undefined]);
  });
  test.each([
    ['paused', 'start', 'resume'],
    ['running', 'complete', 'complete'],
    ['paused', 'complete', 'complete'],
    ['running', 'pause', 'pause'],
    ['running', 'start', 'operation-already-running'],
    ['paused', 'pause', 'operation-already-paused'],
    ['ready', 'complete', 'operation-not-started'],
    ['ready', 'pause', 'operation-not-started'],
    ['ready', 'resume', 'operation-not-started'],
    ['completed', 'start', 'operation-finished'],
    ['cancelled', undefined, 'operation-finished'],
  ] as const)('%s, asked to %s: %s', (status, requested, expected) => {
    const decided = decideAction(status, requested);
    expect(decided.ok ? decided.value : decided.refusal.reason).toBe(expected);
  });
  test('leads to the status that it names', () => {
    expect((['start', 'pause', 'resume', 'complete'] as const).map(statusAfter)).toEqual([
      'running',
      'paused',
      'running',
      'completed',
    ]);
  });
});
