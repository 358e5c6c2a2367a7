import { planCell } from './cell-plan.ts';
import { laneKinds } from './foundation.ts';
import { putOperation } from './operations.ts';
import { putCartons } from './packing.ts';
import { keys, type PlantSetting, productOf } from './setting.ts';
import { lanesPerCell } from './size.ts';
import type { PutRow } from './tables.ts';
import { putLot, putMeasurements, putSerials, putUses } from './units.ts';
import { customerOf, dayMs, isReleased, type Work } from './work.ts';

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
