/** The rectangles of a frame of the board: all that a bare canvas gets to draw. */
import { latenessMs } from '../../renderer/workspaces/lanes/board/describe.ts';
import type { BoardScene } from '../../renderer/workspaces/lanes/board/draw/scene.ts';
import { lightTheme as theme } from '../../renderer/workspaces/lanes/board/draw/theme.ts';
import { wordOf } from '../../renderer/workspaces/lanes/board/draw/colour.ts';
import { indexGhosts } from '../../renderer/workspaces/lanes/board/ghost-index.ts';
import { slotTop, type LaneRow } from '../../renderer/workspaces/lanes/board/rows.ts';
import type { BoardState } from '../../renderer/workspaces/lanes/board/store.ts';
import { createTimeAxis } from '../../renderer/workspaces/lanes/board/time-axis.ts';
import { endOf, timeToX } from '../../renderer/workspaces/lanes/board/viewport.ts';

/** Left, top, right, bottom and colour of each rectangle, in the order of painting; the first `length` count. */
export interface Rectangles {
  readonly numbers: Float64Array;
  readonly length: number;
  /** Bars in view. */
  readonly bars: number;
}

export const stride = 5;
/** One buffer for all frames: what is thrown away here would be collected while the board is timed. */
let numbers = new Float64Array(2 ** 16);
let length = 0;

const flatHeight = 8;
const wholeWidth = 9;
const axis = createTimeAxis('Europe/Berlin', 'en');
const word = {
  header: wordOf(theme.header),
  working: wordOf(theme.working),
  band: wordOf(theme.band),
  resting: wordOf(theme.resting),
  row: wordOf(theme.rowLine),
  minor: wordOf(theme.minorLine),
  day: wordOf(theme.dayLine),
  area: wordOf(theme.areaHeader),
  blocked: wordOf(theme.blocked),
  late: wordOf(theme.late),
  ghost: wordOf(theme.baseline),
  load: wordOf(theme.load),
  track: wordOf(theme.loadTrack),
};
const bars = Object.fromEntries(
  Object.entries(theme.bars).map(([status, { fill, progress, edge }]) => [
    status,
    { fill: wordOf(fill), progress: wordOf(progress), edge: wordOf(edge) },
  ]),
);

function add(left: number, top: number, right: number, bottom: number, colour: number): void {
  if (length + stride > numbers.length) {
    const grown = new Float64Array(numbers.length * 2);
    grown.set(numbers);
    numbers = grown;
  }
  numbers[length] = left;
  numbers[length + 1] = top;
  numbers[length + 2] = right;
  numbers[length + 3] = bottom;
  numbers[length + 4] = colour;
  length += stride;
}

/**
 * What the board draws as rectangles in each frame: the working time and the marks of the clock behind the
 * lanes, once for all lanes as they share a calendar; the lines between them; the headers of areas; blocked
 * time; ghosts; each bar with its outline, its reported work and its late end (in the overview one
 * rectangle and its end, as there); the column of the lanes with their load; the axis. What is no rectangle
 * is left out: letters, signs, hatching, dashes, round corners, links. The board has to draw those too.
 */
export function rectanglesInView({ store }: BoardScene): Rectangles {
  const { state } = store;
  length = 0;
  addGround(state);
  const rows: LaneRow[] = [];
  const { viewport, metrics, layout } = state;
  for (const row of layout.rows) {
    if (row.top + row.height < viewport.scrollY || row.top > viewport.scrollY + viewport.height) continue;
    const top = Math.round(metrics.axisHeight + row.top - viewport.scrollY);
    const bottom = Math.round(top + row.height);
    if (row.kind === 'area') add(0, top, state.width, bottom, word.area);
    else rows.push(row);
    if (row.kind === 'area' || metrics.barHeight >= 6) add(0, bottom - 1, state.width, bottom, word.row);
  }
  addBehind(state, rows);
  const count = addBars(state, rows);
  addFrame(state, rows);
  return { numbers, length, bars: count };
}

const xIn = (state: BoardState, at: number): number =>
  Math.round(state.metrics.labelWidth + timeToX(state.viewport, at));

function addGround(state: BoardState): void {
  const { viewport, metrics, lanes, width, height } = state;
  const top = metrics.axisHeight;
  const endsAt = endOf(viewport);
  add(metrics.labelWidth, top, width, height, word.resting);
  for (const shift of lanes[0]?.windows ?? []) {
    if (shift.endsAt < viewport.startsAt || shift.startsAt > endsAt) continue;
    const colour = shift.shiftCode === 'LATE' ? word.band : word.working;
    add(xIn(state, shift.startsAt), top, xIn(state, shift.endsAt), height, colour);
  }
  const ticks = axis.ticks(viewport.startsAt, endsAt, viewport.msPerPx);
  const rule = (at: number, colour: number) => add(xIn(state, at), top, xIn(state, at) + 1, height, colour);
  for (const { at } of ticks.minor) rule(at, word.minor);
  for (const at of ticks.dayStarts) rule(at, word.row);
  for (const { at } of ticks.weeks) rule(at, word.row);
  for (const { at } of ticks.major) rule(at, word.day);
}

/** Blocked time and ghosts, colour by colour. */
function addBehind(state: BoardState, rows: readonly LaneRow[]): void {
  const { viewport, metrics } = state;
  const endsAt = endOf(viewport);
  const boxes = (colour: number, of: (row: LaneRow) => Iterable<{ startsAt: number; endsAt: number }>) => {
    for (const row of rows) {
      const top = Math.round(metrics.axisHeight + slotTop(row, 0, metrics) - viewport.scrollY);
      for (const each of of(row)) {
        if (each.endsAt < viewport.startsAt || each.startsAt > endsAt) continue;
        add(xIn(state, each.startsAt), top, xIn(state, each.endsAt), top + metrics.barHeight, colour);
      }
    }
  };
  boxes(word.blocked, ({ lane }) => lane.blocked ?? []);
  const ghosts = ghostsOf(state);
  boxes(word.ghost, ({ lane }) => ghosts.get(lane.id) ?? []);
}

let known: { readonly of: unknown; readonly ghosts: ReturnType<typeof indexGhosts> } | undefined;

function ghostsOf({ operations, layers }: BoardState) {
  if (known?.of !== operations) known = { of: operations, ghosts: indexGhosts(operations.values(), layers) };
  return known.ghosts;
}

/** Bars, colour by colour; then their outlines, their reported work and their late ends. */
function addBars(state: BoardState, rows: readonly LaneRow[]): number {
  const { viewport, metrics, barsByLane } = state;
  const endsAt = endOf(viewport);
  const isFlat = metrics.barHeight < flatHeight;
  const height = Math.round(metrics.barHeight);
  let count = 0;
  for (const [status, colours] of Object.entries(bars)) {
    for (const row of rows) {
      const top = Math.round(metrics.axisHeight + slotTop(row, 0, metrics) - viewport.scrollY);
      const bottom = top + height;
      for (const operation of barsByLane.get(row.lane.id)?.operations ?? []) {
        const { placement, progress } = operation;
        if (operation.status !== status || placement === undefined) continue;
        if (placement.endsAt < viewport.startsAt || placement.startsAt > endsAt) continue;
        count += 1;
        const left = xIn(state, placement.startsAt);
        const right = Math.max(left + 1, xIn(state, placement.endsAt));
        const isWhole = !isFlat && right - left >= wholeWidth;
        add(left, top, right, bottom, isWhole ? colours.fill : colours.edge);
        if (isWhole) {
          if (progress > 0) {
            add(left, top, Math.round(left + (right - left) * progress), bottom, colours.progress);
          }
          add(left, top, right, top + 1, colours.edge);
          add(left, bottom - 1, right, bottom, colours.edge);
          add(left, top, left + 1, bottom, colours.edge);
          add(right - 1, top, right, bottom, colours.edge);
        }
        if (latenessMs(operation) > 0) add(right - 2, top, right, bottom, word.late);
      }
    }
  }
  return count;
}

/** The column of the lanes, and the axis. */
function addFrame(state: BoardState, rows: readonly LaneRow[]): void {
  const { viewport, metrics, width, height } = state;
  add(0, metrics.axisHeight, metrics.labelWidth, height, word.header);
  for (const row of rows) {
    if (row.height < 20) continue;
    const middle = Math.round(metrics.axisHeight + row.top - viewport.scrollY + row.height / 2);
    add(metrics.labelWidth - 42, middle + 5, metrics.labelWidth - 12, middle + 9, word.track);
    add(metrics.labelWidth - 42, middle + 5, metrics.labelWidth - 22, middle + 9, word.load);
  }
  add(0, 0, width, metrics.axisHeight, word.header);
  for (const { at } of axis.ticks(viewport.startsAt, endOf(viewport), viewport.msPerPx).minor) {
    add(xIn(state, at), 24, xIn(state, at) + 1, 40, word.day);
  }
}
