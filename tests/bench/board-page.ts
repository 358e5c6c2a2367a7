/** Runs in the page: drives the board's own scene over pans and zooms, and a plain canvas beside it. */
import type { BoardOperation, Lane, OperationStatus } from '#domain/scheduling/types';
import { createBoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import type { BoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { lightTheme } from '../../renderer/workspaces/lanes/board/draw/theme.ts';
import type { Density } from '../../renderer/workspaces/lanes/board/rows.ts';
import { slotTop } from '../../renderer/workspaces/lanes/board/rows.ts';
import { centreOn, endOf, fitTo, timeToX } from '../../renderer/workspaces/lanes/board/viewport.ts';

export interface BoardRun {
  readonly view: string;
  readonly frames: number;
  /** Bars in view, at the median frame. */
  readonly bars: number;
  /** Milliseconds a frame. */
  readonly ours: readonly number[];
  readonly plain: readonly number[];
}

const width = 1920;
const height = 1080;
const laneCount = 200;
const barsPerLane = 50;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startsAt = Date.UTC(2026, 0, 5);
const horizon = { startsAt, endsAt: startsAt + 91 * dayMs };
const now = startsAt + 45 * dayMs;
const panFrames = 60;
const warmUpFrames = 10;

/** Two shifts on each day but Sunday. */
function windows(): Lane['windows'] {
  return Array.from({ length: 91 }, (_, day) => day)
    .filter((day) => day % 7 !== 6)
    .flatMap((day) =>
      [6, 14].map((hour) => ({
        shiftCode: hour === 6 ? 'EARLY' : 'LATE',
        startsAt: startsAt + day * dayMs + hour * hourMs,
        endsAt: startsAt + day * dayMs + (hour + 8) * hourMs,
      })),
    );
}

function scene(density: Density): BoardScene {
  const shifts = windows();
  const lanes = Array.from({ length: laneCount }, (_, index): Lane => ({
    id: `lane-${index}`,
    code: `L-${String(index).padStart(3, '0')}`,
    name: `Lane ${index}`,
    area: `Area ${Math.floor(index / 20)}`,
    capacity: 1,
    windows: shifts,
  }));
  const operations = lanes.flatMap((lane, laneIndex) =>
    Array.from({ length: barsPerLane }, (_, index): BoardOperation => {
      const from = startsAt + ((index + (laneIndex % 7) / 10) * 91 * dayMs) / barsPerLane;
      const lengthMs = (8 + ((laneIndex * 31 + index * 17) % 24)) * hourMs;
      const status: OperationStatus =
        from + lengthMs < now ? 'completed' : from < now ? 'running' : index % 3 === 0 ? 'ready' : 'planned';
      return {
        operationId: `${lane.id}-${index}`,
        code: `WO-${String(laneIndex * barsPerLane + index).padStart(6, '0')}/20`,
        workOrderId: `order-${laneIndex}-${index}`,
        workOrderNumber: `WO-${String(laneIndex * barsPerLane + index).padStart(6, '0')}`,
        operationNumber: 20,
        name: 'Turn and mill the housing',
        materialCode: `M-${index}`,
        materialName: 'Pump housing',
        quantity: 120,
        unit: 'pcs',
        status,
        progress: status === 'running' ? 0.4 : status === 'completed' ? 1 : 0,
        priority: 50,
        dueAt: from + lengthMs + (index % 5 === 0 ? -hourMs : dayMs),
        durationS: lengthMs / 1000,
        eligibleLaneIds: [lane.id],
        placement: { laneId: lane.id, startsAt: from, endsAt: from + lengthMs },
        version: 1,
      };
    }),
  );
  return createBoardScene({
    lanes,
    operations,
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
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  return context;
}

function timed(context: CanvasRenderingContext2D, draw: () => void): number {
  const begin = performance.now();
  draw();
  context.getImageData(0, 0, 1, 1);
  return performance.now() - begin;
}

/** The rectangles of the bars in view, by colour: all that the plain canvas gets to draw. */
function rectanglesInView({ store }: BoardScene): ReadonlyMap<string, number[]> {
  const { state } = store;
  const { viewport, metrics, layout } = state;
  const byColour = new Map<string, number[]>();
  for (const row of layout.rows) {
    if (row.kind !== 'lane') continue;
    if (row.top + row.height < viewport.scrollY || row.top > viewport.scrollY + viewport.height) continue;
    for (const operation of state.barsByLane.get(row.lane.id)?.operations ?? []) {
      const { placement, status } = operation;
      if (!placement || placement.endsAt < viewport.startsAt || placement.startsAt > endOf(viewport))
        continue;
      const x = timeToX(viewport, placement.startsAt);
      const colour = lightTheme.bars[status].edge;
      const list = byColour.get(colour) ?? [];
      byColour.set(colour, list);
      list.push(
        metrics.labelWidth + x,
        metrics.axisHeight + slotTop(row, 0, metrics) - viewport.scrollY,
        Math.max(1, timeToX(viewport, placement.endsAt) - x),
        metrics.barHeight,
      );
    }
  }
  return byColour;
}

function drawPlain(context: CanvasRenderingContext2D, byColour: ReadonlyMap<string, number[]>): void {
  context.fillStyle = lightTheme.surface;
  context.fillRect(0, 0, width, height);
  for (const [colour, numbers] of byColour) {
    context.fillStyle = colour;
    for (let at = 0; at < numbers.length; at += 4) {
      context.fillRect(numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0, numbers[at + 3] ?? 0);
    }
  }
}

function measureView(
  view: string,
  density: Density,
  place: (board: BoardScene, progress: number) => void,
): BoardRun {
  const board = scene(density);
  const surface = createSurface();
  const plainSurface = createSurface();
  const look = { theme: lightTheme, nowLabel: 'now', pixelRatio: 1, now };
  const ours: number[] = [];
  const plain: number[] = [];
  const bars: number[] = [];
  for (let frame = -warmUpFrames; frame < panFrames; frame += 1) {
    place(board, Math.max(0, frame) / (panFrames - 1));
    const rectangles = rectanglesInView(board);
    const mine = timed(surface, () => board.drawFrame(surface, look));
    const floor = timed(plainSurface, () => drawPlain(plainSurface, rectangles));
    if (frame < 0) continue;
    ours.push(mine);
    plain.push(floor);
    bars.push([...rectangles.values()].reduce((sum, { length }) => sum + length / 4, 0));
  }
  bars.sort((a, b) => a - b);
  return { view, frames: panFrames, bars: bars[Math.floor(bars.length / 2)] ?? 0, ours, plain };
}

/** Shows a span of days, and pans right (and down, where not all lanes fit) by half a screen. */
const panOver = (days: number) => (board: BoardScene, progress: number) => {
  const { viewport } = board.store.state;
  const from = now - (days / 2) * dayMs;
  const fitted = fitTo(viewport, from, from + days * dayMs);
  const shifted = { ...fitted, startsAt: fitted.startsAt + progress * 0.5 * days * dayMs };
  board.store.update({ viewport: { ...shifted, scrollY: progress * viewport.height * 0.5 } });
};

/** From the whole quarter to one hour around the present. */
const zoomIn = (board: BoardScene, progress: number) => {
  const { viewport } = board.store.state;
  const spanMs = 91 * dayMs * (hourMs / (91 * dayMs)) ** progress;
  board.store.update({ viewport: centreOn(fitTo(viewport, now - spanMs / 2, now + spanMs / 2), now) });
};

Object.assign(globalThis, {
  measure: (): BoardRun[] => [
    measureView('quarter', 'overview', panOver(87)),
    measureView('week', 'compact', panOver(7)),
    measureView('day', 'comfortable', panOver(1)),
    measureView('zoom', 'overview', zoomIn),
  ],
});
