import { type BoardIndex, countBefore } from './board-index.ts';
import type { ProposedMove } from './types.ts';

export interface SnapOptions {
  /** Width of the grid, see `gridIntervalMs`. */
  readonly gridMs: number;
  /** An instant that lies on the grid: the start of the plant's day, so that hours are local hours. */
  readonly gridOriginAt: number;
  /** How near a shift start or a neighbour's end must be to draw the bar to it. */
  readonly toleranceMs: number;
}

export interface SnappedStart {
  readonly startsAt: number;
  /** What it clings to, for the guide line: the end of a bar, the start of work, or the grid. */
  readonly to: 'neighbour' | 'shift' | 'grid';
}

/**
 * Draws a start to the nearest end of a bar on that lane, end of a predecessor, or start of a stretch of
 * work within the tolerance; otherwise to the grid. At equal distance the bar wins over the shift.
 */
export function snapStart(index: BoardIndex, move: ProposedMove, options: SnapOptions): SnappedStart {
  const wanted = move.startsAt;
  let best: SnappedStart | undefined;
  const consider = (startsAt: number | undefined, to: SnappedStart['to']) => {
    if (startsAt === undefined || Math.abs(startsAt - wanted) > options.toleranceMs) return;
    if (best === undefined || Math.abs(startsAt - wanted) < Math.abs(best.startsAt - wanted))
      best = { startsAt, to };
  };

  const lane = index.lanes.get(move.laneId);
  if (lane !== undefined) {
    // The nearest ends either side of the wanted start, stepping over the moved bar's own.
    const at = countBefore(lane.byEnd, 'endsAt', wanted);
    const others = [at - 2, at - 1, at, at + 1].map((one) => lane.byEnd[one]);
    for (const other of others) {
      if (other?.operation.operationId !== move.operationId) consider(other?.endsAt, 'neighbour');
    }
  }
  for (const predecessor of index.predecessors.get(move.operationId) ?? []) {
    consider(predecessor.placement?.endsAt, 'neighbour');
  }
  if (lane !== undefined) {
    for (const windows of [lane.lane.windows, lane.stretches]) {
      const at = countBefore(windows, 'startsAt', wanted);
      consider(windows[at - 1]?.startsAt, 'shift');
      consider(windows[at]?.startsAt, 'shift');
    }
  }
  if (best !== undefined) return best;
  const steps = Math.round((wanted - options.gridOriginAt) / options.gridMs);
  return { startsAt: options.gridOriginAt + steps * options.gridMs, to: 'grid' };
}

const minuteMs = 60_000;
const gridStepsMs = [1, 5, 15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * minuteMs);
const minimumStepPx = 6;

/** The finest grid whose steps can be told apart at a zoom: 1 minute up to a day. */
export function gridIntervalMs(msPerPixel: number): number {
  const smallest = msPerPixel * minimumStepPx;
  return gridStepsMs.find((step) => step >= smallest) ?? 1440 * minuteMs;
}
