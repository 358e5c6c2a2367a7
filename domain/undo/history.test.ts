import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHistory, forget, namesOf, record, redo, undo } from './history.ts';

/** A command sets a value; its inverse sets the one before. */
const set = (from: number, to: number, at = 0, mergeKey?: string) => ({
  apply: to,
  revert: from,
  at,
  mergeKey,
});

test('undo goes back one by one, redo forward again, and nothing beyond either end', () => {
  let history = record(record(emptyHistory<number>(), set(0, 1)), set(1, 2));
  const back = undo(history);
  expect(back?.command).toBe(1);
  history = back?.history ?? history;
  expect(undo(history)?.command).toBe(0);
  const again = redo(history);
  expect(again?.command).toBe(2);
  expect(redo(again?.history ?? history)).toBeUndefined();
  expect(undo(emptyHistory())).toBeUndefined();
});

test('a new change ends what could be redone', () => {
  const history = record(emptyHistory<number>(), set(0, 1));
  const after = record(undo(history)?.history ?? history, set(0, 5));
  expect(redo(after)).toBeUndefined();
  expect(undo(after)?.command).toBe(0);
});

test('moves of one bar in close succession are one; of another bar, or later, they are not', () => {
  const first = record(emptyHistory<number>(), set(0, 1, 1000, 'bar-1'), 500);
  const merged = record(first, set(1, 2, 1400, 'bar-1'), 500);
  expect(merged.done).toHaveLength(1);
  expect(undo(merged)?.command).toBe(0);
  expect(redo(undo(merged)?.history ?? merged)?.command).toBe(2);
  expect(record(merged, set(7, 8, 1500, 'bar-2'), 500).done).toHaveLength(2);
  expect(record(merged, set(2, 3, 2000, 'bar-1'), 500).done).toHaveLength(2);
});

test('it remembers so many', () => {
  let history = emptyHistory<number>(3);
  for (let value = 0; value < 10; value += 1) history = record(history, set(value, value + 1));
  expect(history.done.map(({ apply }) => apply)).toEqual([8, 9, 10]);
});

test('it remembers all of a session when nothing else is said, and says what is next by name', () => {
  let history = emptyHistory<number>();
  for (let value = 0; value < 5000; value += 1) {
    history = record(history, { ...set(value, value + 1), name: { key: 'to', values: { value } } });
  }
  expect(history.done).toHaveLength(5000);
  expect(namesOf(history)).toEqual({ undo: { key: 'to', values: { value: 4999 } }, redo: undefined });
  expect(namesOf(undo(history)?.history ?? history)).toMatchObject({
    undo: { values: { value: 4998 } },
    redo: { values: { value: 4999 } },
  });
});

test('changes that no longer hold are forgotten on both sides', () => {
  const history = record(record(emptyHistory<number>(), set(0, 1, 0, 'a')), set(1, 2, 0, 'b'));
  const after = forget(undo(history)?.history ?? history, ({ mergeKey }) => mergeKey === 'b');
  expect([after.done.length, after.undone.length]).toEqual([1, 0]);
});

test('however one goes back and forth, the value is the one that the history tells', () => {
  const step = fc.oneof(fc.nat(100), fc.constantFrom('undo' as const, 'redo' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let value = -1;
      let history = emptyHistory<number>(1000);
      const seen = [-1];
      for (const one of steps) {
        if (typeof one === 'number') {
          history = record(history, set(value, one));
          value = one;
          seen.splice(history.done.length, Infinity, one);
        } else {
          const moved = one === 'undo' ? undo(history) : redo(history);
          value = moved?.command ?? value;
          history = moved?.history ?? history;
        }
        expect(value).toBe(seen[history.done.length]);
      }
    }),
  );
});
