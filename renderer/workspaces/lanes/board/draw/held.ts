import type { BoardOperation, Placement } from '#domain/scheduling/types';
import { latenessMs } from '../describe.ts';
import type { Box } from '../hit-test.ts';
import { barFlag } from './bar-look.ts';
import { coloursOf } from './paints.ts';
import { fontOf, type Brush } from './brush.ts';
import { drawLabels } from './labels.ts';
import { boxOfBar, boxOfPlace, isInSight, outline } from './place.ts';

/** Lanes that cannot do what is in the hand step back. */
export function drawEligibility(brush: Brush): void {
  const { context, state, theme, metrics, firstRow, afterRow } = brush;
  const { eligibleLaneIds } = state;
  if (eligibleLaneIds === undefined) return;
  context.fillStyle = theme.resting;
  context.globalAlpha = 0.68;
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = state.layout.rows[index];
    if (row?.kind !== 'lane' || eligibleLaneIds.has(row.lane.id)) continue;
    context.fillRect(metrics.labelWidth, brush.yOf(row.top), state.viewport.width, row.height);
  }
  context.globalAlpha = 1;
}

/** The bars in the hand where they would land, what makes room for them, and where they came from. */
export function drawHeld(brush: Brush): void {
  const { state, store, theme } = brush;
  const { ghost, preview } = state;
  if (ghost === undefined) return;
  const leadingId = ghost.operation.operationId;
  drawTaken(brush, ghost.operation);
  for (const { operationId } of preview?.held ?? []) {
    const operation = operationId === leadingId ? undefined : store.shown(operationId);
    if (operation !== undefined) drawTaken(brush, operation);
  }
  for (const { operationId, from, to } of preview?.pushed ?? []) drawPushed(brush, operationId, from, to);
  const colour = ghost.check.ok ? theme.allowed : theme.refused;
  for (const { operationId, placement } of preview?.held ?? []) {
    const operation = operationId === leadingId ? undefined : store.shown(operationId);
    if (operation !== undefined) drawInHand(brush, operation, placement, colour, ghost.check.ok);
  }
  drawInHand(brush, ghost.operation, ghost, colour, ghost.check.ok);
}

/** Where a bar came from stays marked, so that one sees what Escape gives back. */
function drawTaken(brush: Brush, operation: BoardOperation): void {
  const { context, theme } = brush;
  const box = boxOfBar(brush, operation);
  if (box === undefined || !isInSight(brush, box)) return;
  context.fillStyle = theme.working;
  context.globalAlpha = 0.8;
  context.fillRect(box.x - 1, box.y - 1, box.width + 2, box.height + 2);
  context.globalAlpha = 1;
  context.beginPath();
  context.roundRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, 4);
  context.setLineDash([3, 3]);
  context.strokeStyle = theme.textDim;
  context.lineWidth = 1;
  context.stroke();
  context.setLineDash([]);
}

/** A bar that would give way: framed where it would stand, with an arrow from where it stands. */
function drawPushed(brush: Brush, operationId: string, from: Placement, to: Placement): void {
  const { context, store, theme } = brush;
  const there = boxOfPlace(brush, operationId, to);
  const here = boxOfPlace(brush, operationId, from);
  if (there === undefined || !isInSight(brush, there)) return;
  const operation = store.shown(operationId);
  if (operation !== undefined) drawTaken(brush, operation);
  context.globalAlpha = 0.75;
  if (operation !== undefined) drawBody(brush, operation, to, there);
  context.globalAlpha = 1;
  context.beginPath();
  context.roundRect(there.x + 0.5, there.y + 0.5, Math.max(1, there.width - 1), there.height - 1, 4);
  context.setLineDash([4, 2]);
  context.strokeStyle = theme.conflict;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
  if (here === undefined) return;
  const y = there.y + there.height - 4;
  const way = Math.sign(there.x - here.x);
  const tip = there.x + (way < 0 ? -1 : 1);
  if (way === 0 || Math.abs(there.x - here.x) < 8) return;
  context.beginPath();
  context.moveTo(here.x, here.y + here.height - 4);
  context.lineTo(tip, y);
  context.moveTo(tip - way * 5, y - 3);
  context.lineTo(tip, y);
  context.lineTo(tip - way * 5, y + 3);
  context.stroke();
}

function drawInHand(
  brush: Brush,
  operation: BoardOperation,
  placement: Placement,
  colour: string,
  isAllowed: boolean,
): void {
  const { context, theme } = brush;
  const box = boxOfPlace(brush, operation.operationId, placement);
  if (box === undefined || !isInSight(brush, box)) return;
  // A shadow without blur: blurring one wide bar costs more than the rest of the frame.
  context.fillStyle = theme.text;
  context.globalAlpha = 0.12;
  for (const spread of [3, 1]) {
    context.beginPath();
    context.roundRect(box.x - spread, box.y + 3 - spread, box.width + 2 * spread, box.height + 2 * spread, 6);
    context.fill();
  }
  context.globalAlpha = 1;
  drawBody(brush, operation, placement, box);
  if (!isAllowed) {
    context.beginPath();
    context.roundRect(box.x, box.y, box.width, box.height, 4);
    context.globalAlpha = 0.22;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
  outline(brush, box, colour, 2);
}

/** A bar drawn by lines: for the few that are not part of the picture below. */
function drawBody(brush: Brush, operation: BoardOperation, placement: Placement, box: Box): void {
  const { context, theme, looks, paints, metrics } = brush;
  const paint = paints.categories[looks.scheme.codeOf(operation)];
  if (paint === undefined) return;
  const { fill, progress, edge } = coloursOf(theme, paint.category.swatch);
  const runX = brush.xOf(Math.max(placement.startsAt, placement.setupEndsAt ?? 0));
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, 4);
  context.fillStyle = fill;
  context.fill();
  if (operation.progress > 0) {
    context.fillStyle = progress;
    context.fillRect(
      runX,
      box.y + 1,
      Math.max(0, box.x + box.width - 1 - runX) * Math.min(1, operation.progress),
      box.height - 2,
    );
  }
  if (runX > box.x + 1) drawHatch(brush, { ...box, width: runX - box.x }, edge);
  context.beginPath();
  context.roundRect(box.x + 0.5, box.y + 0.5, Math.max(1, box.width - 1), box.height - 1, 4);
  context.strokeStyle = edge;
  context.lineWidth = 1;
  context.stroke();
  if (metrics.barHeight < 14 || box.width < 9) return;
  const there = { ...operation, placement };
  const flags = latenessMs(there) > 0 ? barFlag.late : 0;
  const label = { operation: there, paint, flags, ...box, runX, room: 0 };
  drawLabels(context, { bars: [label], blocked: [] }, brush);
}

function drawHatch({ context }: Brush, box: Box, colour: string): void {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.beginPath();
  for (let x = box.x - box.height; x < box.x + box.width; x += 5) {
    context.moveTo(x, box.y + box.height);
    context.lineTo(x + box.height, box.y);
  }
  context.moveTo(box.x + box.width - 0.5, box.y);
  context.lineTo(box.x + box.width - 0.5, box.y + box.height);
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

/** A bar being parted: where the cut is, and how much each part keeps. */
export function drawSplit(brush: Brush): void {
  const { context, state, store, theme, text } = brush;
  const { split } = state;
  const operation = split === undefined ? undefined : store.shown(split.operationId);
  const box = operation === undefined ? undefined : boxOfBar(brush, operation);
  if (split === undefined || operation === undefined || box === undefined) return;
  const x = brush.xOf(split.at);
  outline(brush, box, theme.selected, 1.5);
  context.beginPath();
  context.moveTo(x, box.y - 5);
  context.lineTo(x, box.y + box.height + 5);
  context.strokeStyle = theme.halo;
  context.lineWidth = 5;
  context.stroke();
  context.setLineDash([4, 3]);
  context.strokeStyle = theme.selected;
  context.lineWidth = 2;
  context.stroke();
  context.setLineDash([]);
  const font = fontOf(theme, 11, 650);
  const plate = (label: string, isLeft: boolean): void => {
    const width = text.width(context, label, font) + 8;
    const left = isLeft ? x - width - 5 : x + 5;
    context.beginPath();
    context.roundRect(left, box.y + box.height / 2 - 8, width, 16, 4);
    context.fillStyle = theme.selected;
    context.fill();
    context.font = font;
    context.textBaseline = 'middle';
    context.fillStyle = theme.surface;
    context.fillText(label, left + 4, box.y + box.height / 2 + 0.5);
  };
  plate(`${split.keeps} ${operation.unit}`, true);
  plate(`${split.rest} ${operation.unit}`, false);
}

export function drawMarquee(brush: Brush): void {
  const { context, state, theme } = brush;
  if (state.marquee === undefined) return;
  const { fromAt, toAt, fromY, toY } = state.marquee;
  const x = brush.xOf(Math.min(fromAt, toAt));
  const y = brush.yOf(Math.min(fromY, toY));
  const width = brush.xOf(Math.max(fromAt, toAt)) - x;
  const height = brush.yOf(Math.max(fromY, toY)) - y;
  context.fillStyle = theme.selected;
  context.globalAlpha = 0.12;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = theme.selected;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.strokeRect(x + 0.5, y + 0.5, width, height);
  context.setLineDash([]);
}
