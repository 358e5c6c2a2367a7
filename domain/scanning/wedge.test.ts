import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feedWedge, type WedgeKey, wedgeIdle } from './wedge.ts';

/** Feeds keys and returns what came out: codes, and `!` for an unreadable one. */
function feed(keys: readonly WedgeKey[]): string[] {
  let state = wedgeIdle;
  const out: string[] = [];
  for (const key of keys) {
    const step = feedWedge(state, key);
    ({ state } = step);
    if (step.code !== undefined) out.push(step.code);
    if (step.unreadable === true) out.push('!');
  }
  return out;
}
const typed = (text: string, gapMs: number, startAt = 0, end = 'Enter'): WedgeKey[] =>
  [...text, end].map((key, n) => ({ key, at: startAt + n * gapMs }));

describe('a scanner', () => {
  test.each([1, 5, 30])('with %i ms a key is read, by Enter or Tab', (gapMs) => {
    expect(feed(typed('WO-000123/20', gapMs))).toEqual(['WO-000123/20']);
    expect(feed(typed('WO-000123/20', gapMs, 0, 'Tab'))).toEqual(['WO-000123/20']);
  });
  test('with Shift for each capital', () => {
    const keys = typed('LOT-42', 10).flatMap((key) => [{ key: 'Shift', at: key.at - 2 }, key]);
    expect(feed(keys)).toEqual(['LOT-42']);
  });
  test('with AltGr for characters of the layout, as Linux and as Windows report it', () => {
    const keys = typed('LOT@42', 10);
    expect(feed(keys.map((key) => (key.key === '@' ? { ...key, altGraph: true } : key)))).toEqual(['LOT@42']);
    expect(feed(keys.map((key) => (key.key === '@' ? { ...key, ctrl: true, alt: true } : key)))).toEqual([
      'LOT@42',
    ]);
  });
  test('with Ctrl + ] for FNC1', () => {
    const keys = typed('10ABC]21XYZ', 8).map((key) => (key.key === ']' ? { ...key, ctrl: true } : key));
    expect(feed(keys)).toEqual(['10ABC\u001D21XYZ']);
  });
  test('after a person: only what it sent', () => {
    expect(feed([...typed('ab', 120, 0, 'c'), ...typed('SN-000017', 5, 2000)])).toEqual(['SN-000017']);
  });
  test('twice in a row: two codes', () => {
    expect(feed([...typed('SN-000017', 5), ...typed('SN-000018', 5, 60)])).toEqual([
      'SN-000017',
      'SN-000018',
    ]);
  });
  test('through a dead key: unreadable, never a shorter code', () => {
    const keys = [...typed('WO-000', 5).slice(0, 6), { key: 'Dead', at: 31 }, ...typed('123/20', 5, 36)];
    expect(feed(keys)).toEqual(['!']);
  });
});

describe('a person', () => {
  test('who types, however fast, never scans', () => {
    const key = fc.record({
      key: fc.constantFrom(...'abcWO-/123', 'Enter', 'Tab', 'Shift', 'Backspace'),
      gapMs: fc.integer({ min: 36, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), (pressed) => {
        let at = 0;
        const keys = pressed.map((one) => {
          at += one.gapMs;
          return { key: one.key, at };
        });
        expect(feed(keys)).toEqual([]);
      }),
    );
  });
  test.each([36, 60, 95])('who types steadily, a key each %i ms, never scans', (gapMs) => {
    expect(feed(typed('WO-000123/20', gapMs))).toEqual([]);
  });
  test('who holds a key down never scans', () => {
    expect(
      feed(typed('aaaaaaaaaa', 30).map((key) => ({ ...key, repeat: key.key === 'a' && key.at > 0 }))),
    ).toEqual([]);
  });
  test('who presses shortcuts never scans', () => {
    expect(feed(typed('zzzzzzzz', 20).map((key) => ({ ...key, ctrl: key.key === 'z' })))).toEqual([]);
  });
  test('who rolls over a few keys at once never scans', () => {
    expect(feed(typed('the', 15))).toEqual([]);
  });
});

test('whatever a scanner sends at its pace comes out whole', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ABCXYZ0123456789-/().'), minLength: 6, maxLength: 80 });
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1 }), (code, gaps) => {
      let at = 500;
      const keys = [...code, 'Enter'].map((key, n) => {
        at += gaps[n % gaps.length] ?? 0;
        return { key, at };
      });
      expect(
        feed([...typed('hi', 150, 0, ' '), ...keys.map((key) => ({ ...key, at: key.at + 1000 }))]),
      ).toEqual([code]);
    }),
  );
});

test('from the moment on that it cannot be a person, the keys are kept from the page', () => {
  let state = wedgeIdle;
  const flags = typed('SN-000017', 5).map((key) => {
    const step = feedWedge(state, key);
    ({ state } = step);
    return step.scanning;
  });
  expect(flags).toEqual([false, false, false, false, false, true, true, true, true, true]);
});
