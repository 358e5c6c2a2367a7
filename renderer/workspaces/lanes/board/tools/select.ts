import { actOn, type ActionId } from './actions.ts';
import { stepLane } from './lane-drag.ts';
import { nextBar, type Direction } from './neighbours.ts';
import { createPanTool } from './pan.ts';
import { createPressTool } from './press.ts';
import { selectAll, selectTo, toggle } from './selection.ts';
import { isSplittable } from './split.ts';
import type { KeyInput, Tool, Workbench } from './tool.ts';
import type { Hit } from '../hit-test.ts';
import type { BoardState } from '../store.ts';
import { panBy } from '../viewport.ts';

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

/** A scanner that types a code begins like a person who types `l`: wait this long for what follows. */
const settleMs = 110;
/** `g` and a letter go to another workspace: that letter is not for the board. */
const sequenceMs = 1500;

/** Actions that have a letter of their own; all of them are in the menu, too. */
const letterKeys: Readonly<Record<string, ActionId>> = {
  l: 'lock',
  w: 'select-work-order',
  f: 'select-followers',
  y: 'why-late',
  s: 'split',
  j: 'join',
  m: 'move-to',
};

/** The state of rest: shows what is below the pointer, walks between bars by keyboard. */
export function createSelectTool(bench: Workbench): Tool {
  let leadAt = -Infinity;
  let cancelLetter = (): void => {};

  function letter(key: string, operationId: string): boolean {
    const action = letterKeys[key];
    if (action === undefined || bench.now() - leadAt <= sequenceMs) return false;
    cancelLetter = bench.schedule(settleMs, () => actOn(bench, action, operationId));
    return true;
  }

  function hover(x: number, y: number): void {
    const hit = bench.hit(x, y);
    const hoveredId = hit.zone === 'bar' ? hit.operationId : undefined;
    const hoveredArea = hit.zone === 'area' ? hit.area : undefined;
    const cursor = cursorOver(hit);
    bench.store.update({ hoveredId, hoveredArea, cursor, pointer: { x, y } });
  }

  function cursorOver(hit: Hit): BoardState['cursor'] {
    const { state } = bench.store;
    if (bench.isSpaceHeld()) return 'grab';
    if (hit.zone === 'area') return 'pointer';
    if (hit.zone === 'label' && bench.mayReorder()) return 'grab';
    if (hit.zone !== 'bar' || state.readOnly) return 'default';
    const operation = bench.store.shown(hit.operationId);
    return hit.edge === 'end' && operation !== undefined && isSplittable(state, operation)
      ? 'ew-resize'
      : 'grab';
  }

  function walk(direction: Direction, ranged: boolean): void {
    const next = nextBar(bench.store.state, direction);
    if (next === undefined) return;
    if (ranged) selectTo(bench, next);
    else bench.select(next);
    bench.reveal(next);
  }

  return {
    name: 'select',
    enter() {
      const { pointer } = bench.store.state;
      if (pointer === undefined) bench.store.update({ cursor: 'default' });
      else hover(pointer.x, pointer.y);
    },
    pointerMove: ({ x, y }) => hover(x, y),
    viewMoved() {
      const { pointer } = bench.store.state;
      if (pointer !== undefined) hover(pointer.x, pointer.y);
    },
    pointerLeave() {
      bench.store.update({
        hoveredId: undefined,
        hoveredArea: undefined,
        pointer: undefined,
        cursor: 'default',
      });
    },
    pointerDown(input) {
      bench.store.update({ pointer: { x: input.x, y: input.y }, notice: undefined, menu: undefined });
      if (input.button === 1 || (input.button === 0 && bench.isSpaceHeld())) {
        bench.enter(createPanTool(bench, input));
        return;
      }
      if (input.button === 0) bench.enter(createPressTool(bench, input));
    },
    exit: () => cancelLetter(),
    keyDown(input) {
      const { key, shift, command, alt } = input;
      cancelLetter();
      if (key === 'g' && !command && !alt) leadAt = bench.now();
      const { state } = bench.store;
      const { selectedId } = state;
      const direction = arrows[key];
      if (direction !== undefined) {
        if (alt && !command && (key === 'ArrowUp' || key === 'ArrowDown')) {
          const laneId =
            selectedId === undefined ? undefined : bench.store.shown(selectedId)?.placement?.laneId;
          if (laneId !== undefined && bench.mayReorder()) stepLane(bench, laneId, key === 'ArrowUp' ? -1 : 1);
          return true;
        }
        if (alt) return false;
        if (command) return scroll(bench, input);
        walk(direction, shift);
        return true;
      }
      if (key === 'PageDown' || key === 'PageUp') return scroll(bench, input);
      if (key === 'ContextMenu' || (key === 'F10' && shift)) {
        if (command || selectedId === undefined) bench.openLaneMenu();
        else bench.openMenu(0, 0, true);
        return true;
      }
      if (key === 'Escape') return stepBack(bench);
      if (command && !alt && key.toLowerCase() === 'a') {
        selectAll(bench);
        return true;
      }
      if (selectedId === undefined) return false;
      if (key === 'Enter' && !command) {
        if (shift || state.readOnly) bench.open(selectedId);
        else bench.pickUp(selectedId);
        return true;
      }
      if (key === ' ' && command) {
        toggle(bench, selectedId);
        return true;
      }
      // Ctrl-C only where no text is selected: the board has none.
      if (command && key.toLowerCase() === 'c') return actOn(bench, 'copy-code', selectedId);
      if (command || alt) return false;
      if (key === 'Delete' || key === 'Backspace') return actOn(bench, 'unschedule', selectedId);
      return letter(key.toLowerCase(), selectedId);
    },
  };
}

/** Escape takes back one thing at a time: what was said, then several selected, then the one. */
function stepBack(bench: Workbench): boolean {
  const { notice, selection, selectedId } = bench.store.state;
  if (notice !== undefined) bench.store.update({ notice: undefined });
  else if (selection.size > 1) bench.select(selectedId);
  else if (selectedId !== undefined) bench.select(undefined);
  else return false;
  return true;
}

function scroll(bench: Workbench, { key }: KeyInput): boolean {
  const { viewport } = bench.store.state;
  const across = viewport.width / 4;
  const down = viewport.height / (key.startsWith('Page') ? 1.25 : 4);
  const dx = key === 'ArrowLeft' ? -across : key === 'ArrowRight' ? across : 0;
  const dy =
    key === 'ArrowUp' || key === 'PageUp' ? -down : key === 'ArrowDown' || key === 'PageDown' ? down : 0;
  bench.view(panBy(viewport, dx, dy));
  return true;
}
