/** The packer's commands: taken into the station's outbox, checked again by the database when they arrive. */
import { z } from 'zod';
import { id, shortText } from '#contract/common';
import { notAllowed, notFound, refused } from '#contract/errors';
import type { DatabaseTransaction, StationCommand } from '#main/services/core';

/** What is done to one carton is done in order. */
export const cartonSubject = (cartonId: string) => `carton:${cartonId}`;
export const labelSubject = (labelId: string) => `label:${labelId}`;

const carton = { plantId: id, cartonId: id, cartonNumber: z.string().regex(/^CT-[0-9A-Z._-]+$/) };

const openSchema = z.object(carton).strict();
export const openCarton: StationCommand<z.infer<typeof openSchema>> = {
  kind: 'packing.open',
  schema: openSchema,
  subject: ({ cartonId }) => cartonSubject(cartonId),
  summary: ({ cartonNumber }) => `open carton ${cartonNumber}`,
  async apply(transaction, { plantId, cartonId, cartonNumber }, meta) {
    const inserted = await transaction
      .insertInto('logistics.packing_units')
      .values({
        organization_id: meta.organizationId,
        id: cartonId,
        plant_id: plantId,
        number: cartonNumber,
        status: 'open',
        opened_at: new Date(meta.capturedAt),
        station_code: meta.stationCode,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 1n) {
      throw refused('refusal.carton-number-taken', { carton: cartonNumber });
    }
  },
};

const addSchema = z
  .object({
    ...carton,
    serialId: id,
    serialNumber: shortText,
    /** As the station knew it; the database looks for itself. */
    materialId: id,
    materialCode: shortText,
    materialName: shortText,
    capacity: z.number().int().positive().nullable(),
  })
  .strict();
export const addSerial: StationCommand<z.infer<typeof addSchema>> = {
  kind: 'packing.add',
  schema: addSchema,
  subject: ({ cartonId }) => cartonSubject(cartonId),
  summary: ({ serialNumber, cartonNumber }) => `pack ${serialNumber} into ${cartonNumber}`,
  async apply(transaction, command, meta) {
    const into = await lockOpenCarton(transaction, command);
    const serial = await transaction
      .selectFrom('trace.serials as serial')
      .innerJoin('material.materials as material', (join) =>
        join
          .onRef('material.organization_id', '=', 'serial.organization_id')
          .onRef('material.id', '=', 'serial.material_id'),
      )
      .select(['serial.id', 'serial.status', 'serial.material_id', 'material.code', 'material.per_carton'])
      .where('serial.id', '=', command.serialId)
      .forUpdate('serial')
      .executeTakeFirst();
    if (serial === undefined) throw notFound('error.unknown-serial', { serial: command.serialNumber });
    const there = await contents(transaction, command.cartonId);
    judgeSerial(
      { number: command.serialNumber, status: serial.status, materialId: serial.material_id },
      {
        number: command.cartonNumber,
        materialId: into.materialId,
        count: there,
        capacity: serial.per_carton,
      },
    );
    const at = new Date(meta.capturedAt);
    const inserted = await transaction
      .insertInto('logistics.packing_unit_serials')
      .values({
        organization_id: meta.organizationId,
        serial_id: serial.id,
        packing_unit_id: command.cartonId,
        packed_at: at,
        user_id: meta.userId,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 1n) {
      throw refused('refusal.serial-already-packed', { serial: command.serialNumber });
    }
    await setSerialStatus(transaction, serial.id, 'packed');
    if (into.materialId === null) await setMaterial(transaction, command.cartonId, serial.material_id);
    await transaction
      .insertInto('trace.genealogy')
      .values({
        organization_id: meta.organizationId,
        parent_id: serial.id,
        child_id: command.cartonId,
        kind: 'packed_into',
        parent_kind: 'serial',
        child_kind: 'carton',
        plant_id: into.plantId,
        at,
      })
      .execute();
  },
};

const removeSchema = z.object({ ...carton, serialId: id, serialNumber: shortText }).strict();
export const removeSerial: StationCommand<z.infer<typeof removeSchema>> = {
  kind: 'packing.remove',
  schema: removeSchema,
  subject: ({ cartonId }) => cartonSubject(cartonId),
  summary: ({ serialNumber, cartonNumber }) => `take ${serialNumber} out of ${cartonNumber}`,
  async apply(transaction, command) {
    await lockOpenCarton(transaction, command);
    const { cartonId, serialId, serialNumber, cartonNumber } = command;
    const removed = await transaction
      .deleteFrom('logistics.packing_unit_serials')
      .where('packing_unit_id', '=', cartonId)
      .where('serial_id', '=', serialId)
      .executeTakeFirst();
    if (removed.numDeletedRows !== 1n) {
      throw refused('refusal.serial-not-in-carton', { serial: serialNumber, carton: cartonNumber });
    }
    await transaction
      .deleteFrom('trace.genealogy')
      .where('parent_id', '=', serialId)
      .where('child_id', '=', cartonId)
      .where('kind', '=', 'packed_into')
      .execute();
    await setSerialStatus(transaction, serialId, 'released');
    if ((await contents(transaction, cartonId)) === 0) await setMaterial(transaction, cartonId, null);
  },
};

const closeSchema = z.object({ ...carton, sscc: z.string().regex(/^[0-9]{18}$/) }).strict();
export const closeCarton: StationCommand<z.infer<typeof closeSchema>> = {
  kind: 'packing.close',
  schema: closeSchema,
  subject: ({ cartonId }) => cartonSubject(cartonId),
  summary: ({ cartonNumber, sscc }) => `close carton ${cartonNumber} as ${sscc}`,
  async apply(transaction, command, meta) {
    const closing = await lockOpenCarton(transaction, command);
    const { cartonId, cartonNumber, sscc } = command;
    if ((await contents(transaction, cartonId)) === 0) {
      throw refused('refusal.carton-empty', { carton: cartonNumber });
    }
    const taken = await transaction
      .selectFrom('logistics.packing_units')
      .select('number')
      .where('sscc', '=', sscc)
      .executeTakeFirst();
    if (taken !== undefined) throw refused('refusal.sscc-taken', { sscc, carton: taken.number });
    await transaction
      .updateTable('logistics.packing_units')
      .set({
        status: 'closed',
        sscc,
        // A clock that was set back must not close a carton before it was opened.
        closed_at: new Date(Math.max(meta.capturedAt, closing.openedAt)),
      })
      .where('id', '=', cartonId)
      .execute();
  },
};

const outcomeSchema = z
  .object({
    plantId: id,
    labelId: id,
    cartonNumber: carton.cartonNumber,
    outcome: z.enum(['printed', 'refused', 'unknown']),
    reason: shortText.nullable(),
    /** The label that was voided for this one, and is valid again when not a byte of this one was sent. */
    replaced: id.nullable(),
  })
  .strict();
export type LabelResult = z.infer<typeof outcomeSchema>;

/** How a print ended. A command, so that the outcome is not lost when the database goes away while it prints. */
export const recordLabelOutcome: StationCommand<LabelResult> = {
  kind: 'packing.label',
  schema: outcomeSchema,
  subject: ({ labelId }) => labelSubject(labelId),
  summary: ({ outcome, cartonNumber }) => `label of ${cartonNumber}: ${outcome}`,
  apply: (transaction, result) => writeLabelOutcome(transaction, result),
};

/** Every kind that this subject gives to the outbox. */
export const packingCommands = [
  openCarton,
  addSerial,
  removeSerial,
  closeCarton,
  recordLabelOutcome,
] as const;

export async function writeLabelOutcome(
  transaction: DatabaseTransaction,
  { labelId, outcome, reason, replaced }: LabelResult,
): Promise<void> {
  // A person may have judged it in the meantime; that stands.
  const { numUpdatedRows } = await transaction
    .updateTable('trace.labels')
    .set({ outcome, reason })
    .where('id', '=', labelId)
    .where('outcome', '=', 'queued')
    .executeTakeFirst();
  if (numUpdatedRows === 1n && outcome === 'refused' && replaced !== null) {
    await transaction
      .updateTable('trace.labels')
      .set({ outcome: 'printed', reason: null })
      .where('id', '=', replaced)
      .where('outcome', '=', 'voided')
      .execute();
  }
}

/** The rules of a carton, asked at the station and again at the database. Throws `Refused`. */
export function judgeSerial(
  serial: { readonly number: string; readonly status: string; readonly materialId: string },
  into: {
    readonly number: string;
    readonly materialId: string | null;
    readonly count: number;
    readonly capacity: number | null;
  },
): void {
  const values = { serial: serial.number, carton: into.number };
  if (serial.status === 'packed' || serial.status === 'shipped') {
    throw refused('refusal.serial-already-packed', values);
  }
  if (serial.status !== 'released') {
    throw refused('refusal.serial-not-released', { ...values, status: serial.status });
  }
  if (into.materialId !== null && into.materialId !== serial.materialId) {
    throw refused('refusal.serial-other-material', values);
  }
  if (into.capacity !== null && into.count >= into.capacity) {
    throw refused('refusal.carton-full', { ...values, capacity: into.capacity });
  }
}

async function lockOpenCarton(
  transaction: DatabaseTransaction,
  { cartonId, cartonNumber }: { readonly cartonId: string; readonly cartonNumber: string },
) {
  const seen = await transaction
    .selectFrom('logistics.packing_units')
    .select('id')
    .where('id', '=', cartonId)
    .executeTakeFirst();
  if (seen === undefined) throw notFound('error.unknown-carton', { carton: cartonNumber });
  const locked = await transaction
    .selectFrom('logistics.packing_units')
    .select(['plant_id', 'status', 'material_id', 'opened_at'])
    .where('id', '=', cartonId)
    .forUpdate()
    .executeTakeFirst();
  if (locked === undefined) throw notAllowed('error.carton-read-only', { carton: cartonNumber });
  if (locked.status !== 'open') {
    throw refused('refusal.carton-not-open', { carton: cartonNumber, status: locked.status });
  }
  return {
    plantId: locked.plant_id,
    materialId: locked.material_id,
    openedAt: locked.opened_at.getTime(),
  };
}

async function contents(transaction: DatabaseTransaction, cartonId: string): Promise<number> {
  const row = await transaction
    .selectFrom('logistics.packing_unit_serials')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('packing_unit_id', '=', cartonId)
    .executeTakeFirst();
  return row?.count ?? 0;
}

async function setSerialStatus(transaction: DatabaseTransaction, serialId: string, status: string) {
  await transaction.updateTable('trace.serials').set({ status }).where('id', '=', serialId).execute();
}

async function setMaterial(transaction: DatabaseTransaction, cartonId: string, materialId: string | null) {
  await transaction
    .updateTable('logistics.packing_units')
    .set({ material_id: materialId })
    .where('id', '=', cartonId)
    .execute();
}
