import { panBy } from '../viewport.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

/** Drags the view: from the background, with space, with the middle button, or with a finger. */
export function createPanTool(bench: Workbench, from: PointerInput): Tool {
  const start = bench.store.state.viewport;
  // On the axis only time moves, on the labels only the lanes.
  const { metrics } = bench.store.state;
  const alongX = from.x >= metrics.labelWidth;
  const alongY = from.y >= metrics.axisHeight;
  return {
    name: 'pan',
    enter() {
      bench.store.update({ cursor: 'grabbing', hoveredId: undefined });
    },
    pointerMove(input) {
      bench.store.update({ pointer: { x: input.x, y: input.y } });
      bench.view(panBy(start, alongX ? from.x - input.x : 0, alongY ? from.y - input.y : 0));
    },
    pointerUp: () => bench.rest(),
    cancel: () => bench.rest(),
    keyDown(input) {
      if (input.key !== 'Escape') return false;
      bench.view(start);
      bench.rest();
      return true;
    },
  };
}
