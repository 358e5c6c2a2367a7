import type { Box } from '../hit-test.ts';
import { relationsOf, relationsWithin, type Relation } from '../links.ts';
import type { BoardState, BoardStore } from '../store.ts';
import { fontOf, type Brush } from './brush.ts';
import { boxOfBar, isInSight, outline } from './place.ts';

const stubPx = 9;
const cornerPx = 4;
const nearPx = 24;
const gapPx = 4;
const arrowPx = 5;
/** From afar the critical path is in the bars' edges; its lines would cover them. */
const leastBarPx = 12;

/** Remembers the precedences of the bar at hand and of the critical path between frames. */
export interface LinkMemory {
  focus(state: BoardState, store: BoardStore): readonly Relation[];
  critical(state: BoardState, store: BoardStore): readonly Relation[];
}

export function createLinkMemory(): LinkMemory {
  const remembered = (
    find: (state: BoardState, store: BoardStore) => Relation[],
    keyOf: (state: BoardState) => unknown,
  ) => {
    let key: readonly unknown[] = [];
    let relations: readonly Relation[] = [];
    return (state: BoardState, store: BoardStore): readonly Relation[] => {
      const now = [keyOf(state), state.operations, state.pending, state.layers.links];
      if (now.some((part, index) => part !== key[index])) {
        key = now;
        relations = find(state, store);
      }
      return relations;
    };
  };
  const given = ({ operations, layers }: BoardState) => ({ operations, links: layers.links });
  return {
    focus: remembered((state, store) => {
      const focused = focusOf(state);
      return focused === undefined ? [] : relationsOf(focused, given(state), store.shown);
    }, focusOf),
    critical: remembered(
      (state, store) => relationsWithin(state.layers.critical, given(state), store.shown),
      (state) => state.layers.critical,
    ),
  };
}

/** The bar whose surroundings are shown: the one in the hand, below the pointer, or selected. */
export function focusOf(state: BoardState): string | undefined {
  return state.ghost?.operation.operationId ?? state.hoveredId ?? state.selectedId;
}

/** Lines of precedence of the bar at hand and along the critical path, over the bars. */
export function drawLinks(brush: Brush, memory: LinkMemory): void {
  const { state, store, theme, metrics } = brush;
  if (metrics.barHeight < 8) return;
  for (const relation of memory.critical(state, store)) {
    drawRelation(brush, relation, theme.critical, 2, leastBarPx);
  }
  const focused = focusOf(state);
  for (const relation of memory.focus(state, store)) {
    const colour = relation.isBroken ? theme.refused : theme.link;
    drawRelation(brush, relation, colour, 1.5);
    const other = relation.from.operationId === focused ? relation.to : relation.from;
    const box = boxOfBar(brush, other);
    if (box !== undefined && isInSight(brush, box)) outline(brush, box, colour, 1);
  }
}

/** @param leastPx between bars that are narrower than this a line would tell nothing. */
function drawRelation(
  brush: Brush,
  relation: Relation,
  colour: string,
  lineWidth: number,
  leastPx = 0,
): void {
  const { context, theme, axis } = brush;
  const from = boxOfBar(brush, relation.from);
  const to = boxOfBar(brush, relation.to);
  if (from === undefined || to === undefined || Math.min(from.width, to.width) < leastPx) return;
  const points = routeOf(relation.kind, from, to);
  const [end, last] = [points.at(-1), points.at(-2)];
  if (end === undefined || last === undefined || !isInSight(brush, spanOf(points))) return;
  context.lineJoin = 'round';
  context.beginPath();
  trace(brush, points);
  context.strokeStyle = theme.halo;
  context.lineWidth = lineWidth + 2.5;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  if (relation.isBroken) context.setLineDash([5, 3]);
  context.stroke();
  context.setLineDash([]);
  const way = Math.sign(end.x - last.x) || 1;
  context.beginPath();
  context.moveTo(end.x, end.y);
  context.lineTo(end.x - way * arrowPx * 1.4, end.y - arrowPx);
  context.lineTo(end.x - way * arrowPx * 1.4, end.y + arrowPx);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  if (relation.minLagS === 0) return;
  // A wait that must lie between the two is written on the line.
  const mark = `${relation.minLagS < 0 ? '−' : '+'}${axis.formatDuration(relation.minLagS * 1000)}`;
  const at = points[Math.floor(points.length / 2)];
  if (at === undefined) return;
  const font = fontOf(theme, 10, 600);
  const width = brush.text.width(context, mark, font) + 6;
  context.beginPath();
  context.roundRect(at.x - width / 2, at.y - 7, width, 14, 4);
  context.fillStyle = theme.surface;
  context.fill();
  context.font = font;
  context.textBaseline = 'middle';
  context.fillStyle = colour;
  context.fillText(mark, at.x - width / 2 + 3, at.y + 0.5);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Right-angled way from one bar to the other, that leaves and arrives level. */
export function routeOf(kind: Relation['kind'], from: Box, to: Box): readonly Point[] {
  const leaves = kind === 'start_start' ? -1 : 1;
  const arrives = kind === 'finish_finish' ? 1 : -1;
  const start = { x: leaves > 0 ? from.x + from.width : from.x, y: from.y + from.height / 2 };
  const end = { x: arrives < 0 ? to.x : to.x + to.width, y: to.y + to.height / 2 };
  const out = start.x + leaves * stubPx;
  const back = end.x + arrives * stubPx;
  const level = end.x - start.x;
  // On one row straight on, unless there is room for other bars between them.
  if (start.y === end.y && leaves !== arrives && level >= 0 && level < nearPx + 2 * stubPx)
    return [start, end];
  if (leaves === arrives) {
    const side = leaves > 0 ? Math.max(out, back) : Math.min(out, back);
    return [start, { x: side, y: start.y }, { x: side, y: end.y }, end];
  }
  // Near each other: straight down between them.
  if (out <= back && back - out < nearPx) {
    return [start, { x: out, y: start.y }, { x: out, y: end.y }, end];
  }
  // Far apart, or the later begins before the earlier ends: along the gap beside the row of the later one,
  // where no bar is crossed that has something to say.
  const gap = start.y < end.y ? to.y - gapPx : to.y + to.height + gapPx;
  return [start, { x: out, y: start.y }, { x: out, y: gap }, { x: back, y: gap }, { x: back, y: end.y }, end];
}

function trace({ context }: Brush, points: readonly Point[]): void {
  for (const [index, point] of points.entries()) {
    const next = points[index + 1];
    if (index === 0) context.moveTo(point.x, point.y);
    else if (next === undefined) context.lineTo(point.x, point.y);
    else context.arcTo(point.x, point.y, next.x, next.y, cornerPx);
  }
}

function spanOf(points: readonly Point[]): Box {
  const x = Math.min(...points.map((point) => point.x)) - arrowPx;
  const y = Math.min(...points.map((point) => point.y)) - arrowPx;
  return {
    x,
    y,
    width: Math.max(...points.map((point) => point.x)) + arrowPx - x,
    height: Math.max(...points.map((point) => point.y)) + arrowPx - y,
  };
}
