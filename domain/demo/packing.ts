import { nextWorkingInstant } from '../calendars/working-time.ts';
import { buildSscc } from '../gs1/check-digit.ts';
import { cartonLabelTemplate } from '../zpl/carton-label.ts';
import { renderLabel } from '../zpl/render-label.ts';
import {
  dayMs,
  type Foundation,
  get,
  historyDays,
  hourMs,
  type Material,
  minuteMs,
  type Plant,
  wallTime,
} from './facts.ts';
import type { Made } from './material-flow.ts';
import type { Order } from './orders.ts';
import { idMaker, type Random, randomStream } from './random.ts';
import type {
  GenealogyRow,
  LabelRow,
  LotRow,
  PackedSerialRow,
  PackingUnitRow,
  SerialRow,
  ShipmentRow,
} from './rows.ts';

export interface Packed {
  readonly units: PackingUnitRow[];
  readonly packedSerials: PackedSerialRow[];
  readonly labels: LabelRow[];
  readonly shipments: ShipmentRow[];
  readonly genealogy: GenealogyRow[];
}

/** What came off a line, finished: serial numbers one by one, other goods by the lot. */
export interface Finished {
  readonly order: Order;
  readonly made: Made;
  readonly good: number;
  readonly at: number;
}

interface Packing extends Packed {
  readonly foundation: Foundation;
  readonly packerId: string;
  readonly reprintReason: string;
  readonly random: Random;
  readonly newId: (at: number) => string;
  readonly now: number;
  readonly serialsIn: Map<PackingUnitRow, SerialRow[]>;
}

/** Released units of each serialised product that wait, so that there is something to pack. */
const leftToPack = 26;
/** Demo codes carry it, so that the numbers which stations give themselves never meet them. */
const demoExtensionDigit = 9;

/**
 * Packs finished goods in the shifts after they were finished, prints a label on each carton or
 * pallet, and ships them every second day. The latest stay: to be packed, and to be shipped.
 */
export function packAndShip(
  finished: readonly Finished[],
  context: {
    readonly foundation: Foundation;
    readonly packerLogin: string;
    readonly reprintReason: string;
    readonly seed: number;
    readonly now: number;
  },
): Packed {
  const packing: Packing = {
    units: [],
    packedSerials: [],
    labels: [],
    shipments: [],
    genealogy: [],
    foundation: context.foundation,
    packerId: get(context.foundation.userIds, context.packerLogin),
    reprintReason: context.reprintReason,
    random: randomStream(context.seed, 'packing'),
    newId: idMaker(randomStream(context.seed, 'packing ids')),
    now: context.now,
    serialsIn: new Map(),
  };
  const inOrder = [...finished].sort((a, b) => a.at - b.at || (a.order.number < b.order.number ? -1 : 1));
  for (const plant of context.foundation.plants) {
    packPlant(
      packing,
      inOrder.filter(
        ({ order }) => order.material.plant === plant && order.material.definition.perCarton !== undefined,
      ),
    );
  }
  // Numbers count up over the plants, as one database gives them.
  packing.units.sort((a, b) => a.opened_at - b.opened_at || (a.id < b.id ? -1 : 1));
  for (const [at, unit] of packing.units.entries()) {
    unit.number = `CT-${String(at + 1).padStart(6, '0')}`;
    if (unit.status !== 'open') closeUnit(packing, unit, at + 1);
  }
  for (const plant of context.foundation.plants) shipPlant(packing, plant);
  packing.shipments.sort(
    (a, b) => (a.shipped_at ?? Infinity) - (b.shipped_at ?? Infinity) || (a.id < b.id ? -1 : 1),
  );
  for (const [at, shipment] of packing.shipments.entries()) {
    shipment.number = `SH-${String(at + 1).padStart(6, '0')}`;
  }
  return packing;
}

function packPlant(packing: Packing, finished: readonly Finished[]): void {
  const { random, now } = packing;
  const waiting = new Map<Material, SerialRow[]>();
  let packerFreeAt = -Infinity;
  for (const { order, made, good, at } of finished) {
    const { material } = order;
    const lane = order.operations.at(-1)?.place?.lane;
    const capacity = material.definition.perCarton ?? 1;
    if (lane === undefined) continue;
    const openNext = (earliest: number) =>
      nextWorkingInstant(lane.stretches, Math.max(packerFreeAt + random.whole(4, 12) * minuteMs, earliest)) ??
      Infinity;
    let readyAt = at + random.between(0.5, 6) * hourMs;
    readyAt = Math.ceil(readyAt / 1000) * 1000;
    if (material.definition.serialised === true) {
      const queue = waiting.get(material) ?? [];
      waiting.set(material, queue);
      queue.push(...made.serials.filter((serial) => serial.status === 'released'));
      while (queue.length >= capacity + leftToPack) {
        const openedAt = openNext(readyAt);
        const closedAt = openedAt + capacity * 40_000 + 90_000;
        if (closedAt > now - 2 * minuteMs) break;
        const unit = addUnit(packing, material, 'carton', openedAt, closedAt);
        putSerials(packing, unit, queue.splice(0, capacity));
        packerFreeAt = closedAt;
      }
      continue;
    }
    for (let left = good; left > 0; left -= capacity) {
      const openedAt = openNext(readyAt);
      const closedAt = openedAt + random.whole(14, 30) * minuteMs;
      if (closedAt > now - 2 * minuteMs) break;
      const unit = addUnit(packing, material, 'pallet', openedAt, closedAt);
      addEdge(packing, {
        from: made.lot,
        kind: 'packed_into',
        to: unit,
        quantity: Math.min(left, capacity),
        at: closedAt,
      });
      packerFreeAt = closedAt;
    }
  }
  // One carton of each product was left open by the last shift.
  for (const [material, queue] of waiting) {
    const openedAt =
      Math.max(packerFreeAt, ...queue.slice(0, 2).map((serial) => serial.made_at)) + 10 * minuteMs;
    if (queue.length < leftToPack || openedAt > now - 10 * minuteMs) continue;
    const unit = addUnit(packing, material, 'carton', openedAt, null);
    putSerials(packing, unit, queue.splice(0, 2));
    packerFreeAt = openedAt + 5 * minuteMs;
  }
}

function addUnit(
  packing: Packing,
  material: Material,
  kind: 'carton' | 'pallet',
  openedAt: number,
  closedAt: number | null,
): PackingUnitRow {
  const unit: PackingUnitRow = {
    organization_id: packing.foundation.organizationId,
    id: packing.newId(openedAt),
    plant_id: material.plant.id,
    number: '',
    kind,
    status: closedAt === null ? 'open' : 'closed',
    material_id: material.id,
    sscc: null,
    shipment_id: null,
    opened_at: openedAt,
    closed_at: closedAt,
    station_code: packing.foundation.stationCode,
    updated_at: closedAt ?? openedAt,
  };
  packing.units.push(unit);
  return unit;
}

function putSerials(packing: Packing, unit: PackingUnitRow, serials: SerialRow[]): void {
  packing.serialsIn.set(unit, serials);
  for (const [place, serial] of serials.entries()) {
    const packedAt = unit.opened_at + (place + 1) * 38_000;
    serial.status = 'packed';
    packing.packedSerials.push({
      organization_id: unit.organization_id,
      serial_id: serial.id,
      packing_unit_id: unit.id,
      packed_at: packedAt,
      user_id: packing.packerId,
    });
    addEdge(packing, { from: serial, kind: 'packed_into', to: unit, quantity: 1, at: packedAt });
  }
}

function addEdge(
  packing: Packing,
  edge: {
    readonly from: LotRow | SerialRow | PackingUnitRow;
    readonly kind: 'packed_into' | 'shipped_to';
    readonly to: PackingUnitRow | ShipmentRow;
    readonly quantity: number | null;
    readonly at: number;
  },
): void {
  packing.genealogy.push({
    organization_id: edge.to.organization_id,
    parent_id: edge.from.id,
    child_id: edge.to.id,
    kind: edge.kind,
    parent_kind: 'supplier' in edge.from ? 'lot' : 'lot_id' in edge.from ? 'serial' : 'carton',
    child_kind: edge.kind === 'packed_into' ? 'carton' : 'shipment',
    plant_id: edge.to.plant_id,
    quantity: edge.quantity,
    unit: edge.quantity === null ? null : 'pcs',
    at: edge.at,
  });
}

/** Gives a closed carton its SSCC and its label; a few were damaged and printed again. */
function closeUnit(packing: Packing, unit: PackingUnitRow, serialReference: number): void {
  const { foundation, random } = packing;
  const sscc = buildSscc({
    extensionDigit: demoExtensionDigit,
    companyPrefix: foundation.companyPrefix,
    serialReference,
  });
  if (!sscc.ok || unit.closed_at === null) throw new Error(`No SSCC for ${unit.number}`);
  unit.sscc = sscc.value;
  const plant = foundation.plants.find((one) => one.id === unit.plant_id);
  const material = [...foundation.materials.values()].find((one) => one.id === unit.material_id);
  const zpl = renderLabel(cartonLabelTemplate, {
    plantName: plant?.definition.name ?? '',
    cartonNumber: unit.number,
    materialCode: material?.definition.code ?? '',
    materialName: material?.definition.name ?? '',
    count: String(
      packing.serialsIn.get(unit)?.length ??
        packing.genealogy.find((edge) => edge.child_id === unit.id)?.quantity ??
        0,
    ),
    packedOn: new Date(unit.closed_at).toISOString().slice(0, 10),
    sscc: sscc.value,
  });
  if (!zpl.ok) throw new Error(`No label for ${unit.number}: ${zpl.refusal.reason}`);
  const label = {
    organization_id: unit.organization_id,
    plant_id: unit.plant_id,
    packing_unit_id: unit.id,
    sscc: sscc.value,
    printer_code: plant?.definition.printer ?? '',
    zpl: zpl.value.zpl,
    user_id: packing.packerId,
    station_code: foundation.stationCode,
  };
  const firstAt = unit.closed_at + random.whole(4, 40) * 1000;
  const again = random.chance(0.03);
  packing.labels.push({
    ...label,
    id: packing.newId(firstAt),
    copy: 1,
    outcome: again ? 'voided' : 'printed',
    reprint_reason: null,
    printed_at: firstAt,
  });
  if (!again) return;
  packing.labels.push({
    ...label,
    id: packing.newId(firstAt + 50_000),
    copy: 2,
    outcome: 'printed',
    reprint_reason: packing.reprintReason,
    printed_at: firstAt + 50_000,
  });
}

/** Every second day at three in the afternoon what was ready by noon leaves. */
function shipPlant(packing: Packing, plant: Plant): void {
  const { random, now } = packing;
  const ready = packing.units.filter((unit) => unit.plant_id === plant.id && unit.status === 'closed');
  for (let day = -historyDays + 3; day <= 4; day += 2) {
    const leavesAt = wallTime(plant, day, '15:00');
    const stays = leavesAt > now - 6 * hourMs;
    const taken = ready.filter(
      (unit) => unit.shipment_id === null && (unit.closed_at ?? Infinity) < leavesAt - 3 * hourMs,
    );
    const customer = random.pick(plant.customers);
    if (!stays && taken.length === 0) continue;
    const loads = stays && day < 2 && taken.length > 0;
    const shipment: ShipmentRow = {
      organization_id: packing.foundation.organizationId,
      id: packing.newId(leavesAt),
      plant_id: plant.id,
      number: '',
      customer: customer.name,
      destination: customer.destination,
      status: loads ? 'loading' : stays ? 'planned' : leavesAt < now - 5 * dayMs ? 'delivered' : 'shipped',
      shipped_at: stays ? null : leavesAt,
    };
    packing.shipments.push(shipment);
    if (stays && !loads) continue;
    for (const unit of loads ? taken.slice(0, 3) : taken) {
      unit.shipment_id = shipment.id;
      if (loads) continue;
      unit.status = 'shipped';
      unit.updated_at = leavesAt;
      for (const serial of packing.serialsIn.get(unit) ?? []) serial.status = 'shipped';
      addEdge(packing, { from: unit, kind: 'shipped_to', to: shipment, quantity: null, at: leavesAt });
    }
  }
}
