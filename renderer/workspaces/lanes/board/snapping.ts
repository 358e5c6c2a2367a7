import type { BoardOperation, ProposedMove } from '#domain/scheduling/types';
import type { BoardStore } from './store.ts';
import { firstStartingFrom, firstVisible } from './lane-bars.ts';

/** How fine the board snaps at the present zoom. */
export interface SnapGrid {
  /** Distance between two snap marks, milliseconds of wall-clock time. */
  readonly stepMs: number;
  /** How near an edge of a neighbour draws a bar to itself. */
  readonly toleranceMs: number;
}

/** Where a proposed start lands: an instant at or near `move.startsAt`. */
export type SnapStart = (move: ProposedMove, grid: SnapGrid) => number;

const minuteMs = 60_000;
const steps = [1, 5, 15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * minuteMs);
const leastStepPx = 6;
const tolerancePx = 8;

export function snapGridFor(msPerPx: number): SnapGrid {
  const stepMs = steps.find((step) => step / msPerPx >= leastStepPx) ?? 1440 * minuteMs;
  return { stepMs, toleranceMs: tolerancePx * msPerPx };
}

/**
 * The board's own snapping: to the end of the bar before, with its own end to the start of the bar after,
 * to the end of its predecessor, to the opening of a shift, to now, else to the wall-clock grid of the
 * plant (a zone half an hour off UTC still snaps to full hours). Bars in the same hand are no neighbours.
 */
export function createSnapping(
  store: BoardStore,
  offsetMs: (at: number) => number,
  now: () => number,
): SnapStart {
  return (move, grid) => {
    const wanted = move.startsAt;
    const offset = offsetMs(wanted);
    let best = Math.round((wanted + offset) / grid.stepMs) * grid.stepMs - offset;
    let distance = grid.toleranceMs;
    const offer = (at: number): void => {
      const away = Math.abs(at - wanted);
      if (away >= distance) return;
      distance = away;
      best = at;
    };
    const { barsByLane, selection } = store.state;
    const held = store.shown(move.operationId);
    const inHand = selection.has(move.operationId) ? selection : new Set([move.operationId]);
    const lengthMs =
      held?.placement === undefined
        ? (held?.durationS ?? 0) * 1000
        : held.placement.endsAt - held.placement.startsAt;
    const bars = barsByLane.get(move.laneId);
    if (bars !== undefined) {
      const from = firstVisible(bars, wanted - grid.toleranceMs);
      const to = firstStartingFrom(bars, wanted + lengthMs + grid.toleranceMs);
      for (let index = from; index < to; index += 1) {
        if (inHand.has(bars.operations[index]?.operationId ?? '')) continue;
        offer(bars.ends[index] ?? Infinity);
        if (lengthMs > 0) offer((bars.starts[index] ?? Infinity) - lengthMs);
      }
    }
    if (held !== undefined) offer(endOfPredecessor(store, held) ?? Infinity);
    for (const window of store.state.layout.rowByLaneId.get(move.laneId)?.lane.windows ?? [])
      offer(window.startsAt);
    offer(now());
    return best;
  };
}

/** When the operation with the next lower number of its work order ends. */
function endOfPredecessor(store: BoardStore, { workOrderId, operationNumber }: BoardOperation) {
  let latest: BoardOperation | undefined;
  for (const other of store.state.operations.values()) {
    if (other.workOrderId !== workOrderId || other.operationNumber >= operationNumber) continue;
    if (latest === undefined || other.operationNumber > latest.operationNumber) latest = other;
  }
  return latest === undefined ? undefined : store.shown(latest.operationId)?.placement?.endsAt;
}
