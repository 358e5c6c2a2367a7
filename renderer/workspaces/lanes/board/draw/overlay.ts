import { latenessMs } from '../describe.ts';
import { slotOf } from '../hit-test.ts';
import { firstVisible } from '../lane-bars.ts';
import { slotTop } from '../rows.ts';
import { barFlag } from './bar-look.ts';
import { fontOf, type Brush } from './brush.ts';
import { drawLabels } from './labels.ts';
import { boxOfBar, isInSight, outline } from './place.ts';
import type { BarLabel } from './region-types.ts';
import { focusOf } from './link-lines.ts';

const leastDetailHeight = 14;
/** Room that the mark of a late bar and each sign at its end take from its text. */
const latePx = 64;
const signPx = 15;

/**
 * A bar that reaches in from the left is named where it comes into sight: over its picture, which has
 * its name where it begins.
 */
export function drawStickyLabels(brush: Brush): void {
  const { context, state, metrics, theme, looks, paints, firstRow, afterRow } = brush;
  if (metrics.barHeight < leastDetailHeight) return;
  const edge = metrics.labelWidth;
  const labels: BarLabel[] = [];
  for (let rowIndex = firstRow; rowIndex < afterRow; rowIndex += 1) {
    const row = state.layout.rows[rowIndex];
    const bars = row?.kind === 'lane' ? state.barsByLane.get(row.lane.id) : undefined;
    if (row?.kind !== 'lane' || bars === undefined) continue;
    const look = looks.of(bars);
    for (let index = firstVisible(bars, state.viewport.startsAt); index < bars.starts.length; index += 1) {
      const begin = bars.starts[index] ?? 0;
      if (begin >= state.viewport.startsAt) break;
      const operation = bars.operations[index];
      const paint = paints.categories[look.codes[index] ?? 0];
      const x = brush.xOf(begin);
      const right = brush.xOf(bars.ends[index] ?? 0) - 1;
      if (operation === undefined || paint === undefined || right < edge + 20) continue;
      const setupEnds = bars.setupEnds[index] ?? begin;
      const runX = setupEnds > begin ? brush.xOf(setupEnds) : x;
      // Its name begins with the run: where that is in sight, so is the name.
      if (runX > edge - 4) continue;
      const flags = look.flags[index] ?? 0;
      const y = brush.yOf(slotTop(row, slotOf(bars, index, row), metrics));
      const isLate = (flags & barFlag.late) !== 0;
      let taken = isLate && right - x >= 120 ? latePx : 0;
      for (const flag of [barFlag.locked, barFlag.short]) if ((flags & flag) !== 0) taken += signPx;
      const width = right - edge - taken;
      if (width < 20) continue;
      const colours = (flags & barFlag.dim) === 0 ? paint.colours : paint.dimColours;
      const doneTo = runX + (right - runX) * Math.min(1, operation.progress);
      const textTo = edge + Math.min(width, 230);
      context.fillStyle = colours.fill;
      context.fillRect(edge, y + 2, textTo - edge, metrics.barHeight - 4);
      if (doneTo > edge && operation.progress > 0) {
        context.fillStyle = colours.progress;
        context.fillRect(edge, y + 2, Math.min(doneTo, textTo) - edge, metrics.barHeight - 4);
      }
      labels.push({
        operation,
        paint,
        flags: flags & barFlag.dim,
        x: edge - 3,
        y,
        width: Math.min(width, 230) + 3,
        height: metrics.barHeight,
        runX: edge - 3,
        room: 0,
      });
    }
  }
  drawLabels(context, { bars: labels, blocked: [] }, { ...brush, theme });
}

/** What is selected, below the pointer, sent and not yet confirmed, in conflict, or held by others. */
export function drawMarks(brush: Brush): void {
  const { state, store, theme } = brush;
  drawOthers(brush);
  for (const operationId of state.pending.keys()) {
    const operation = store.shown(operationId);
    const box = operation === undefined ? undefined : boxOfBar(brush, operation);
    if (box !== undefined && isInSight(brush, box)) drawPending(brush, box);
  }
  if (state.hoveredId !== undefined) mark(brush, state.hoveredId, theme.text, 1.25);
  if (state.selection.size > 1) {
    for (const operationId of state.selection) {
      if (operationId !== state.selectedId) mark(brush, operationId, theme.selected, 1.75);
    }
  }
  if (state.selectedId !== undefined) {
    mark(brush, state.selectedId, theme.selected, state.hasFocus ? 2.75 : 2.25);
  }
  if (state.conflict !== undefined) mark(brush, state.conflict.operationId, theme.conflict, 2.75);
}

function mark(brush: Brush, operationId: string, colour: string, lineWidth: number): void {
  const operation = brush.store.shown(operationId);
  const box = operation === undefined ? undefined : boxOfBar(brush, operation);
  if (box !== undefined && isInSight(brush, box)) outline(brush, box, colour, lineWidth);
}

/** Sent, not yet confirmed: a dotted line below the bar. */
function drawPending(
  { context, theme }: Brush,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  context.beginPath();
  context.setLineDash([2, 3]);
  context.moveTo(box.x + 5, box.y + box.height - 3);
  context.lineTo(box.x + box.width - 5, box.y + box.height - 3);
  context.strokeStyle = theme.text;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}

/** Other people's selections: a dashed frame, and their name on the first of them in sight. */
function drawOthers(brush: Brush): void {
  const { context, state, store, theme, text, metrics } = brush;
  const { people } = theme.palette;
  for (const { name, colourIndex, operationIds } of state.layers.others) {
    const colour = people[Math.abs(colourIndex) % people.length] ?? theme.text;
    let isNamed = false;
    for (const operationId of operationIds) {
      const operation = store.shown(operationId);
      const box = operation === undefined ? undefined : boxOfBar(brush, operation);
      if (box === undefined || !isInSight(brush, box)) continue;
      context.setLineDash([6, 3]);
      outline(brush, box, colour, 2);
      context.setLineDash([]);
      if (isNamed || metrics.barHeight < leastDetailHeight) continue;
      isNamed = true;
      const font = fontOf(theme, 10, 650);
      const shown = text.fit(context, name, font, 120);
      const width = text.width(context, shown, font) + 10;
      const x = Math.max(box.x, metrics.labelWidth + 2);
      const y = box.y - 9;
      context.beginPath();
      context.roundRect(x, y, width, 14, 4);
      context.fillStyle = colour;
      context.fill();
      context.font = font;
      context.textBaseline = 'middle';
      context.fillStyle = theme.surface;
      context.fillText(shown, x + 5, y + 7.5);
    }
  }
}

/** When the work order of the bar at hand is due: a line through all lanes. */
export function drawDueLine(brush: Brush): void {
  const { context, state, store, theme, metrics } = brush;
  const focused = focusOf(state);
  const operation = state.ghost?.operation ?? (focused === undefined ? undefined : store.shown(focused));
  if (operation === undefined) return;
  const x = brush.xOf(operation.dueAt);
  if (x < metrics.labelWidth || x > state.width) return;
  const isLate = latenessMs(operation) > 0;
  context.fillStyle = isLate ? theme.late : theme.link;
  // Dashes as boxes: a dashed line over the whole height costs more than all bars below it.
  for (let y = metrics.axisHeight; y < state.height; y += 9) context.fillRect(x - 0.5, y, 1, 5);
  context.beginPath();
  context.moveTo(x, metrics.axisHeight + 1);
  context.lineTo(x + 6, metrics.axisHeight + 8);
  context.lineTo(x, metrics.axisHeight + 15);
  context.lineTo(x - 6, metrics.axisHeight + 8);
  context.closePath();
  context.fill();
}
