import type { Lane, ShiftWindow } from '#domain/scheduling/types';
import { calendarOf } from './draw/windows.ts';
import { lowerBound, type LaneBars } from './lane-bars.ts';

/** Working time and placed work of one lane as running totals: any stretch costs two searches. */
export interface LaneLoad {
  /** Working time of the lane in a stretch, times its capacity, milliseconds. */
  capacityMs(from: number, to: number): number;
  /** Working time taken by its bars in a stretch, milliseconds; cancelled ones take none. */
  takenMs(from: number, to: number): number;
}

const noTimes = new Float64Array(0);
const known = new WeakMap<LaneBars, { readonly lane: Lane; readonly load: LaneLoad }>();

/** The load of a lane; kept as long as its bars and its calendar stay the same. */
export function loadOfLane(lane: Lane, bars: LaneBars | undefined): LaneLoad {
  if (bars === undefined) return createLaneLoad(lane, undefined);
  const kept = known.get(bars);
  if (kept?.lane.windows === lane.windows && kept.lane.capacity === lane.capacity) return kept.load;
  const load = createLaneLoad(lane, bars);
  known.set(bars, { lane, load });
  return load;
}

/**
 * With W(t) the working time before t, the bars before t have taken
 *   sum of W(end) over those that have ended, plus W(t) for each that has begun and not ended,
 *   minus the sum of W(start) over those that have begun
 * which holds for bars that overlap too.
 */
function createLaneLoad(lane: Lane, bars: LaneBars | undefined): LaneLoad {
  // Lanes of one calendar come with a list of windows each; one sum does for all of them.
  const worked = createWorkedTime(calendarOf(lane.windows));
  const capacity = Math.max(1, lane.capacity);
  let starts: Float64Array = noTimes;
  let ends: Float64Array = noTimes;
  let workedAtStarts: Float64Array = noTimes;
  let workedAtEnds: Float64Array = noTimes;
  if (bars !== undefined) {
    const counted = bars.operations.flatMap((operation, index) =>
      operation.status === 'cancelled' ? [] : [index],
    );
    starts = Float64Array.from(counted, (index) => bars.starts[index] ?? 0);
    ends = Float64Array.from(counted, (index) => bars.ends[index] ?? 0).sort();
    workedAtStarts = runningTotal(starts, worked);
    workedAtEnds = runningTotal(ends, worked);
  }
  const takenBefore = (at: number): number => {
    const begun = lowerBound(starts, at, false);
    const ended = lowerBound(ends, at, true);
    return (workedAtEnds[ended] ?? 0) + (begun - ended) * worked(at) - (workedAtStarts[begun] ?? 0);
  };
  return {
    capacityMs: (from, to) => Math.max(0, worked(to) - worked(from)) * capacity,
    takenMs: (from, to) => (starts.length === 0 ? 0 : Math.max(0, takenBefore(to) - takenBefore(from))),
  };
}

/** Entry `n` is the sum over the first `n` instants. */
function runningTotal(instants: Float64Array, worked: (at: number) => number): Float64Array {
  const totals = new Float64Array(instants.length + 1);
  for (let index = 0; index < instants.length; index += 1) {
    totals[index + 1] = (totals[index] ?? 0) + worked(instants[index] ?? 0);
  }
  return totals;
}

const knownWorked = new WeakMap<readonly ShiftWindow[], (at: number) => number>();

/** Working time from the first window to an instant, milliseconds. */
function createWorkedTime(windows: readonly ShiftWindow[]): (at: number) => number {
  const kept = knownWorked.get(windows);
  if (kept !== undefined) return kept;
  const opens = Float64Array.from(windows, (window) => window.startsAt);
  const totals = new Float64Array(windows.length + 1);
  for (const [index, window] of windows.entries()) {
    totals[index + 1] = (totals[index] ?? 0) + window.endsAt - window.startsAt;
  }
  const worked = (at: number): number => {
    const index = lowerBound(opens, at, true) - 1;
    const window = windows[index];
    if (window === undefined) return 0;
    return (totals[index] ?? 0) + Math.min(at, window.endsAt) - window.startsAt;
  };
  knownWorked.set(windows, worked);
  return worked;
}
