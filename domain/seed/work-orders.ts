import { buildSscc } from '../gs1/check-digit.ts';
import { planCell, unitsPerCarton, type WorkOrderPlan } from './cell-plan.ts';
import { componentUnit, downtimeReasons, laneKinds, laneNames, measured } from './foundation.ts';
import { type OperationEvent, operationEvents } from './operation-events.ts';
import { keys, type PlantSetting, productOf } from './setting.ts';
import { lanesPerCell } from './size.ts';
import { weekOf } from './stock.ts';
import type { PutRow } from './tables.ts';
import type { Random } from '../demo/random.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
const shiftMs = 8 * hourMs;

const customers = [
  { name: 'Aurelia Pumps', destination: 'Rotterdam' },
  { name: 'Bastion Lifts', destination: 'Lyon' },
  { name: 'Cedar Conveyors', destination: 'Porto' },
  { name: 'Delmar Cranes', destination: 'Oslo' },
  { name: 'Elbe Robotics', destination: 'Dresden' },
] as const;

/** A work order with the ids of what it makes: all of them stand in one piece. */
interface Work {
  readonly setting: PlantSetting;
  readonly cell: number;
  readonly plan: WorkOrderPlan;
  readonly put: PutRow;
  readonly random: Random;
  readonly newId: (at: number) => string;
  /** In its organization, from 0. */
  readonly ordinal: number;
  readonly number: string;
  readonly id: string;
  readonly createdAt: number;
  readonly productId: string;
  readonly product: number;
  readonly lotId: string;
  readonly shipmentId: string | null;
}

/** Work orders of a cell, from the first up to before the last, with all that became of them. */
export function putWorkOrders(
  setting: PlantSetting,
  cell: number,
  from: number,
  to: number,
  put: PutRow,
): void {
  const { size, time, plant } = setting;
  for (const plan of planCell(setting, cell).slice(from, to)) {
    const ordinal = (plant * size.cells + cell) * size.workOrders + plan.index;
    const createdAt = time.startAt(plan.operations[0]?.slotStarts ?? 0) - 8 * dayMs;
    const newId = setting.ids(`order ${cell} ${plan.index}`);
    const product = productOf(plan.index);
    const work: Work = {
      setting,
      cell,
      plan,
      put,
      random: setting.random(`work ${cell} ${plan.index}`),
      newId,
      ordinal,
      number: `WO-${String(ordinal + 1).padStart(6, '0')}`,
      id: newId(createdAt),
      createdAt,
      product,
      productId: setting.id(keys.product(cell, product)),
      lotId: newId(createdAt),
      shipmentId: plan.packed ? newId(time.endAt(plan.packing.ends)) : null,
    };
    putWorkOrder(work);
    const operationIds = plan.operations.map((_, position) => putOperation(work, position));
    if (plan.operations[0]?.state !== 'ahead') putLot(work);
    if (plan.serials > 0) {
      const serials = putSerials(work);
      putUses(work, serials);
      if (plan.packed) putCartons(work, serials);
      putMeasurements(work, operationIds, serials);
    }
  }
}

const releasedAheadMs = 4 * dayMs;

function isReleased({ setting, plan }: Work): boolean {
  return setting.time.startAt(plan.operations[0]?.slotStarts ?? 0) < setting.now + releasedAheadMs;
}

function putWorkOrder(work: Work): void {
  const { setting, plan, put, random } = work;
  const { time, now } = setting;
  const last = plan.operations.at(-1);
  const endsAt = time.endAt(last?.slotEnds ?? 0);
  const begun = plan.operations[0]?.state !== 'ahead';
  const status =
    last?.state === 'done'
      ? endsAt < now - 14 * dayMs
        ? 'closed'
        : 'completed'
      : begun
        ? 'in_progress'
        : plan.cancelled
          ? 'cancelled'
          : isReleased(work)
            ? 'released'
            : 'planned';
  put('production.work_orders', work.createdAt, [
    setting.organizationId,
    work.id,
    setting.plantId,
    work.number,
    work.productId,
    plan.quantity,
    'pcs',
    status,
    random.chance(0.15) ? 75 : 50,
    endsAt + 2 * dayMs,
    customerOf(work).name,
    begun ? work.lotId : null,
    laneKinds[lanesPerCell - 2] ?? null,
  ]);
}

const customerOf = ({ ordinal }: Work) => customers[ordinal % customers.length] ?? customers[0];

/** Who works at a lane at a time: the two shifts change in the middle of the plant's day. */
function operatorAt({ setting, cell }: Work, position: number, at: number): string {
  const shift = Math.floor((setting.time.workedBy(at) % (2 * shiftMs)) / shiftMs);
  return setting.id(keys.operator(cell, position, shift));
}

const stationOf = ({ setting, cell }: Work) => `${setting.code}-C${cell + 1}`;

/** @returns its id. */
function putOperation(work: Work, position: number): string {
  const { setting, cell, plan, put, newId } = work;
  const { time, now, organizationId, plantId, size } = setting;
  const operation = plan.operations[position];
  if (operation === undefined) throw new RangeError('A work order has four operations');
  const id = newId(work.createdAt);
  const laneId = setting.id(keys.lane(cell, position));
  const events = operationEvents(operation, time, now);
  const startsAt = time.startAt(operation.slotStarts);
  const startedAt = events[0]?.at ?? null;
  const completedAt = operation.state === 'done' ? (events.at(-1)?.at ?? null) : null;
  const ready = position === 0 ? isReleased(work) : plan.operations[position - 1]?.state === 'done';
  const status = {
    ahead: plan.cancelled ? 'cancelled' : ready ? 'ready' : 'planned',
    running: 'running',
    paused: 'paused',
    done: 'completed',
  }[operation.state];
  const otherCell = (cell + 1) % size.cells;
  const lanes = otherCell === cell ? [laneId] : [laneId, setting.id(keys.lane(otherCell, position))];
  put('production.operations', work.createdAt, [
    organizationId,
    id,
    plantId,
    work.id,
    (position + 1) * 10,
    `${work.number}/${(position + 1) * 10}`,
    laneNames[position] ?? '',
    status,
    Math.floor((operation.slotEnds - operation.slotStarts) / 1000),
    lanes,
    plan.cancelled ? null : laneId,
    plan.cancelled ? null : startsAt,
    plan.cancelled ? null : time.endAt(operation.slotEnds),
    operation.good,
    operation.scrap,
    startedAt,
    completedAt,
    completedAt === null ? null : Math.floor((operation.ends - operation.starts) / 1000),
    completedAt === null ? null : operatorAt(work, position, completedAt - 1),
  ]);
  if (startedAt === null) return id;
  put('production.lane_assignments', startedAt, [
    organizationId,
    newId(startedAt),
    plantId,
    laneId,
    true,
    work.id,
    id,
    completedAt === null ? 'live' : 'released',
    startedAt,
    completedAt,
    setting.id(keys.planner),
  ]);
  putLogs(work, position, id, events);
  putMachineHistory(work, position, events);
  return id;
}

function putLogs(work: Work, position: number, operationId: string, events: readonly OperationEvent[]): void {
  const { setting, cell, put, newId, random } = work;
  const laneId = setting.id(keys.lane(cell, position));
  const fault = faultOf(work, position);
  for (const { event, cause, at, good, scrap } of events) {
    const leaving = event === 'pause' || event === 'complete';
    const note =
      event === 'issue' || (event === 'pause' && cause === 'breakdown')
        ? fault.name
        : event === 'pause'
          ? 'End of shift'
          : null;
    put('production.logs', at, [
      setting.organizationId,
      newId(at),
      setting.plantId,
      operationId,
      laneId,
      event,
      good,
      scrap,
      note,
      operatorAt(work, position, leaving ? at - 1 : at),
      stationOf(work),
      event === 'report' || event === 'issue' ? 'typed' : 'serial',
      at,
      at + random.whole(20, 400),
    ]);
  }
}

const faultOf = ({ plan }: Work, position: number) =>
  downtimeReasons[plan.operations[position]?.breakdown?.fault ?? 0] ?? downtimeReasons[0];

/** What the machine of the lane said meanwhile, and when it stood broken. */
function putMachineHistory(work: Work, position: number, events: readonly OperationEvent[]): void {
  const { setting, cell, plan, put, newId } = work;
  const { organizationId, plantId, time, now } = setting;
  const operation = plan.operations[position];
  if (operation === undefined) return;
  const machineId = setting.id(keys.machine(cell, position));
  const fault = faultOf(work, position);
  const tell = (state: string, at: number, good: number, scrap: number, faultCode: string | null = null) =>
    put('equipment.status_history', at, [
      organizationId,
      newId(at),
      plantId,
      machineId,
      state,
      faultCode,
      operation.goodBefore + good,
      operation.scrapBefore + scrap,
      at,
      at + 150,
      work.id,
    ]);
  const setupEnds =
    operation.starts + Math.min(15 * minuteMs, Math.floor((operation.ends - operation.starts) / 20));
  for (const [index, { event, cause, at, goodSoFar, scrapSoFar }] of events.entries()) {
    if (event === 'start') {
      tell('setup', at, goodSoFar, scrapSoFar);
      const runsAt = Math.min(time.startAt(setupEnds), (events[index + 1]?.at ?? Infinity) - minuteMs);
      if (runsAt > at && runsAt <= now) tell('running', runsAt, goodSoFar, scrapSoFar);
    } else if (event === 'resume') tell('running', at, goodSoFar, scrapSoFar);
    else if (event === 'complete') tell('idle', at, goodSoFar, scrapSoFar);
    else if (event === 'pause') {
      const broken = cause === 'breakdown';
      tell(broken ? 'down' : 'offline', at, goodSoFar, scrapSoFar, broken ? fault.code : null);
    }
  }
  // When the shifts change at midday the machine says what it made until then.
  const until = operation.state === 'done' ? operation.ends : time.workedBy(now);
  for (
    let change = (2 * Math.ceil((setupEnds - shiftMs) / (2 * shiftMs)) + 1) * shiftMs;
    change < until;
    change += 2 * shiftMs
  ) {
    const { breakdown, starts } = operation;
    if (breakdown !== undefined && breakdown.starts <= change && change <= breakdown.ends) continue;
    const part = (change - starts) / (until - starts);
    tell(
      'running',
      time.startAt(change),
      Math.floor(operation.good * part),
      Math.floor(operation.scrap * part),
    );
  }
  if (operation.breakdown === undefined) return;
  const stoodAt = time.startAt(operation.breakdown.starts);
  put('equipment.downtime_events', stoodAt, [
    organizationId,
    newId(stoodAt),
    plantId,
    machineId,
    fault.code,
    stoodAt,
    time.startAt(operation.breakdown.ends),
    work.id,
    operatorAt(work, position, stoodAt),
  ]);
}

function putLot({ setting, cell, plan, put, number, id, lotId, productId }: Work): void {
  const madeAt = setting.time.startAt(plan.operations[0]?.starts ?? 0);
  const done = plan.operations.at(-1)?.state === 'done';
  put('trace.lots', madeAt, [
    setting.organizationId,
    lotId,
    setting.plantId,
    `LOT-${number.slice(3)}`,
    productId,
    id,
    plan.serials > 0 ? plan.serials : plan.quantity,
    'pcs',
    !done ? 'active' : plan.quarantined ? 'quarantined' : plan.packed ? 'released' : 'completed',
    null,
    null,
    madeAt,
    setting.id(keys.lane(cell, 0)),
    null,
  ]);
}

interface Serial {
  readonly id: string;
  readonly number: string;
  readonly madeAt: number;
  readonly good: boolean;
}

function putSerials(work: Work): Serial[] {
  const { setting, cell, plan, put, newId } = work;
  const { organizationId, plantId, time, plant } = setting;
  const [, , assembly, test] = plan.operations;
  if (assembly === undefined || test === undefined) return [];
  const shippedAt = plan.shipped ? time.startAt(plan.leaves) : null;
  const good = plan.serials - test.scrapInAll;
  return Array.from({ length: plan.serials }, (_, index) => {
    const part = (index + 1) / (plan.serials + 1);
    const madeAt = time.startAt(assembly.starts + Math.floor((assembly.ends - assembly.starts) * part));
    const serial = {
      id: newId(madeAt),
      number: `SN-${plant + 1}${String(cell + 1).padStart(2, '0')}${String(plan.firstSerial + index + 1).padStart(7, '0')}`,
      madeAt,
      good: index < good,
    };
    const status =
      test.state !== 'done'
        ? 'in_process'
        : !serial.good
          ? 'scrapped'
          : plan.quarantined
            ? 'quarantined'
            : plan.shipped
              ? 'shipped'
              : plan.packed
                ? 'packed'
                : 'released';
    const left = status === 'shipped';
    put('trace.serials', madeAt, [
      organizationId,
      serial.id,
      plantId,
      serial.number,
      work.productId,
      work.lotId,
      status,
      madeAt,
      work.id,
      left ? work.shipmentId : null,
      left ? shippedAt : null,
    ]);
    put('trace.genealogy', madeAt, [
      organizationId,
      work.lotId,
      serial.id,
      'produced',
      'lot',
      'serial',
      plantId,
      1,
      'pcs',
      madeAt,
    ]);
    return serial;
  });
}

/** The lots of the week in which the work order began go into its lot and its units. */
function putUses({ setting, cell, plan, put, lotId }: Work, serials: readonly Serial[]): void {
  const startedAt = setting.time.startAt(plan.operations[0]?.starts ?? 0);
  const week = weekOf(setting, startedAt);
  const lots: string[] = [];
  for (const { component, serial, quantity } of plan.uses) {
    const parent = (lots[component] ??= setting.id(keys.componentLot(cell, component, week)));
    const into = serial === undefined ? undefined : serials[serial];
    const at = into?.madeAt ?? startedAt;
    put('trace.genealogy', at, [
      setting.organizationId,
      parent,
      into?.id ?? lotId,
      into === undefined ? 'consumed' : 'assembled_into',
      'lot',
      into === undefined ? 'lot' : 'serial',
      setting.plantId,
      quantity,
      componentUnit(component),
      at,
    ]);
  }
}

function putCartons(work: Work, serials: readonly Serial[]): void {
  const { setting, cell, plan, put, newId, shipmentId } = work;
  const { organizationId, plantId, time, size, plant } = setting;
  const good = serials.filter((serial) => serial.good);
  const cartons = Math.ceil(good.length / unitsPerCarton);
  const leftAt = plan.shipped ? time.startAt(plan.leaves) : null;
  const { starts, ends } = plan.packing;
  const packedAt = (part: number) => time.startAt(starts + Math.floor((ends - starts) * part));
  const firstEver =
    (plant * size.cells + cell) * size.serialsPerWorkOrder * size.workOrders + plan.firstSerial;
  const packer = setting.id(keys.packer);
  putShipment(work, leftAt);
  for (let carton = 0; carton < cartons; carton += 1) {
    const openedAt = packedAt(carton / cartons);
    const closedAt = packedAt((carton + 0.9) / cartons);
    const id = newId(openedAt);
    const reference = firstEver + carton * unitsPerCarton + 1;
    const sscc = buildSscc({
      extensionDigit: 8,
      companyPrefix: setting.companyPrefix,
      serialReference: reference,
    });
    if (!sscc.ok) throw new RangeError(`There is no SSCC for carton ${reference}`);
    put('logistics.packing_units', openedAt, [
      organizationId,
      id,
      plantId,
      `CT-${String(reference).padStart(8, '0')}`,
      leftAt === null ? 'closed' : 'shipped',
      work.productId,
      sscc.value,
      leftAt === null ? null : shipmentId,
      openedAt,
      closedAt,
      `${setting.code}-PACK`,
    ]);
    const contents = good.slice(carton * unitsPerCarton, (carton + 1) * unitsPerCarton);
    for (const [index, serial] of contents.entries()) {
      const at = packedAt((carton + (0.8 * (index + 1)) / unitsPerCarton) / cartons);
      put('logistics.packing_unit_serials', at, [organizationId, serial.id, id, at, packer]);
      put('trace.genealogy', at, [
        organizationId,
        serial.id,
        id,
        'packed_into',
        'serial',
        'carton',
        plantId,
        1,
        'pcs',
        at,
      ]);
    }
    if (leftAt === null || shipmentId === null) continue;
    put('trace.genealogy', leftAt, [
      organizationId,
      id,
      shipmentId,
      'shipped_to',
      'carton',
      'shipment',
      plantId,
      contents.length,
      'pcs',
      leftAt,
    ]);
  }
}

function putShipment(work: Work, leftAt: number | null): void {
  const { setting, plan, put, shipmentId } = work;
  const { name, destination } = customerOf(work);
  put('logistics.shipments', setting.time.endAt(plan.packing.ends), [
    setting.organizationId,
    shipmentId,
    setting.plantId,
    `SH-${work.number.slice(3)}`,
    name,
    destination,
    leftAt === null ? 'planned' : plan.delivered ? 'delivered' : 'shipped',
    leftAt,
    leftAt !== null && plan.delivered ? leftAt + dayMs + work.random.whole(0, 20) * hourMs : null,
  ]);
}

const readingsPerOperation = 5;

function putMeasurements(work: Work, operationIds: readonly string[], serials: readonly Serial[]): void {
  const { setting, cell, plan, put, newId, random } = work;
  const { organizationId, plantId, time } = setting;
  for (const [index, { operation: number, nominal, tolerance }] of measured.entries()) {
    const position = number / 10 - 1;
    const operation = plan.operations[position];
    const operationId = operationIds[position];
    if (operation?.state !== 'done' || operationId === undefined) continue;
    for (let reading = 0; reading < readingsPerOperation; reading += 1) {
      const part = (reading + 1) / (readingsPerOperation + 1);
      const at = time.startAt(operation.starts + Math.floor((operation.ends - operation.starts) * part));
      const value = Math.round((nominal + (tolerance * random.normal()) / 3.6) * 1000) / 1000;
      const unit = position > 2 ? serials[Math.floor(part * serials.length)] : undefined;
      put('quality.measurements', at, [
        organizationId,
        newId(at),
        plantId,
        operationId,
        setting.id(keys.characteristic(cell, work.product, index)),
        unit?.number ?? null,
        value,
        value >= nominal - tolerance && value <= nominal + tolerance,
        'gauge',
        setting.id(keys.inspector),
        stationOf(work),
        at,
        at + random.whole(20, 400),
      ]);
    }
  }
}
