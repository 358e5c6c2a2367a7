import { finishAfter, nextWorkingInstant, stretchAt } from '../calendars/working-time.ts';
import { hourMs, type LaneFacts, minuteMs } from './facts.ts';
import { type Order, type Place, type PlannedOperation, planStepMs } from './orders.ts';
import type { Random } from './random.ts';

/** Carrying work from one lane to the next. */
const transferMs = 15 * minuteMs;

/**
 * Gives every operation a lane and a time: whichever is ready first takes the lane that finishes it
 * first. Operations of an order follow each other, orders follow those that make their parts, lanes
 * work in their shifts and hold no more operations than they have places.
 */
export function placeOperations(orders: readonly Order[]): void {
  const freeFrom = new Map<LaneFacts, number[]>();
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
    operation.place = bestPlace(operation, next.readyAt, freeFrom);
    if (operation.place === undefined) continue;
    const { lane, slot, endsAt } = operation.place;
    freePlaces(freeFrom, lane)[slot] = endsAt;
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
  if (before !== undefined) return (before.place?.endsAt ?? Infinity) + transferMs;
  const partsAt = operation.order.needs.map((need) => need.operations.at(-1)?.place?.endsAt ?? Infinity);
  return Math.max(operation.order.releaseAt, ...partsAt.map((at) => at + transferMs));
}

function freePlaces(freeFrom: Map<LaneFacts, number[]>, lane: LaneFacts): number[] {
  let places = freeFrom.get(lane);
  if (places === undefined) {
    places = Array.from({ length: lane.capacity }, () => -Infinity);
    freeFrom.set(lane, places);
  }
  return places;
}

function bestPlace(
  operation: PlannedOperation,
  readyAt: number,
  freeFrom: Map<LaneFacts, number[]>,
): Place | undefined {
  let best: Place | undefined;
  for (const lane of operation.eligible) {
    for (const [slot, freeAt] of freePlaces(freeFrom, lane).entries()) {
      const startsAt = nextWorkingInstant(lane.stretches, Math.max(readyAt, freeAt));
      if (startsAt === undefined) continue;
      const endsAt = finishAfter(lane.stretches, startsAt, operation.durationS);
      if (endsAt !== undefined && (best === undefined || endsAt < best.endsAt)) {
        best = { lane, slot, startsAt, endsAt };
      }
    }
  }
  return best;
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
    const endsAt = finishAfter(lane.stretches, startsAt, next.durationS);
    if (startsAt <= now - planStepMs && endsAt !== undefined) next.place = { lane, slot, startsAt, endsAt };
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
