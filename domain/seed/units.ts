import { componentUnit, measured } from './foundation.ts';
import { keys } from './setting.ts';
import { weekOf } from './stock.ts';
import { stationOf, type Work } from './work.ts';

/** The lot that a work order makes. */
export function putLot({ setting, cell, plan, put, number, id, lotId, productId }: Work): void {
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

export interface Serial {
  readonly id: string;
  readonly number: string;
  readonly madeAt: number;
  readonly good: boolean;
}

export function putSerials(work: Work): Serial[] {
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
export function putUses({ setting, cell, plan, put, lotId }: Work, serials: readonly Serial[]): void {
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

const readingsPerOperation = 5;

export function putMeasurements(
  work: Work,
  operationIds: readonly string[],
  serials: readonly Serial[],
): void {
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
