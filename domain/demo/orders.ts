import type { DemoDefinition } from './definition.ts';
import {
  aheadDays,
  dayMs,
  type Foundation,
  get,
  historyDays,
  hourMs,
  type LaneFacts,
  type Material,
  minuteMs,
  type SetupFamilyFacts,
} from './facts.ts';
import { idMaker, type Random, randomStream } from './random.ts';

/** A work order as planned; the plan fills in places, the run what became of it. */
export interface Order {
  id: string;
  /** `WO-000123`. */
  number: string;
  readonly material: Material;
  readonly quantity: number;
  /** Good units that the orders which wait for it need; at least that many come out. */
  readonly needed: number;
  readonly releaseAt: number;
  /** Orders that make what it is made from. */
  readonly needs: readonly Order[];
  readonly operations: readonly PlannedOperation[];
  readonly random: Random;
  createdAt: number;
  customer: string | null;
  dueAt: number;
  cancelled: boolean;
}

export interface PlannedOperation {
  id: string;
  readonly order: Order;
  readonly position: number;
  readonly number: number;
  readonly name: string;
  readonly setupS: number;
  readonly durationS: number;
  readonly eligible: readonly LaneFacts[];
  /** Seconds of working time on a lane, set-up that does not depend on the sequence included. */
  readonly durationOn: (lane: LaneFacts) => number;
  readonly family: SetupFamilyFacts | undefined;
  /** Milliseconds by the clock after the operation before. */
  readonly lagMs: number;
  place: Place | undefined;
}

export interface Place {
  readonly lane: LaneFacts;
  /** Which of the lane's places, where it has several. */
  readonly slot: number;
  readonly startsAt: number;
  /** Until then it is set up after what ran before. */
  readonly runsAt: number;
  readonly endsAt: number;
}

/** Bars begin and end on these. */
export const planStepMs = 5 * minuteMs;

/** Work orders of the whole horizon by release, numbered, not yet placed. */
export function makeOrders(definition: DemoDefinition, foundation: Foundation, seed: number): Order[] {
  const orders: Order[] = [];
  for (const demand of definition.products.demand) {
    const material = get(foundation.materials, demand.material);
    const random = randomStream(seed, `demand ${demand.material}`);
    const weeks = (historyDays + aheadDays) / 7;
    const count = Math.round(weeks * demand.ordersPerWeek);
    const spacingMs = (weeks * 7 * dayMs) / count;
    const from = material.plant.today - historyDays * dayMs;
    const [least = 1, most = least] = demand.quantity;
    let campaign: { size: number; releaseAt: number }[] = [];
    for (let at = 0; at < count; at += 1) {
      const size = random.whole(least / demand.step, most / demand.step) * demand.step;
      campaign.push({ size, releaseAt: from + at * spacingMs + random.between(0, 0.8) * spacingMs });
      if (campaign.length < demand.ordersPerCampaign && at < count - 1) continue;
      const needs = partsFor(
        material,
        campaign.reduce((sum, one) => sum + one.size, 0),
        campaign[0]?.releaseAt ?? from,
        { seed, key: `${demand.material} ${at}` },
      );
      orders.push(...needs);
      for (const [position, one] of campaign.entries()) {
        const stream = randomStream(seed, `order ${demand.material} ${at} ${position}`);
        const order = makeOrder(foundation, material, { ...one, needed: 0, needs, random: stream });
        order.customer = stream.pick(material.plant.customers).name;
        order.cancelled = stream.chance(0.015);
        orders.push(order);
      }
      campaign = [];
    }
  }
  orders.sort((a, b) => a.releaseAt - b.releaseAt);
  const newId = idMaker(randomStream(seed, 'order ids'));
  for (const [at, order] of orders.entries()) {
    order.number = `WO-${String(at + 1).padStart(6, '0')}`;
    order.createdAt = Math.min(order.releaseAt - 9 * dayMs, order.material.plant.today - 12 * hourMs);
    order.id = newId(order.createdAt);
    for (const operation of order.operations) operation.id = newId(order.createdAt);
  }
  return orders;

  function partsFor(
    product: Material,
    units: number,
    releaseAt: number,
    stream: { readonly seed: number; readonly key: string },
  ): Order[] {
    return product.recipe
      .filter(({ component }) => component.steps.length > 0)
      .map(({ component, quantity }) => {
        const needed = Math.ceil(units * quantity);
        const size =
          component.definition.unit === 'kg'
            ? Math.ceil((needed * 1.04) / 50) * 50
            : Math.ceil(needed * 1.05);
        return makeOrder(foundation, component, {
          size,
          needed,
          // Parts and bulk are asked for ahead of what they go into.
          releaseAt: releaseAt - 6 * hourMs,
          needs: [],
          random: randomStream(stream.seed, `part ${component.definition.code} ${stream.key}`),
        });
      });
  }
}

function makeOrder(
  foundation: Foundation,
  material: Material,
  wanted: {
    readonly size: number;
    readonly needed: number;
    readonly releaseAt: number;
    readonly needs: readonly Order[];
    readonly random: Random;
  },
): Order {
  const operations: PlannedOperation[] = [];
  const order: Order = {
    id: '',
    createdAt: 0,
    number: '',
    material,
    quantity: wanted.size,
    needed: wanted.needed,
    releaseAt: Math.ceil(wanted.releaseAt / planStepMs) * planStepMs,
    needs: wanted.needs,
    operations,
    random: wanted.random,
    customer: null,
    dueAt: 0,
    cancelled: false,
  };
  const stepS = planStepMs / 1000;
  const { setups } = foundation;
  for (const [position, step] of material.steps.entries()) {
    const workS = step.setupS + step.unitS * wanted.size;
    const eligible = step.lanes.map((code) => get(foundation.lanes, code));
    const before = material.steps[position - 1];
    operations.push({
      id: '',
      order,
      position,
      number: step.number,
      name: step.name,
      setupS: step.setupS,
      durationS: Math.ceil(workS / stepS) * stepS,
      eligible,
      durationOn: (lane) =>
        Math.ceil((workS * (lane === eligible[0] ? 1 : setups.secondChoice)) / stepS) * stepS,
      family: setups.familyOf(material.definition.code, step.number),
      lagMs: before === undefined ? 0 : setups.lagMs(material, before.number, step.number),
      place: undefined,
    });
  }
  return order;
}
