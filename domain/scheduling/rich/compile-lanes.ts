/* oxlint-disable typescript/no-non-null-assertion -- indices of arrays made here */
import type { ProblemOperation } from '../model/problem.ts';
import type { SetupTable } from './setup-table.ts';

/** An operation that stands where it stands. Times in seconds from the origin. */
export interface Pinned {
  readonly operation: number;
  /** -1: the lane is not known. */
  readonly lane: number;
  readonly start: number;
  readonly run: number;
  readonly end: number;
  readonly started: boolean;
  /** Index of its family; -1: none. */
  readonly family: number;
  /** Seconds of working time between `start` and `run`. */
  readonly setup: number;
  readonly resources: readonly string[] | undefined;
}

/** What stands still in a slot, ascending by start. */
export interface Obstacle {
  readonly start: number;
  readonly end: number;
  readonly family: number;
  /** The longest change of set-up that may lead into it; Infinity: any. */
  readonly setupAllowed: number;
}

/**
 * The pinned operations of a lane dealt out to its places, the earliest to the place that is free first.
 * Where more stand than may, the last place takes what is left over: the checker says so.
 */
export function obstaclesOf(pinned: readonly Pinned[], slots: number): Obstacle[][] {
  const places: Obstacle[][] = Array.from({ length: slots }, () => []);
  for (const pin of pinned.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (pin.end <= pin.start) continue;
    const free = places.find((place) => (place.at(-1)?.end ?? -Infinity) <= pin.start) ?? places.at(-1);
    free?.push({
      start: pin.start,
      end: pin.end,
      family: pin.family,
      setupAllowed: pin.started ? Infinity : pin.setup,
    });
  }
  return places;
}

/** How many places a lane has to offer to the search; 0: more than can ever be asked for. */
export function slotsOf(capacity: number, candidates: number): number {
  return capacity === 1 || capacity < candidates ? capacity : 0;
}

/** Whether something of family `from` may stand before an obstacle. `from` is the state of the lane. */
export function mayPrecede(table: SetupTable, from: number, obstacle: Obstacle): boolean {
  if (obstacle.family < 0 || obstacle.setupAllowed === Infinity) return true;
  const time = table.time[from * table.families + obstacle.family]!;
  return time >= 0 && time <= obstacle.setupAllowed;
}

/** Lanes on which an operation may run, those of its pin included. */
export function lanesOf(operation: ProblemOperation): string[] {
  const lanes = operation.choices.map(({ lane }) => lane);
  return operation.pin === undefined ? lanes : [operation.pin.lane];
}
