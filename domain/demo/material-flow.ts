import { dayMs, type Foundation, hourMs, type Material, minuteMs, type RecipePart } from './facts.ts';
import type { Order } from './orders.ts';
import { idMaker, randomStream } from './random.ts';
import type { GenealogyRow, LotRow, SerialRow } from './rows.ts';
import type { Run } from './run.ts';

export interface Made {
  readonly lot: LotRow;
  /** By unit, in the order in which they were begun. */
  readonly serials: readonly SerialRow[];
  /** Position of the operation that scrapped a unit. */
  readonly lostAt: ReadonlyMap<SerialRow, number>;
}

export interface MaterialFlow {
  readonly lots: LotRow[];
  readonly serials: SerialRow[];
  readonly genealogy: GenealogyRow[];
  readonly made: ReadonlyMap<Order, Made>;
}

interface Stock {
  readonly lot: LotRow;
  /** Thousandths of the unit: sums of these are exact. */
  left: number;
}

const thousandths = (quantity: number) => Math.round(quantity * 1000);

/**
 * Follows the material: deliveries become lots, an operation that begins takes what its recipe says
 * from the oldest lots that are there, an order makes a lot, and serial numbers where it makes such.
 * A lot of serialised units counts every unit begun, the scrapped ones too.
 */
export function followMaterial(
  runsByOrder: ReadonlyMap<Order, readonly Run[]>,
  foundation: Foundation,
  seed: number,
  now: number,
): MaterialFlow {
  const flow = { lots: [] as LotRow[], serials: [] as SerialRow[], genealogy: [] as GenealogyRow[] };
  const made = new Map<Order, Made>();
  const stock = new Map<Material, Stock[]>();
  const edges = new Map<string, GenealogyRow>();
  const random = randomStream(seed, 'deliveries');
  const newId = idMaker(randomStream(seed, 'material ids'));
  const own = { organization_id: foundation.organizationId };
  let deliveries = 0;
  const serialCounts = new Map<string, number>();

  // At the same instant a finished lot is there before it is taken.
  const events = [...runsByOrder.values()].flat().flatMap((run) => {
    const begins = { at: run.startedAt, rank: 1, run, ends: false };
    const isLast = run.operation.position === run.operation.order.operations.length - 1;
    return run.completedAt !== undefined && isLast
      ? [begins, { at: run.completedAt, rank: 0, run, ends: true }]
      : [begins];
  });
  events.sort(
    (a, b) =>
      a.at - b.at ||
      a.rank - b.rank ||
      (a.run.operation.order.number < b.run.operation.order.number ? -1 : 1),
  );
  for (const { run, ends } of events) {
    const { order } = run.operation;
    const runs = runsByOrder.get(order) ?? [];
    if (ends) {
      const product = made.get(order);
      if (product !== undefined) finish(order, product, run);
      continue;
    }
    if (run.operation.position === 0) made.set(order, begin(order, run, runs));
    const product = made.get(order);
    if (product === undefined) continue;
    for (const part of order.material.recipe) {
      if (part.operation === run.operation.number) take(part, order, product, run);
    }
  }
  flow.genealogy.push(...edges.values());
  addSpareDeliveries();
  return { ...flow, made };

  function begin(order: Order, run: Run, runs: readonly Run[]): Made {
    const { material } = order;
    const { serialised = false, serialPrefix = '', shelfLifeDays, unit } = material.definition;
    const units = serialised ? run.good + run.scrap : 0;
    const last = runs.at(-1);
    const isDone = last?.completedAt !== undefined && runs.length === order.operations.length;
    const madeAt = isDone ? (last?.completedAt ?? run.startedAt) : run.startedAt;
    const lot: LotRow = {
      ...own,
      id: newId(run.startedAt),
      plant_id: material.plant.id,
      number: `LOT-${order.number.slice(3)}`,
      material_id: material.id,
      work_order_id: order.id,
      quantity: serialised ? units : isDone ? (last?.good ?? 0) : 0,
      unit,
      status: !isDone ? 'active' : madeAt < now - 20 * hourMs ? 'released' : 'completed',
      supplier: null,
      made_at: madeAt,
      expires_at: shelfLifeDays === undefined ? null : madeAt + shelfLifeDays * dayMs,
    };
    flow.lots.push(lot);
    const serials: SerialRow[] = [];
    for (let at = 0; at < units; at += 1) {
      const count = (serialCounts.get(serialPrefix) ?? 0) + 1;
      serialCounts.set(serialPrefix, count);
      const madeUnitAt = run.instantAt((at + 0.5) / run.input) ?? run.startedAt;
      const serial: SerialRow = {
        ...own,
        id: newId(madeUnitAt),
        plant_id: material.plant.id,
        number: `SN-${serialPrefix}-${String(count).padStart(6, '0')}`,
        material_id: material.id,
        lot_id: lot.id,
        status: 'in_process',
        made_at: madeUnitAt,
      };
      serials.push(serial);
      addEdge(lot.id, serial.id, 'produced', 'lot', 'serial', material.plant.id, 1000, unit, madeUnitAt);
    }
    flow.serials.push(...serials);
    const lostAt = new Map<SerialRow, number>();
    for (const one of runs) {
      const inHand = order.random.shuffled(reachedBy(one, serials, lostAt));
      for (const serial of inHand.slice(0, one.scrap)) {
        serial.status = 'scrapped';
        lostAt.set(serial, one.operation.position);
      }
    }
    return { lot, serials, lostAt };
  }

  function finish(order: Order, { lot, serials }: Made, run: Run) {
    for (const serial of serials) {
      if (serial.status === 'in_process')
        serial.status = order.random.chance(0.008) ? 'quarantined' : 'released';
    }
    addStock(order.material, { lot, left: thousandths(run.good) });
  }

  function take(part: RecipePart, order: Order, { lot, serials, lostAt }: Made, run: Run) {
    const { component } = part;
    const { plant } = order.material;
    const unit = component.definition.unit;
    if (!part.intoSerial) {
      // Issued to the order as a whole when the operation begins.
      for (const [from, quantity] of draw(component, thousandths(part.quantity * run.input), run.startedAt)) {
        addEdge(from.id, lot.id, 'consumed', 'lot', 'lot', plant.id, quantity, unit, run.startedAt);
      }
      return;
    }
    const inWork = reachedBy(run, serials, lostAt);
    for (const [at, serial] of inWork.entries()) {
      const madeAt = run.instantAt((at + 0.4) / run.input) ?? run.startedAt;
      for (const [from, quantity] of draw(component, thousandths(part.quantity), run.startedAt)) {
        addEdge(from.id, serial.id, 'assembled_into', 'lot', 'serial', plant.id, quantity, unit, madeAt);
      }
    }
  }

  /** The units that an operation has had in hand: those that the ones before let through, as far as it is. */
  function reachedBy(run: Run, serials: readonly SerialRow[], lostAt: ReadonlyMap<SerialRow, number>) {
    const came = serials.filter((serial) => (lostAt.get(serial) ?? Infinity) >= run.operation.position);
    return run.status === 'completed' ? came : came.slice(0, run.good + run.scrap);
  }

  function draw(material: Material, wanted: number, at: number): [LotRow, number][] {
    const taken: [LotRow, number][] = [];
    let stocks = stock.get(material) ?? [];
    let missing = wanted;
    while (missing > 0) {
      const oldest = stocks[0];
      if (oldest === undefined) {
        addStock(material, deliver(material, at));
        stocks = stock.get(material) ?? [];
        continue;
      }
      if ((oldest.lot.expires_at ?? Infinity) <= at || oldest.left === 0) {
        stocks.shift();
        continue;
      }
      const quantity = Math.min(oldest.left, missing);
      taken.push([oldest.lot, quantity]);
      oldest.left -= quantity;
      missing -= quantity;
    }
    return taken;
  }

  function addStock(material: Material, one: Stock) {
    const there = stock.get(material);
    if (there === undefined) stock.set(material, [one]);
    else there.push(one);
  }

  /** A delivery some days before it is needed. */
  function deliver(material: Material, neededAt: number): Stock {
    const { lotSize, suppliers, shelfLifeDays, unit, code } = material.definition;
    if (lotSize === undefined || suppliers === undefined)
      throw new Error(`${code} ran out and is not bought`);
    const quantity = Math.max(1, Math.round(lotSize * random.between(0.75, 1.25)));
    return receive(material, {
      quantity,
      supplier: random.pick(suppliers),
      at:
        Math.floor(
          (neededAt - random.between(5, Math.min(110, (shelfLifeDays ?? 99) * 12)) * hourMs) / minuteMs,
        ) * minuteMs,
      unit,
      status: 'released',
    });
  }

  function receive(
    material: Material,
    delivery: { quantity: number; supplier: string; at: number; unit: string; status: LotRow['status'] },
  ): Stock {
    const { shelfLifeDays } = material.definition;
    deliveries += 1;
    const lot: LotRow = {
      ...own,
      id: newId(delivery.at),
      plant_id: material.plant.id,
      number: `LOT-R${String(deliveries).padStart(5, '0')}`,
      material_id: material.id,
      work_order_id: null,
      quantity: delivery.quantity,
      unit: delivery.unit,
      status: delivery.status,
      supplier: delivery.supplier,
      made_at: delivery.at,
      expires_at: shelfLifeDays === undefined ? null : delivery.at + shelfLifeDays * dayMs,
    };
    flow.lots.push(lot);
    return { lot, left: thousandths(delivery.quantity) };
  }

  /** Deliveries of the last days that nothing was taken from: some wait for a decision, some failed. */
  function addSpareDeliveries() {
    for (const material of foundation.materials.values()) {
      const { lotSize, suppliers, unit } = material.definition;
      if (lotSize === undefined || suppliers === undefined) continue;
      for (const status of ['quarantined', 'rejected', 'released'] as const) {
        if (status !== 'released' && !random.chance(0.35)) continue;
        const at = Math.floor((now - random.between(3, 200) * hourMs) / minuteMs) * minuteMs;
        receive(material, { quantity: lotSize, supplier: random.pick(suppliers), at, unit, status });
      }
    }
  }

  function addEdge(
    parent: string,
    child: string,
    kind: GenealogyRow['kind'],
    parentKind: GenealogyRow['parent_kind'],
    childKind: GenealogyRow['child_kind'],
    plantId: string,
    quantity: number,
    unit: string,
    at: number,
  ) {
    const key = `${parent}${child}`;
    const known = edges.get(key);
    if (known !== undefined) {
      known.quantity = (thousandths(known.quantity ?? 0) + quantity) / 1000;
      return;
    }
    edges.set(key, {
      ...own,
      parent_id: parent,
      child_id: child,
      kind,
      parent_kind: parentKind,
      child_kind: childKind,
      plant_id: plantId,
      quantity: quantity / 1000,
      unit,
      at,
    });
  }
}
