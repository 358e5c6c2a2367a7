import { rowIndexAt, type LaneRow } from '../rows.ts';
import { endOf, timeToX } from '../viewport.ts';
import { firstWindow } from './background.ts';
import { drawBar, outline, placeOf } from './bars.ts';
import { crisp, fontOf, type Brush } from './brush.ts';

/** Headers of the areas, over the whole width. */
export function drawAreaHeaders(brush: Brush): void {
  const { context, state, metrics, theme, pixelRatio, text, firstRow, afterRow } = brush;
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = state.layout.rows[index];
    if (row?.kind !== 'area') continue;
    const y = metrics.axisHeight + row.top - state.viewport.scrollY;
    context.fillStyle = state.hoveredArea === row.area ? theme.areaHeaderHover : theme.areaHeader;
    context.fillRect(0, y, state.width, row.height);
    context.strokeStyle = theme.frameLine;
    context.lineWidth = 1 / pixelRatio;
    context.beginPath();
    context.moveTo(0, crisp(y + row.height, pixelRatio));
    context.lineTo(state.width, crisp(y + row.height, pixelRatio));
    context.stroke();
    if (row.height < 14) continue;
    const middle = y + row.height / 2 + 0.5;
    drawChevron(brush, 15, middle, row.collapsed);
    const font = fontOf(theme, 12, 650);
    context.font = font;
    context.fillStyle = theme.text;
    context.textBaseline = 'middle';
    context.fillText(row.area, 28, middle);
    context.font = fontOf(theme, 11);
    context.fillStyle = theme.textDim;
    context.fillText(String(row.laneCount), 28 + text.width(context, row.area, font) + 8, middle);
  }
}

function drawChevron({ context, theme }: Brush, x: number, y: number, collapsed: boolean): void {
  context.beginPath();
  if (collapsed) {
    context.moveTo(x - 2, y - 4);
    context.lineTo(x + 2, y);
    context.lineTo(x - 2, y + 4);
  } else {
    context.moveTo(x - 4, y - 2);
    context.lineTo(x, y + 2);
    context.lineTo(x + 4, y - 2);
  }
  context.strokeStyle = theme.textDim;
  context.lineWidth = 1.6;
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.stroke();
}

/** The frozen column: code and name of each lane, and how much of its shifts in view is taken. */
export function drawLaneLabels(brush: Brush): void {
  const { context, state, metrics, theme, pixelRatio, text, firstRow, afterRow } = brush;
  const width = metrics.labelWidth;
  context.fillStyle = theme.header;
  context.fillRect(0, metrics.axisHeight, width, state.viewport.height);
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = state.layout.rows[index];
    if (row?.kind !== 'lane') continue;
    const y = metrics.axisHeight + row.top - state.viewport.scrollY;
    const isTarget = state.ghost?.laneId === row.lane.id;
    if (isTarget) {
      context.fillStyle = theme.areaHeaderHover;
      context.fillRect(0, y, width, row.height);
    }
    if (row.height < 10) continue;
    context.strokeStyle = theme.rowLine;
    context.lineWidth = 1 / pixelRatio;
    context.beginPath();
    context.moveTo(0, crisp(y + row.height, pixelRatio));
    context.lineTo(width, crisp(y + row.height, pixelRatio));
    context.stroke();
    context.textBaseline = 'middle';
    const twoLines = row.height >= 40;
    const small = row.height < 20;
    const nameFont = fontOf(theme, small ? Math.max(8, row.height - 5) : 13, 600);
    const middle = y + (twoLines ? Math.min(row.height, 46) / 2 - 7 : row.height / 2);
    const roomForName = width - 14 - (small ? 6 : 46);
    context.font = nameFont;
    context.fillStyle = theme.text;
    context.fillText(text.fit(context, row.lane.name, nameFont, roomForName), 14, middle + 0.5);
    if (twoLines) {
      const codeFont = fontOf(theme, 11);
      context.font = codeFont;
      context.fillStyle = theme.textDim;
      context.fillText(text.fit(context, row.lane.code, codeFont, roomForName), 14, middle + 16);
    }
    if (!small) drawLoad(brush, row, y + (twoLines ? Math.min(row.height, 46) : row.height) / 2);
  }
}

function drawLoad(brush: Brush, row: LaneRow, middle: number): void {
  const { context, metrics, theme, text } = brush;
  const load = loadOf(brush, row);
  if (load === undefined) return;
  const width = 30;
  const x = metrics.labelWidth - width - 12;
  const label = brush.loadFormat.format(load);
  const font = fontOf(theme, 11, load > 1 ? 600 : 400);
  context.font = font;
  context.fillStyle = load > 1.005 ? theme.overload : theme.textDim;
  context.fillText(label, x + width - text.width(context, label, font), middle - 4);
  context.beginPath();
  context.roundRect(x, middle + 5, width, 4, 2);
  context.fillStyle = theme.loadTrack;
  context.fill();
  if (load < 0.01) return;
  context.beginPath();
  context.roundRect(x, middle + 5, Math.max(3, width * Math.min(1, load)), 4, 2);
  context.fillStyle = load > 1.005 ? theme.overload : theme.load;
  context.fill();
}

/** Placed working time over working time, in view; undefined where the lane does not work in view. */
export function loadOf({ state }: Pick<Brush, 'state'>, row: LaneRow): number | undefined {
  const from = state.viewport.startsAt;
  const to = endOf(state.viewport);
  const { windows } = row.lane;
  const bars = state.barsByLane.get(row.lane.id);
  let working = 0;
  let taken = 0;
  let firstBar = 0;
  for (let index = firstWindow(windows, from); index < windows.length; index += 1) {
    const window = windows[index];
    if (window === undefined || window.startsAt >= to) break;
    const opens = Math.max(window.startsAt, from);
    const closes = Math.min(window.endsAt, to);
    working += closes - opens;
    if (bars === undefined) continue;
    while (firstBar < bars.reach.length && (bars.reach[firstBar] ?? 0) <= opens) firstBar += 1;
    for (let bar = firstBar; bar < bars.starts.length && (bars.starts[bar] ?? 0) < closes; bar += 1) {
      if (bars.operations[bar]?.status === 'cancelled') continue;
      taken += Math.max(0, Math.min(bars.ends[bar] ?? 0, closes) - Math.max(bars.starts[bar] ?? 0, opens));
    }
  }
  return working === 0 ? undefined : taken / (working * Math.max(1, row.lane.capacity));
}

/** The frozen time axis: an upper line for the calendar, a lower one for the marks. */
export function drawAxis(brush: Brush): void {
  const { context, state, metrics, theme, ticks, text, pixelRatio } = brush;
  const { viewport } = state;
  const left = metrics.labelWidth;
  const split = Math.round(metrics.axisHeight / 2);
  context.fillStyle = theme.header;
  context.fillRect(0, 0, state.width, metrics.axisHeight);
  context.save();
  context.beginPath();
  context.rect(left, 0, viewport.width, metrics.axisHeight);
  context.clip();
  context.textBaseline = 'middle';
  context.lineWidth = 1 / pixelRatio;
  context.strokeStyle = theme.dayLine;
  context.beginPath();
  const majorFont = fontOf(theme, 12, 650);
  context.font = majorFont;
  context.fillStyle = theme.text;
  for (const [index, tick] of ticks.major.entries()) {
    const x = left + timeToX(viewport, tick.at);
    const next = ticks.major[index + 1];
    const endX = next === undefined ? left + viewport.width : left + timeToX(viewport, next.at);
    context.moveTo(crisp(x, pixelRatio), 0);
    context.lineTo(crisp(x, pixelRatio), metrics.axisHeight);
    // The name of a day stays in view as long as the day does.
    const textX = Math.max(x, left) + 9;
    const fits = text.width(context, tick.label, majorFont) <= endX - textX - 6;
    context.font = majorFont;
    if (fits) context.fillText(tick.label, textX, split / 2 + 1);
  }
  context.stroke();
  const minorFont = fontOf(theme, 11);
  context.font = minorFont;
  context.fillStyle = theme.textDim;
  context.beginPath();
  for (const [index, tick] of ticks.minor.entries()) {
    const x = left + timeToX(viewport, tick.at);
    const next = ticks.minor[index + 1];
    const endX = next === undefined ? left + viewport.width : left + timeToX(viewport, next.at);
    context.moveTo(crisp(x, pixelRatio), split + 4);
    context.lineTo(crisp(x, pixelRatio), metrics.axisHeight);
    if (text.width(context, tick.label, minorFont) <= endX - x - 6) {
      context.font = minorFont;
      context.fillText(tick.label, x + 6, split + (metrics.axisHeight - split) / 2);
    }
  }
  context.strokeStyle = theme.dayLine;
  context.stroke();
  context.restore();
  drawCorner(brush, split);
  context.strokeStyle = theme.frameLine;
  context.lineWidth = 1 / pixelRatio;
  context.beginPath();
  context.moveTo(0, crisp(metrics.axisHeight, pixelRatio));
  context.lineTo(state.width, crisp(metrics.axisHeight, pixelRatio));
  context.moveTo(crisp(left, pixelRatio), 0);
  context.lineTo(crisp(left, pixelRatio), state.height);
  context.stroke();
}

/** The plant's own clock: times on the board are the plant's, wherever the planner sits. */
function drawCorner(brush: Brush, split: number): void {
  const { context, metrics, theme, axis, now, text } = brush;
  context.textBaseline = 'middle';
  context.font = fontOf(theme, 13, 650);
  context.fillStyle = theme.text;
  context.fillText(axis.formatDateTime(now), 14, split / 2 + 3);
  const zoneFont = fontOf(theme, 11);
  const zone = text.fit(context, axis.timeZone.replaceAll('_', ' '), zoneFont, metrics.labelWidth - 22);
  context.font = zoneFont;
  context.fillStyle = theme.textDim;
  context.fillText(zone, 14, split + (metrics.axisHeight - split) / 2 - 2);
}

/** The line of the present moment, over the bars. */
export function drawNowLine(brush: Brush): void {
  const { context, state, metrics, theme, now, pixelRatio } = brush;
  const x = metrics.labelWidth + timeToX(state.viewport, now);
  if (x < metrics.labelWidth || x > state.width) return;
  context.fillStyle = theme.now;
  context.fillRect(
    Math.round(x * pixelRatio) / pixelRatio - 0.75,
    metrics.axisHeight,
    1.5,
    state.viewport.height,
  );
}

/** Its name, on the axis; drawn after the axis. */
export function drawNowFlag(brush: Brush): void {
  const { context, state, metrics, theme, now, nowLabel, text } = brush;
  const x = metrics.labelWidth + timeToX(state.viewport, now);
  if (x < metrics.labelWidth || x > state.width) return;
  const font = fontOf(theme, 11, 650);
  const width = text.width(context, nowLabel, font) + 12;
  const left = Math.min(Math.max(x - width / 2, metrics.labelWidth + 2), state.width - width - 2);
  context.beginPath();
  context.roundRect(left, metrics.axisHeight - 20, width, 17, 8);
  context.fillStyle = theme.now;
  context.fill();
  context.font = font;
  context.textBaseline = 'middle';
  context.fillStyle = theme.nowText;
  context.fillText(nowLabel, left + 6, metrics.axisHeight - 11);
}

/** When the work order of the selected bar is due, and its other operations. */
export function drawSelectionContext(brush: Brush): void {
  const { context, state, theme, metrics, store } = brush;
  const operation =
    state.ghost?.operation ?? (state.selectedId === undefined ? undefined : store.shown(state.selectedId));
  if (operation === undefined) return;
  for (const sibling of state.operations.values()) {
    if (sibling.workOrderId !== operation.workOrderId || sibling.operationId === operation.operationId)
      continue;
    const placement = store.shown(sibling.operationId)?.placement;
    const row = placement === undefined ? undefined : state.layout.rowByLaneId.get(placement.laneId);
    if (placement === undefined || row === undefined) continue;
    const box = placeOf(brush, row, placement.startsAt, placement.endsAt, sibling.operationId);
    const isInView = box.x < state.width && box.x + box.width > metrics.labelWidth && box.y < state.height;
    if (isInView && metrics.barHeight >= 10)
      outline(brush, { ...box, width: box.width - 1 }, theme.selected, 1);
  }
  const x = metrics.labelWidth + timeToX(state.viewport, operation.dueAt);
  if (x < metrics.labelWidth || x > state.width) return;
  context.setLineDash([5, 4]);
  context.strokeStyle = theme.late;
  context.lineWidth = 1.25;
  context.beginPath();
  context.moveTo(x, metrics.axisHeight);
  context.lineTo(x, state.height);
  context.stroke();
  context.setLineDash([]);
}

/** The bar in the hand, at the place where it would land. */
export function drawGhost(brush: Brush): void {
  const { context, state, theme } = brush;
  const { ghost } = state;
  const row = ghost === undefined ? undefined : state.layout.rowByLaneId.get(ghost.laneId);
  if (ghost === undefined || row === undefined) return;
  const box = placeOf(brush, row, ghost.startsAt, ghost.endsAt, ghost.operation.operationId);
  const shape = { ...box, width: Math.max(3, box.width - 1) };
  const colour = ghost.check.ok ? theme.allowed : theme.refused;
  context.save();
  context.shadowColor = 'rgb(0 0 0 / 35%)';
  context.shadowBlur = 10;
  context.shadowOffsetY = 3;
  context.fillStyle = theme.surface;
  context.beginPath();
  context.roundRect(shape.x, shape.y, shape.width, shape.height, 5);
  context.fill();
  context.restore();
  drawBar(brush, { ...ghost.operation, placement: ghost }, shape, 0);
  if (!ghost.check.ok) {
    context.beginPath();
    context.roundRect(shape.x, shape.y, shape.width, shape.height, 5);
    context.globalAlpha = 0.22;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
  outline(brush, shape, colour, 2);
}

/** Rows in view, as half-open indices. */
export function rowsInView(state: Brush['state']): { readonly firstRow: number; readonly afterRow: number } {
  const first = rowIndexAt(state.layout, state.viewport.scrollY);
  if (first < 0) return { firstRow: 0, afterRow: 0 };
  const last = rowIndexAt(state.layout, state.viewport.scrollY + state.viewport.height);
  return { firstRow: first, afterRow: last + 1 };
}
