/** Runs in the page: drives the board's own scene over pans and zooms, and bare canvases beside it. */
import type { BoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { createBoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { lightTheme } from '../../renderer/workspaces/lanes/board/draw/theme.ts';
import { emptyLayers } from '../../renderer/workspaces/lanes/board/layers.ts';
import type { Density } from '../../renderer/workspaces/lanes/board/rows.ts';
import { centreOn, fitTo } from '../../renderer/workspaces/lanes/board/viewport.ts';
import { dayMs, families, horizon, hourMs, now, plantPlan, startsAt, type PlantPlan } from './board-data.ts';
import { measureDrag, type DragRun } from './board-drag.ts';
import { fillFloor, framebufferFloor, rectanglesInView, tileFloor, type Floor } from './board-floor.ts';

export interface BoardRun {
  readonly view: string;
  readonly frames: number;
  /** Bars in view, at the median frame. */
  readonly bars: number;
  /** Milliseconds a frame. */
  readonly ours: readonly number[];
  /** The same rectangles by each of the fast ways, milliseconds a frame. */
  readonly floors: Readonly<Record<string, readonly number[]>>;
}

const width = 1920;
const height = 1080;
const frames = 60;
const warmUpFrames = 12;
const look = { theme: lightTheme, nowLabel: 'now', pixelRatio: 1, now };

function sceneOf({ lanes, operations, links }: PlantPlan, density: Density): BoardScene {
  return createBoardScene({
    lanes,
    operations,
    layers: { ...emptyLayers, links, families },
    horizon,
    timeZone: 'Europe/Berlin',
    locale: 'en',
    density,
    width,
    height,
  });
}

function createSurface() {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  // Drawing is recorded and done later; reading one pixel back has it done now, so that it is timed.
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  return context;
}

function timed(context: CanvasRenderingContext2D, draw: () => void): number {
  const begin = performance.now();
  draw();
  context.getImageData(0, 0, 1, 1);
  return performance.now() - begin;
}

/** Some bar in the middle of the view is selected, so that its links are drawn. */
function selectOne({ store }: BoardScene): void {
  const lane = store.state.lanes[5];
  const bars = lane === undefined ? undefined : store.state.barsByLane.get(lane.id)?.operations;
  const operationId = bars?.find(({ placement }) => (placement?.startsAt ?? 0) > now)?.operationId;
  store.update({ selectedId: operationId });
}

function measureView(
  plan: PlantPlan,
  view: string,
  density: Density,
  isPan: boolean,
  place: (board: BoardScene, progress: number) => void,
): BoardRun {
  const board = sceneOf(plan, density);
  selectOne(board);
  const surface = createSurface();
  const bare = createSurface();
  place(board, 0);
  const floors: Floor[] = [fillFloor(width, height), framebufferFloor(width, height)];
  if (isPan) floors.push(tileFloor(width, height, rectanglesInView(board)));
  const ours: number[] = [];
  const beside: Record<string, number[]> = Object.fromEntries(floors.map(({ name }) => [name, []]));
  const bars: number[] = [];
  for (let frame = -warmUpFrames; frame < frames; frame += 1) {
    place(board, Math.max(0, frame) / (frames - 1));
    const mine = timed(surface, () => board.drawFrame(surface, look));
    const rectangles = rectanglesInView(board);
    const costs = floors.map((floor) => timed(bare, () => floor.draw(bare, rectangles, frame * 16)));
    if (frame < 0) continue;
    ours.push(mine);
    for (const [index, { name }] of floors.entries()) beside[name]?.push(costs[index] ?? 0);
    bars.push(rectangles.length / 5);
  }
  bars.sort((a, b) => a - b);
  return { view, frames, bars: bars[Math.floor(bars.length / 2)] ?? 0, ours, floors: beside };
}

/** Shows a span of days, and pans right (and down, where not all lanes fit) by half a screen. */
const panOver = (days: number) => (board: BoardScene, progress: number) => {
  const { viewport } = board.store.state;
  const from = now - (days / 2) * dayMs;
  const fitted = fitTo(viewport, from, from + days * dayMs);
  const shifted = { ...fitted, startsAt: fitted.startsAt + progress * 0.5 * days * dayMs };
  board.store.update({ viewport: { ...shifted, scrollY: progress * viewport.height * 0.5 } });
};

/** From one span to another around the present. */
const zoomFrom = (fromMs: number, toMs: number) => (board: BoardScene, progress: number) => {
  const { viewport } = board.store.state;
  const spanMs = fromMs * (toMs / fromMs) ** progress;
  board.store.update({ viewport: centreOn(fitTo(viewport, now - spanMs / 2, now + spanMs / 2), now) });
};

/** From the records to the first picture, week in view, milliseconds. */
function firstFrame(plan: PlantPlan, density: Density, days: number): number {
  const surface = createSurface();
  const begin = performance.now();
  const board = sceneOf(plan, density);
  selectOne(board);
  panOver(days)(board, 0);
  board.drawFrame(surface, look);
  surface.getImageData(0, 0, 1, 1);
  return performance.now() - begin;
}

/** Bytes on the heap, once what is not needed has gone. */
function heap(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  const { memory } = performance as { memory?: { usedJSHeapSize: number } };
  return memory?.usedJSHeapSize ?? 0;
}

let kept: unknown;

Object.assign(globalThis, {
  measureViews: (barsPerLane: number): BoardRun[] => {
    const plan = plantPlan(200, barsPerLane);
    return [
      measureView(plan, 'whole', 'overview', true, panOver(87)),
      measureView(plan, 'week', 'compact', true, panOver(7)),
      measureView(plan, 'day', 'comfortable', true, panOver(1)),
      measureView(plan, 'zoom-whole', 'overview', false, zoomFrom(91 * dayMs, hourMs)),
      measureView(plan, 'zoom-day', 'comfortable', false, zoomFrom(3 * dayMs, 4 * hourMs)),
    ];
  },
  measureDrag: (barsPerLane: number): DragRun => measureDrag(plantPlan(200, barsPerLane), createSurface()),
  measureFirst: (barsPerLane: number, density: Density, days: number): number =>
    firstFrame(plantPlan(200, barsPerLane), density, days),
  /** Bytes a bar: of what the board builds from the records, with a first frame drawn; and of the records. */
  measureMemory: (barsPerLane: number): { readonly board: number; readonly records: number } => {
    const before = heap();
    const plan = plantPlan(200, barsPerLane);
    kept = plan;
    const withPlan = heap();
    const board = sceneOf(plan, 'compact');
    const surface = createSurface();
    selectOne(board);
    panOver(7)(board, 0);
    board.drawFrame(surface, look);
    kept = [plan, board, surface];
    const withBoard = heap();
    // What stands in typed arrays is beside the heap, and is counted by its length.
    let columns = 0;
    for (const bars of board.store.state.barsByLane.values()) {
      for (const column of [bars.starts, bars.ends, bars.setupEnds, bars.reach, bars.slots]) {
        columns += column.byteLength;
      }
      // Colour and marks of each bar, and the running totals of its lane's load.
      columns += bars.operations.length * (2 + 4 * 8);
    }
    const count = plan.operations.length;
    return { board: (withBoard - withPlan + columns) / count, records: (withPlan - before) / count };
  },
  /** Time over which a run was measured, so that nothing of it is left out as unused. */
  kept: () => [kept, startsAt],
});
