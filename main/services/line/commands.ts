/** What a machine said, as a command of this station: it goes through the outbox like everything recorded here. */
import { z } from 'zod';
import { id, instant, shortText } from '#contract/common';
import { machineStates } from '#contract/line';
import { notFound } from '#contract/errors';
import type { StationCommand } from '#main/services/core';

const schema = z
  .object({
    machineId: id,
    plantId: id,
    machineCode: shortText,
    state: z.enum(machineStates),
    faultCode: shortText.nullable(),
    quality: z.enum(['good', 'uncertain', 'bad']),
    goodCount: z.number().int().min(0).nullable(),
    rejectCount: z.number().int().min(0).nullable(),
    /** OPC-UA source timestamp. */
    at: instant,
  })
  .strict();
export type MachineStateChange = z.infer<typeof schema>;

export const recordMachineState: StationCommand<MachineStateChange> = {
  kind: 'line.machine-state',
  schema,
  subject: (change) => `machine:${change.machineCode}`,
  summary: (change) => `${change.machineCode} is ${change.state}`,
  async apply(transaction, change, meta) {
    const machine = await transaction
      .selectFrom('equipment.machines')
      .select('id')
      .where('id', '=', change.machineId)
      .executeTakeFirst();
    if (!machine) throw notFound('error.unknown-machine', { code: change.machineCode });
    await transaction
      .insertInto('equipment.status_history')
      .values({
        organization_id: meta.organizationId,
        id: meta.commandId,
        plant_id: change.plantId,
        machine_id: change.machineId,
        state: change.state,
        fault_code: change.faultCode,
        quality: change.quality,
        good_count: change.goodCount,
        reject_count: change.rejectCount,
        at: new Date(change.at),
      })
      .execute();
  },
};
