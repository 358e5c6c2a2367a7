import { barsWithin } from '../hit-test.ts';
import { xToTime } from '../viewport.ts';
import { scrollAtEdges } from './hold.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

/**
 * Draws a rectangle over bars to select them; with Ctrl they are added to the selection. The first corner
 * stays where it was put in time and lanes, also while the view scrolls.
 */
export function createMarqueeTool(bench: Workbench, from: PointerInput, to: PointerInput): Tool {
  const before = bench.store.state.selection;
  const leadingBefore = bench.store.state.selectedId;
  let { x, y } = to;
  const corner = pointOf(from.x, from.y);

  function pointOf(atX: number, atY: number) {
    const { viewport, metrics } = bench.store.state;
    return {
      at: xToTime(viewport, Math.max(atX, metrics.labelWidth) - metrics.labelWidth),
      contentY: Math.max(atY, metrics.axisHeight) - metrics.axisHeight + viewport.scrollY,
    };
  }

  function follow(): void {
    const end = pointOf(x, y);
    const marquee = {
      fromAt: Math.min(corner.at, end.at),
      toAt: Math.max(corner.at, end.at),
      fromY: Math.min(corner.contentY, end.contentY),
      toY: Math.max(corner.contentY, end.contentY),
    };
    const within = barsWithin(bench.store.state, marquee);
    const kept = from.command ? [...before] : [];
    bench.store.update({ marquee });
    bench.selectMany([...kept, ...within], within[0] ?? (from.command ? leadingBefore : undefined));
  }

  function moveTo(input: PointerInput): void {
    ({ x, y } = input);
    bench.store.update({ pointer: { x, y } });
    follow();
    bench.requestFrame();
  }

  function leave(): void {
    bench.selectMany(before, leadingBefore);
    bench.rest();
  }

  return {
    name: 'marquee',
    enter() {
      bench.store.update({ hoveredId: undefined, cursor: 'crosshair' });
      moveTo(to);
    },
    exit() {
      bench.store.update({ marquee: undefined });
    },
    pointerMove: moveTo,
    viewMoved: follow,
    frame: (elapsedMs) => scrollAtEdges(bench, x, y, elapsedMs),
    pointerUp() {
      const { size } = bench.store.state.selection;
      bench.announce('board.announce.selected', { count: size });
      bench.rest();
    },
    keyDown(input) {
      if (input.key !== 'Escape') return false;
      leave();
      return true;
    },
    cancel: leave,
  };
}
