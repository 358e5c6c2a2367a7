import { createMoveTool } from './move.ts';
import { createPanTool } from './pan.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

const slackPx = { mouse: 4, pen: 6, touch: 9 };
const doublePressMs = 400;
const lastPress = new WeakMap<Workbench, { readonly operationId: string; readonly at: number }>();

/**
 * The pointer is down and has not gone anywhere yet: a click, the beginning of a move, or of a pan.
 * A finger on a bar that is not selected pans, so that scrolling a touch screen moves no work.
 * (A marquee would begin here, with shift on the background.)
 */
export function createPressTool(bench: Workbench, down: PointerInput): Tool {
  const hit = bench.hit(down.x, down.y);
  const operationId = hit.zone === 'bar' ? hit.operationId : undefined;

  function lift(input: PointerInput): void {
    const { state } = bench.store;
    const operation = operationId === undefined ? undefined : bench.store.shown(operationId);
    const mayMove = !state.readOnly && (down.pointerType !== 'touch' || state.selectedId === operationId);
    if (operation?.placement === undefined || !mayMove || hit.zone !== 'bar') {
      const pan = createPanTool(bench, down);
      bench.enter(pan);
      pan.pointerMove?.(input);
    } else {
      bench.select(operation.operationId);
      bench.enter(createMoveTool(bench, operation, hit.at - operation.placement.startsAt, input));
    }
  }

  return {
    name: 'press',
    pointerMove(input) {
      if (Math.hypot(input.x - down.x, input.y - down.y) >= slackPx[down.pointerType]) lift(input);
    },
    pointerUp() {
      if (hit.zone === 'area') bench.toggleArea(hit.area);
      else bench.select(operationId);
      const previous = lastPress.get(bench);
      if (operationId !== undefined) {
        const again = previous?.operationId === operationId && bench.now() - previous.at <= doublePressMs;
        lastPress.set(bench, { operationId, at: again ? -Infinity : bench.now() });
        if (again) bench.open(operationId);
      }
      bench.rest();
    },
    cancel: () => bench.rest(),
  };
}
