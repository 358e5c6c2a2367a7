import { operationStatuses, type BoardOperation, type OperationStatus } from '#domain/scheduling/types';
import { latenessMs } from '../describe.ts';
import { slotOf, type Box } from '../hit-test.ts';
import { firstVisible } from '../lane-bars.ts';
import { slotTop, type LaneRow } from '../rows.ts';
import { endOf, timeToX } from '../viewport.ts';
import { fontOf, type Brush } from './brush.ts';
import type { DenseLayer } from './dense.ts';
import { drawStatusIcon } from './status-icon.ts';

const thinnestPx = 3;
const leastDetailHeight = 14;
const leastDetailWidth = 9;
const gapPx = 1;

/** Bars too small for details, gathered by colour: one path and one fill for each. */
type Flat = Map<OperationStatus, Box[]>;

/** All bars in view, from the thinnest up: pixels, plain boxes by colour, then bars with their details. */
export function drawBars(brush: Brush, dense: DenseLayer): void {
  const { state, metrics, theme, context, firstRow, afterRow } = brush;
  const { viewport, layout } = state;
  dense.begin(viewport.width, viewport.height);
  const flat: Flat = new Map(operationStatuses.map((status) => [status, []]));
  const lateFlat: Box[] = [];
  const detailed: { readonly operation: BoardOperation; readonly box: Box; readonly room: number }[] = [];
  const end = endOf(viewport);
  const canDetail = metrics.barHeight >= leastDetailHeight;
  const heldId = state.ghost?.operation.operationId;
  for (let rowIndex = firstRow; rowIndex < afterRow; rowIndex += 1) {
    const row = layout.rows[rowIndex];
    if (row?.kind !== 'lane') continue;
    const bars = state.barsByLane.get(row.lane.id);
    if (bars === undefined) continue;
    for (let index = firstVisible(bars, viewport.startsAt); index < bars.starts.length; index += 1) {
      const startsAt = bars.starts[index] ?? 0;
      const endsAt = bars.ends[index] ?? 0;
      const operation = bars.operations[index];
      if (startsAt >= end || operation === undefined) break;
      if (endsAt <= viewport.startsAt) continue;
      const left = timeToX(viewport, startsAt);
      const width = timeToX(viewport, endsAt) - left;
      const top = slotTop(row, slotOf(bars, index, row), metrics) - viewport.scrollY;
      const isLate = latenessMs(operation) > 0;
      if (width < thinnestPx) {
        dense.add(operation.status, isLate, left, top, width, metrics.barHeight);
        continue;
      }
      const box = {
        x: metrics.labelWidth + left,
        y: metrics.axisHeight + top,
        width: Math.max(2, width - gapPx),
        height: metrics.barHeight,
      };
      if (!canDetail || width < leastDetailWidth) {
        flat.get(operation.status)?.push(box);
        if (isLate) lateFlat.push(box);
      } else if (operation.operationId !== heldId) {
        const next = row.slots === 1 ? timeToX(viewport, bars.starts[index + 1] ?? Infinity) : left + width;
        detailed.push({ operation, box, room: next - left - width });
      }
    }
  }
  dense.draw(context, theme, metrics.labelWidth, metrics.axisHeight);
  drawFlat(brush, flat, lateFlat);
  for (const { operation, box, room } of detailed) drawBar(brush, operation, box, room);
  if (state.ghost !== undefined) drawTakenPlace(brush);
}

function drawFlat(brush: Brush, flat: Flat, late: readonly Box[]): void {
  const { context, theme, metrics } = brush;
  for (const [status, boxes] of flat) {
    if (boxes.length === 0) continue;
    context.beginPath();
    for (const box of boxes) context.rect(box.x, box.y, box.width, box.height);
    context.fillStyle =
      metrics.barHeight >= leastDetailHeight ? theme.bars[status].fill : theme.bars[status].edge;
    context.fill();
    if (metrics.barHeight >= leastDetailHeight) {
      context.strokeStyle = theme.bars[status].edge;
      context.lineWidth = 1;
      context.stroke();
    }
  }
  context.beginPath();
  for (const box of late) context.rect(box.x + box.width - 2, box.y, 2, box.height);
  context.fillStyle = theme.late;
  context.fill();
}

/** One bar with everything it tells. `room` is the free width behind it on its line. */
export function drawBar(brush: Brush, operation: BoardOperation, box: Box, room: number): void {
  const { context, state, theme, axis, text } = brush;
  const colours = theme.bars[operation.status];
  const late = latenessMs(operation);
  const selected = state.selectedId === operation.operationId;
  const hovered = state.hoveredId === operation.operationId;
  const radius = Math.min(5, box.width / 3);
  // Text is drawn over what is in view of a long bar, not where it begins.
  const visibleLeft = Math.max(box.x, state.metrics.labelWidth);
  const visibleRight = Math.min(box.x + box.width, state.width);

  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, radius);
  context.fillStyle = colours.fill;
  context.fill();
  // Parts of a bar are rounded themselves: a clip for each bar costs more than all else in it.
  if (operation.progress > 0 && colours.progress !== colours.fill) {
    const done = box.width * Math.min(1, operation.progress);
    const end = operation.progress >= 1 ? radius : 0;
    context.beginPath();
    context.roundRect(box.x, box.y, done, box.height, [radius, end, end, radius]);
    context.fillStyle = colours.progress;
    context.fill();
  }
  if (operation.status === 'paused') drawStripes(brush, box, radius, colours.edge);
  if (late > 0) {
    context.beginPath();
    context.roundRect(box.x + box.width - 4, box.y, 4, box.height, [0, radius, radius, 0]);
    context.fillStyle = theme.late;
    context.fill();
  }
  context.beginPath();
  context.roundRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, radius);
  context.strokeStyle = hovered ? colours.text : colours.edge;
  context.lineWidth = hovered ? 1.5 : 1;
  if (operation.status === 'planned') context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
  if (state.pending.has(operation.operationId)) drawPending(brush, box, colours.edge);
  if (state.conflict?.operationId === operation.operationId) outline(brush, box, theme.conflict, 2.5);
  else if (selected) outline(brush, box, theme.selected, state.hasFocus ? 2.5 : 2);

  drawBarTexts(brush, operation, box, late, visibleLeft, visibleRight);
  if (late > 0 && box.width < 120) {
    const mark = `+${axis.formatDuration(late)}`;
    const font = fontOf(theme, 11, 600);
    if (room >= text.width(context, mark, font) + 8) {
      context.font = font;
      context.fillStyle = theme.late;
      context.textBaseline = 'middle';
      context.fillText(mark, box.x + box.width + 4, box.y + box.height / 2 + 0.5);
    }
  }
}

function drawBarTexts(
  brush: Brush,
  operation: BoardOperation,
  box: Box,
  late: number,
  visibleLeft: number,
  visibleRight: number,
): void {
  const { context, theme, axis, text } = brush;
  const colours = theme.bars[operation.status];
  const middle = box.y + box.height / 2 + 0.5;
  const shown = visibleRight - visibleLeft;
  if (shown < 18) return;
  drawStatusIcon(context, operation.status, visibleLeft + 11, box.y + box.height / 2, 9, colours.edge);
  let right = visibleRight - 7;
  if (late > 0 && box.width >= 120 && shown >= 120) {
    const mark = `+${axis.formatDuration(late)}`;
    const font = fontOf(theme, 11, 600);
    const width = text.width(context, mark, font) + 10;
    context.beginPath();
    context.roundRect(visibleRight - width - 7, middle - 8.5, width, 16, 8);
    context.fillStyle = theme.late;
    context.fill();
    context.font = font;
    context.fillStyle = theme.lateText;
    context.textBaseline = 'middle';
    context.fillText(mark, visibleRight - width - 2, middle);
    right -= width + 4;
  }
  const codeFont = fontOf(theme, 12, 600);
  const left = visibleLeft + 20;
  // Half a code names another order: it is shown whole, or without its prefix and zeros, or not at all.
  const code = [operation.code, operation.code.replace(/^\D*0*/, '')].find(
    (form) => text.width(context, form, codeFont) <= right - left,
  );
  if (code === undefined) return;
  context.textBaseline = 'middle';
  context.font = codeFont;
  context.fillStyle = colours.text;
  context.fillText(code, left, middle);
  const codeWidth = text.width(context, code, codeFont);
  const roomForName = right - left - codeWidth - 8;
  const nameFont = fontOf(theme, 12);
  const name = roomForName < 36 ? '' : text.fit(context, operation.materialCode, nameFont, roomForName);
  if (name === '') return;
  context.font = nameFont;
  context.globalAlpha = 0.88;
  context.fillText(name, left + codeWidth + 8, middle);
  context.globalAlpha = 1;
}

function drawStripes({ context }: Brush, box: Box, radius: number, colour: string): void {
  context.save();
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, radius);
  context.clip();
  context.beginPath();
  for (let x = box.x - box.height; x < box.x + box.width; x += 9) {
    context.moveTo(x, box.y + box.height);
    context.lineTo(x + box.height, box.y);
  }
  context.globalAlpha = 0.28;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
  context.restore();
}

/** Sent, not yet confirmed: a dotted line below the bar. */
function drawPending({ context }: Brush, box: Box, colour: string): void {
  context.beginPath();
  context.setLineDash([2, 3]);
  context.moveTo(box.x + 5, box.y + box.height - 3);
  context.lineTo(box.x + box.width - 5, box.y + box.height - 3);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}

export function outline({ context, theme }: Brush, box: Box, colour: string, lineWidth: number): void {
  context.beginPath();
  context.roundRect(box.x - 2, box.y - 2, box.width + 4, box.height + 4, 7);
  context.strokeStyle = theme.halo;
  context.lineWidth = lineWidth + 2;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.stroke();
}

/** Where the bar in the hand came from stays marked, so that one sees what Escape gives back. */
function drawTakenPlace(brush: Brush): void {
  const { context, state, theme, metrics } = brush;
  const operation = state.ghost?.operation;
  const placement = operation?.placement;
  const row = placement === undefined ? undefined : state.layout.rowByLaneId.get(placement.laneId);
  if (operation === undefined || placement === undefined || row === undefined) return;
  const box = placeOf(brush, row, placement.startsAt, placement.endsAt, operation.operationId);
  context.beginPath();
  context.roundRect(box.x + 0.5, box.y + 0.5, Math.max(2, box.width - 2), metrics.barHeight - 1, 5);
  context.setLineDash([3, 3]);
  context.strokeStyle = theme.textDim;
  context.lineWidth = 1;
  context.stroke();
  context.setLineDash([]);
}

/** Box of a stretch on a lane, on the sub-lane that the operation has there, the first one otherwise. */
export function placeOf(
  brush: Brush,
  row: LaneRow,
  startsAt: number,
  endsAt: number,
  operationId: string,
): Box {
  const { state, metrics } = brush;
  const bars = state.barsByLane.get(row.lane.id);
  const index = bars?.operations.findIndex((operation) => operation.operationId === operationId) ?? -1;
  const slot = bars === undefined || index < 0 ? 0 : slotOf(bars, index, row);
  const left = timeToX(state.viewport, startsAt);
  return {
    x: metrics.labelWidth + left,
    y: metrics.axisHeight + slotTop(row, slot, metrics) - state.viewport.scrollY,
    width: timeToX(state.viewport, endsAt) - left,
    height: metrics.barHeight,
  };
}
