import type { Lane } from '#domain/scheduling/types';

/**
 * `overview` squeezes the rows until all lanes stand on the screen; the others can be worked on by touch.
 * `fitting` makes them as high as the screen has room for, between compact and somewhat above comfortable.
 */
export type Density = 'comfortable' | 'compact' | 'overview' | 'fitting';

/** Sizes in CSS pixels. Bars are at least 24 px high where they can be dragged (WCAG 2.2, 2.5.8). */
export interface BoardMetrics {
  readonly labelWidth: number;
  readonly axisHeight: number;
  readonly areaHeight: number;
  readonly barHeight: number;
  readonly barGap: number;
  readonly rowPadding: number;
}

export interface AreaRow {
  readonly kind: 'area';
  readonly area: string;
  readonly top: number;
  readonly height: number;
  readonly laneCount: number;
  readonly collapsed: boolean;
}

export interface LaneRow {
  readonly kind: 'lane';
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
  readonly slots: number;
}

export type BoardRow = AreaRow | LaneRow;

export interface RowLayout {
  readonly rows: readonly BoardRow[];
  readonly contentHeight: number;
  readonly rowByLaneId: ReadonlyMap<string, LaneRow>;
}

export function metricsFor(
  density: Density,
  roomHeight: number,
  laneCount: number,
  areaCount: number,
): BoardMetrics {
  const frame = { labelWidth: 196, axisHeight: 56 };
  if (density === 'comfortable') return { ...frame, areaHeight: 30, barHeight: 32, barGap: 3, rowPadding: 7 };
  if (density === 'compact') return { ...frame, areaHeight: 26, barHeight: 24, barGap: 2, rowPadding: 3 };
  if (density === 'fitting') {
    const headers = areaCount > 1 ? areaCount * 28 : 0;
    const rowHeight = Math.floor((roomHeight - headers) / Math.max(1, laneCount));
    const barHeight = Math.min(44, Math.max(24, Math.round(rowHeight * 0.72)));
    return { ...frame, areaHeight: 28, barHeight, barGap: 3, rowPadding: barHeight < 30 ? 3 : 7 };
  }
  const areaHeight = 18;
  const roomForLanes = roomHeight - (areaCount > 1 ? areaCount * areaHeight : 0);
  const row = Math.min(30, Math.max(4, Math.floor(roomForLanes / Math.max(1, laneCount))));
  const rowPadding = row >= 12 ? 2 : row >= 6 ? 1 : 0.5;
  return { ...frame, areaHeight, barHeight: row - 2 * rowPadding, barGap: 1, rowPadding };
}

/**
 * Rows from top to bottom: lanes in the order given, gathered under the headers of their areas.
 * One area alone needs no header. A lane is as high as its capacity, or as what overlaps on it.
 */
export function layOutRows(
  lanes: readonly Lane[],
  slotCounts: ReadonlyMap<string, number>,
  collapsedAreas: ReadonlySet<string>,
  metrics: BoardMetrics,
): RowLayout {
  const byArea = Map.groupBy(lanes, (lane) => lane.area);
  const rows: BoardRow[] = [];
  const rowByLaneId = new Map<string, LaneRow>();
  let top = 0;
  for (const [area, members] of byArea) {
    const collapsed = byArea.size > 1 && collapsedAreas.has(area);
    if (byArea.size > 1) {
      rows.push({
        kind: 'area',
        area,
        top,
        height: metrics.areaHeight,
        laneCount: members.length,
        collapsed,
      });
      top += metrics.areaHeight;
    }
    if (collapsed) continue;
    for (const lane of members) {
      const used = slotCounts.get(lane.id) ?? 1;
      // An oven for thirty pallets does not claim thirty rows: only small capacities keep room free.
      const slots = lane.capacity <= 4 ? Math.max(1, lane.capacity, used) : used;
      const height = 2 * metrics.rowPadding + slots * metrics.barHeight + (slots - 1) * metrics.barGap;
      const row: LaneRow = { kind: 'lane', lane, top, height, slots };
      rows.push(row);
      rowByLaneId.set(lane.id, row);
      top += height;
    }
  }
  return { rows, contentHeight: top, rowByLaneId };
}

/**
 * Lanes in an order of the planner's own. Those that it does not name follow in the order given; areas
 * stand where their first lane does.
 */
export function orderLanes(lanes: readonly Lane[], order: readonly string[] | undefined): readonly Lane[] {
  if (order === undefined || order.length === 0) return lanes;
  const places = new Map(order.map((laneId, index) => [laneId, index]));
  return lanes.toSorted((a, b) => (places.get(a.id) ?? order.length) - (places.get(b.id) ?? order.length));
}

/** Index of the row at content height `y`, or of the nearest one; -1 when there is none. */
export function rowIndexAt(layout: RowLayout, y: number): number {
  let low = 0;
  let high = layout.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((layout.rows[middle]?.top ?? Infinity) <= y) low = middle;
    else high = middle - 1;
  }
  return high < 0 ? -1 : low;
}

/** Top of a sub-lane inside its row's content. */
export function slotTop(row: LaneRow, slot: number, metrics: BoardMetrics): number {
  return row.top + metrics.rowPadding + slot * (metrics.barHeight + metrics.barGap);
}
