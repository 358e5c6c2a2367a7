import type { ShopInstance, ShopPlan } from './instance.ts';
import type { Random } from './random.ts';

/**
 * A start: active schedules after Giffler and Thompson, the machine that could finish first is given the
 * job with the most work left, blurred by chance. Where machines can be chosen, the earliest end decides.
 *
 * @param blur 0: the rule alone; 1: as much chance as rule.
 */
export function dispatch(instance: ShopInstance, random: Random, blur: number): ShopPlan {
  const { jobCount, machineCount, operationCount, firstOperation, firstAlternative } = instance;
  const { alternativeMachine, alternativeDuration } = instance;
  const next = firstOperation.slice(0, jobCount);
  const jobFree = new Float64Array(jobCount);
  const machineFree = new Float64Array(machineCount);
  const left = workLeft(instance);
  const order = new Int32Array(operationCount);
  const chosen = new Int32Array(operationCount);
  const endsOn = (job: number, alternative: number) =>
    Math.max(jobFree[job] ?? 0, machineFree[alternativeMachine[alternative] ?? 0] ?? 0) +
    (alternativeDuration[alternative] ?? 0);

  for (let at = 0; at < operationCount; at += 1) {
    let earliest = Number.POSITIVE_INFINITY;
    let machine = -1;
    for (let job = 0; job < jobCount; job += 1) {
      const operation = next[job] ?? 0;
      if (operation === firstOperation[job + 1]) continue;
      const [from = 0, to = 0] = [firstAlternative[operation], firstAlternative[operation + 1]];
      for (let alternative = from; alternative < to; alternative += 1) {
        const end = endsOn(job, alternative);
        if (end > earliest || (end === earliest && random.fraction() < 0.5)) continue;
        earliest = end;
        machine = alternativeMachine[alternative] ?? 0;
      }
    }
    let bestScore = Number.NEGATIVE_INFINITY;
    let [bestJob, bestAlternative] = [-1, -1];
    for (let job = 0; job < jobCount; job += 1) {
      const operation = next[job] ?? 0;
      if (operation === firstOperation[job + 1]) continue;
      const [from = 0, to = 0] = [firstAlternative[operation], firstAlternative[operation + 1]];
      for (let alternative = from; alternative < to; alternative += 1) {
        if (alternativeMachine[alternative] !== machine) continue;
        const end = endsOn(job, alternative);
        if (end - (alternativeDuration[alternative] ?? 0) >= earliest && end > earliest) continue;
        const score = (left[operation] ?? 0) * (1 + blur * (2 * random.fraction() - 1));
        if (score <= bestScore) continue;
        bestScore = score;
        bestJob = job;
        bestAlternative = alternative;
      }
    }
    const operation = next[bestJob] ?? 0;
    const end = endsOn(bestJob, bestAlternative);
    jobFree[bestJob] = end;
    machineFree[machine] = end;
    next[bestJob] = operation + 1;
    order[at] = operation;
    chosen[operation] = bestAlternative;
  }
  return { order, chosen };
}

/** From each operation to the end of its job, its shortest alternatives; one more, so that it is never 0. */
function workLeft({ jobCount, operationCount, ...instance }: ShopInstance): Float64Array {
  const left = new Float64Array(operationCount);
  for (let job = 0; job < jobCount; job += 1) {
    let sum = 1;
    const first = instance.firstOperation[job] ?? 0;
    for (let operation = (instance.firstOperation[job + 1] ?? 0) - 1; operation >= first; operation -= 1) {
      const from = instance.firstAlternative[operation];
      const to = instance.firstAlternative[operation + 1];
      sum += Math.min(...instance.alternativeDuration.subarray(from, to));
      left[operation] = sum;
    }
  }
  return left;
}
