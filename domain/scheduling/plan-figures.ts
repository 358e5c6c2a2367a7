/** How good a plan is, counted from its bars: the same figures for the plan that holds and for every draft. */
import { workingSecondsBetween } from '../calendars/working-time.ts';
import { mergeIntervals } from '../calendars/intervals.ts';
import { indexSetups } from './setup-rules.ts';
import type { BoardOperation, Lane, SetupTransition } from './types.ts';

/** Times in seconds. */
export interface PlanFigures {
  readonly workOrders: number;
  readonly lateOrders: number;
  /** Seconds after the due date, summed over work orders, not weighed. */
  readonly tardinessS: number;
  /** End of the last operation, epoch ms; null when nothing is placed. */
  readonly endsAt: number | null;
  readonly setupS: number;
  readonly setupCost: number;
  /** Operations that stand elsewhere, or at another time, than their baseline. */
  readonly changes: number;
  readonly unscheduled: number;
  /** Placed working time over the working time of the horizon, 0..1. */
  readonly loadRatio: number;
}

export interface PlanToCount {
  /** All open operations, and the completed ones of their work orders. */
  readonly operations: readonly BoardOperation[];
  /** With their windows from `now` to `horizonEndsAt` at least. */
  readonly lanes: readonly Lane[];
  readonly transitions: readonly SetupTransition[];
  /** By operation id, seconds of working time of its set-up; absent: none. */
  readonly setupsS: ReadonlyMap<string, number>;
  readonly now: number;
  readonly horizonEndsAt: number;
  /** Whether bars have a baseline to be compared with; without one nothing counts as changed. */
  readonly compared: boolean;
}

/**
 * A work order counts while one of its operations is open. One that waits for a place after its due date
 * is as late as it is already.
 */
export function planFigures(plan: PlanToCount): PlanFigures {
  const { operations, now } = plan;
  let lateOrders = 0;
  let tardinessS = 0;
  const open = operations.filter(isOpen);
  const orders = Map.groupBy(
    operations.filter(({ status }) => status !== 'cancelled'),
    ({ workOrderId }) => workOrderId,
  );
  const openOrders = new Set(open.map(({ workOrderId }) => workOrderId));
  for (const orderId of openOrders) {
    const bars = orders.get(orderId) ?? [];
    const endsAt = Math.max(...bars.map((bar) => endOf(bar, now)));
    const lateMs = endsAt - (bars[0]?.dueAt ?? Infinity);
    if (lateMs <= 0) continue;
    lateOrders += 1;
    tardinessS += Math.round(lateMs / 1000);
  }
  const placed = open.filter(({ placement }) => placement !== undefined);
  return {
    workOrders: openOrders.size,
    lateOrders,
    tardinessS,
    endsAt: placed.length === 0 ? null : Math.max(...placed.map((bar) => endOf(bar, now))),
    ...countSetups(plan, placed),
    changes: plan.compared ? open.filter(isMoved).length : 0,
    unscheduled: open.length - placed.length,
    loadRatio: loadOf(plan, placed),
  };
}

function isOpen({ status }: BoardOperation): boolean {
  return status !== 'completed' && status !== 'cancelled';
}

/** What waits for a place ends at no time that is known: now at the earliest. */
function endOf({ placement, status, completedAt }: BoardOperation, now: number): number {
  if (status === 'completed') return completedAt ?? placement?.endsAt ?? now;
  if (placement === undefined) return now;
  return status === 'running' || status === 'paused' ? Math.max(placement.endsAt, now) : placement.endsAt;
}

function isMoved({ placement, baseline, status }: BoardOperation): boolean {
  if (status === 'running' || status === 'paused') return false;
  return placement?.laneId !== baseline?.laneId || placement?.startsAt !== baseline?.startsAt;
}

/**
 * Set-ups that are still to be made, however far ahead; the matrix says what they cost. Their time is the one
 * that they were planned with: windows that end with the horizon could not count it.
 */
function countSetups(
  { transitions, setupsS, operations, now }: PlanToCount,
  placed: readonly BoardOperation[],
): { readonly setupS: number; readonly setupCost: number } {
  const setups = indexSetups(transitions);
  const counted = new Set(placed.filter(({ placement }) => (placement?.startsAt ?? 0) >= now));
  const byLane = Map.groupBy(
    operations.filter(({ placement, status }) => placement !== undefined && status !== 'cancelled'),
    ({ placement }) => placement?.laneId ?? '',
  );
  let setupS = 0;
  let setupCost = 0;
  for (const [laneId, bars] of byLane) {
    let family: string | undefined;
    for (const bar of bars.toSorted((a, b) => (a.placement?.startsAt ?? 0) - (b.placement?.startsAt ?? 0))) {
      if (counted.has(bar)) {
        setupCost += setups.between(laneId, family, bar.familyId).cost;
        setupS += setupsS.get(bar.operationId) ?? 0;
      }
      family = bar.familyId ?? family;
    }
  }
  return { setupS, setupCost: Math.round(setupCost * 100) / 100 };
}

function loadOf({ lanes, now, horizonEndsAt }: PlanToCount, placed: readonly BoardOperation[]): number {
  const byLane = Map.groupBy(placed, ({ placement }) => placement?.laneId ?? '');
  let takenS = 0;
  let openS = 0;
  for (const lane of lanes) {
    const stretches = mergeIntervals(lane.windows);
    openS += workingSecondsBetween(stretches, now, horizonEndsAt) * lane.capacity;
    for (const { placement } of byLane.get(lane.id) ?? []) {
      const { startsAt = 0, endsAt = 0 } = placement ?? {};
      takenS += workingSecondsBetween(stretches, Math.max(startsAt, now), Math.min(endsAt, horizonEndsAt));
    }
  }
  return openS === 0 ? 0 : Math.min(1, takenS / openS);
}
