import { describe, expect, test } from 'vitest';
import { hourMs, lane, monday, operation, TestEditor } from '../test-editor.ts';

const one = 'WO-000001/10';
const two = 'WO-000002/10';
const three = 'WO-000003/10';
const next = 'WO-000002/20';
const rowPx = 46;
const at = (hour: number) => monday + hour * hourMs;

/** Lane a: one 8-10, two 12-14; lane b: three 9-11, and what follows two 15-16, due at 16:30. */
function board(): TestEditor {
  const it = new TestEditor(
    [lane('a'), lane('b'), lane('c')],
    [
      operation(one, 'a', 8, 2),
      { ...operation(two, 'a', 12, 2), dueAt: at(16.5) },
      operation(three, 'b', 9, 2),
      { ...operation(next, 'b', 15, 1), dueAt: at(16.5) },
    ],
  );
  it.pushMode = 'use-slack';
  return it;
}

describe('many', () => {
  test('keep their distance, and are one command with one name', () => {
    const it = board().click(one).click(three, 'command').pointerDown(one).moveBy(20, 0).moveBy(20, 0);
    expect(it.state.preview?.held).toEqual([
      { operationId: one, placement: { laneId: 'a', startsAt: at(9), endsAt: at(11) } },
      { operationId: three, placement: { laneId: 'b', startsAt: at(10), endsAt: at(12) } },
    ]);
    it.pointerUp();
    expect(it.commands).toEqual([
      {
        name: 'Move 2 bars to Lane a',
        edits: [
          { type: 'place', operationId: one, laneId: 'a', startsAt: at(9) },
          { type: 'place', operationId: three, laneId: 'b', startsAt: at(10) },
        ],
      },
    ]);
    expect([...it.state.selection]).toEqual([one, three]);
    expect(it.store.shown(three)?.placement?.startsAt).toBe(at(10));
  });

  test('go as many lanes down as the one in hand, where those can do them', () => {
    const it = board().click(one).click(three, 'command').pointerDown(one).moveBy(0, rowPx).moveBy(4, 0);
    // Lane c can do neither: three stays on its lane, and gives way to what was dropped on it.
    const lanes = it.state.preview?.held.map(({ operationId, placement }) => [operationId, placement.laneId]);
    expect(lanes).toEqual([
      [one, 'b'],
      [three, 'b'],
    ]);
  });

  test('what is locked stays behind; taken itself it says why', () => {
    const it = board();
    const locked = { ...operation(three, 'b', 9, 2), locked: true };
    it.store.setOperations([...it.state.operations.values(), locked]);
    it.click(one).click(three, 'command').pointerDown(one).moveBy(40, 0).pointerUp();
    expect(it.commands[0]?.edits.map(({ operationId }) => operationId)).toEqual([one]);
    it.click(three).pointerDown(three).moveBy(40, 0);
    expect(it.state.ghost?.check).toMatchObject({ ok: false, refusal: { reason: 'locked' } });
    it.pointerUp();
    expect(it.commands).toHaveLength(1);
  });

  test('are carried by keyboard, too', () => {
    const it = board().click(one).click(three, 'command').press('Enter');
    expect(it.spoken.at(-1)).toContain(`${three} and 1 other picked up on Lane b`);
    it.press('Shift+ArrowRight', 'Enter');
    expect(it.commands[0]?.edits).toHaveLength(2);
    expect(it.commands[0]?.edits[1]).toMatchObject({ operationId: one, startsAt: at(9) });
    expect(it.state.selection.size).toBe(2);
  });
});

describe('what a drop does', () => {
  test('is shown while the bar is held, and made with it', () => {
    const it = board().pointerDown(one).moveBy(20, 0).moveBy(120, 0);
    expect(it.state.ghost).toMatchObject({ startsAt: at(11.5), check: { ok: true } });
    expect(it.state.preview?.pushed).toMatchObject([
      { operationId: two, cause: 'lane', to: { startsAt: at(13.5) } },
      { operationId: next, cause: 'link', to: { startsAt: at(15.5) } },
    ]);
    it.pointerUp();
    expect(it.commands[0]?.edits).toHaveLength(3);
    expect(it.spoken.at(-1)).toContain('2 other operations move.');
    expect(it.store.shown(two)?.placement?.startsAt).toBe(at(13.5));
  });

  test('names the order that becomes late', () => {
    const it = board().pointerDown(two).moveBy(20, 0).moveBy(60, 0);
    expect(it.state.preview?.orders).toMatchObject([
      { workOrderNumber: 'WO-000002', change: 'becomes-late' },
    ]);
    it.pointerUp();
    expect(it.spoken.at(-1)).toMatch(/WO-000002 becomes late by 30/);
  });

  test('counts set-ups', () => {
    const it = board();
    it.transitions = [{ laneId: null, fromFamilyId: null, toFamilyId: 'red', durationS: 1800, cost: 0 }];
    it.store.setOperations([{ ...operation(one, 'a', 8, 2), familyId: 'red' }]);
    it.pointerDown(one).moveBy(20, 0).moveBy(60, 0);
    expect(it.state.preview?.setupDeltaS).toBe(1800);
    expect(it.state.ghost).toMatchObject({ startsAt: at(10), endsAt: at(12.5) });
  });

  test('lights the lanes that can do it while it is held', () => {
    const it = board().pointerDown(one).moveBy(20, 0);
    expect([...(it.state.eligibleLaneIds ?? [])]).toEqual(['a', 'b']);
    it.press('Escape');
    expect(it.state.eligibleLaneIds).toBeUndefined();
    expect(it.state.preview).toBeUndefined();
  });

  test('when the owner refuses, all that moved goes back', async () => {
    const it = board();
    it.answer = Promise.reject(new Error('conflict'));
    it.pointerDown(one).moveBy(20, 0).moveBy(120, 0).pointerUp();
    await Promise.resolve();
    await Promise.resolve();
    expect(it.state.pending.size).toBe(0);
  });
});

describe('snapping', () => {
  test('its end clings to the start of the next bar', () => {
    const it = board().pointerDown(one).moveBy(20, 0).moveBy(54, 0);
    expect(it.state.ghost?.endsAt).toBe(at(12));
  });

  test('Alt holds it where the hand is, to the minute, as long as it is down', () => {
    const it = board().pointerDown(one).moveBy(20, 0).moveBy(13, 0).alt(true);
    expect(((it.state.ghost?.startsAt ?? 0) - at(8)) / 60_000).toBe(50);
    it.alt(false);
    expect(it.state.ghost?.startsAt).not.toBe(at(8) + 50 * 60_000);
    it.press('Escape').click(one).press('Enter', 'Alt+ArrowRight');
    expect(it.state.ghost?.startsAt).toBe(at(8) + 60_000);
  });
});

describe('touch', () => {
  test('held long a bar is picked up at once, let go there its menu opens', () => {
    const it = board().pointerDown(one, 'touch').wait(600).moveBy(40, 0);
    expect(it.editor.toolName()).toBe('move');
    it.pointerUp();
    expect(it.commands).toHaveLength(1);
    it.pointerDown(three, 'touch').wait(600).pointerUp();
    expect(it.state.menu).toMatchObject({ operationId: three, page: 'actions' });
  });
});

describe('lanes', () => {
  const header = (row: number) => ({ x: 40, y: 56 + (row + 0.5) * rowPx });

  test('are put elsewhere by their headers', () => {
    const it = board().pointerDown(header(0)).moveBy(0, 20).moveBy(0, rowPx);
    expect(it.state.laneDrag).toEqual({ laneId: 'a', beforeId: 'c' });
    it.pointerUp();
    expect(it.reordered).toEqual([['a', 'c']]);
    it.pointerDown(header(2))
      .moveBy(0, -10)
      .moveBy(0, -2.4 * rowPx)
      .pointerUp();
    expect(it.reordered.at(-1)).toEqual(['c', 'a']);
  });

  test('let go where they were, or with Escape, stay', () => {
    const it = board().pointerDown(header(1)).moveBy(0, 10).pointerUp();
    it.pointerDown(header(1)).moveBy(0, rowPx).press('Escape').pointerUp();
    expect(it.reordered).toEqual([]);
  });

  test('go up and down by Alt and arrows', () => {
    const it = board().click(one).press('Alt+ArrowDown', 'Alt+ArrowUp');
    expect(it.reordered).toEqual([['a', 'c']]);
    it.click(three).press('Alt+ArrowDown');
    expect(it.reordered.at(-1)).toEqual(['b', undefined]);
    expect(it.spoken.at(-1)).toBe('Lane b stands last in its area.');
  });
});
