import { createCarryTool } from './carry.ts';
import { nextBar, type Direction } from './neighbours.ts';
import { createPanTool } from './pan.ts';
import { createPressTool } from './press.ts';
import type { KeyInput, Tool, Workbench } from './tool.ts';
import { panBy } from '../viewport.ts';

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

/** The state of rest: shows what is below the pointer, walks between bars by keyboard. */
export function createSelectTool(bench: Workbench): Tool {
  function hover(x: number, y: number): void {
    const { state } = bench.store;
    const hit = bench.hit(x, y);
    const hoveredId = hit.zone === 'bar' ? hit.operationId : undefined;
    const hoveredArea = hit.zone === 'area' ? hit.area : undefined;
    const cursor = bench.isSpaceHeld()
      ? 'grab'
      : hit.zone === 'area'
        ? 'pointer'
        : hoveredId === undefined || state.readOnly
          ? 'default'
          : 'grab';
    bench.store.update({ hoveredId, hoveredArea, cursor, pointer: { x, y } });
  }

  function walk(direction: Direction): void {
    const next = nextBar(bench.store.state, direction);
    if (next === undefined) return;
    bench.select(next);
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
      bench.store.update({ pointer: { x: input.x, y: input.y }, notice: undefined });
      if (input.button === 1 || (input.button === 0 && bench.isSpaceHeld())) {
        bench.enter(createPanTool(bench, input));
        return;
      }
      if (input.button === 0) bench.enter(createPressTool(bench, input));
    },
    keyDown(input) {
      const { state } = bench.store;
      const direction = arrows[input.key];
      if (direction !== undefined && !input.command && !input.alt) {
        if (input.shift) return scroll(bench, input);
        walk(direction);
        return true;
      }
      if (input.key === 'PageDown' || input.key === 'PageUp') return scroll(bench, input);
      if (input.key === 'Enter' && state.selectedId !== undefined) {
        if (input.shift || state.readOnly) bench.open(state.selectedId);
        else pickUp(bench, state.selectedId);
        return true;
      }
      if (input.key === 'Escape' && (state.selectedId !== undefined || state.notice !== undefined)) {
        bench.store.update({ notice: undefined });
        bench.select(undefined);
        return true;
      }
      return false;
    },
  };
}

function pickUp(bench: Workbench, operationId: string): void {
  const operation = bench.store.shown(operationId);
  if (operation?.placement === undefined) return;
  bench.reveal(operationId);
  bench.enter(createCarryTool(bench, operation, operation.placement));
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
