/** Runs in the page: drives the board's own scene over pans and zooms, and bare canvases beside it. */
import type { BoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { createBoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { lightTheme } from '../../renderer/workspaces/lanes/board/draw/theme.ts';
import { emptyLayers } from '../../renderer/workspaces/lanes/board/layers.ts';
import type { Density } from '../../renderer/workspaces/lanes/board/rows.ts';
import { centreOn, fitTo } from '../../renderer/workspaces/lanes/board/viewport.ts';
import { warmUpBoard } from '../../renderer/workspaces/lanes/board/warm-up.ts';
import { dayMs, families, horizon, hourMs, now, plantPlan, startsAt, type PlantPlan } from './board-data.ts';
import { measureDrag, type DragRun } from './board-drag.ts';
import { fillFloor, framebufferFloor, memoryFloor, tileFloor, type Floor } from './board-floor.ts';
import { rectanglesInView } from './board-rectangles.ts';

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

/** Some bar in the middle of the view is selected, so that its links are drawn. */
function selectOne({ store }: BoardScene): void {
  const lane = store.state.lanes[5];
  const bars = lane === undefined ? undefined : store.state.barsByLane.get(lane.id)?.operations;
  const operationId = bars?.find(({ placement }) => (placement?.startsAt ?? 0) > now)?.operationId;
  store.update({ selectedId: operationId });
}

/** A board at the beginning of a movement, and the bare canvases beside it. */
interface Stage {
  /** Draws a frame of the movement, -warmUpFrames..frames - 1, until its pixels are there. */
  draw(frame: number): void;
  /** The same rectangles by one of the fast ways. */
  drawBare(frame: number, floor: Floor): void;
  /** Bars in view in a frame; to be asked before `drawBare`. */
  barsIn(frame: number): number;
  readonly floors: readonly Floor[];
}

function createStage(plan: PlantPlan, { density, isPan, place }: View): Stage {
  const board = sceneOf(plan, density);
  selectOne(board);
  const surface = createSurface();
  const bare = createSurface();
  const at = (frame: number): void => place(board, Math.max(0, frame) / (frames - 1));
  at(0);
  const floors: Floor[] = [fillFloor(width, height), framebufferFloor(width, height)];
  let rectangles = rectanglesInView(board);
  if (isPan) floors.push(tileFloor(width, height, rectangles), memoryFloor(width, height, rectangles));
  return {
    floors,
    draw(frame) {
      at(frame);
      board.drawFrame(surface, look);
      surface.getImageData(0, 0, 1, 1);
    },
    barsIn(frame) {
      at(frame);
      rectangles = rectanglesInView(board);
      return rectangles.bars;
    },
    drawBare(frame, floor) {
      floor.draw(bare, rectangles, frame * 16);
      bare.getImageData(0, 0, 1, 1);
    },
  };
}

function timed(draw: () => void): number {
  const begin = performance.now();
  draw();
  return performance.now() - begin;
}

function measureView(plan: PlantPlan, view: View): BoardRun {
  const stage = createStage(plan, view);
  const ours: number[] = [];
  const beside: Record<string, number[]> = Object.fromEntries(stage.floors.map(({ name }) => [name, []]));
  const bars: number[] = [];
  for (let frame = -warmUpFrames; frame < frames; frame += 1) {
    const mine = timed(() => stage.draw(frame));
    const inView = stage.barsIn(frame);
    const costs = stage.floors.map((floor) => timed(() => stage.drawBare(frame, floor)));
    if (frame < 0) continue;
    ours.push(mine);
    for (const [index, { name }] of stage.floors.entries()) beside[name]?.push(costs[index] ?? 0);
    bars.push(inView);
  }
  bars.sort((a, b) => a - b);
  return { view: view.name, frames, bars: bars[Math.floor(bars.length / 2)] ?? 0, ours, floors: beside };
}

interface View {
  readonly name: string;
  readonly density: Density;
  /** Moved without zooming: only then can pictures be used again. */
  readonly isPan: boolean;
  readonly place: (board: BoardScene, progress: number) => void;
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

/**
 * From the records to the first picture, milliseconds. Before the clock runs, what making the plan has left
 * behind is swept up; `isWarm` does what the product does while the records are on their way.
 */
function firstFrame(plan: PlantPlan, density: Density, days: number, isWarm: boolean): number {
  const surface = createSurface();
  if (isWarm) warmUpBoard('en');
  heap();
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

const views: readonly View[] = [
  { name: 'whole', density: 'overview', isPan: true, place: panOver(87) },
  { name: 'week', density: 'compact', isPan: true, place: panOver(7) },
  { name: 'day', density: 'comfortable', isPan: true, place: panOver(1) },
  { name: 'zoom-whole', density: 'overview', isPan: false, place: zoomFrom(91 * dayMs, hourMs) },
  { name: 'zoom-day', density: 'comfortable', isPan: false, place: zoomFrom(3 * dayMs, 4 * hourMs) },
];
let stage: Stage | undefined;

Object.assign(globalThis, {
  measureViews: (barsPerLane: number): BoardRun[] => {
    const plan = plantPlan(200, barsPerLane);
    return views.map((view) => measureView(plan, view));
  },
  /** For a look from outside, at what the processor spends: warmed up; the names of the bare ways. */
  openStage: (barsPerLane: number, name: string): readonly string[] => {
    const view = views.find((each) => each.name === name) ?? views[0];
    if (!view) return [];
    stage = createStage(plantPlan(200, barsPerLane), view);
    for (let frame = -warmUpFrames; frame < 0; frame += 1) {
      stage.draw(frame);
      stage.barsIn(frame);
      for (const floor of stage.floors) stage.drawBare(frame, floor);
    }
    return stage.floors.map(({ name: way }) => way);
  },
  runOurs: () => {
    for (let frame = 0; frame < frames; frame += 1) stage?.draw(frame);
  },
  /** With the rectangles of the middle frame: to find them is no part of it. */
  runBare: (name: string) => {
    const floor = stage?.floors.find((each) => each.name === name);
    stage?.barsIn(frames / 2);
    for (let frame = 0; floor && frame < frames; frame += 1) stage?.drawBare(frame, floor);
  },
  measureDrag: (barsPerLane: number): DragRun => measureDrag(plantPlan(200, barsPerLane), createSurface()),
  measureFirst: (barsPerLane: number, density: Density, days: number, isWarm: boolean): number =>
    firstFrame(plantPlan(200, barsPerLane), density, days, isWarm),
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
