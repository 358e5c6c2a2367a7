import { loadOfLane } from '../lane-load.ts';
import type { LaneRow } from '../rows.ts';
import { endOf } from '../viewport.ts';
import { crisp, fontOf, type Brush } from './brush.ts';

/** The frozen column: name and code of each lane, how much of its shifts in view is taken, and the areas. */
export function drawLaneColumn(brush: Brush): void {
  const { context, state, metrics, theme, firstRow, afterRow } = brush;
  context.save();
  context.beginPath();
  context.rect(0, metrics.axisHeight, state.width, state.viewport.height);
  context.clip();
  context.fillStyle = theme.header;
  context.fillRect(0, metrics.axisHeight, metrics.labelWidth, state.viewport.height);
  drawRules(brush);
  const names: Line[] = [];
  const codes: Line[] = [];
  const loads: Line[] = [];
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = state.layout.rows[index];
    if (row?.kind === 'lane') drawLane(brush, row, { names, codes, loads });
  }
  context.textBaseline = 'middle';
  write(brush, names, 13, 600);
  write(brush, codes, 11, 400);
  write(brush, loads, 11, 400);
  drawAreaHeaders(brush);
  drawLaneDrag(brush);
  context.restore();
}

/** Placed work over working time in the view, or undefined where the lane does not work in it. */
function loadInView({ state }: Brush, row: LaneRow): number | undefined {
  const { startsAt } = state.viewport;
  const endsAt = endOf(state.viewport);
  const { capacityMs, takenMs } = loadOfLane(row.lane, state.barsByLane.get(row.lane.id));
  const capacity = capacityMs(startsAt, endsAt);
  return capacity === 0 ? undefined : takenMs(startsAt, endsAt) / capacity;
}

const leastLoadHeight = 20;

interface Line {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

function write({ context, theme }: Brush, lines: readonly Line[], sizePx: number, weight: number): void {
  if (lines.length === 0) return;
  context.font = fontOf(theme, sizePx, weight);
  for (const { text, x, y, colour } of lines) {
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }
}

function drawRules({ context, state, metrics, theme, pixelRatio, firstRow, afterRow, yOf }: Brush): void {
  context.strokeStyle = theme.rowLine;
  context.lineWidth = 1 / pixelRatio;
  context.beginPath();
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = state.layout.rows[index];
    if (row?.kind !== 'lane' || row.height < 10) continue;
    const y = yOf(row.top + row.height) - 0.5 / pixelRatio;
    context.moveTo(0, y);
    context.lineTo(metrics.labelWidth, y);
  }
  context.stroke();
}

function drawLane(
  brush: Brush,
  row: LaneRow,
  lines: { readonly names: Line[]; readonly codes: Line[]; readonly loads: Line[] },
): void {
  const { context, state, metrics, theme, text } = brush;
  const { lane, height } = row;
  const y = brush.yOf(row.top);
  const { eligibleLaneIds } = state;
  const isLit = eligibleLaneIds?.has(lane.id) === true;
  const isTarget = state.ghost?.laneId === lane.id;
  if (isTarget || state.laneDrag?.laneId === lane.id) {
    context.fillStyle = theme.areaHeaderHover;
    context.fillRect(0, y, metrics.labelWidth, height);
  }
  if (isLit) {
    context.fillStyle = theme.allowed;
    context.fillRect(0, y + 1, 4, height - 2);
  }
  if (height < 10) return;
  const isDimmed = eligibleLaneIds !== undefined && !isLit;
  const colour = isDimmed ? theme.textDim : theme.text;
  const twoLines = height >= 40;
  const isSmall = height < leastLoadHeight;
  const middle = y + (twoLines ? Math.min(height, 46) / 2 - 7 : height / 2) + 0.5;
  const room = metrics.labelWidth - 14 - (isSmall ? 6 : 46);
  if (isSmall) {
    const font = fontOf(theme, Math.max(8, height - 5), 600);
    context.font = font;
    context.fillStyle = colour;
    context.textBaseline = 'middle';
    context.fillText(text.fit(context, lane.name, font, room), 14, middle);
    return;
  }
  const name = text.fit(context, lane.name, fontOf(theme, 13, 600), room);
  lines.names.push({ text: name, x: 14, y: middle, colour });
  if (twoLines) {
    const code = text.fit(context, lane.code, fontOf(theme, 11), room);
    lines.codes.push({ text: code, x: 14, y: middle + 16, colour: theme.textDim });
  }
  drawLoad(brush, row, y + (twoLines ? Math.min(height, 46) : height) / 2, lines.loads);
}

function drawLoad(brush: Brush, row: LaneRow, middle: number, loads: Line[]): void {
  const { context, metrics, theme, text } = brush;
  const load = loadInView(brush, row);
  if (load === undefined) return;
  const isOver = load > 1.005;
  const width = 30;
  const x = metrics.labelWidth - width - 12;
  const label = brush.loadFormat.format(load);
  loads.push({
    text: label,
    x: x + width - text.width(context, label, fontOf(theme, 11)),
    y: middle - 4,
    colour: isOver ? theme.overload : theme.textDim,
  });
  context.fillStyle = theme.loadTrack;
  context.fillRect(x, middle + 5, width, 4);
  if (load < 0.01) return;
  context.fillStyle = isOver ? theme.overload : theme.load;
  context.fillRect(x, middle + 5, Math.max(2, width * Math.min(1, load)), 4);
  // More than fits: the bar breaks out of its track.
  if (isOver) context.fillRect(x + width - 3, middle + 3, 3, 8);
}

/** Headers of the areas, over the whole width. */
function drawAreaHeaders(brush: Brush): void {
  const { context, state, metrics, theme, pixelRatio, text, firstRow, afterRow } = brush;
  for (let index = firstRow; index < afterRow; index += 1) {
    const row = state.layout.rows[index];
    if (row?.kind !== 'area') continue;
    const y = brush.yOf(row.top);
    const isHovered = state.hoveredArea === row.area;
    context.fillStyle = isHovered ? theme.areaHeaderHover : theme.areaHeader;
    context.fillRect(0, y, isHovered ? state.width : metrics.labelWidth, row.height - 1 / pixelRatio);
    context.strokeStyle = theme.frameLine;
    context.lineWidth = 1 / pixelRatio;
    context.beginPath();
    const lower = brush.yOf(row.top + row.height) - 0.5 / pixelRatio;
    context.moveTo(0, lower);
    context.lineTo(metrics.labelWidth, lower);
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

/** Where a lane held by its header would be put. */
function drawLaneDrag(brush: Brush): void {
  const { context, state, theme, pixelRatio } = brush;
  const { laneDrag } = state;
  const held = laneDrag === undefined ? undefined : state.layout.rowByLaneId.get(laneDrag.laneId);
  if (laneDrag === undefined || held === undefined) return;
  const before =
    laneDrag.beforeId === undefined ? undefined : state.layout.rowByLaneId.get(laneDrag.beforeId);
  const members = [...state.layout.rowByLaneId.values()].filter((row) => row.lane.area === held.lane.area);
  const last = members.at(-1) ?? held;
  const y = crisp(brush.yOf(before === undefined ? last.top + last.height : before.top), pixelRatio);
  context.fillStyle = theme.selected;
  context.fillRect(0, y - 1.5, state.width, 3);
}
