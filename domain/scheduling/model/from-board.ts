/** A board as a problem: what the solver, the checker and the explanation are asked, and their answers as places. */
import { mergeIntervals } from '../../calendars/intervals.ts';
import { workingSecondsBetween } from '../../calendars/working-time.ts';
import { indexLinks } from '../board-links.ts';
import { expectedEndAt } from '../expected-end.ts';
import { pinOf } from '../board-index.ts';
import type { BoardOperation, Interval, Lane, OperationLink, Placement, SetupTransition } from '../types.ts';
import type {
  Assignment,
  LaneChoice,
  Objective,
  Pin,
  Problem,
  ProblemLane,
  ProblemLink,
  ProblemOperation,
  ProblemOrder,
  Schedule,
  Span,
} from './problem.ts';

/** What is to be scheduled, as a board has it. Instants in epoch milliseconds. */
export interface BoardProblem {
  /** Lanes with their windows over `horizon`, what is blocked cut out. */
  readonly lanes: readonly Lane[];
  /** All open operations, and those that have ended and that they follow. */
  readonly operations: readonly BoardOperation[];
  readonly links: readonly OperationLink[];
  readonly transitions: readonly SetupTransition[];
  /** By operation and lane, what taking that lane costs; absent: nothing. */
  readonly laneCosts?: ReadonlyMap<string, Readonly<Record<string, number>>> | undefined;
  readonly objective: Objective;
  readonly now: number;
  /** What starts before in the published plan stands still. */
  readonly frozenUntil: number | null;
  readonly horizon: Interval;
  /**
   * How long what has begun holds its lane. `expected`: as long as it will take, for who plans around it;
   * `planned`: as the plan has it, for who asks whether the plan is in order with itself.
   */
  readonly begun: 'expected' | 'planned';
}

export interface ConvertedBoard {
  readonly problem: Problem;
  /** What stands on the board, as a schedule of the problem. */
  readonly schedule: Schedule;
  /** Epoch ms of second 0. */
  readonly originAt: number;
}

/** An operation that has begun takes this long still, at least. */
const leastRemainingS = 60;

/**
 * Operations that have ended are not in the problem: what follows them is released when they allow it.
 * Those that have begun, are locked or frozen are pinned where they stand. One that has begun and has no
 * place takes up no lane, and is left out as well.
 */
export function problemFromBoard(board: BoardProblem): ConvertedBoard {
  const { now } = board;
  const open = board.operations.filter(isInProblem);
  const starts = open.flatMap(({ placement }) => placement?.startsAt ?? []);
  const originAt = Math.floor(Math.min(now, ...starts) / 1000) * 1000;
  const seconds = (instant: number) => Math.round((instant - originAt) / 1000);
  const stretchesOf = new Map(board.lanes.map((lane) => [lane.id, mergeIntervals(lane.windows)]));
  const bindings = linksOf(board);
  const operations = open.map((operation) =>
    operationOf(operation, board, { seconds, stretchesOf, releaseAt: bindings.releases.get(operation) }),
  );
  const inProblem = new Set(open.map(({ operationId }) => operationId));
  return {
    originAt,
    problem: {
      lanes: board.lanes.map((lane) => laneOf(lane, board, stretchesOf.get(lane.id) ?? [], seconds)),
      orders: ordersOf(open, seconds),
      operations,
      links: bindings.links.filter(({ from, to }) => inProblem.has(from) && inProblem.has(to)),
      resources: [],
      setups: board.transitions.map((rule) => ({
        ...(rule.laneId === null ? {} : { lane: rule.laneId }),
        ...(rule.fromFamilyId === null ? {} : { from: rule.fromFamilyId }),
        to: rule.toFamilyId,
        time: rule.durationS,
        cost: rule.cost,
        ...(rule.forbidden === true ? { forbidden: true } : {}),
      })),
      objective: board.objective,
      now: Math.max(0, Math.ceil((now - originAt) / 1000)),
    },
    schedule: {
      assignments: operations.flatMap((operation, at): Assignment[] => {
        const placement = open[at]?.placement;
        if (placement === undefined) return [];
        const { pin } = operation;
        const start = seconds(placement.startsAt);
        return [
          {
            operation: operation.id,
            lane: placement.laneId,
            start,
            setupEnd: placement.setupEndsAt === undefined ? start : seconds(placement.setupEndsAt),
            end: pin?.end ?? seconds(placement.endsAt),
          },
        ];
      }),
    },
  };
}

/** A place in seconds as one on the clock. */
export function placementFrom(assignment: Assignment, originAt: number): Placement {
  const at = (second: number) => originAt + second * 1000;
  const { lane, start, setupEnd, end } = assignment;
  return {
    laneId: lane,
    startsAt: at(start),
    endsAt: at(end),
    ...(setupEnd > start ? { setupEndsAt: at(setupEnd) } : {}),
  };
}

function isInProblem({ status, placement }: BoardOperation): boolean {
  if (status === 'running' || status === 'paused') return placement !== undefined;
  return status === 'planned' || status === 'ready';
}

function laneOf(
  lane: Lane,
  { operations, horizon }: BoardProblem,
  stretches: readonly Interval[],
  seconds: (instant: number) => number,
): ProblemLane {
  const span = ({ startsAt, endsAt }: Interval): Span => ({
    start: Math.max(0, seconds(startsAt)),
    end: seconds(endsAt),
  });
  const last = operations
    .filter(
      ({ status, placement, familyId }) =>
        status === 'completed' && familyId !== undefined && placement?.laneId === lane.id,
    )
    .reduce<BoardOperation | undefined>(
      (latest, one) =>
        latest === undefined || (one.placement?.endsAt ?? 0) > (latest.placement?.endsAt ?? 0) ? one : latest,
      undefined,
    );
  return {
    id: lane.id,
    name: lane.code,
    capacity: lane.capacity,
    windows: stretches.map(span).filter(({ start, end }) => end > start),
    blocked: (lane.blocked ?? [])
      .filter(({ endsAt, startsAt }) => seconds(endsAt) > 0 && startsAt < horizon.endsAt)
      .map((stretch) => ({ ...span(stretch), reason: stretch.reason, label: stretch.label })),
    ...(last?.familyId === undefined ? {} : { family: last.familyId }),
  };
}

function ordersOf(open: readonly BoardOperation[], seconds: (instant: number) => number): ProblemOrder[] {
  return [...Map.groupBy(open, ({ workOrderId }) => workOrderId)].flatMap(([id, own]): ProblemOrder[] => {
    const [first] = own;
    if (first === undefined) return [];
    const materialAt = Math.max(
      ...own.map((one) => (one.material === 'short' ? (one.materialAt ?? -Infinity) : -Infinity)),
    );
    return [
      {
        id,
        name: first.workOrderNumber,
        due: seconds(first.dueAt),
        // 50 is normal: it weighs 1.
        weight: Math.max(1, first.priority) / 50,
        ...(first.releaseAt === undefined ? {} : { release: Math.max(0, seconds(first.releaseAt)) }),
        ...(materialAt === -Infinity ? {} : { materialAt: Math.max(0, seconds(materialAt)) }),
      },
    ];
  });
}

interface Surroundings {
  readonly seconds: (instant: number) => number;
  readonly stretchesOf: ReadonlyMap<string, readonly Interval[]>;
  readonly releaseAt: number | undefined;
}

function operationOf(operation: BoardOperation, board: BoardProblem, around: Surroundings): ProblemOperation {
  const { seconds, releaseAt } = around;
  const { baseline, placement } = operation;
  const published = baseline ?? placement;
  const pin = pinFor(operation, board, around);
  return {
    id: operation.operationId,
    name: operation.code,
    order: operation.workOrderId,
    choices: choicesOf(operation, board, around),
    ...(operation.familyId === undefined ? {} : { family: operation.familyId }),
    ...(operation.interruptible === false ? { interruptible: false } : {}),
    ...(releaseAt === undefined ? {} : { release: Math.max(0, seconds(releaseAt)) }),
    ...(pin === undefined ? {} : { pin }),
    ...(published === undefined
      ? {}
      : { published: { lane: published.laneId, start: seconds(published.startsAt) } }),
  };
}

/** Where it must stand. What is frozen stands where the published plan has it, whatever a draft says. */
function pinFor(
  operation: BoardOperation,
  { now, frozenUntil, begun }: BoardProblem,
  { seconds, stretchesOf }: Surroundings,
): Pin | undefined {
  const published = operation.baseline ?? operation.placement;
  const isFrozen = published !== undefined && published.startsAt < (frozenUntil ?? -Infinity);
  const why = pinOf(operation, -Infinity) ?? (isFrozen ? 'frozen' : undefined);
  const placement = why === 'frozen' ? published : operation.placement;
  if (why === undefined || placement === undefined) return undefined;
  let { endsAt } = placement;
  if (why === 'started') {
    const stretches = stretchesOf.get(placement.laneId) ?? [];
    if (begun === 'expected') endsAt = expectedEndAt(operation, placement, stretches, now);
    endsAt = Math.max(endsAt, now + leastRemainingS * 1000);
  }
  return {
    lane: placement.laneId,
    start: seconds(placement.startsAt),
    end: seconds(endsAt),
    why,
    ...(placement.setupEndsAt === undefined ? {} : { setupEnd: seconds(placement.setupEndsAt) }),
  };
}

function choicesOf(operation: BoardOperation, board: BoardProblem, around: Surroundings): LaneChoice[] {
  const { operationId, eligibleLaneIds, laneDurationsS, durationS, placement } = operation;
  const costs = board.laneCosts?.get(operationId);
  const lanes = new Set(eligibleLaneIds);
  // What stands on a lane that it may no longer use is still there.
  if (placement !== undefined && pinOf(operation, -Infinity) !== undefined) lanes.add(placement.laneId);
  return [...lanes].flatMap((lane): LaneChoice[] => {
    const stretches = around.stretchesOf.get(lane);
    if (stretches === undefined) return [];
    const cost = costs?.[lane] ?? 0;
    const run = runOf(operation, lane, stretches, laneDurationsS?.[lane] ?? durationS);
    return [{ lane, run, ...(cost === 0 ? {} : { cost }) }];
  });
}

/** A share of a split quantity is rounded to whole seconds in more than one place: where it stands is what counts. */
function runOf(
  { placement, part }: BoardOperation,
  lane: string,
  stretches: readonly Interval[],
  runS: number,
) {
  if (part === undefined || placement?.laneId !== lane) return runS;
  const runsAt = placement.setupEndsAt ?? placement.startsAt;
  const standsS = Math.round(workingSecondsBetween(stretches, runsAt, placement.endsAt));
  return Math.abs(standsS - runS) <= 2 ? standsS : runS;
}

/** Links between operations that are open, and what ended ones still say of those that follow them. */
function linksOf(board: BoardProblem): {
  readonly links: ProblemLink[];
  readonly releases: ReadonlyMap<BoardOperation, number>;
} {
  const operations = board.operations.filter(({ status }) => status !== 'cancelled');
  const numbers = new Map(operations.map(({ operationId }, number) => [operationId, number]));
  const workOrders = new Map(
    [...Map.groupBy(operations, ({ workOrderId }) => workOrderId)].map(([id, own]) => [
      id,
      own.map(({ operationId }) => numbers.get(operationId) ?? -1),
    ]),
  );
  const links: ProblemLink[] = [];
  const releases = new Map<BoardOperation, number>();
  const index = indexLinks(operations, numbers, workOrders, board.links);
  for (const [number, following] of index.after.entries()) {
    const from = operations[number];
    if (from === undefined) continue;
    for (const { other, kind, minLagMs, maxLagMs } of following) {
      const to = operations[other];
      if (to === undefined) continue;
      if (from.status !== 'completed') {
        links.push({
          from: from.operationId,
          to: to.operationId,
          kind,
          ...(minLagMs === 0 ? {} : { minLag: minLagMs / 1000 }),
          ...(maxLagMs === Infinity ? {} : { maxLag: maxLagMs / 1000 }),
        });
        continue;
      }
      const countedAt =
        kind === 'start_start'
          ? (from.startedAt ?? from.placement?.startsAt)
          : (from.completedAt ?? from.placement?.endsAt);
      // Of an end to end link nothing is left but a lag of days; it binds the end, which the run is part of.
      if (countedAt === undefined || kind === 'finish_finish') continue;
      releases.set(to, Math.max(releases.get(to) ?? -Infinity, countedAt + minLagMs));
    }
  }
  return { links, releases };
}
