import { describe, expect, test } from 'vitest';
import type { BoardOperation } from '#domain/scheduling/types';
import { hourMs, lane, monday, operation, TestEditor } from '../test-editor.ts';

const one = 'WO-000001/10';
const two = 'WO-000002/10';
const rowPx = 46;

function board(more: Partial<BoardOperation> = {}): TestEditor {
  return new TestEditor(
    [lane('a'), lane('b')],
    [{ ...operation(one, 'a', 8, 2), ...more }, operation(two, 'a', 12, 2)],
  );
}
const edits = (it: TestEditor) => it.commands.flatMap((command) => command.edits);

describe('split', () => {
  test('dragging the right edge keeps the share that is left of the pointer', () => {
    const it = board().pointerDownAtEnd(one).moveBy(-10, 0);
    expect(it.editor.toolName()).toBe('split');
    it.moveBy(-8, 0);
    // 20 of 80 pixels away: thirty of forty pieces stay.
    expect(it.state.split).toEqual({ operationId: one, at: monday + 9.5 * hourMs, keeps: 30, rest: 10 });
    it.pointerUp();
    expect(it.commands).toEqual([
      {
        name: 'Split WO-000001/10 into 30 and 10 pcs',
        edits: [{ type: 'split', operationId: one, quantities: [30, 10] }],
      },
    ]);
    expect(it.spoken.at(-1)).toContain('30 pcs stay, 10 pcs are a bar of their own');
  });

  test('at least a piece stays; back at the end, or with Escape, nothing is split', () => {
    const it = board().pointerDownAtEnd(one).moveBy(-200, 0);
    expect(it.state.split).toMatchObject({ keeps: 1, rest: 39 });
    it.moveBy(220, 0).pointerUp();
    it.pointerDownAtEnd(one).moveBy(-40, 0).press('Escape').pointerUp();
    expect(it.commands).toEqual([]);
    expect(it.state.split).toBeUndefined();
  });

  test('what is weighed is parted by the hundredth', () => {
    const it = board({ quantity: 12.5, unit: 'kg' })
      .pointerDownAtEnd(one)
      .moveBy(-10, 0)
      .moveBy(-8, 0)
      .pointerUp();
    expect(edits(it)).toEqual([{ type: 'split', operationId: one, quantities: [9.375, 3.125] }]);
  });

  test('the edge of one that has begun, or of a single piece, only moves or refuses', () => {
    for (const more of [{ status: 'running' as const }, { quantity: 1 }, { locked: true }]) {
      expect(board(more).pointerDownAtEnd(one).moveBy(-10, 0).editor.toolName()).toBe('move');
    }
  });

  test('s asks how in the menu', () => {
    const it = board().click(one).press('s').wait(150);
    expect(it.state.menu).toMatchObject({ operationId: one, page: 'split', byKeyboard: true });
    it.editor.splitInto(one, 15);
    expect(edits(it)).toEqual([{ type: 'split', operationId: one, quantities: [15, 25] }]);
    it.editor.splitInto(one, 40);
    expect(it.commands).toHaveLength(1);
  });
});

describe('keys', () => {
  test('Delete takes the selection off its lanes', () => {
    const it = board().click(one).click(two, 'command').press('Delete');
    expect(edits(it)).toEqual([
      { type: 'unschedule', operationId: two },
      { type: 'unschedule', operationId: one },
    ]);
    expect(it.commands[0]?.name).toBe('Take 2 bars off their lanes');
    expect(it.spoken.at(-1)).toBe('2 bars taken off their lanes.');
  });

  test('l locks, and unlocks what is locked', () => {
    const it = board().click(one).press('l').wait(150);
    expect(it.commands[0]).toEqual({
      name: 'Lock WO-000001/10',
      edits: [{ type: 'lock', operationId: one, locked: true }],
    });
    const locked = board({ locked: true }).click(one).press('L').wait(150);
    expect(edits(locked)).toEqual([{ type: 'lock', operationId: one, locked: false }]);
  });

  test('j joins parts, where there are any', () => {
    expect(edits(board().click(one).press('j').wait(150))).toEqual([]);
    const it = board({ part: 1 });
    it.store.setOperations([
      ...it.state.operations.values(),
      { ...operation(one, 'b', 8, 1), operationId: 'part-2', part: 2 },
    ]);
    expect(edits(it.click(one).press('j').wait(150))).toEqual([{ type: 'join', operationId: one }]);
  });

  test('y asks why late, ctrl-c copies the codes', () => {
    const it = board().click(one).press('y').wait(150).press('Mod+c');
    expect(it.intents).toEqual([`why-late ${one}`]);
    expect(it.copied).toEqual([one]);
  });

  test('a scanner that types a code, or g before a letter, locks nothing', () => {
    const it = board().click(one).press('L', 'O', 'T', '-', '1').wait(150);
    it.press('g').wait(200).press('l').wait(150);
    expect(it.commands).toEqual([]);
    expect(it.wait(1500).press('l').wait(150).commands).toHaveLength(1);
  });

  test('on what has begun nothing is changed, and that is said', () => {
    const it = board({ status: 'running' }).click(one).press('Delete', 'l').wait(150).press('s').wait(150);
    expect(it.commands).toEqual([]);
    expect(it.spoken.at(-1)).toBe(`Not possible with ${one} as it stands.`);
  });

  test('a board that is only read changes nothing', () => {
    const it = board();
    it.store.update({ readOnly: true });
    it.click(one)
      .press('Delete', 'l')
      .wait(150)
      .press('s')
      .wait(150)
      .press('j')
      .wait(150)
      .pointerDownAtEnd(one)
      .moveBy(-40, 0)
      .pointerUp();
    expect(it.commands).toEqual([]);
    expect(it.editor.actions(one).map(({ id }) => id)).toEqual([
      'details',
      'why-late',
      'select-work-order',
      'select-followers',
      'select-all',
      'copy-code',
    ]);
  });
});

describe('menu', () => {
  test('opens on the bar below the pointer, and selects it unless it is selected already', () => {
    const it = board().click(one).click(two, 'command');
    const box = it.editor.boundsOf(one);
    const { x = 0, y = 0 } = box ?? {};
    it.editor.contextMenu(x + 5, y + 5);
    expect(it.state.menu).toMatchObject({
      operationId: one,
      laneId: 'a',
      page: 'actions',
      byKeyboard: false,
    });
    expect(it.state.selection.size).toBe(2);
    it.click(two).editor.contextMenu(x + 5, y + 5);
    expect([...it.state.selection]).toEqual([one]);
    it.editor.contextMenu(20, 56 + rowPx / 2);
    expect(it.state.menu).toMatchObject({ operationId: undefined, laneId: 'a' });
  });

  test('opens by Shift-F10 and the menu key beside the leading bar', () => {
    for (const key of ['Shift+F10', 'ContextMenu']) {
      expect(board().click(one).press(key).state.menu).toMatchObject({ operationId: one, byKeyboard: true });
    }
  });

  test('of a lane opens by the same keys where no bar is selected: of the uppermost lane in view', () => {
    for (const key of ['Shift+F10', 'ContextMenu', 'Mod+Shift+F10']) {
      expect(board().press(key).state.menu).toMatchObject({
        operationId: undefined,
        laneId: 'a',
        byKeyboard: true,
      });
    }
    const it = board();
    const lanes = Array.from({ length: 20 }, (_, at) => lane(`l${at}`));
    it.store.update({ lanes });
    const { viewport, layout } = it.state;
    it.editor.view({ ...viewport, scrollY: (layout.rowByLaneId.get('l3')?.top ?? 0) + 1 });
    expect(it.press('Shift+F10').state.menu).toMatchObject({ laneId: 'l4' });
    expect(new TestEditor([], []).press('Shift+F10').state.menu).toBeUndefined();
  });

  test('of the lane of the selected bar opens with Ctrl, too, and stands in view', () => {
    const it = board({
      placement: { laneId: 'b', startsAt: monday + 8 * hourMs, endsAt: monday + 10 * hourMs },
    });
    it.click(one);
    expect(it.press('Mod+Shift+F10').state.menu).toMatchObject({ operationId: undefined, laneId: 'b' });
    const { x = -1, y = -1 } = it.state.menu ?? {};
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(it.state.metrics.axisHeight);
    expect(y).toBeLessThanOrEqual(it.state.height);
  });

  test('every action has a key, and those that cannot be done are there but off', () => {
    const it = board({ locked: true });
    const actions = it.editor.actions(one);
    expect(actions).toHaveLength(12);
    expect(actions.every(({ keys }) => keys !== '')).toBe(true);
    expect(actions.find(({ id }) => id === 'lock')).toMatchObject({
      label: 'board.action.unlock',
      enabled: true,
    });
    expect(actions.filter(({ enabled }) => !enabled).map(({ id }) => id)).toEqual([
      'pick-up',
      'move-to',
      'split',
      'join',
      'unschedule',
    ]);
  });

  test('moves to the lane that was chosen, at the same start, or says why not', () => {
    const it = board();
    it.editor.moveTo(one, 'b');
    expect(edits(it)).toEqual([
      { type: 'place', operationId: one, laneId: 'b', startsAt: monday + 8 * hourMs },
    ]);
    const taken = board();
    taken.store.setOperations([...taken.state.operations.values(), operation('WO-000005/10', 'b', 8, 2)]);
    taken.editor.moveTo(one, 'b');
    expect(taken.commands).toEqual([]);
    expect(taken.state.notice?.refusal.reason).toBe('lane-occupied');
  });
});
