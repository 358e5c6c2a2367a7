import { createLaneDragTool } from './lane-drag.ts';
import { isMovable, loadOf } from './load.ts';
import { createMarqueeTool } from './marquee.ts';
import { createMoveTool } from './move.ts';
import { createPanTool } from './pan.ts';
import { selectTo, toggle } from './selection.ts';
import { createSplitTool, isSplittable } from './split.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

const slackPx = { mouse: 4, pen: 6, touch: 9 };
const doublePressMs = 400;
const longPressMs = 550;
const lastPress = new WeakMap<Workbench, { readonly operationId: string; readonly at: number }>();

/**
 * The pointer is down and has not gone anywhere yet: a click, or the beginning of a move, a split, a
 * marquee, a lane that is put elsewhere, or of a pan. A finger on a bar that is not selected pans, so that
 * scrolling a touch screen moves no work; held still, it picks the bar up, and let go it opens the menu.
 */
export function createPressTool(bench: Workbench, down: PointerInput): Tool {
  const hit = bench.hit(down.x, down.y);
  const operationId = hit.zone === 'bar' ? hit.operationId : undefined;
  const isTouch = down.pointerType === 'touch';
  let isHeldLong = false;
  let cancelLong = (): void => {};

  function lift(input: PointerInput): void {
    bench.enter(toolFor(input));
  }

  function toolFor(input: PointerInput): Tool {
    const { state } = bench.store;
    if (hit.zone === 'label' && bench.mayReorder() && !isTouch)
      return createLaneDragTool(bench, hit.laneId, input);
    if (down.shift && (hit.zone === 'lane' || hit.zone === 'bar'))
      return createMarqueeTool(bench, down, input);
    const operation = operationId === undefined ? undefined : bench.store.shown(operationId);
    const isTaken = !isTouch || isHeldLong || (operationId !== undefined && state.selection.has(operationId));
    if (operation?.placement === undefined || state.readOnly || !isTaken || hit.zone !== 'bar') {
      const pan = createPanTool(bench, down);
      pan.pointerMove?.(input);
      return pan;
    }
    if (hit.edge === 'end' && isSplittable(state, operation)) {
      bench.select(operation.operationId);
      return createSplitTool(bench, operation, input);
    }
    if (state.selection.has(operation.operationId)) bench.selectMany(state.selection, operation.operationId);
    else bench.select(operation.operationId);
    const load = isMovable(state, operation)
      ? loadOf(bench.store, operation)
      : // Taken all the same: the hand learns why it does not move.
        { leading: operation, others: [] };
    return createMoveTool(bench, load, hit.at - operation.placement.startsAt, input);
  }

  function click(): void {
    if (hit.zone === 'area') {
      bench.toggleArea(hit.area);
      return;
    }
    if (operationId === undefined) {
      // With a key held one is gathering bars: a slip beside one does not lose them.
      if (!down.shift && !down.command) bench.select(undefined);
      return;
    }
    if (down.command) toggle(bench, operationId);
    else if (down.shift) selectTo(bench, operationId);
    else bench.select(operationId);
    const previous = lastPress.get(bench);
    const again = previous?.operationId === operationId && bench.now() - previous.at <= doublePressMs;
    lastPress.set(bench, { operationId, at: again ? -Infinity : bench.now() });
    if (again && !down.command && !down.shift) bench.open(operationId);
  }

  return {
    name: 'press',
    enter() {
      if (!isTouch) return;
      cancelLong = bench.schedule(longPressMs, () => {
        isHeldLong = true;
        if (operationId !== undefined && !bench.store.state.selection.has(operationId))
          bench.select(operationId);
      });
    },
    exit: () => cancelLong(),
    pointerMove(input) {
      if (Math.hypot(input.x - down.x, input.y - down.y) >= slackPx[down.pointerType]) lift(input);
    },
    pointerUp() {
      bench.rest();
      if (isHeldLong) bench.openMenu(down.x, down.y, false);
      else click();
    },
    keyDown(input) {
      if (input.key !== 'Escape') return false;
      bench.rest();
      return true;
    },
    cancel: () => bench.rest(),
  };
}
