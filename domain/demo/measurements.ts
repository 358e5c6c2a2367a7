import { type Characteristic, roundTo } from './facts.ts';
import { type Random, randomStream } from './random.ts';
import type { MeasurementRow } from './rows.ts';
import type { Run } from './run.ts';

/** How a process wanders: a little from operation to operation, and with the tool as it wears. */
export interface Processes {
  (characteristic: Characteristic): { offset: number; readonly random: Random };
}

export function makeProcesses(seed: number): Processes {
  const known = new Map<string, { offset: number; readonly random: Random }>();
  return (characteristic) => {
    let process = known.get(characteristic.id);
    if (process === undefined) {
      process = { offset: 0, random: randomStream(seed, `process ${characteristic.id}`) };
      known.set(characteristic.id, process);
    }
    return process;
  };
}

/**
 * What was measured on an operation so far, spread over its work. The spread is a third of the
 * tolerance (a capability of about 1), the mean walks, and now and then a tool wears out of it.
 */
export function measureRun(
  run: Run,
  processes: Processes,
  context: {
    readonly organizationId: string;
    readonly newId: (at: number) => string;
    readonly userId: string;
    readonly stationCode: string;
    readonly operationId: string;
    /** Serial number of the unit that was in work at this part (0..1) of the operation. */
    readonly serialAt: (fraction: number) => string | null;
  },
): MeasurementRow[] {
  const rows: MeasurementRow[] = [];
  const { material } = run.operation.order;
  for (const characteristic of material.characteristics) {
    if (characteristic.operation !== run.operation.number) continue;
    const process = processes(characteristic);
    const { random } = process;
    const { nominal, lower, upper, decimals, due } = characteristic;
    const tolerance = Math.min(
      upper === null ? Infinity : upper - nominal,
      lower === null ? Infinity : nominal - lower,
    );
    process.offset = process.offset * 0.85 + random.normal() * 0.11;
    const wear = random.chance(0.12) ? random.between(-0.6, 0.6) : random.between(-0.12, 0.12);
    for (let count = 0; count < due; count += 1) {
      const fraction = (count + random.between(0.25, 0.75)) / due;
      const noise = random.normal() * 0.31;
      const gauged = random.chance(0.6);
      const at = run.instantAt(fraction);
      if (at === undefined) break;
      const value = roundTo(nominal + tolerance * (process.offset + wear * fraction + noise), decimals);
      const shown = lower === null ? Math.max(0, value) : value;
      rows.push({
        organization_id: context.organizationId,
        id: context.newId(at),
        plant_id: material.plant.id,
        operation_id: context.operationId,
        characteristic_id: characteristic.id,
        serial_number: context.serialAt(fraction),
        value: shown,
        inside: (lower === null || shown >= lower) && (upper === null || shown <= upper),
        source: gauged ? 'gauge' : 'typed',
        user_id: context.userId,
        station_code: context.stationCode,
        at,
        recorded_at: at + 350,
      });
    }
  }
  return rows;
}
