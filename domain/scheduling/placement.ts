import { finishAfter, nextWorkingInstant, windowAt } from '../calendars/working-time.ts';
import { type BoardIndex, type LaneIndex, type Occupancy, occupancyOf, overlapping } from './board-index.ts';
import type { BoardOperation, Placement, PlacementCheck, ProposedMove, Refusal } from './types.ts';

/**
 * May this operation stand on that lane from then on? The one rule for the canvas, which asks on each
 * pointer move, and for the service, which has the last word.
 *
 * Accepted: the placement, its end counted in the lane's working time. Refused: the first rule that
 * says no, and the placement as it would be where it can be told, so that it can be drawn.
 * Refusals name operations and lanes by code; instants in their values are epoch milliseconds.
 */
export function checkPlacement(index: BoardIndex, move: ProposedMove): PlacementCheck {
  const operation = index.operations.get(move.operationId);
  if (operation === undefined) return refused('unknown-operation', { operation: move.operationId });
  if (operation.status !== 'planned' && operation.status !== 'ready') {
    return refused('already-started', { operation: operation.code, status: operation.status });
  }
  const laneIndex = index.lanes.get(move.laneId);
  if (laneIndex === undefined) return refused('unknown-lane', { lane: move.laneId });

  const placement = placementOf(laneIndex, operation, move.startsAt);
  const refusal =
    eligibility(laneIndex, operation) ??
    workingTime(laneIndex, operation, move.startsAt, placement) ??
    (placement === undefined
      ? undefined
      : (precedence(index, operation, placement) ?? capacity(laneIndex, operation, placement)));
  if (refusal !== undefined)
    return placement === undefined ? { ok: false, refusal } : { ok: false, refusal, placement };
  if (placement === undefined) throw new Error(`No rule refused ${operation.code}, yet it has no end`);
  return { ok: true, placement };
}

function placementOf(
  { lane, stretches }: LaneIndex,
  operation: BoardOperation,
  startsAt: number,
): Placement | undefined {
  const endsAt = finishAfter(stretches, startsAt, operation.durationS);
  return endsAt === undefined ? undefined : { laneId: lane.id, startsAt, endsAt };
}

function eligibility({ lane }: LaneIndex, operation: BoardOperation): Refusal | undefined {
  if (operation.eligibleLaneIds.includes(lane.id)) return undefined;
  return { reason: 'lane-not-eligible', values: { operation: operation.code, lane: lane.code } };
}

function workingTime(
  { lane, stretches }: LaneIndex,
  operation: BoardOperation,
  startsAt: number,
  placement: Placement | undefined,
): Refusal | undefined {
  if (windowAt(stretches, startsAt) === undefined) {
    const opensAt = nextWorkingInstant(stretches, startsAt);
    return {
      reason: 'outside-shift',
      values: {
        lane: lane.code,
        startsAt,
        // The text chooses by `opens`: the lane may not open again in what is loaded.
        ...(opensAt === undefined ? { opens: 'no' } : { opens: 'yes', opensAt }),
      },
    };
  }
  if (placement !== undefined) return undefined;
  const closesAt = stretches.at(-1)?.endsAt ?? startsAt;
  return { reason: 'no-working-time-left', values: { operation: operation.code, lane: lane.code, closesAt } };
}

function precedence(index: BoardIndex, operation: BoardOperation, placement: Placement): Refusal | undefined {
  const before = nearestPlaced(index, index.predecessors, operation, (a, b) => b.endsAt - a.endsAt);
  if (before !== undefined && placement.startsAt < before.endsAt) {
    return {
      reason: 'before-predecessor',
      values: { operation: operation.code, other: before.operation.code, otherEndsAt: before.endsAt },
    };
  }
  const after = nearestPlaced(index, index.successors, operation, (a, b) => a.startsAt - b.startsAt);
  if (after !== undefined && placement.endsAt > after.startsAt) {
    return {
      reason: 'after-successor',
      values: {
        operation: operation.code,
        other: after.operation.code,
        otherStartsAt: after.startsAt,
        endsAt: placement.endsAt,
      },
    };
  }
  return undefined;
}

/**
 * The placed neighbour that binds most. One that waits for a place (or was cancelled) binds nothing
 * itself, but those behind it do: 30 must follow 10 also while 20 is unscheduled.
 */
function nearestPlaced(
  index: BoardIndex,
  neighbours: ReadonlyMap<string, readonly BoardOperation[]>,
  operation: BoardOperation,
  compare: (a: Occupancy, b: Occupancy) => number,
): Occupancy | undefined {
  let nearest: Occupancy | undefined;
  const seen = new Set([operation.operationId]);
  const waiting = [operation];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    for (const neighbour of neighbours.get(current.operationId) ?? []) {
      if (seen.has(neighbour.operationId)) continue;
      seen.add(neighbour.operationId);
      const occupied = occupancyOf(neighbour, index.now);
      if (occupied === undefined) waiting.push(neighbour);
      else if (nearest === undefined || compare(occupied, nearest) < 0) nearest = occupied;
    }
  }
  return nearest;
}

function capacity(
  laneIndex: LaneIndex,
  operation: BoardOperation,
  placement: Placement,
): Refusal | undefined {
  const { lane } = laneIndex;
  const others = overlapping(laneIndex, placement.startsAt, placement.endsAt, operation.operationId);
  if (others.length < lane.capacity) return undefined;
  // Load can only rise where one of them begins (or at our own start).
  const instants = [placement.startsAt, ...others.map((other) => other.startsAt)]
    .filter((instant) => instant >= placement.startsAt)
    .sort((a, b) => a - b);
  for (const instant of instants) {
    const running = others.filter((other) => other.startsAt <= instant && other.endsAt > instant);
    if (running.length < lane.capacity) continue;
    // Named is the one that makes room first.
    const first = running.reduce((a, b) => (b.endsAt < a.endsAt ? b : a));
    return {
      reason: 'lane-occupied',
      values: { lane: lane.code, other: first.operation.code, from: first.startsAt, until: first.endsAt },
    };
  }
  return undefined;
}

function refused(reason: Refusal['reason'], values: Refusal['values']): PlacementCheck {
  return { ok: false, refusal: { reason, values } };
}
