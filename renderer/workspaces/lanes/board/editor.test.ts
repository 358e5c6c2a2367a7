import { describe, expect, test } from 'vitest';
import { hourMs, lane, monday, operation, TestEditor } from './test-editor.ts';

const one = 'WO-000001/10';
const two = 'WO-000002/10';
const three = 'WO-000003/10';
const rowPx = 46;
const waiting = operation('WO-000009/10', undefined, 0, 1);

function board(): TestEditor {
  return new TestEditor(
    [lane('a'), lane('b'), lane('c')],
    [operation(one, 'a', 8, 2), operation(two, 'a', 12, 2), operation(three, 'b', 9, 2)],
  );
}

describe('pointer', () => {
  test('a bar dragged along its lane asks for the snapped start and stands there at once', () => {
    const it = board().pointerDown(one).moveBy(20, 0).moveBy(60, 0);
    expect(it.state.ghost?.check.ok).toBe(true);
    it.pointerUp();
    expect(it.moves).toEqual([{ operationId: one, laneId: 'a', startsAt: monday + 10 * hourMs }]);
    expect(it.store.shown(one)?.placement?.startsAt).toBe(monday + 10 * hourMs);
  });

  test('a bar dragged across lanes changes its lane', () => {
    const it = board().pointerDown(one).moveBy(0, rowPx).moveBy(160, 0).pointerUp();
    expect(it.moves).toEqual([{ operationId: one, laneId: 'b', startsAt: monday + 12 * hourMs }]);
  });

  test('a bar is drawn to the end of its neighbour', () => {
    const it = board().pointerDown(one).moveBy(0, rowPx).moveBy(125, 0).pointerUp();
    expect(it.moves[0]?.startsAt).toBe(monday + 11 * hourMs);
  });

  test('a refused drop moves nothing, and says why for a while', () => {
    const it = board().pointerDown(one).moveBy(10, 0).moveBy(110, 0);
    expect(it.state.ghost?.check).toMatchObject({ ok: false, refusal: { reason: 'lane-occupied' } });
    expect(it.state.cursor).toBe('not-allowed');
    it.pointerUp();
    expect(it.moves).toEqual([]);
    expect(it.state.ghost).toBeUndefined();
    expect(it.state.notice?.refusal.reason).toBe('lane-occupied');
    expect(it.spoken.at(-1)).toBe(`${one} went back: Busy.`);
    it.wait(5000);
    expect(it.state.notice).toBeUndefined();
  });

  test('Escape gives a dragged bar back', () => {
    const it = board().pointerDown(one).moveBy(80, 0).press('Escape').pointerUp();
    expect(it.moves).toEqual([]);
    expect(it.editor.toolName()).toBe('select');
  });

  test('a tremble of the hand is a click, twice opens', () => {
    const it = board().pointerDown(one).moveBy(2, 1).pointerUp();
    expect(it.state.selectedId).toBe(one);
    expect(it.moves).toEqual([]);
    it.click(one);
    expect(it.opened).toEqual([one]);
  });

  test('the background pans; a read-only board pans from a bar too', () => {
    const it = board().pointerDown({ x: 300, y: 300 }).moveBy(-80, 0).pointerUp();
    expect(it.state.viewport.startsAt).toBe(monday + 2 * hourMs);
    it.store.update({ readOnly: true });
    it.pointerDown(one).moveBy(80, 0).pointerUp();
    expect(it.state.viewport.startsAt).toBe(monday);
    expect(it.moves).toEqual([]);
    it.wait(400);
    expect(it.ranges.at(-1)).toEqual({ startsAt: monday, endsAt: monday + 25 * hourMs });
  });

  test('a finger moves a bar only after a tap has selected it', () => {
    const it = board().pointerDown(one, 'touch').moveBy(80, 0).pointerUp();
    expect(it.moves).toEqual([]);
    it.pointerDown(one, 'touch').pointerUp().pointerDown(one, 'touch').moveBy(40, 0).pointerUp();
    expect(it.moves).toHaveLength(1);
  });

  test('held at the right edge the view scrolls on, and the bar with it', () => {
    const it = board().pointerDown(two).moveBy(20, 0);
    it.moveBy(1190 - (it.state.pointer?.x ?? 0), 0);
    const before = it.state.ghost?.startsAt ?? 0;
    it.wait(320);
    expect(it.state.viewport.startsAt).toBeGreaterThan(monday);
    expect(it.state.ghost?.startsAt).toBeGreaterThan(before);
  });

  test('when the owner refuses, the bar goes back', async () => {
    const it = board();
    it.answer = Promise.reject(new Error('conflict'));
    it.pointerDown(one).moveBy(80, 0).pointerUp();
    await Promise.resolve();
    await Promise.resolve();
    expect(it.store.shown(one)?.placement?.startsAt).toBe(monday + 8 * hourMs);
  });

  test('an operation from outside becomes a bar over a lane', () => {
    const it = board();
    it.store.setOperations([...it.state.operations.values(), waiting]);
    it.editor.beginExternalDrag(waiting);
    it.moveBy(500, 56 + rowPx * 1.5);
    expect(it.state.ghost?.laneId).toBe('b');
    it.moveBy(300, 0).pointerUp();
    expect(it.moves).toEqual([{ operationId: 'WO-000009/10', laneId: 'b', startsAt: monday + 15 * hourMs }]);
    expect(it.editor.boundsOf('WO-000009/10')).toBeDefined();
  });
});

describe('keyboard', () => {
  test('arrows walk between bars and lanes', () => {
    const it = board().press('ArrowRight');
    expect(it.state.selectedId).toBe(one);
    expect(it.press('ArrowRight').state.selectedId).toBe(two);
    expect(it.press('ArrowDown').state.selectedId).toBe(three);
    expect(it.press('ArrowUp').state.selectedId).toBe(one);
  });

  test('a bar is picked up, moved by step and lane, and dropped, all said aloud', () => {
    const it = board().click(three).press('Enter');
    expect(it.spoken.at(-1)).toContain(`${three} picked up on Lane b, Mon 23 Nov, 09:00`);
    it.press('ArrowRight', 'ArrowRight');
    expect(it.spoken.at(-1)).toMatch(/^Lane b, Mon 23 Nov, 09:30.*11:30\.$/);
    it.press(
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'ArrowUp',
    );
    expect(it.state.ghost?.laneId).toBe('a');
    it.press('Enter');
    expect(it.moves).toEqual([{ operationId: three, laneId: 'a', startsAt: monday + 14.5 * hourMs }]);
    expect(it.spoken.at(-1)).toContain(`${three} dropped on Lane a`);
  });

  test('where it may not stand Enter keeps it in the hand and says why; Escape gives it back', () => {
    const it = board().click(three).press('Enter', 'ArrowDown', 'Enter');
    expect(it.editor.toolName()).toBe('carry');
    expect(it.spoken.at(-1)).toContain('Not possible: Not on C.');
    it.press('Escape');
    expect(it.spoken.at(-1)).toBe(`Cancelled. ${three} stays where it was.`);
    expect(it.moves).toEqual([]);
    expect(it.state.selectedId).toBe(three);
  });

  test('an unscheduled operation can be placed without a pointer', () => {
    const it = board();
    it.store.setOperations([...it.state.operations.values(), waiting]);
    it.editor.beginExternalCarry(waiting);
    expect(it.state.ghost?.laneId).toBe('a');
    it.press(
      'ArrowDown',
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'Enter',
    );
    expect(it.moves).toMatchObject([{ operationId: 'WO-000009/10', laneId: 'b' }]);
  });

  test('undo and redo are wishes to the owner', () => {
    expect(board().press('Mod+z', 'Mod+Shift+Z', 'Mod+y').intents).toEqual(['undo', 'redo', 'redo']);
  });

  test('plus zooms about the middle, zero shows all bars', () => {
    const it = board().press('+');
    expect(it.state.viewport.msPerPx).toBeCloseTo(hourMs / 60, 3);
    it.press('0');
    for (const code of [one, two, three]) {
      const box = it.editor.boundsOf(code);
      expect(box?.x).toBeGreaterThanOrEqual(196);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(1196);
    }
  });
});

describe('view', () => {
  test('ctrl and wheel zooms where the pointer is, the wheel alone scrolls lanes', () => {
    const it = board();
    const under = (): number => it.state.viewport.startsAt + 400 * it.state.viewport.msPerPx;
    const before = under();
    it.editor.wheel({ x: 596, y: 100, deltaX: 0, deltaY: -100, shift: false, command: true });
    expect(it.state.viewport.msPerPx).toBeLessThan(hourMs / 40);
    expect(Math.abs(under() - before)).toBeLessThan(1);
  });

  test('two fingers zoom', () => {
    const it = board();
    const finger = (pointerId: number, x: number) => ({
      pointerId,
      pointerType: 'touch' as const,
      x,
      y: 300,
      button: 0,
      shift: false,
      command: false,
      alt: false,
    });
    it.editor.pointerDown(finger(1, 400));
    it.editor.pointerDown(finger(2, 600));
    it.editor.pointerMove(finger(2, 800));
    expect(it.state.viewport.msPerPx).toBeCloseTo(hourMs / 80, 3);
    it.editor.pointerUp(finger(2, 800));
    expect(it.editor.toolName()).toBe('select');
  });

  test('an area folds away, and a bar that is revealed unfolds it', () => {
    const it = new TestEditor(
      [lane('a', 'Fabrication'), lane('b', 'Testing')],
      [operation(one, 'a', 8, 2), operation(two, 'b', 8, 2)],
    );
    it.pointerDown({ x: 20, y: 60 }).pointerUp();
    expect(it.editor.boundsOf(one)).toBeUndefined();
    it.editor.reveal(one);
    expect(it.editor.boundsOf(one)).toBeDefined();
  });

  test('a lane for two keeps room for two, and each bar is hit where it is drawn', () => {
    const it = new TestEditor(
      [lane('a', 'Fabrication', 2), lane('b')],
      [operation(one, 'a', 8, 4), operation(two, 'a', 9, 4), operation(three, 'b', 8, 1)],
    );
    const [first, second] = [it.editor.boundsOf(one), it.editor.boundsOf(two)];
    expect(second?.y).toBe((first?.y ?? 0) + 35);
    expect(first?.height).toBeGreaterThanOrEqual(24);
    for (const code of [one, two, three]) expect(it.click(code).state.selectedId).toBe(code);
  });

  test('a bar thinner than a pixel can still be caught', () => {
    const it = new TestEditor([lane('a')], [operation(one, 'a', 8, 0.001)]);
    const box = it.editor.boundsOf(one);
    const beside = { x: (box?.x ?? 0) - 3, y: (box?.y ?? 0) + 10 };
    expect(it.pointerDown(beside).pointerUp().state.selectedId).toBe(one);
  });
});
