import type { ShopInstance, ShopPlan } from './instance.ts';

/** One operation as it is planned; `job`, `index` in the route and `machine` from 0. */
export interface ShopOperation {
  readonly job: number;
  readonly index: number;
  readonly machine: number;
  readonly start: number;
  readonly end: number;
}

/** When each operation of a plan begins at the earliest, in the order of the jobs. */
export function scheduleOf(instance: ShopInstance, plan: ShopPlan): ShopOperation[] {
  const jobFree = new Float64Array(instance.jobCount);
  const machineFree = new Float64Array(instance.machineCount);
  const operations: ShopOperation[] = [];
  for (const operation of plan.order) {
    const job = instance.jobOf[operation] ?? 0;
    const alternative = plan.chosen[operation] ?? 0;
    const machine = instance.alternativeMachine[alternative] ?? 0;
    const start = Math.max(jobFree[job] ?? 0, machineFree[machine] ?? 0);
    const end = start + (instance.alternativeDuration[alternative] ?? 0);
    jobFree[job] = end;
    machineFree[machine] = end;
    operations.push({
      job,
      index: operation - (instance.firstOperation[job] ?? 0),
      machine,
      start,
      end,
    });
  }
  return operations.toSorted((a, b) => a.job - b.job || a.index - b.index);
}
