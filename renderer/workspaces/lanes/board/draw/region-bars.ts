import { slotOf } from '../hit-test.ts';
import { firstVisible, type LaneBars } from '../lane-bars.ts';
import { slotTop, type LaneRow } from '../rows.ts';
import { barFlag } from './bar-look.ts';
import type { CategoryPaint } from './paints.ts';
import { fillBox, paintBar } from './raster.ts';
import type { Painter } from './region-types.ts';

/** Sizes in CSS pixels from which a bar shows more of itself. */
const thinnestPx = 3;
const leastDetailHeight = 14;
const leastDetailWidth = 9;
const gapPx = 1;

/** The bars of a lane that reach into the region; what is to be written on them is noted. */
export function paintBars(painter: Painter, row: LaneRow, bars: LaneBars): void {
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
  if (canDetail) paintSlackFromBefore(painter, row, bars, from);
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

const longestSlack = new WeakMap<ReadonlyMap<string, number>, number>();

/** Slack that reaches into the region from bars that end before `until`, and are not painted themselves. */
function paintSlackFromBefore(painter: Painter, row: LaneRow, bars: LaneBars, until: number): void {
  const { region, time, startsAt, state, scale } = painter;
  const { slackS } = state.layers;
  if (slackS.size === 0) return;
  let longestS = longestSlack.get(slackS);
  if (longestS === undefined) {
    longestS = 0;
    for (const each of slackS.values()) longestS = Math.max(longestS, each);
    longestSlack.set(slackS, longestS);
  }
  const { metrics } = state;
  const height = Math.max(1, Math.round(metrics.barHeight * scale.ratio));
  const gap = Math.round(gapPx * scale.ratio);
  for (let index = firstVisible(bars, startsAt - longestS * 1000); index < bars.starts.length; index += 1) {
    if ((bars.starts[index] ?? 0) >= until) break;
    const end = bars.ends[index] ?? 0;
    if (end > until) continue;
    const slack = slackS.get(bars.operations[index]?.operationId ?? '') ?? 0;
    if (slack <= 0 || end + slack * 1000 < startsAt) continue;
    const top = Math.round(slotTop(row, slotOf(bars, index, row), metrics) * scale.ratio) - region.top;
    const right = Math.max(time.x(bars.starts[index] ?? 0) + 2, time.x(end) - gap);
    paintSlack(painter, right, top + height, slack);
  }
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
