import { firstStartingFrom, firstVisible, type LaneBars } from './lane-bars.ts';
import { rowIndexAt, slotTop, type LaneRow } from './rows.ts';
import type { BoardState, Marquee } from './store.ts';
import { timeToX, xToTime } from './viewport.ts';

/** A rectangle in CSS pixels of the surface (its upper left corner is 0, 0). */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Hit =
  | {
      readonly zone: 'bar';
      readonly operationId: string;
      readonly laneId: string;
      readonly at: number;
      /** On the right edge of a bar that is wide enough to have one: it splits the quantity. */
      readonly edge?: 'end' | undefined;
    }
  | { readonly zone: 'lane'; readonly laneId: string; readonly at: number }
  | { readonly zone: 'area'; readonly area: string }
  | { readonly zone: 'label'; readonly laneId: string }
  | { readonly zone: 'axis' | 'outside' };

/** Bars thinner than this are still caught by a pointer this near to them, in pixels. */
const reachPx = 4;
const edgePx = 6;
/** Narrower bars are only moved: their edge would be most of them. */
const leastWidthForEdgePx = 28;

/** What stands at a point of the surface. */
export function hitTest(state: BoardState, x: number, y: number): Hit {
  const { metrics, viewport, layout } = state;
  if (x < 0 || y < 0 || x >= state.width || y >= state.height) return { zone: 'outside' };
  if (y < metrics.axisHeight) return { zone: 'axis' };
  const contentY = y - metrics.axisHeight + viewport.scrollY;
  const row = layout.rows[rowIndexAt(layout, contentY)];
  if (row === undefined || contentY >= row.top + row.height) return { zone: 'outside' };
  if (row.kind === 'area') return { zone: 'area', area: row.area };
  const laneId = row.lane.id;
  if (x < metrics.labelWidth) return { zone: 'label', laneId };
  const at = xToTime(viewport, x - metrics.labelWidth);
  const index = barAt(state, row, at, contentY);
  const bars = state.barsByLane.get(laneId);
  const operationId = bars?.operations[index]?.operationId;
  if (bars === undefined || operationId === undefined) return { zone: 'lane', laneId, at };
  const endsAt = bars.ends[index] ?? 0;
  const isWide = (endsAt - (bars.starts[index] ?? 0)) / viewport.msPerPx >= leastWidthForEdgePx;
  const edge = isWide && at > endsAt - edgePx * viewport.msPerPx ? 'end' : undefined;
  return { zone: 'bar', operationId, laneId, at, edge };
}

/** Index of the bar on the lane, -1 for none. */
function barAt(state: BoardState, row: LaneRow, at: number, contentY: number): number {
  const bars = state.barsByLane.get(row.lane.id);
  if (bars === undefined) return -1;
  const reachMs = reachPx * state.viewport.msPerPx;
  let nearest = -1;
  let distance = reachMs;
  const last = firstStartingFrom(bars, at + reachMs);
  for (let index = firstVisible(bars, at - reachMs); index < last; index += 1) {
    const top = slotTop(row, slotOf(bars, index, row), state.metrics);
    if (contentY < top || contentY > top + state.metrics.barHeight) continue;
    const away = Math.max((bars.starts[index] ?? 0) - at, at - (bars.ends[index] ?? 0), 0);
    if (away > distance || (away === distance && nearest >= 0)) continue;
    distance = away;
    nearest = index;
  }
  return nearest;
}

/** Ids of the bars that a rectangle touches, by lane from top to bottom, then by start. */
export function barsWithin(state: BoardState, { fromAt, toAt, fromY, toY }: Marquee): string[] {
  const { layout, metrics } = state;
  const found: string[] = [];
  for (let at = Math.max(0, rowIndexAt(layout, fromY)); at < layout.rows.length; at += 1) {
    const row = layout.rows[at];
    if (row === undefined || row.top >= toY) break;
    const bars = row.kind === 'lane' ? state.barsByLane.get(row.lane.id) : undefined;
    if (bars === undefined || row.kind !== 'lane') continue;
    const last = firstStartingFrom(bars, toAt);
    for (let index = firstVisible(bars, fromAt); index < last; index += 1) {
      const top = slotTop(row, slotOf(bars, index, row), metrics);
      const operationId = bars.operations[index]?.operationId;
      if (operationId === undefined || (bars.ends[index] ?? 0) <= fromAt) continue;
      if (top < toY && top + metrics.barHeight > fromY) found.push(operationId);
    }
  }
  return found;
}

/** Sub-lane of a bar, bounded by what the row shows (the overview has one line a lane). */
export function slotOf(bars: LaneBars, index: number, row: LaneRow): number {
  return Math.min(bars.slots[index] ?? 0, row.slots - 1);
}

/**
 * Where the bar of a placed operation stands, in pixels of the surface, whether or not it is in view.
 * Undefined while it is unscheduled, or its area is collapsed.
 */
export function boundsOf(state: BoardState, operationId: string): Box | undefined {
  const laneId = (state.pending.get(operationId)?.placement ?? state.operations.get(operationId)?.placement)
    ?.laneId;
  if (laneId === undefined) return undefined;
  const row = state.layout.rowByLaneId.get(laneId);
  const bars = state.barsByLane.get(laneId);
  if (row === undefined || bars === undefined) return undefined;
  const index = bars.operations.findIndex((operation) => operation.operationId === operationId);
  if (index < 0) return undefined;
  return boxOf(state, row, slotOf(bars, index, row), bars.starts[index] ?? 0, bars.ends[index] ?? 0);
}

/** The box of a stretch of time in a sub-lane. */
export function boxOf(state: BoardState, row: LaneRow, slot: number, startsAt: number, endsAt: number): Box {
  const { metrics, viewport } = state;
  const left = timeToX(viewport, startsAt);
  return {
    x: metrics.labelWidth + left,
    y: metrics.axisHeight + slotTop(row, slot, metrics) - viewport.scrollY,
    width: timeToX(viewport, endsAt) - left,
    height: metrics.barHeight,
  };
}
