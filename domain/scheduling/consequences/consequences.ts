import { finishAfter, workingSecondsBetween } from '../../calendars/working-time.ts';
import type { BoardIndex } from '../board-index.ts';
import { copyPlan, placementIn, putOn, takeOff, type PlanState } from '../plan-state.ts';
import { judge } from '../placement.ts';
import { pinRefusal } from '../placement-rules.ts';
import type { Refusal } from '../types.ts';
import { startBefore, type EarliestEdges } from '../working-span.ts';
import { orderEffects } from './order-effects.ts';
import { createPusher, type Pusher } from './push.ts';
import { newlyForbidden } from './newly-forbidden.ts';
import { stuckRefusal } from './stuck.ts';
import type { BarShift, BoardEdit, Consequences, PushMode, PushedBar } from './types.ts';

type Refused = Consequences['refusals'][number];

/** An operation in hand: where it was asked to go. */
interface Held {
  readonly operation: number;
  readonly operationId: string;
  readonly lane: number;
  readonly edges: EarliestEdges;
  readonly askedAt: number;
}

/**
 * What some edits would do to a plan, exactly: where the bars in hand would stand, who moves out of their
 * way and by how much, which work orders that makes late or not, and why not.
 *
 * The first edit leads: it begins when it was asked to, or is refused. The others keep to their starts as
 * far as they can, and begin later where they cannot. Only what is disturbed is computed; the plan itself
 * is not touched.
 */
export function consequences(
  index: BoardIndex,
  edits: readonly BoardEdit[],
  mode: PushMode = 'use-slack',
): Consequences {
  const plan = copyPlan(index);
  const refusals: Refused[] = [];
  const held = readEdits(index, edits, refusals);
  const gone = unscheduled(index, edits, refusals);
  const leading = held[0];
  if (mode === 'keep-slack' && leading !== undefined) held.push(...followersOf(plan, held, leading));
  const asked = new Map(held.map(({ operation, askedAt }) => [operation, askedAt]));
  const pusher = createPusher(plan, {
    isFixed: (operation) => index.pins[operation] !== undefined,
    asked,
    mayPush: mode !== 'refuse',
  });

  const inHand = [...held.map(({ operation }) => operation), ...gone];
  for (const operation of inHand) takeOff(plan, operation);
  if (refusals.length === 0) {
    if (mode === 'refuse') placeExactly(plan, held, refusals);
    else placeInOrder(plan, held, pusher, refusals);
  }
  for (const operation of inHand) {
    const lane = index.columns.laneOf[operation] ?? -1;
    if (lane >= 0) pusher.resetNext(lane, index.columns.startsAt[operation] ?? 0, operation);
    pusher.disturb(operation);
  }
  if (refusals.length === 0) pusher.run();
  for (const stuck of pusher.stuck) refusals.push(stuckRefusal(plan, stuck));
  if (refusals.length === 0) refusals.push(...newlyForbidden(plan, new Set(inHand)));

  const pushed = pushedBars(plan, pusher, asked);
  const moved = inHand.map((operation) => shiftOf(plan, operation));
  const changed = [...inHand, ...pushed.map(({ operationId }) => index.numbers.get(operationId) ?? -1)];
  return {
    ok: refusals.length === 0,
    moved,
    pushed,
    orders: orderEffects(plan, changed),
    setupBeforeS: setupOf(index, [...moved, ...pushed], 'from'),
    setupAfterS: setupOf(index, [...moved, ...pushed], 'to'),
    refusals,
    edits: editsOf(edits, moved, pushed),
  };
}

function readEdits(index: BoardIndex, edits: readonly BoardEdit[], refusals: Refused[]): Held[] {
  const held = new Map<number, Held>();
  for (const edit of edits) {
    if (edit.type !== 'place') continue;
    const { operationId, laneId, startsAt } = edit;
    const operation = index.numbers.get(operationId);
    const lane = index.lanes.get(laneId);
    const refusal: Refusal | undefined =
      operation === undefined
        ? { reason: 'unknown-operation', values: { operation: operationId } }
        : lane === undefined
          ? { reason: 'unknown-lane', values: { lane: laneId } }
          : pinRefusal(index, operation);
    if (refusal !== undefined) refusals.push({ operationId, refusal });
    if (operation === undefined || lane === undefined || refusal !== undefined) continue;
    const edges = { startsAt, runsAt: -Infinity, endsAt: -Infinity };
    held.set(operation, { operation, operationId, lane: lane.number, edges, askedAt: startsAt });
  }
  return [...held.values()];
}

function unscheduled(index: BoardIndex, edits: readonly BoardEdit[], refusals: Refused[]): number[] {
  const gone: number[] = [];
  for (const { type, operationId } of edits) {
    const operation = type === 'unschedule' ? index.numbers.get(operationId) : undefined;
    if (operation === undefined) continue;
    const refusal = pinRefusal(index, operation);
    if (refusal === undefined) gone.push(operation);
    else refusals.push({ operationId, refusal });
  }
  return gone;
}

/** Nothing gives way: each stands where it was asked to, or a rule says no. */
function placeExactly(plan: PlanState, held: readonly Held[], refusals: Refused[]): void {
  const lanes = plan.index.laneList;
  for (const { operation, lane, askedAt } of held) {
    const where = lanes[lane];
    const span = where === undefined ? undefined : judge(plan, operation, where, askedAt, false).span;
    if (span !== undefined) putOn(plan, operation, lane, span);
  }
  for (const { operation, operationId, lane, askedAt } of held) {
    const where = lanes[lane];
    if (where === undefined) continue;
    // Asked again when all stand: what runs before it, and so its set-up, may be another of those in hand.
    const { span, refusal } = judge(plan, operation, where, askedAt, true);
    if (span !== undefined) putOn(plan, operation, lane, span);
    if (refusal !== undefined) refusals.push({ operationId, refusal });
  }
}

/** The leading one is judged alone; then all are put down in the order of their starts. */
function placeInOrder(plan: PlanState, held: readonly Held[], pusher: Pusher, refusals: Refused[]): void {
  const { laneList, operations } = plan.index;
  const [leading] = held;
  for (const one of held) {
    const where = laneList[one.lane];
    if (where === undefined) continue;
    const isEligible = operations[one.operation]?.eligibleLaneIds.includes(where.lane.id) === true;
    if (one !== leading && isEligible) continue;
    const { span, refusal } = judge(plan, one.operation, where, one.askedAt, false);
    if (refusal === undefined) continue;
    refusals.push({ operationId: one.operationId, refusal });
    if (span !== undefined) putOn(plan, one.operation, one.lane, span);
  }
  if (refusals.length > 0) return;
  for (const { operation, operationId, lane, edges } of held.toSorted((a, b) => a.askedAt - b.askedAt)) {
    const { releaseAt, material, materialAt } = operations[operation] ?? {};
    const readyAt = Math.max(
      releaseAt ?? -Infinity,
      material === 'short' ? (materialAt ?? -Infinity) : -Infinity,
    );
    const startsAt = Math.max(edges.startsAt, plan.index.frozenUntil);
    const runsAt = Math.max(edges.runsAt, readyAt);
    if (pusher.settle(operation, lane, { ...edges, startsAt, runsAt })) continue;
    refusals.push({
      operationId,
      refusal: stuckRefusal(plan, { operation, by: operation, why: 'no-time' }, lane).refusal,
    });
  }
}

/** All that follows along links, shifted by the working time by which the leading bar is. */
function followersOf(plan: PlanState, held: readonly Held[], leading: Held): Held[] {
  const { index } = plan;
  const { startsAt, runsAt, laneOf } = index.columns;
  const from = startsAt[leading.operation] ?? Number.NaN;
  const stretches = index.laneList[leading.lane]?.stretches ?? [];
  if (Number.isNaN(from)) return [];
  const to = leading.askedAt;
  const shiftS = workingSecondsBetween(stretches, Math.min(from, to), Math.max(from, to));
  const seen = new Set(held.map(({ operation }) => operation));
  const followers: Held[] = [];
  const waiting = [...seen];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    for (const { other } of index.links.after[current] ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      waiting.push(other);
      const own = index.laneList[laneOf[other] ?? -1];
      const ranAt = runsAt[other] ?? Number.NaN;
      if (own === undefined || Number.isNaN(ranAt) || index.pins[other] !== undefined) continue;
      const shifted =
        to >= from ? finishAfter(own.stretches, ranAt, shiftS) : startBefore(own.stretches, ranAt, shiftS);
      // Nothing is pulled into the past; what stands there already stays.
      const askedAt = Math.max(shifted ?? ranAt, Math.min(index.now, ranAt));
      followers.push({
        operation: other,
        operationId: index.operations[other]?.operationId ?? '',
        lane: own.number,
        edges: { startsAt: -Infinity, runsAt: askedAt, endsAt: -Infinity },
        askedAt,
      });
    }
  }
  return followers;
}

function shiftOf(plan: PlanState, operation: number): BarShift {
  return {
    operationId: plan.index.operations[operation]?.operationId ?? '',
    from: placementIn(plan.index.columns, operation),
    to: placementIn(plan, operation),
  };
}

function pushedBars(plan: PlanState, { causes }: Pusher, asked: ReadonlyMap<number, number>): PushedBar[] {
  const { operations } = plan.index;
  const pushed: PushedBar[] = [];
  for (const [operation, { cause, by }] of causes) {
    const { operationId, from, to } = shiftOf(plan, operation);
    if (asked.has(operation) || from === undefined || to === undefined) continue;
    pushed.push({ operationId, from, to, cause, byOperationId: operations[by]?.operationId ?? '' });
  }
  return pushed;
}

/** Seconds of set-up, in the working time of the lanes. */
function setupOf(index: BoardIndex, shifts: readonly BarShift[], side: 'from' | 'to'): number {
  let sum = 0;
  for (const shift of shifts) {
    const placement = shift[side];
    if (placement?.setupEndsAt === undefined) continue;
    const stretches = index.lanes.get(placement.laneId)?.stretches ?? [];
    sum += workingSecondsBetween(stretches, placement.startsAt, placement.setupEndsAt);
  }
  return sum;
}

function editsOf(
  edits: readonly BoardEdit[],
  moved: readonly BarShift[],
  pushed: readonly PushedBar[],
): BoardEdit[] {
  const placed = [...moved, ...pushed].flatMap(({ operationId, to }): BoardEdit[] =>
    to === undefined ? [] : [{ type: 'place', operationId, laneId: to.laneId, startsAt: to.startsAt }],
  );
  return [...edits.filter(({ type }) => type !== 'place'), ...placed];
}
