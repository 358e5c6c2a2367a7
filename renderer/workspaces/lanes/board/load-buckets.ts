import type { Lane } from '#domain/scheduling/types';
import type { LaneBars } from './lane-bars.ts';
import { loadOfLane } from './lane-load.ts';
import type { TimeAxis } from './time-axis.ts';
import { endOf, type Viewport } from './viewport.ts';

/** Work and room for it in a stretch of time, over one lane or many; milliseconds of working time. */
export interface LoadBucket {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly takenMs: number;
  readonly capacityMs: number;
}

/** Whose load is shown. */
export type LoadScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'area'; readonly area: string }
  | { readonly kind: 'lane'; readonly laneId: string };

/** The lanes of a scope, in the order given. */
export function lanesIn(scope: LoadScope, lanes: readonly Lane[]): readonly Lane[] {
  if (scope.kind === 'all') return lanes;
  return lanes.filter((lane) =>
    scope.kind === 'area' ? lane.area === scope.area : lane.id === scope.laneId,
  );
}

/** Load in the stretches that the time axis marks at this zoom: an hour, a shift's half, a day, a week, a month. */
export function loadBuckets(
  lanes: readonly Lane[],
  barsByLane: ReadonlyMap<string, LaneBars>,
  viewport: Viewport,
  axis: TimeAxis,
): readonly LoadBucket[] {
  const loads = lanes.map((lane) => loadOfLane(lane, barsByLane.get(lane.id)));
  return bucketEdges(viewport, axis).flatMap((startsAt, index, edges) => {
    const endsAt = edges[index + 1];
    if (endsAt === undefined) return [];
    let takenMs = 0;
    let capacityMs = 0;
    for (const load of loads) {
      takenMs += load.takenMs(startsAt, endsAt);
      capacityMs += load.capacityMs(startsAt, endsAt);
    }
    return [{ startsAt, endsAt, takenMs, capacityMs }];
  });
}

/** Marks of the axis over the view, and one beyond either side: buckets at the edges are whole ones. */
function bucketEdges(viewport: Viewport, axis: TimeAxis): readonly number[] {
  const from = viewport.startsAt;
  const to = endOf(viewport);
  const marks = axis.ticks(from, to, viewport.msPerPx).minor.map(({ at }) => at);
  const step = Math.max(1, (marks.at(-1) ?? to) - (marks.at(-2) ?? from));
  const wide = axis.ticks(from - 2 * step, to + 2 * step, viewport.msPerPx).minor.map(({ at }) => at);
  const first = wide.findLastIndex((at) => at <= from);
  const last = wide.findIndex((at) => at >= to);
  return wide.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
}

/** Share of the room that is taken; infinite where there is work and nobody works. */
export function ratioOf({ takenMs, capacityMs }: LoadBucket): number {
  if (capacityMs > 0) return takenMs / capacityMs;
  return takenMs > 0 ? Infinity : 0;
}

export interface LoadSummary {
  /** Over all buckets, 0 and up; NaN where nobody works. */
  readonly average: number;
  readonly highest: LoadBucket | undefined;
  readonly over: readonly LoadBucket[];
}

/** Above this, more is placed than fits: rounding of a second or two is not. */
const fullRatio = 1.005;

export function isOver(bucket: LoadBucket): boolean {
  return ratioOf(bucket) > fullRatio;
}

export function summarize(buckets: readonly LoadBucket[]): LoadSummary {
  let taken = 0;
  let capacity = 0;
  let highest: LoadBucket | undefined;
  for (const bucket of buckets) {
    taken += bucket.takenMs;
    capacity += bucket.capacityMs;
    if (bucket.capacityMs > 0 && ratioOf(bucket) > (highest === undefined ? 0 : ratioOf(highest))) {
      highest = bucket;
    }
  }
  return { average: taken / capacity, highest, over: buckets.filter(isOver) };
}
