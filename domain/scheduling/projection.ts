import { windowAt, workingSecondsBetween } from '../calendars/working-time.ts';
import { durationOn, type BoardIndex } from './board-index.ts';
import { orderEffects } from './consequences/order-effects.ts';
import { createPusher, type Pusher } from './consequences/push.ts';
import type { BoardEdit, OrderEffect } from './consequences/types.ts';
import { expectedEndAt } from './expected-end.ts';
import { copyPlan, overlapping, placementIn, putOn, type PlanState } from './plan-state.ts';
import type { Placement } from './types.ts';

/** A bar that will not stand where the plan has it. */
export interface ProjectedShift {
  readonly operationId: string;
  readonly planned: Placement;
  readonly expected: Placement;
  /**
   * `overrun`: it runs longer than planned; `not-begun`: its start has passed; `lane-down`: its lane does not
   * work then. Otherwise another moves it: on its lane, along a link, or by another set-up.
   */
  readonly cause: 'overrun' | 'not-begun' | 'lane-down' | 'lane' | 'link' | 'setup';
  /** The operation that moves it; its own id for the first three causes. */
  readonly byOperationId: string;
}

/** The plan as the floor will carry it out, as far as is known now. */
export interface Projection {
  readonly shifts: readonly ProjectedShift[];
  /** What stands elsewhere than planned, by operation id: what the live view draws. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Work orders that get late, or later. */
  readonly orders: readonly OrderEffect[];
  /** What would make the plan say so: a proposal to repair it by hand. What is locked or frozen is not in it. */
  readonly edits: readonly BoardEdit[];
  /** Ids of operations that find no working time any more within the calendar. */
  readonly stuckIds: readonly string[];
}

/** Reports come by the minute: what is less late than this keeps to the plan. */
const toleranceMs = 5 * 60_000;

/**
 * Lets what happens on the floor push the plan: running operations that take longer, planned ones that
 * have not begun, and lanes that are down move what follows on the lane and along links later, by no more
 * than they must, once it is more than five minutes. Nothing is pulled earlier. Also what is locked or frozen moves: a lock holds a plan, not
 * a machine. `index.now` is the present.
 */
export function project(index: BoardIndex): Projection {
  const plan = copyPlan(index);
  const own = new Map<number, ProjectedShift['cause']>();
  const pusher = createPusher(plan, {
    isFixed: (operation) => index.pins[operation] === 'started',
    asked: new Map(),
    mayPush: true,
    carryOn: true,
  });
  stretchRunning(plan, pusher, own);
  const stuck: number[] = [];
  for (const operation of unfit(plan, own)) {
    const lane = plan.laneOf[operation] ?? -1;
    const startsAt = Math.max(index.now, plan.startsAt[operation] ?? 0);
    const edges = { startsAt, runsAt: -Infinity, endsAt: -Infinity };
    if (!pusher.settle(operation, lane, edges)) stuck.push(operation);
  }
  pusher.run();
  stuck.push(...pusher.stuck.map(({ operation }) => operation));
  return projectionOf(plan, pusher, own, stuck);
}

/**
 * What can no longer be worked where the plan has it: not what has begun, which takes as long as it takes, nor
 * what moves by some minutes. A plan without these is one that holds.
 */
export function movedOf({ shifts }: Projection): readonly ProjectedShift[] {
  return shifts.filter(
    ({ cause, planned, expected }) =>
      cause !== 'overrun' && expected.startsAt - planned.startsAt > toleranceMs,
  );
}

function stretchRunning(plan: PlanState, pusher: Pusher, own: Map<number, ProjectedShift['cause']>): void {
  const { index } = plan;
  for (const [number, operation] of index.operations.entries()) {
    const { status, placement } = operation;
    const lane = plan.laneOf[number] ?? -1;
    const stretches = index.laneList[lane]?.stretches;
    if ((status !== 'running' && status !== 'paused') || placement === undefined || stretches === undefined)
      continue;
    const endsAt = expectedEndAt(operation, placement, stretches, index.now);
    if (endsAt <= placement.endsAt + toleranceMs) continue;
    own.set(number, 'overrun');
    putOn(plan, number, lane, {
      startsAt: plan.startsAt[number] ?? 0,
      runsAt: plan.runsAt[number] ?? 0,
      endsAt,
    });
    pusher.disturb(number);
  }
}

/** Operations that cannot begin, or not run, where they stand, by start. */
function unfit(plan: PlanState, own: Map<number, ProjectedShift['cause']>): number[] {
  const { index, startsAt } = plan;
  const { now } = index;
  const found: number[] = [];
  for (const { number: lane, lane: where, stretches } of index.laneList) {
    for (const operation of plan.sequences[lane] ?? []) {
      if ((startsAt[operation] ?? Infinity) >= now - toleranceMs) break;
      if (index.pins[operation] !== 'started') own.set(operation, 'not-begun');
    }
    for (const blocked of where.blocked ?? []) {
      if (blocked.endsAt <= now) continue;
      for (const operation of overlapping(plan, lane, blocked.startsAt, blocked.endsAt, -1)) {
        const what = index.operations[operation];
        if (index.pins[operation] === 'started' || what === undefined || own.has(operation)) continue;
        const runsAt = plan.runsAt[operation] ?? 0;
        const worksS = workingSecondsBetween(stretches, runsAt, plan.endsAt[operation] ?? 0);
        const begins = windowAt(stretches, startsAt[operation] ?? 0) !== undefined;
        if (!begins || worksS < durationOn(what, where.id)) own.set(operation, 'lane-down');
      }
    }
  }
  for (const [operation, cause] of own) if (cause !== 'overrun') found.push(operation);
  return found.sort((a, b) => (startsAt[a] ?? 0) - (startsAt[b] ?? 0) || a - b);
}

function projectionOf(
  plan: PlanState,
  pusher: Pusher,
  own: ReadonlyMap<number, ProjectedShift['cause']>,
  stuck: readonly number[],
): Projection {
  const { index } = plan;
  const idOf = (operation: number): string => index.operations[operation]?.operationId ?? '';
  const shifts: ProjectedShift[] = [];
  const placements = new Map<string, Placement>();
  const edits: BoardEdit[] = [];
  const changed = [...new Set([...own.keys(), ...pusher.causes.keys()])];
  for (const operation of changed) {
    const planned = index.operations[operation]?.placement;
    const expected = placementIn(plan, operation);
    if (planned === undefined || expected === undefined || isSame(planned, expected)) continue;
    const operationId = idOf(operation);
    const pushed = pusher.causes.get(operation);
    const cause = own.get(operation) ?? pushed?.cause ?? 'lane';
    const by = own.has(operation) ? operation : (pushed?.by ?? operation);
    shifts.push({ operationId, planned, expected, cause, byOperationId: idOf(by) });
    placements.set(operationId, expected);
    if (index.pins[operation] !== undefined) continue;
    edits.push({ type: 'place', operationId, laneId: expected.laneId, startsAt: expected.startsAt });
  }
  const endsPlanned = Float64Array.from(index.operations, ({ placement, status }) =>
    placement === undefined || status === 'cancelled' ? Number.NaN : placement.endsAt,
  );
  const orders = orderEffects(plan, changed, endsPlanned).filter(
    ({ change }) => change === 'becomes-late' || change === 'later',
  );
  return {
    shifts,
    placements,
    orders,
    edits,
    stuckIds: [...new Set(stuck)].map(idOf),
  };
}

function isSame(a: Placement, b: Placement): boolean {
  return (
    a.startsAt === b.startsAt &&
    a.endsAt === b.endsAt &&
    (a.setupEndsAt ?? a.startsAt) === (b.setupEndsAt ?? b.startsAt)
  );
}
