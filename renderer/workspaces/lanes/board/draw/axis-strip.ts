import type { ShiftWindow } from '#domain/scheduling/types';
import type { Tick } from '../time-axis.ts';
import { endOf } from '../viewport.ts';
import { crisp, fontOf, type Brush } from './brush.ts';
import { shiftParity } from './calendar-lines.ts';
import { firstWindow } from './windows.ts';

/** From this width on a shift is named on the axis. */
const leastShiftPx = 26;

/** The frozen time axis: the calendar, the marks of the clock, and a band of shifts or weeks. */
export function drawAxis(brush: Brush): void {
  const { context, state, metrics, theme, pixelRatio } = brush;
  const left = metrics.labelWidth;
  const upper = Math.round(metrics.axisHeight * 0.38);
  const lower = Math.round(metrics.axisHeight * 0.71);
  context.fillStyle = theme.header;
  context.fillRect(0, 0, state.width, metrics.axisHeight);
  context.save();
  context.beginPath();
  context.rect(left, 0, state.viewport.width, metrics.axisHeight);
  context.clip();
  drawBand(brush, lower, metrics.axisHeight);
  drawMinor(brush, upper, lower);
  drawMajor(brush, upper);
  drawFlags(brush);
  context.restore();
  drawCorner(brush);
  context.strokeStyle = theme.frameLine;
  context.lineWidth = 1 / pixelRatio;
  context.beginPath();
  context.moveTo(0, crisp(metrics.axisHeight - 1, pixelRatio));
  context.lineTo(state.width, crisp(metrics.axisHeight - 1, pixelRatio));
  context.moveTo(crisp(left - 1, pixelRatio), 0);
  context.lineTo(crisp(left - 1, pixelRatio), state.height);
  context.stroke();
}

function drawMajor(brush: Brush, bottom: number): void {
  const { context, state, metrics, theme, ticks, text, pixelRatio } = brush;
  const left = metrics.labelWidth;
  const font = fontOf(theme, 12, 650);
  const weekFont = fontOf(theme, 11);
  context.textBaseline = 'middle';
  context.strokeStyle = theme.dayLine;
  context.lineWidth = 1 / pixelRatio;
  context.beginPath();
  for (const [index, tick] of ticks.major.entries()) {
    const x = brush.xOf(tick.at);
    const next = ticks.major[index + 1];
    const endX = Math.min(next === undefined ? Infinity : brush.xOf(next.at), state.width);
    if (endX <= left || x > state.width) continue;
    context.moveTo(crisp(x, pixelRatio), 0);
    context.lineTo(crisp(x, pixelRatio), metrics.axisHeight);
    // The name of a day stays in view as long as the day does.
    const textX = Math.max(x, left) + 9;
    const width = text.width(context, tick.label, font);
    if (width > endX - textX - 6) continue;
    context.font = font;
    context.fillStyle = theme.text;
    context.fillText(tick.label, textX, bottom / 2 + 2);
    const week = ticks.dayStarts.length > 0 && isDay(ticks.major) ? weekOf(ticks.weeks, tick.at) : undefined;
    if (week === undefined || width + 46 > endX - textX) continue;
    context.font = weekFont;
    context.fillStyle = theme.textDim;
    context.fillText(week, textX + width + 10, bottom / 2 + 2);
  }
  context.stroke();
}

const dayMs = 86_400_000;

/** Days lie closer to each other than months do. */
function isDay(major: readonly Tick[]): boolean {
  const [first, second] = major;
  return first !== undefined && second !== undefined && second.at - first.at < 2 * dayMs;
}

function weekOf(weeks: readonly Tick[], at: number): string | undefined {
  return weeks.findLast((week) => week.at <= at)?.label;
}

function drawMinor(brush: Brush, top: number, bottom: number): void {
  const { context, state, metrics, theme, ticks, text, pixelRatio } = brush;
  const font = fontOf(theme, 11);
  context.font = font;
  context.fillStyle = theme.textDim;
  context.strokeStyle = theme.dayLine;
  context.lineWidth = 1 / pixelRatio;
  context.beginPath();
  for (const [index, tick] of ticks.minor.entries()) {
    const x = brush.xOf(tick.at);
    const next = ticks.minor[index + 1];
    const endX = next === undefined ? state.width : brush.xOf(next.at);
    if (endX < metrics.labelWidth || x > state.width) continue;
    context.moveTo(crisp(x, pixelRatio), top + 3);
    context.lineTo(crisp(x, pixelRatio), bottom);
    if (text.width(context, tick.label, font) > endX - x - 6) continue;
    context.fillText(tick.label, x + 5, (top + bottom) / 2 + 1.5);
  }
  context.stroke();
}

/** Shifts where they are wide enough to be named, else weeks. */
function drawBand(brush: Brush, top: number, bottom: number): void {
  const { state, ticks } = brush;
  const windows = calendarInView(brush);
  const startsAt = state.viewport.startsAt;
  const endsAt = endOf(state.viewport);
  const first = windows[firstWindow(windows, startsAt)];
  const isShifts =
    first !== undefined && (first.endsAt - first.startsAt) / state.viewport.msPerPx >= leastShiftPx;
  if (isShifts) {
    const parity = shiftParity(windows);
    for (let index = firstWindow(windows, startsAt); index < windows.length; index += 1) {
      const window = windows[index];
      if (window === undefined || window.startsAt >= endsAt) break;
      drawPiece(brush, window, window.shiftCode, parity.get(window.shiftCode) === 1, top, bottom);
    }
    return;
  }
  for (const [index, week] of ticks.weeks.entries()) {
    const next = ticks.weeks[index + 1];
    const piece = { startsAt: week.at, endsAt: next?.at ?? endsAt };
    const isOdd = Math.round(week.at / (7 * dayMs)) % 2 === 1;
    drawPiece(brush, piece, week.label, isOdd, top, bottom);
  }
}

function drawPiece(
  brush: Brush,
  { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number },
  label: string,
  isBand: boolean,
  top: number,
  bottom: number,
): void {
  const { context, state, metrics, theme, text } = brush;
  const x = Math.max(brush.xOf(startsAt), metrics.labelWidth);
  const right = Math.min(brush.xOf(endsAt), state.width);
  if (right - x < 1) return;
  context.fillStyle = isBand ? theme.areaHeader : theme.areaHeaderHover;
  context.fillRect(x, top + 1, right - x - 1, bottom - top - 2);
  const font = fontOf(theme, 10, 600);
  const shown = text.fit(context, label, font, right - x - 8);
  if (shown === '') return;
  context.font = font;
  context.textBaseline = 'middle';
  context.fillStyle = theme.textDim;
  context.fillText(shown, x + 5, (top + bottom) / 2 + 0.5);
}

/** The calendar of the lane at hand, or of the first one in view. */
function calendarInView({ state, store, firstRow, afterRow }: Brush): readonly ShiftWindow[] {
  const operation = state.selectedId === undefined ? undefined : store.shown(state.selectedId);
  const laneId = state.ghost?.laneId ?? operation?.placement?.laneId;
  const chosen = laneId === undefined ? undefined : state.layout.rowByLaneId.get(laneId);
  if (chosen !== undefined) return chosen.lane.windows;
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = state.layout.rows[index];
    if (row?.kind === 'lane' && row.lane.windows.length > 0) return row.lane.windows;
  }
  return [];
}

/** The plant's own clock: times on the board are the plant's, wherever the planner sits. */
function drawCorner(brush: Brush): void {
  const { context, metrics, theme, axis, now, text } = brush;
  context.textBaseline = 'middle';
  context.font = fontOf(theme, 13, 650);
  context.fillStyle = theme.text;
  context.fillText(axis.formatDateTime(now), 14, metrics.axisHeight * 0.34);
  const font = fontOf(theme, 11);
  const zone = text.fit(context, axis.timeZone.replaceAll('_', ' '), font, metrics.labelWidth - 22);
  context.font = font;
  context.fillStyle = theme.textDim;
  context.fillText(zone, 14, metrics.axisHeight * 0.72);
}

/** The line of the present moment, and the end of what is frozen, over the bars. */
export function drawInstants(brush: Brush): void {
  const { context, state, metrics, theme, now, pixelRatio } = brush;
  const { frozenUntil } = state.layers;
  const line = (at: number, colour: string, width: number): void => {
    const x = brush.xOf(at);
    if (x < metrics.labelWidth || x > state.width) return;
    context.fillStyle = colour;
    const left = Math.round(x * pixelRatio) / pixelRatio - width / 2;
    context.fillRect(left, metrics.axisHeight, width, state.viewport.height);
  };
  if (frozenUntil !== undefined) line(frozenUntil, theme.frozen, 2);
  line(now, theme.now, 1.5);
}

/** Their names, on the axis. */
function drawFlags(brush: Brush): void {
  const { context, state, metrics, theme, now, nowLabel, text, sprites } = brush;
  const { frozenUntil } = state.layers;
  if (frozenUntil !== undefined) {
    const x = brush.xOf(frozenUntil);
    if (x >= metrics.labelWidth && x <= state.width) {
      context.beginPath();
      context.roundRect(x - 9, metrics.axisHeight - 18, 18, 17, 4);
      context.fillStyle = theme.frozen;
      context.fill();
      sprites.draw(context, { kind: 'shape', shape: 'lock' }, x, metrics.axisHeight - 9.5, theme.surface);
    }
  }
  const x = brush.xOf(now);
  if (x < metrics.labelWidth || x > state.width) return;
  const font = fontOf(theme, 11, 650);
  const width = text.width(context, nowLabel, font) + 12;
  const left = Math.min(Math.max(x - width / 2, metrics.labelWidth + 2), state.width - width - 2);
  context.beginPath();
  context.roundRect(left, metrics.axisHeight - 18, width, 17, 8);
  context.fillStyle = theme.now;
  context.fill();
  context.font = font;
  context.textBaseline = 'middle';
  context.fillStyle = theme.nowText;
  context.fillText(nowLabel, left + 6, metrics.axisHeight - 9);
}
