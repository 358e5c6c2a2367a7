import type { BlockedStretch, ShiftWindow } from '#domain/scheduling/types';
import type { GhostIndex } from '../ghost-index.ts';
import { firstVisible, type LaneBars } from '../lane-bars.ts';
import { rowIndexAt, slotTop, type LaneRow } from '../rows.ts';
import { hatchPeriod, paintCalendar, type TimeScale } from './calendar-lines.ts';
import type { GhostPaint } from './paints.ts';
import { dashLine, fillBox, hatchBox, modulo, type Raster } from './raster.ts';
import { paintBars } from './region-bars.ts';
import type { Painter, Region, RegionInput, RegionLabels } from './region-types.ts';
import { calendarOf } from './windows.ts';

/** Bars lower than this (CSS pixels) are one strong colour each, on plain ground. */
const flatHeight = 8;
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
  // Flat ones are as high as their bars, whose rows are copied from the first one in the piece.
  const bottom = isFlat
    ? top + Math.max(1, Math.round(metrics.barHeight * ratio))
    : Math.round((slotTop(row, 0, metrics) + metrics.barHeight + lower) * ratio) - region.top;
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
