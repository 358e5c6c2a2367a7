/* oxlint-disable typescript/no-non-null-assertion -- indices of arrays made here */
import type { Problem, ProblemLink } from '../model/problem.ts';
import { lanesOf, obstaclesOf, slotsOf, type Obstacle, type Pinned } from './compile-lanes.ts';
import { compileResources, type CompiledResources } from './compile-resources.ts';
import { LaneCalendar } from './lane-calendar.ts';
import { setupTables, type SetupTable } from './setup-table.ts';
import { listsOf, type Lists } from './sparse.ts';

export const finishStart = 0;
export const startStart = 1;
export const finishFinish = 2;
const linkKinds: Readonly<Record<ProblemLink['kind'], number>> = {
  finish_start: finishStart,
  start_start: startStart,
  finish_finish: finishFinish,
};

/** A problem in flat arrays, by the index of its parts in the problem. Times in seconds from the origin. */
export interface Compiled {
  readonly problem: Problem;
  readonly operationCount: number;
  readonly laneCount: number;
  readonly orderCount: number;
  readonly familyCount: number;
  readonly now: number;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly laneIndexOf: ReadonlyMap<string, number>;
  /** Operations that are not pinned. */
  readonly free: Int32Array;
  readonly isPinned: Uint8Array;
  readonly pins: readonly Pinned[];
  readonly orderOf: Int32Array;
  /** -1: none. */
  readonly familyOf: Int32Array;
  readonly interruptible: Uint8Array;
  /** Earliest start of the run, and earliest end, by dates and by pinned predecessors. */
  readonly headRun: Float64Array;
  readonly headEnd: Float64Array;
  /** Latest start of the run, and latest end, by pinned operations: hard. */
  readonly dueRun: Float64Array;
  readonly dueEnd: Float64Array;
  /** Choices of operation i: `choiceFrom[i] .. choiceFrom[i + 1]`. */
  readonly choiceFrom: Int32Array;
  readonly choiceLane: Int32Array;
  readonly choiceRun: Float64Array;
  readonly choiceCost: Float64Array;
  /** Links between operations that are not pinned, by number of link. */
  readonly linkFrom: Int32Array;
  readonly linkTo: Int32Array;
  readonly linkKind: Uint8Array;
  readonly linkMin: Float64Array;
  readonly linkMax: Float64Array;
  readonly into: Lists;
  readonly outOf: Lists;
  readonly hasMaxLag: boolean;
  readonly due: Float64Array;
  readonly weight: Float64Array;
  readonly inOrder: Lists;
  readonly calendars: readonly LaneCalendar[];
  /** Places of a lane; 0: as many as are asked for. */
  readonly slots: Int32Array;
  readonly mostSlots: number;
  readonly obstacles: readonly (readonly (readonly Obstacle[])[])[];
  /** State of a lane at the start: family, or `familyCount` when it is cold. */
  readonly laneState: Int32Array;
  readonly setups: readonly SetupTable[];
  readonly resources: CompiledResources;
  /** -1: not published. */
  readonly publishedLane: Int32Array;
  readonly publishedStart: Float64Array;
}

/** @param problem one that `validateProblem` finds nothing wrong with. */
export function compile(problem: Problem): Compiled {
  const { lanes, orders, operations } = problem;
  const count = operations.length;
  const now = problem.now ?? 0;
  const indexOf = new Map(operations.map(({ id }, index) => [id, index]));
  const laneIndexOf = new Map(lanes.map(({ id }, index) => [id, index]));
  const orderIndexOf = new Map(orders.map(({ id }, index) => [id, index]));
  const familyIds = [
    ...new Set(
      [
        ...operations.map(({ family }) => family),
        ...lanes.map(({ family }) => family),
        ...problem.setups.flatMap(({ from, to }) => [from, to]),
      ].filter((family) => family !== undefined),
    ),
  ];
  const familyIndexOf = new Map(familyIds.map((id, index) => [id, index]));
  const calendars = lanes.map(({ windows }) => new LaneCalendar(windows));
  const familyOf = Int32Array.from(operations, ({ family }) =>
    family === undefined ? -1 : familyIndexOf.get(family)!,
  );

  const isPinned = Uint8Array.from(operations, ({ pin }) => (pin === undefined ? 0 : 1));
  const pins = operations.flatMap(({ pin, choices }, operation): Pinned[] => {
    if (pin === undefined) return [];
    const lane = laneIndexOf.get(pin.lane) ?? -1;
    const choice = choices.find((one) => one.lane === pin.lane);
    const calendar = calendars[lane];
    const counted =
      choice === undefined || calendar === undefined ? pin.start : calendar.latestStart(pin.end, choice.run);
    const run = Math.min(pin.end, Math.max(pin.start, pin.setupEnd ?? counted));
    const { start, end, resources } = pin;
    const setup = calendar?.between(start, run) ?? 0;
    const family = familyOf[operation]!;
    return [{ operation, lane, start, run, end, started: pin.why === 'started', family, setup, resources }];
  });
  const pinOf = new Map(pins.map((pin) => [pin.operation, pin]));

  const orderOf = Int32Array.from(operations, ({ order }) => orderIndexOf.get(order)!);
  const headRun = Float64Array.from(operations, ({ release }, i) => {
    const order = orders[orderOf[i]!]!;
    return Math.max(release ?? -Infinity, order.release ?? -Infinity, order.materialAt ?? -Infinity);
  });
  const headEnd = new Float64Array(count).fill(-Infinity);
  const dueRun = new Float64Array(count).fill(Infinity);
  const dueEnd = new Float64Array(count).fill(Infinity);
  const free: { from: number; to: number; kind: number; min: number; max: number }[] = [];
  for (const link of problem.links) {
    const from = indexOf.get(link.from)!;
    const to = indexOf.get(link.to)!;
    const kind = linkKinds[link.kind];
    const min = link.minLag ?? 0;
    const max = link.maxLag ?? Infinity;
    const first = pinOf.get(from);
    const second = pinOf.get(to);
    if (first === undefined && second === undefined) free.push({ from, to, kind, min, max });
    else if (second === undefined && first !== undefined) {
      const since = kind === startStart ? first.run : first.end;
      const [head, due] = kind === finishFinish ? [headEnd, dueEnd] : [headRun, dueRun];
      head[to] = Math.max(head[to]!, since + min);
      due[to] = Math.min(due[to]!, since + max);
    } else if (first === undefined && second !== undefined) {
      const until = kind === finishFinish ? second.end : second.run;
      const [head, due] = kind === startStart ? [headRun, dueRun] : [headEnd, dueEnd];
      due[from] = Math.min(due[from]!, until - min);
      head[from] = Math.max(head[from]!, until - max);
    }
  }

  const choices = operations.map((operation) =>
    operation.choices.filter(({ lane }) => laneIndexOf.has(lane)),
  );
  const choiceFrom = new Int32Array(count + 1);
  for (const [i, list] of choices.entries()) choiceFrom[i + 1] = choiceFrom[i]! + list.length;
  const flat = choices.flat();

  const candidates = new Float64Array(lanes.length);
  for (const operation of operations) {
    for (const lane of lanesOf(operation)) candidates[laneIndexOf.get(lane) ?? -1]! += 1;
  }
  const slots = Int32Array.from(lanes, ({ capacity }, lane) => slotsOf(capacity, candidates[lane]!));

  return {
    problem,
    operationCount: count,
    laneCount: lanes.length,
    orderCount: orders.length,
    familyCount: familyIds.length,
    now,
    indexOf,
    laneIndexOf,
    free: Int32Array.from([...isPinned.keys()].filter((i) => isPinned[i] === 0)),
    isPinned,
    pins,
    orderOf,
    familyOf,
    interruptible: Uint8Array.from(operations, ({ interruptible }) => (interruptible === false ? 0 : 1)),
    headRun,
    headEnd,
    dueRun,
    dueEnd,
    choiceFrom,
    choiceLane: Int32Array.from(flat, ({ lane }) => laneIndexOf.get(lane)!),
    choiceRun: Float64Array.from(flat, ({ run }) => run),
    choiceCost: Float64Array.from(flat, ({ cost }) => cost ?? 0),
    linkFrom: Int32Array.from(free, ({ from }) => from),
    linkTo: Int32Array.from(free, ({ to }) => to),
    linkKind: Uint8Array.from(free, ({ kind }) => kind),
    linkMin: Float64Array.from(free, ({ min }) => min),
    linkMax: Float64Array.from(free, ({ max }) => max),
    into: listsOf(
      count,
      free.map(({ to }, link) => [to, link]),
    ),
    outOf: listsOf(
      count,
      free.map(({ from }, link) => [from, link]),
    ),
    hasMaxLag: free.some(({ max }) => max < Infinity),
    due: Float64Array.from(orders, ({ due }) => due ?? Infinity),
    weight: Float64Array.from(orders, ({ weight }) => weight),
    inOrder: listsOf(
      orders.length,
      Array.from(orderOf, (order, i) => [order, i]),
    ),
    calendars,
    slots,
    mostSlots: slots.reduce((most, one) => Math.max(most, one), 1),
    obstacles: lanes.map((_, lane) =>
      obstaclesOf(
        pins.filter((pin) => pin.lane === lane),
        slots[lane]!,
      ),
    ),
    laneState: Int32Array.from(lanes, ({ family }) =>
      family === undefined ? familyIds.length : familyIndexOf.get(family)!,
    ),
    setups: setupTables(
      problem.setups,
      familyIds,
      lanes.map(({ id }) => id),
    ),
    resources: compileResources(problem, pins),
    publishedLane: Int32Array.from(operations, ({ published }) =>
      published === undefined ? -1 : (laneIndexOf.get(published.lane) ?? -2),
    ),
    publishedStart: Float64Array.from(operations, ({ published }) => published?.start ?? -1),
  };
}
