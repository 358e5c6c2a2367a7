import { describe, expect, test } from 'vitest';
import { hourMs, lane, monday, operation, TestEditor } from '../test-editor.ts';

const one = 'WO-000001/10';
const two = 'WO-000002/10';
const three = 'WO-000003/10';
const four = 'WO-000001/20';
const rowPx = 46;

/** Lane a: one 8-10, two 12-14; lane b: three 9-11, four (of the same order as one) 15-16. */
function board(): TestEditor {
  return new TestEditor(
    [lane('a'), lane('b'), lane('c')],
    [
      operation(one, 'a', 8, 2),
      operation(two, 'a', 12, 2),
      operation(three, 'b', 9, 2),
      operation(four, 'b', 15, 1),
    ],
  );
}
const selected = (it: TestEditor) => [...it.state.selection].toSorted();
/** A point on the surface: hour of Monday, row from the top. */
const point = (hour: number, row: number) => ({ x: 196 + hour * 40, y: 56 + (row + 0.5) * rowPx });

describe('pointer', () => {
  test('ctrl adds a bar and takes it out again; a click alone selects one', () => {
    const it = board().click(one).click(two, 'command').click(three, 'command');
    expect(selected(it)).toEqual([one, two, three]);
    expect(it.state.selectedId).toBe(three);
    it.click(three, 'command');
    expect(selected(it)).toEqual([one, two]);
    expect(it.state.selectedId).toBe(two);
    expect(selected(it.click(three))).toEqual([three]);
  });

  test('shift selects all in the rectangle from the bar where it began', () => {
    const it = board().click(one).click(three, 'shift');
    expect(selected(it)).toEqual([one, three]);
    it.click(four, 'shift');
    expect(selected(it)).toEqual([one, four, two, three].toSorted());
    expect(it.state.selectedId).toBe(four);
    // Smaller again: the range is drawn anew from its beginning.
    expect(selected(it.click(two, 'shift'))).toEqual([one, two]);
  });

  test('a marquee with shift selects what it touches, also from right to left', () => {
    const it = board();
    it.pointerDown(point(14.5, 1), 'mouse', 'shift').moveBy(-10, 0).moveBy(-60, -rowPx);
    expect(it.editor.toolName()).toBe('marquee');
    expect(it.state.marquee).toMatchObject({ toAt: monday + 14.5 * hourMs });
    expect(selected(it)).toEqual([two]);
    it.moveBy(-100, 0).pointerUp();
    expect(selected(it)).toEqual([two, three]);
    expect(it.state.marquee).toBeUndefined();
    expect(it.spoken.at(-1)).toBe('2 bars selected.');
  });

  test('with ctrl as well it adds; Escape gives the selection back', () => {
    const it = board().click(four);
    it.pointerDown(point(7, 0), 'mouse', 'shift', 'command').moveBy(60, 0).pointerUp();
    expect(selected(it)).toEqual([one, four]);
    it.pointerDown(point(11.5, 0), 'mouse', 'shift').moveBy(60, 0);
    expect(selected(it)).toEqual([two]);
    it.press('Escape').pointerUp();
    expect(selected(it)).toEqual([one, four]);
  });

  test('a marquee over one line of a lane leaves the other line alone', () => {
    const it = new TestEditor(
      [lane('a', 'Fabrication', 2)],
      [operation(one, 'a', 8, 4), operation(two, 'a', 9, 4)],
    );
    it.pointerDown({ x: 196 + 7 * 40, y: 56 + 8 }, 'mouse', 'shift')
      .moveBy(200, 10)
      .pointerUp();
    expect(selected(it)).toEqual([one]);
  });

  test('the background selects nothing, but not while bars are gathered', () => {
    const it = board().click(one).pointerDown(point(20, 0), 'mouse', 'command').pointerUp();
    expect(selected(it)).toEqual([one]);
    it.pointerDown(point(20, 0)).pointerUp();
    expect(selected(it)).toEqual([]);
  });
});

describe('keyboard', () => {
  test('Ctrl-A selects every bar, or those that a search left bright', () => {
    const it = board().press('Mod+a');
    expect(selected(it)).toEqual([one, two, three, four].toSorted());
    expect(it.spoken.at(-1)).toBe('4 bars selected.');
    it.editor.store.update({ layers: { ...it.state.layers, matching: new Set([three]) } });
    expect(selected(it.press('Mod+a'))).toEqual([three]);
    expect(it.state.selectedId).toBe(three);
  });

  test('shift and arrows draw the range, Escape leaves the one, then none', () => {
    const it = board().press('ArrowRight', 'Shift+ArrowRight');
    expect(selected(it)).toEqual([one, two]);
    it.press('Shift+ArrowDown');
    expect(it.state.selectedId).toBe(three);
    expect(selected(it)).toEqual([one, three]);
    it.press('Shift+ArrowRight');
    expect(selected(it)).toHaveLength(4);
    it.press('Escape');
    expect(selected(it)).toEqual([four]);
    it.press('Escape');
    expect(selected(it)).toEqual([]);
  });

  test('w selects the work order, f what follows', () => {
    const it = board().click(one).press('w').wait(150);
    expect(selected(it)).toEqual([one, four]);
    it.store.update({
      layers: {
        ...it.state.layers,
        links: [{ predecessorId: four, successorId: two, kind: 'finish_start', minLagS: 0 }],
      },
    });
    it.click(one).press('f').wait(150);
    expect(selected(it)).toEqual([one, four, two].toSorted());
    expect(it.state.selectedId).toBe(one);
    expect(it.spoken.at(-1)).toBe('3 bars selected.');
  });

  test('ctrl and space takes the bar at the cursor out of the selection', () => {
    const it = board().press('ArrowRight', 'Shift+ArrowRight', 'Mod+Space');
    expect(selected(it)).toEqual([one]);
  });
});
