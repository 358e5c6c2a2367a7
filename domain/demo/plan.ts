import {
  finishAfter,
  nextWorkingInstant,
  stretchAt,
  workingSecondsBetween,
} from '../calendars/working-time.ts';
import { startBefore } from '../scheduling/working-span.ts';
import { hourMs, type LaneFacts, minuteMs, type SetupFamilyFacts, type SetupMatrix } from './facts.ts';
import { type Order, type Place, type PlannedOperation, planStepMs } from './orders.ts';
import type { Random } from './random.ts';

/** Carrying work from one lane to the next. */
export const transferMs = 15 * minuteMs;

/**
 * Gives every operation a lane and a time: whichever is ready first takes the lane that finishes it
 * first. Operations of an order follow each other, orders follow those that make their parts, lanes
 * work in their shifts, are set up where families change, and hold no more operations than they have places.
 */
export function placeOperations(orders: readonly Order[], setups: SetupMatrix): void {
  const freeFrom = new Map<LaneFacts, Slot[]>();
  const waitingFor = new Map<Order, Order[]>();
  const unmet = new Map<Order, number>();
  const ready: { operation: PlannedOperation; readyAt: number }[] = [];
  const offer = (order: Order) => {
    const first = order.operations[0];
    if (first !== undefined) ready.push({ operation: first, readyAt: readyAtOf(first) });
  };
  for (const order of orders) {
    if (order.cancelled) continue;
    unmet.set(order, order.needs.length);
    if (order.needs.length === 0) offer(order);
    for (const need of order.needs) waitingFor.set(need, [...(waitingFor.get(need) ?? []), order]);
  }
  while (ready.length > 0) {
    let earliest = 0;
    for (let at = 1; at < ready.length; at += 1) {
      if ((ready[at]?.readyAt ?? Infinity) < (ready[earliest]?.readyAt ?? Infinity)) earliest = at;
    }
    const [next] = ready.splice(earliest, 1);
    if (next === undefined) break;
    const { operation } = next;
    operation.place = bestPlace(operation, next.readyAt, freeFrom, setups);
    if (operation.place === undefined) continue;
    const { lane, slot, endsAt } = operation.place;
    const taken = freePlaces(freeFrom, lane);
    taken[slot] = { freeAt: endsAt, family: operation.family ?? taken[slot]?.family };
    const follower = operation.order.operations[operation.position + 1];
    if (follower !== undefined) {
      ready.push({ operation: follower, readyAt: readyAtOf(follower) });
      continue;
    }
    for (const waiting of waitingFor.get(operation.order) ?? []) {
      const left = (unmet.get(waiting) ?? 1) - 1;
      unmet.set(waiting, left);
      if (left === 0) offer(waiting);
    }
  }
}

/** When what an operation needs is there: what came before it, or the parts that it begins with. */
function readyAtOf(operation: PlannedOperation): number {
  const before = operation.order.operations[operation.position - 1];
  if (before !== undefined) {
    return (before.place?.endsAt ?? Infinity) + Math.max(transferMs, operation.lagMs);
  }
  const partsAt = operation.order.needs.map((need) => need.operations.at(-1)?.place?.endsAt ?? Infinity);
  return Math.max(operation.order.releaseAt, ...partsAt.map((at) => at + transferMs));
}

/** One place of a lane: until when it is taken, and what it is set up for then. */
interface Slot {
  readonly freeAt: number;
  readonly family: SetupFamilyFacts | undefined;
}

function freePlaces(freeFrom: Map<LaneFacts, Slot[]>, lane: LaneFacts): Slot[] {
  let places = freeFrom.get(lane);
  if (places === undefined) {
    places = Array.from({ length: lane.capacity }, () => ({ freeAt: -Infinity, family: undefined }));
    freeFrom.set(lane, places);
  }
  return places;
}

function bestPlace(
  operation: PlannedOperation,
  readyAt: number,
  freeFrom: Map<LaneFacts, Slot[]>,
  setups: SetupMatrix,
): Place | undefined {
  let best: Place | undefined;
  for (const lane of operation.eligible) {
    for (const [slot, { freeAt, family }] of freePlaces(freeFrom, lane).entries()) {
      const startsAt = nextWorkingInstant(lane.stretches, Math.max(readyAt, freeAt));
      if (startsAt === undefined) continue;
      const place = placeFrom(
        operation,
        { lane, slot, startsAt },
        setups.changeMs(lane, family, operation.family),
      );
      if (place !== undefined && (best === undefined || place.endsAt < best.endsAt)) best = place;
    }
  }
  return best;
}

/** The set-up, then the run, both in the working time of the lane. */
function placeFrom(
  operation: PlannedOperation,
  { lane, slot, startsAt }: Pick<Place, 'lane' | 'slot' | 'startsAt'>,
  setupMs: number,
): Place | undefined {
  const readyAt = finishAfter(lane.stretches, startsAt, setupMs / 1000);
  const runsAt = readyAt === undefined ? undefined : nextWorkingInstant(lane.stretches, readyAt);
  const endsAt =
    runsAt === undefined ? undefined : finishAfter(lane.stretches, runsAt, operation.durationOn(lane));
  return runsAt === undefined || endsAt === undefined ? undefined : { lane, slot, startsAt, runsAt, endsAt };
}

/** Milliseconds of working time between two instants. */
function workedMs({ stretches }: LaneFacts, from: number, to: number): number {
  return workingSecondsBetween(stretches, from, to) * 1000;
}

/**
 * A lane that works now and stands empty takes what would have come next, if that is ready: in a plant
 * that is looked at, something goes on.
 */
export function beginWaitingWork(orders: readonly Order[], random: Random, now: number): void {
  const places = new Map<string, PlannedOperation[]>();
  for (const operation of orders.flatMap((order) => order.operations)) {
    if (operation.place === undefined) continue;
    const key = `${operation.place.lane.code} ${operation.place.slot}`;
    const there = places.get(key);
    if (there === undefined) places.set(key, [operation]);
    else there.push(operation);
  }
  for (const operations of places.values()) {
    operations.sort((a, b) => (a.place?.startsAt ?? 0) - (b.place?.startsAt ?? 0));
    const at = operations.findIndex((one) => (one.place?.endsAt ?? 0) > now);
    const next = operations[at];
    if (next?.place === undefined || next.place.startsAt <= now) continue;
    const { lane, slot } = next.place;
    const stretch = stretchAt(lane.stretches, now);
    if (stretch === undefined) continue;
    const startsAt =
      Math.ceil(
        Math.max(
          stretch.startsAt,
          operations[at - 1]?.place?.endsAt ?? 0,
          readyAtOf(next),
          now - random.between(0.4, 3) * hourMs,
        ) / planStepMs,
      ) * planStepMs;
    const place = placeFrom(
      next,
      { lane, slot, startsAt },
      workedMs(lane, next.place.startsAt, next.place.runsAt),
    );
    if (startsAt <= now - planStepMs && place !== undefined) next.place = place;
  }
}

/**
 * Due dates: most orders have days to spare, some none. Then part of the work from tomorrow on goes
 * back to the unscheduled list, whole orders or their later operations.
 */
export function settleDueDates(orders: readonly Order[], now: number): void {
  for (const order of orders) {
    const { random } = order;
    const endsAt = order.operations.at(-1)?.place?.endsAt ?? order.releaseAt + 240 * hourMs;
    const slackHours = random.chance(0.13) ? random.between(-40, -3) : random.between(6, 130);
    order.dueAt = Math.ceil((endsAt + slackHours * hourMs) / hourMs) * hourMs;
    const first = order.operations[0]?.place;
    const draw = random.next();
    if (first === undefined || first.startsAt < now + 30 * hourMs) continue;
    const keep = draw < 0.12 ? 0 : draw < 0.2 ? 1 : order.operations.length;
    for (const operation of order.operations.slice(keep)) operation.place = undefined;
  }
}

/**
 * Where work went back to the unscheduled list, what comes behind it is set up after something else: the
 * set-up before its run is made anew. What has no room for it any more goes back as well, with what follows it.
 */
export function settleSetups(orders: readonly Order[], setups: SetupMatrix): void {
  const operations = orders.flatMap((order) => order.operations);
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    const lanes = Map.groupBy(
      operations.filter(({ place }) => place?.lane.capacity === 1),
      ({ place }) => place?.lane,
    );
    for (const [lane, own] of lanes) {
      let before: { readonly endsAt: number; readonly family: SetupFamilyFacts | undefined } = {
        endsAt: -Infinity,
        family: undefined,
      };
      for (const operation of own.toSorted((a, b) => (a.place?.startsAt ?? 0) - (b.place?.startsAt ?? 0))) {
        const { place, family, order } = operation;
        if (lane === undefined || place === undefined) continue;
        const setupMs = setups.changeMs(lane, before.family, family);
        if (workedMs(lane, place.startsAt, place.runsAt) !== setupMs) {
          const startsAt = startBefore(lane.stretches, place.runsAt, setupMs / 1000);
          if (startsAt === undefined || startsAt < before.endsAt) {
            for (const later of order.operations.slice(operation.position)) later.place = undefined;
            isSettled = false;
            continue;
          }
          operation.place = { ...place, startsAt };
        }
        before = { endsAt: place.endsAt, family: family ?? before.family };
      }
    }
  }
}
