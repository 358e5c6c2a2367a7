import type { BlockedStretch, BoardOperation, ShiftWindow } from '#domain/scheduling/types';
import type { GhostIndex } from '../ghost-index.ts';
import { slotOf } from '../hit-test.ts';
import { firstVisible, type LaneBars } from '../lane-bars.ts';
import { rowIndexAt, slotTop, type LaneRow } from '../rows.ts';
import type { BoardState } from '../store.ts';
import type { TimeAxis } from '../time-axis.ts';
import { barFlag, type Looks } from './bar-look.ts';
import { hatchPeriod, paintCalendar, type TimeScale } from './calendar-lines.ts';
import type { CategoryPaint, GhostPaint, GroundPaint, Paints } from './paints.ts';
import { dashLine, fillBox, hatchBox, modulo, paintBar, type Raster } from './raster.ts';
import { calendarOf } from './windows.ts';

/** Pixels of the canvas over the content: `x = (at - anchorAt) * pxPerMs`, `y = contentY * ratio`. */
export interface PixelScale {
  readonly anchorAt: number;
  readonly pxPerMs: number;
  /** Pixels of the canvas in a CSS pixel. */
  readonly ratio: number;
}

/** A piece of the content, in pixels of the canvas. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is written on or beside a bar after its pixels are there; CSS pixels from the region's corner. */
export interface BarLabel {
  readonly operation: BoardOperation;
  readonly paint: CategoryPaint;
  readonly flags: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where set-up ends and the run, with its text, begins. */
  readonly runX: number;
  /** Free width behind it on its line. */
  readonly room: number;
}

export interface BlockedLabel {
  readonly stretch: BlockedStretch;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface RegionLabels {
  readonly bars: readonly BarLabel[];
  readonly blocked: readonly BlockedLabel[];
}

export interface RegionInput {
  readonly state: BoardState;
  readonly axis: TimeAxis;
  readonly looks: Looks;
  readonly paints: Paints;
  readonly ghosts: GhostIndex;
  readonly scale: PixelScale;
}

/** Sizes in CSS pixels from which a bar shows more of itself. */
const thinnestPx = 3;
const leastDetailHeight = 14;
const leastDetailWidth = 9;
const flatHeight = 8;
const gapPx = 1;
/** What stands behind a bar may reach this far into the next piece. */
const overhangPx = 72;
const noGhosts: readonly never[] = [];

/** Paints a region of the board: grounds, blocked time, ghosts and bars. What is to be written is returned. */
export function paintRegion(raster: Raster, region: Region, input: RegionInput): RegionLabels {
  const { state, scale, axis, paints } = input;
  const { anchorAt, pxPerMs, ratio } = scale;
  const time: TimeScale = { pxPerMs, x: (at) => Math.round((at - anchorAt) * pxPerMs) - region.left };
  const startsAt = anchorAt + region.left / pxPerMs;
  const endsAt = anchorAt + (region.left + region.width) / pxPerMs;
  const isFlat = state.metrics.barHeight < flatHeight;
  const painter: Painter = {
    ...input,
    raster,
    region,
    time,
    startsAt,
    endsAt,
    overhangMs: (overhangPx * ratio) / pxPerMs,
    isFlat,
    ground: paints.ground,
    labels: { bars: [], blocked: [] },
  };
  const ticks = axis.ticks(startsAt, endsAt, ratio / pxPerMs);
  const calendars = new Map<readonly ShiftWindow[], readonly Uint32Array[]>();
  const linesOf = (windows: readonly ShiftWindow[]): readonly Uint32Array[] => {
    const calendar = calendarOf(windows);
    let lines = calendars.get(calendar);
    if (lines === undefined) {
      lines = paintCalendar(calendar, region.width, time, { startsAt, endsAt }, paints.ground, {
        ticks,
        frozenUntil: state.layers.frozenUntil,
        phase: region.left,
        isHatched: !isFlat,
      });
      calendars.set(calendar, lines);
    }
    return lines;
  };
  const { rows } = state.layout;
  let bottom = 0;
  const first = Math.max(0, rowIndexAt(state.layout, region.top / ratio));
  for (let index = first; index < rows.length; index += 1) {
    const row = rows[index];
    if (row === undefined) break;
    const top = Math.round(row.top * ratio) - region.top;
    if (top >= region.height) break;
    bottom = Math.round((row.top + row.height) * ratio) - region.top;
    if (row.kind === 'area') {
      fillBox(raster, 0, top, region.width, bottom, paints.ground.areaHeader);
      fillBox(raster, 0, bottom - 1, region.width, bottom, paints.ground.frameLine);
    } else {
      paintLane(painter, row, top, bottom, linesOf(row.lane.windows));
    }
  }
  fillBox(raster, 0, Math.max(0, bottom), region.width, region.height, paints.ground.surface);
  return painter.labels;
}

interface Painter extends RegionInput {
  readonly raster: Raster;
  readonly region: Region;
  readonly time: TimeScale;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly overhangMs: number;
  readonly isFlat: boolean;
  readonly ground: GroundPaint;
  readonly labels: { readonly bars: BarLabel[]; readonly blocked: BlockedLabel[] };
}

function paintLane(
  painter: Painter,
  row: LaneRow,
  top: number,
  bottom: number,
  lines: readonly Uint32Array[],
): void {
  const { raster, region, isFlat, ground, state } = painter;
  const { width, pixels } = raster;
  const last = Math.min(bottom, raster.height);
  for (let y = Math.max(0, top); y < last; y += 1) {
    const line = lines[isFlat ? 0 : modulo(y + region.top, hatchPeriod)];
    if (line !== undefined) pixels.set(line, y * width);
  }
  if (state.metrics.barHeight >= 6) fillBox(raster, 0, bottom - 1, width, bottom, ground.rowLine);
  const bars = state.barsByLane.get(row.lane.id);
  if (row.lane.blocked !== undefined) paintBlocked(painter, row, row.lane.blocked, bars, top, bottom);
  const ghosts = painter.ghosts.get(row.lane.id) ?? noGhosts;
  if (ghosts.length > 0) paintGhosts(painter, row, ghosts);
  if (bars !== undefined) paintBars(painter, row, bars);
}

function paintBlocked(
  { raster, region, time, startsAt, endsAt, ground, isFlat, labels, scale }: Painter,
  row: LaneRow,
  blocked: readonly BlockedStretch[],
  bars: LaneBars | undefined,
  top: number,
  bottom: number,
): void {
  for (const stretch of blocked) {
    if (stretch.endsAt <= startsAt || stretch.startsAt >= endsAt) continue;
    const left = time.x(stretch.startsAt);
    const right = Math.max(left + 1, time.x(stretch.endsAt));
    const box = { left, top, right, bottom: bottom - 1 };
    fillBox(raster, left, top, right, bottom - 1, isFlat ? ground.blockedLine : ground.blocked);
    if (isFlat) continue;
    const phase = region.left + region.top;
    hatchBox(raster, box, ground.blockedLine, { period: 7, thickness: 2, phase });
    // Its name stands beside a bar that has come to lie on it.
    const free = bars === undefined ? left : Math.max(left, time.x(coveredUntil(bars, stretch.startsAt)));
    const width = (right - free) / scale.ratio;
    if (width < 24) continue;
    const height = row.height;
    labels.blocked.push({ stretch, x: free / scale.ratio, y: top / scale.ratio, width, height });
  }
}

/** End of the last bar that stands on an instant; the instant itself where none does. */
function coveredUntil(bars: LaneBars, at: number): number {
  let until = at;
  for (let index = firstVisible(bars, at); (bars.starts[index] ?? Infinity) <= at; index += 1) {
    until = Math.max(until, bars.ends[index] ?? at);
  }
  return until;
}

function paintGhosts(
  { raster, time, startsAt, endsAt, ground, state, scale, region, isFlat }: Painter,
  row: LaneRow,
  ghosts: GhostIndex extends ReadonlyMap<string, infer List> ? List : never,
): void {
  const { ratio } = scale;
  const { metrics } = state;
  const lower = Math.min(4, metrics.rowPadding) * (isFlat ? 0 : 1);
  const top = Math.round((slotTop(row, 0, metrics) + lower) * ratio) - region.top;
  const bottom = Math.round((slotTop(row, 0, metrics) + metrics.barHeight + lower) * ratio) - region.top;
  for (const ghost of ghosts) {
    if (ghost.startsAt >= endsAt) break;
    if (ghost.endsAt <= startsAt) continue;
    const left = time.x(ghost.startsAt);
    const right = Math.max(left + 1, time.x(ghost.endsAt));
    const { fill, edge }: GhostPaint = ground[ghost.kind];
    if (isFlat || right - left < 3) {
      fillBox(raster, left, top, right, bottom, isFlat ? edge : fill);
      continue;
    }
    fillBox(raster, left, top, right, bottom, fill);
    fillBox(raster, left, top, left + 1, bottom, edge);
    fillBox(raster, right - 1, top, right, bottom, edge);
    dashLine(raster, left, right, top, edge, 3);
    // The second version is dotted: the two are told apart without their colours.
    dashLine(raster, left, right, bottom - 1, edge, ghost.kind === 'second' ? 1 : 3);
    if (ghost.kind === 'first') fillBox(raster, left, bottom - 1, right, bottom, edge);
  }
}

function paintBars(painter: Painter, row: LaneRow, bars: LaneBars): void {
  const { raster, region, time, startsAt, endsAt, overhangMs, state, scale, looks, paints, isFlat } = painter;
  const { ratio } = scale;
  const { metrics } = state;
  const { starts, ends } = bars;
  const { codes, flags } = looks.of(bars);
  const canDetail = metrics.barHeight >= leastDetailHeight;
  const height = Math.max(1, Math.round(metrics.barHeight * ratio));
  const thinnest = thinnestPx * ratio;
  const leastDetail = leastDetailWidth * ratio;
  // On a lane one bar high all rows of its bars are the same: the first is painted, the others copied.
  const copies = isFlat && row.slots === 1;
  const laneTop = Math.round(slotTop(row, 0, metrics) * ratio) - region.top;
  const from = canDetail ? startsAt - overhangMs : startsAt;
  const paintTop = copies ? Math.max(0, laneTop) : laneTop;
  const paintHeight = copies ? Math.min(1, laneTop + height - paintTop) : height;
  for (let index = firstVisible(bars, from); index < starts.length; index += 1) {
    const begin = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    if (begin >= endsAt) break;
    if (end <= from) continue;
    const left = time.x(begin);
    const right = time.x(end);
    const paint = paints.categories[codes[index] ?? 0];
    if (paint === undefined) continue;
    const flag = flags[index] ?? 0;
    const top =
      row.slots === 1
        ? paintTop
        : Math.round(slotTop(row, slotOf(bars, index, row), metrics) * ratio) - region.top;
    // What has no room for a sign is one strong colour: an outline alone would look empty.
    if (isFlat || right - left < (canDetail ? leastDetail : thinnest)) {
      paintThin(painter, left, top, right, top + paintHeight, paint, flag);
    } else {
      paintWhole(painter, bars, index, { left, top, right, height, row, paint, flag, isDetailed: canDetail });
    }
  }
  if (!copies || paintHeight < 1 || paintTop >= raster.height) return;
  const line = paintTop * raster.width;
  const last = Math.min(laneTop + height, raster.height);
  for (let y = paintTop + 1; y < last; y += 1) {
    raster.pixels.copyWithin(y * raster.width, line, line + raster.width);
  }
}

function paintThin(
  { raster, ground }: Painter,
  left: number,
  top: number,
  right: number,
  bottom: number,
  { bright, dim }: CategoryPaint,
  flag: number,
): void {
  const isDim = (flag & barFlag.dim) !== 0;
  const isLate = (flag & barFlag.late) !== 0;
  const late = isDim ? ground.dimLate : ground.late;
  const word = (flag & barFlag.critical) !== 0 && !isDim ? ground.critical : (isDim ? dim : bright).edge;
  if (right - left < 4) {
    const to = right - left >= 3 ? right - gapPx : Math.max(right, left + 1);
    fillBox(raster, left, top, to, bottom, isLate ? late : word);
    return;
  }
  const to = right - gapPx;
  fillBox(raster, left, top, to, bottom, word);
  if (isLate) fillBox(raster, to - 2, top, to, bottom, late);
}

function paintWhole(
  painter: Painter,
  bars: LaneBars,
  index: number,
  bar: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly height: number;
    readonly row: LaneRow;
    readonly paint: CategoryPaint;
    readonly flag: number;
    readonly isDetailed: boolean;
  },
): void {
  const { raster, region, time, state, scale, ground, labels } = painter;
  const { ratio } = scale;
  const { left, top, height, row, paint, flag, isDetailed } = bar;
  const operation = bars.operations[index];
  if (operation === undefined) return;
  const edgeWidth = Math.max(1, Math.round(ratio));
  const right = Math.max(left + 2, bar.right - Math.round(gapPx * ratio));
  const bottom = top + height;
  const isDim = (flag & barFlag.dim) !== 0;
  const words = isDim ? paint.dim : paint.bright;
  const setupEnds = bars.setupEnds[index] ?? 0;
  const setupTo = setupEnds > (bars.starts[index] ?? 0) ? Math.min(right, time.x(setupEnds)) : left;
  const progress = Math.min(1, operation.progress);
  const doneTo = progress > 0 ? Math.round(setupTo + (right - setupTo) * progress) : left;
  const slackS = state.layers.slackS.get(operation.operationId);
  if (slackS !== undefined && slackS > 0 && isDetailed) paintSlack(painter, right, bottom, slackS);
  paintBar(
    raster,
    {
      left,
      top,
      right,
      bottom,
      doneTo,
      setupTo,
      radius: isDetailed ? Math.round(4 * ratio) : 1,
      edgeWidth,
    },
    words,
    {
      striped: paint.category.pattern === 'striped',
      dashed: (flag & barFlag.planned) !== 0,
      phase: region.left + region.top,
    },
  );
  if ((flag & barFlag.critical) !== 0 && !isDim) {
    const line = Math.round(2 * ratio);
    fillBox(raster, left, top, right, top + line, ground.critical);
    fillBox(raster, left, bottom - line, right, bottom, ground.critical);
  }
  if ((flag & barFlag.late) !== 0) {
    const word = isDim ? ground.dimLate : ground.late;
    const line = Math.round(2 * ratio);
    // From the moment it was due on it has a red line along its upper edge, and a red end.
    const dueX = Math.max(left, Math.min(right, time.x(operation.dueAt)));
    fillBox(raster, dueX, top, right, top + line, word);
    fillBox(raster, right - (isDetailed ? 2 * line : line), top + line, right, bottom - edgeWidth, word);
  }
  if (!isDetailed) return;
  const next =
    row.slots === 1
      ? time.x(Math.min(bars.starts[index + 1] ?? Infinity, painter.endsAt + painter.overhangMs))
      : right;
  labels.bars.push({
    operation,
    paint,
    flags: flag,
    x: left / ratio,
    y: top / ratio,
    width: (right - left) / ratio,
    height: height / ratio,
    runX: setupTo / ratio,
    room: Math.max(0, (next - right) / ratio),
  });
}

/** How much later it may end: a line behind the bar, closed at its end. */
function paintSlack(
  { raster, ground, scale, isFlat }: Painter,
  from: number,
  bottom: number,
  slackS: number,
): void {
  if (isFlat) return;
  const line = Math.max(1, Math.round(1.5 * scale.ratio));
  const to = from + Math.round(slackS * 1000 * scale.pxPerMs);
  const lower = bottom - Math.round(4 * scale.ratio);
  fillBox(raster, from, lower - line, to, lower, ground.slack);
  fillBox(raster, to - line, lower - 4 * line, to, lower, ground.slack);
}
