/** A bar is dragged over the board by the board's own editor: what each step costs, with all that it would do. */
import { indexBoard } from '#domain/scheduling/board-index';
import { consequences } from '#domain/scheduling/consequences/consequences';
import { createDrawFrame } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { lightTheme } from '../../renderer/workspaces/lanes/board/draw/theme.ts';
import { createBoardEditor } from '../../renderer/workspaces/lanes/board/editor.ts';
import { emptyLayers } from '../../renderer/workspaces/lanes/board/layers.ts';
import { createBoardStore } from '../../renderer/workspaces/lanes/board/store.ts';
import { createTimeAxis } from '../../renderer/workspaces/lanes/board/time-axis.ts';
import { fitTo } from '../../renderer/workspaces/lanes/board/viewport.ts';
import { dayMs, horizon, hourMs, now, type PlantPlan } from './board-data.ts';

export interface DragRun {
  /** From the pointer's move to the finished frame, milliseconds a step. */
  readonly steps: readonly number[];
  /** Of it, what the consequences take. */
  readonly asking: readonly number[];
  /** Most bars that one step pushed out of the way. */
  readonly mostPushed: number;
}

const steps = 60;
const size = { width: 1920, height: 1080 };

/** Carries a bar that is ready along its lane and on to the next, a few pixels at a time. */
export function measureDrag(
  { lanes, operations, links }: PlantPlan,
  surface: CanvasRenderingContext2D,
): DragRun {
  const index = indexBoard({ lanes, operations, links, now });
  const store = createBoardStore(horizon);
  store.update({ lanes, density: 'compact', ...size, layers: { ...emptyLayers, links } });
  store.setOperations(operations);
  const axis = createTimeAxis('Europe/Berlin', 'en');
  const asking: number[] = [];
  let asked = 0;
  let mostPushed = 0;
  const editor = createBoardEditor(
    store,
    {
      consequences(edits, mode) {
        const begin = performance.now();
        const result = consequences(index, edits, mode);
        asked += performance.now() - begin;
        mostPushed = Math.max(mostPushed, result.pushed.length);
        return result;
      },
      onEdit: () => {},
      formatMessage: ({ id }) => id,
    },
    axis,
    {
      now: () => now,
      schedule: () => () => {},
      requestFrame: () => {},
      announce: () => {},
      reducedMotion: () => true,
    },
  );
  const from = now - hourMs;
  store.update({ viewport: fitTo(store.state.viewport, from, from + 7 * dayMs) });
  const drawFrame = createDrawFrame();
  const look = { theme: lightTheme, axis, nowLabel: 'now', pixelRatio: 1, now };
  drawFrame(surface, store, look);
  drawFrame(surface, store, look);
  const chosen = operations.find(
    ({ operationId, placement, status, locked }) =>
      status === 'ready' &&
      locked !== true &&
      (placement?.startsAt ?? 0) > now + 4 * hourMs &&
      isInView(editor.boundsOf(operationId)),
  );
  const box = chosen === undefined ? undefined : editor.boundsOf(chosen.operationId);
  if (box === undefined) throw new Error('No bar to drag in view');
  const keys = { shift: false, command: false, alt: false, button: 0 };
  const pointer = { pointerId: 1, pointerType: 'mouse' as const, ...keys };
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  editor.pointerDown({ ...pointer, ...at });
  const taken: number[] = [];
  for (let step = 1; step <= steps; step += 1) {
    asked = 0;
    const begin = performance.now();
    editor.pointerMove({ ...pointer, x: at.x + step * 7, y: at.y + (step > steps / 2 ? box.height + 4 : 0) });
    drawFrame(surface, store, look);
    surface.getImageData(0, 0, 1, 1);
    taken.push(performance.now() - begin);
    asking.push(asked);
  }
  editor.pointerCancel();
  return { steps: taken, asking, mostPushed };
}

function isInView(box: { readonly x: number; readonly y: number } | undefined): boolean {
  return box !== undefined && box.x > 250 && box.x < 1300 && box.y > 100 && box.y < 800;
}
