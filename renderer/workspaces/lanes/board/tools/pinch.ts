import { panBy, zoomAt } from '../viewport.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

/** Two fingers: their distance zooms, their middle pans. */
export function createPinchTool(bench: Workbench, first: PointerInput, second: PointerInput): Tool {
  const fingers = new Map([
    [first.pointerId, first],
    [second.pointerId, second],
  ]);

  function spread(): { readonly middleX: number; readonly middleY: number; readonly distance: number } {
    const [a = first, b = second] = [...fingers.values()];
    return {
      middleX: (a.x + b.x) / 2,
      middleY: (a.y + b.y) / 2,
      // Fingers that cross must not turn the zoom inside out.
      distance: Math.max(24, Math.hypot(a.x - b.x, a.y - b.y)),
    };
  }

  let before = spread();
  return {
    name: 'pinch',
    pointerMove(input) {
      if (!fingers.has(input.pointerId)) return;
      fingers.set(input.pointerId, input);
      const after = spread();
      const { viewport, metrics } = bench.store.state;
      const panned = panBy(viewport, before.middleX - after.middleX, before.middleY - after.middleY);
      bench.view(zoomAt(panned, after.distance / before.distance, after.middleX - metrics.labelWidth));
      before = after;
    },
    pointerUp: () => bench.rest(),
    cancel: () => bench.rest(),
  };
}
