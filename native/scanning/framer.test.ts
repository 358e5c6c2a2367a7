import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createDuplicateWindow } from '#native/scanning/duplicate-window';
import { createFramer } from '#native/scanning/framer';
import type { Frame, Framing } from '#native/scanning/framer';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

function framesOf(framing: Framing, ...chunks: (string | Uint8Array)[]): Frame[] {
  const framer = createFramer(framing);
  return chunks.flatMap((chunk) => framer.push(typeof chunk === 'string' ? bytesOf(chunk) : chunk));
}

function codesOf(frames: Frame[]): string[] {
  return frames.map((frame) => (frame.kind === 'code' ? frame.code : `!${frame.reason}`));
}

function malformedText(frame: Frame | undefined): string | undefined {
  return frame?.kind === 'malformed' ? Buffer.from(frame.bytes).toString('utf8') : undefined;
}

/** Cuts bytes at random places; the cuts come from fast-check, so that a failure shrinks. */
function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const length = Math.max(1, cuts[turn % cuts.length] ?? 1);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 });
const code = fc.string({ unit: fc.constantFrom(...'ABCXYZ0189-/é\u001d'), minLength: 1, maxLength: 24 });

const framings: { name: string; framing: Framing; wrap: (code: string) => string }[] = [
  { name: 'CR', framing: { end: { kind: 'line' } }, wrap: (code) => `${code}\r` },
  { name: 'LF', framing: { end: { kind: 'line' } }, wrap: (code) => `${code}\n` },
  { name: 'CR LF', framing: { end: { kind: 'line' } }, wrap: (code) => `${code}\r\n` },
  {
    name: 'two-byte terminator, STX and ETX',
    framing: { end: { kind: 'terminator', terminator: '\r\n' }, prefix: '\x02', suffix: '\x03' },
    wrap: (code) => `\x02${code}\x03\r\n`,
  },
];

describe('framer', () => {
  test('10,000 codes split at random bytes, 5 % doubled: none merged, none lost, none doubled', () => {
    for (const { framing, wrap } of framings) {
      fc.assert(
        fc.property(cuts, fc.integer(), (cuts, seed) => {
          const isDouble = (index: number): boolean => (index * 7919 + seed) % 20 === 0;
          const sent = Array.from(
            { length: 10_000 },
            (_, index) => `WO-${String(index).padStart(6, '0')}/20`,
          );
          const stream = sent.map((code, index) => wrap(code).repeat(isDouble(index) ? 2 : 1)).join('');
          const framer = createFramer(framing);
          const window = createDuplicateWindow(1000);
          const received: string[] = [];
          for (const chunk of split(bytesOf(stream), cuts)) {
            for (const frame of framer.push(chunk)) {
              if (frame.kind === 'malformed') received.push(frame.reason);
              else if (window.accepts(frame.code, received.length)) received.push(frame.code);
            }
          }
          expect(received).toEqual(sent);
          expect(framer.hasPending()).toBe(false);
        }),
        { numRuns: 3 },
      );
    }
  });

  test.each(framings)(
    '$name: any codes come out as they went in, however the bytes are cut',
    ({ framing, wrap }) => {
      fc.assert(
        fc.property(fc.array(code, { maxLength: 30 }), cuts, (codes, cuts) => {
          const stream = bytesOf(codes.map(wrap).join(''));
          expect(codesOf(framesOf(framing, ...split(stream, cuts)))).toEqual(codes);
        }),
      );
    },
  );

  test('fixed length with a prefix finds its step again after noise, and shows the noise', () => {
    const framing: Framing = { end: { kind: 'length', lengthBytes: 4 }, prefix: '\x02\x02' };
    fc.assert(
      fc.property(cuts, (cuts) => {
        const frames = split(bytesOf('\x02\x02AAAAnoise\x02\x02BBBB\x02\x02CCCC'), cuts);
        const received = framesOf(framing, ...frames);
        expect(codesOf(received).filter((code) => !code.startsWith('!'))).toEqual(['AAAA', 'BBBB', 'CCCC']);
        expect(received.map((frame) => malformedText(frame) ?? '').join('')).toBe('noise');
      }),
    );
  });

  test('fixed length without prefix or suffix counts bytes', () => {
    expect(codesOf(framesOf({ end: { kind: 'length', lengthBytes: 3 } }, 'AB', 'CDE', 'F'))).toEqual([
      'ABC',
      'DEF',
    ]);
  });

  test('silence gives an unfinished code up with its bytes, and the next code is whole', () => {
    const framer = createFramer({ end: { kind: 'line' }, interByteTimeoutMs: 50 });
    expect(framer.push(bytesOf('WO-0001'))).toEqual([]);
    expect(framer.hasPending()).toBe(true);
    const given = framer.expire();
    expect(codesOf(given)).toEqual(['!incomplete']);
    expect(malformedText(given[0])).toBe('WO-0001');
    expect(codesOf(framer.push(bytesOf('WO-0002\r')))).toEqual(['WO-0002']);
  });

  test('framed by silence, silence completes the code', () => {
    const framer = createFramer({ end: { kind: 'idle' }, interByteTimeoutMs: 50 });
    framer.push(bytesOf('WO-'));
    framer.push(bytesOf('0001'));
    expect(codesOf(framer.expire())).toEqual(['WO-0001']);
  });

  test('an endless line is reported in pieces, all of it, and what follows its end is read again', () => {
    const framing: Framing = { end: { kind: 'terminator', terminator: '\r\n' }, maxLengthBytes: 16 };
    const babble = 'x'.repeat(100);
    fc.assert(
      fc.property(cuts, (cuts) => {
        const received = framesOf(framing, ...split(bytesOf(`${babble}\r\nWO-1\r\n`), cuts));
        expect(received.map((frame) => malformedText(frame) ?? '').join('')).toBe(babble);
        expect(codesOf(received).at(-1)).toBe('WO-1');
        expect(codesOf(received).filter((code) => !code.startsWith('!'))).toEqual(['WO-1']);
      }),
    );
  });

  test('a code without its prefix or suffix, or with a start mark inside, is malformed', () => {
    const framing: Framing = { end: { kind: 'line' }, prefix: '\x02', suffix: '\x03' };
    expect(codesOf(framesOf(framing, 'A\x03\r\x02B\r\x02C\x02D\x03\r\x02E\x03\r'))).toEqual([
      '!prefix-missing',
      '!suffix-missing',
      '!merged',
      'E',
    ]);
  });

  test('bytes that are not UTF-8 are malformed; in Latin-1 they are letters', () => {
    const bytes = Uint8Array.from([0x41, 0xe9, 0x0d]);
    expect(codesOf(framesOf({ end: { kind: 'line' } }, bytes))).toEqual(['!not-in-encoding']);
    expect(codesOf(framesOf({ end: { kind: 'line' }, encoding: 'latin1' }, bytes))).toEqual(['Aé']);
  });

  test('a framing that contradicts itself is refused', () => {
    expect(() => createFramer({ end: { kind: 'idle' } })).toThrow(RangeError);
    expect(() => createFramer({ end: { kind: 'length', lengthBytes: 0 } })).toThrow(RangeError);
    expect(() => createFramer({ end: { kind: 'terminator', terminator: '' } })).toThrow(RangeError);
  });
});

describe('duplicate window', () => {
  test('a code held in view counts once; after the window it counts again', () => {
    const window = createDuplicateWindow(500);
    expect([0, 300, 600, 900].map((at) => window.accepts('A', at))).toEqual([true, false, false, false]);
    expect(window.accepts('A', 1400)).toBe(true);
  });

  test('another code in between does not let the double through', () => {
    const window = createDuplicateWindow(500);
    expect([window.accepts('A', 0), window.accepts('B', 10), window.accepts('A', 20)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('no window, no filter', () => {
    const window = createDuplicateWindow(0);
    expect([window.accepts('A', 0), window.accepts('A', 0)]).toEqual([true, true]);
  });
});
