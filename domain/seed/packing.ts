import { buildSscc } from '../gs1/check-digit.ts';
import { unitsPerCarton } from './cell-plan.ts';
import { keys } from './setting.ts';
import type { Serial } from './units.ts';
import { customerOf, dayMs, hourMs, type Work } from './work.ts';

/** What was good, in cartons, and the shipment that it left with or is to leave with. */
export function putCartons(work: Work, serials: readonly Serial[]): void {
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
