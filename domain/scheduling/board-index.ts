import { mergeIntervals } from '../calendars/intervals.ts';
import { indexLinks, type LinkIndex } from './board-links.ts';
import { indexSetups, type SetupRules } from './setup-rules.ts';
import type { BoardOperation, Interval, Lane, OperationLink, SetupTransition } from './types.ts';

export interface Board {
  readonly lanes: readonly Lane[];
  readonly operations: readonly BoardOperation[];
  /** Between the operations of a work order one stands instead of the order of their numbers. */
  readonly links?: readonly OperationLink[] | undefined;
  readonly transitions?: readonly SetupTransition[] | undefined;
  /** What starts before stands still, epoch ms. */
  readonly frozenUntil?: number | null | undefined;
  readonly now: number;
}

/** A stretch in which an operation takes up a place on a lane. */
export interface Occupancy extends Interval {
  readonly operation: BoardOperation;
}

/** A lane, prepared for binary search. */
export interface LaneIndex {
  readonly lane: Lane;
  readonly number: number;
  /** Unbroken stretches of work: the lane's windows, those that touch joined. */
  readonly stretches: readonly Interval[];
}

/**
 * Where operations stand, in columns by operation number; what a plan with some edits made looks like has
 * the same shape (plan-state.ts), so that rules ask both alike.
 */
export interface PlanColumns {
  readonly index: BoardIndex;
  /** Epoch ms; NaN: takes up no lane (waits for a place, cancelled, done before it began). */
  readonly startsAt: Float64Array;
  /** End of the set-up. */
  readonly runsAt: Float64Array;
  readonly endsAt: Float64Array;
  /** Number of the lane; -1: none, or one that is not on the board. */
  readonly laneOf: Int32Array;
  /** Operation numbers by lane number, by start. */
  readonly sequences: readonly (readonly number[])[];
  /** Longest span on each lane, ms: how far before an instant a bar over it may begin. */
  readonly longestMs: Float64Array;
}

/** Why a bar stands still for hand and push alike. */
export type Pin = 'started' | 'locked' | 'frozen';

/** A board prepared for asking many times (each pointer move) what a move would do. */
export interface BoardIndex {
  readonly now: number;
  /** -Infinity: nothing is frozen. */
  readonly frozenUntil: number;
  readonly lanes: ReadonlyMap<string, LaneIndex>;
  readonly laneList: readonly LaneIndex[];
  /** By operation number. */
  readonly operations: readonly BoardOperation[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly pins: readonly (Pin | undefined)[];
  readonly links: LinkIndex;
  /** Operation numbers by work order id. */
  readonly workOrders: ReadonlyMap<string, readonly number[]>;
  readonly setups: SetupRules;
  readonly columns: PlanColumns;
}

/**
 * Prepares a board: O(n log n), some tens of milliseconds for 10,000 operations; make it anew when the
 * board changes. Links that name an operation which is not on the board are left out.
 */
export function indexBoard(board: Board): BoardIndex {
  const { operations, now } = board;
  const frozenUntil = board.frozenUntil ?? -Infinity;
  const laneList = board.lanes.map((lane, number) => ({
    lane,
    number,
    stretches: mergeIntervals(lane.windows),
  }));
  const lanes = new Map(laneList.map((each) => [each.lane.id, each]));
  const numbers = new Map(operations.map((operation, number) => [operation.operationId, number]));
  const workOrders = new Map<string, number[]>();
  for (const [number, { workOrderId }] of operations.entries()) {
    const members = workOrders.get(workOrderId);
    if (members === undefined) workOrders.set(workOrderId, [number]);
    else members.push(number);
  }
  const index: Omit<BoardIndex, 'columns'> = {
    now,
    frozenUntil,
    lanes,
    laneList,
    operations,
    numbers,
    pins: operations.map((operation) => pinOf(operation, frozenUntil)),
    links: indexLinks(operations, numbers, workOrders, board.links ?? []),
    workOrders,
    setups: indexSetups(board.transitions ?? []),
  };
  return withColumns(index);
}

function withColumns(index: Omit<BoardIndex, 'columns'>): BoardIndex {
  const { operations, lanes, now } = index;
  const count = operations.length;
  const startsAt = new Float64Array(count).fill(Number.NaN);
  const runsAt = new Float64Array(count).fill(Number.NaN);
  const endsAt = new Float64Array(count).fill(Number.NaN);
  const laneOf = new Int32Array(count).fill(-1);
  const sequences: number[][] = index.laneList.map(() => []);
  const longestMs = new Float64Array(sequences.length);
  for (const [number, operation] of operations.entries()) {
    const occupied = occupancyOf(operation, now);
    if (occupied === undefined) continue;
    startsAt[number] = occupied.startsAt;
    runsAt[number] = Math.max(occupied.startsAt, operation.placement?.setupEndsAt ?? -Infinity);
    endsAt[number] = occupied.endsAt;
    const lane = lanes.get(operation.placement?.laneId ?? '')?.number;
    if (lane === undefined) continue;
    laneOf[number] = lane;
    sequences[lane]?.push(number);
    longestMs[lane] = Math.max(longestMs[lane] ?? 0, occupied.endsAt - occupied.startsAt);
  }
  for (const sequence of sequences) {
    sequence.sort((a, b) => (startsAt[a] ?? 0) - (startsAt[b] ?? 0) || a - b);
  }
  const whole: BoardIndex & { columns: PlanColumns } = {
    ...index,
    columns: undefined as never,
  };
  whole.columns = { index: whole, startsAt, runsAt, endsAt, laneOf, sequences, longestMs };
  return whole;
}

/**
 * When an operation takes up its lane: a started one that runs over its planned end until now at least,
 * a completed one never past now, a cancelled one not at all.
 */
export function occupancyOf(operation: BoardOperation, now: number): Occupancy | undefined {
  const { placement, status } = operation;
  if (placement === undefined || status === 'cancelled') return undefined;
  const { startsAt } = placement;
  let { endsAt } = placement;
  if (status === 'running' || status === 'paused') endsAt = Math.max(endsAt, now);
  if (status === 'completed') endsAt = Math.min(endsAt, now);
  return endsAt > startsAt ? { operation, startsAt, endsAt } : undefined;
}

/** Why an operation stands still; undefined when it may be moved. */
export function pinOf(operation: BoardOperation, frozenUntil: number): Pin | undefined {
  if (operation.status !== 'planned' && operation.status !== 'ready') return 'started';
  if (operation.locked === true) return 'locked';
  return operation.placement !== undefined && operation.placement.startsAt < frozenUntil
    ? 'frozen'
    : undefined;
}

/** Seconds of working time of a run on a lane. */
export function durationOn(operation: BoardOperation, laneId: string): number {
  return operation.laneDurationsS?.[laneId] ?? operation.durationS;
}
