import type { ShopInstance } from './instance.ts';
import type { ShopOperation } from './schedule.ts';

export type ShopViolation =
  | { readonly kind: 'unknown-operation'; readonly job: number; readonly index: number }
  | { readonly kind: 'operation-twice'; readonly job: number; readonly index: number }
  | { readonly kind: 'operation-missing'; readonly job: number; readonly index: number }
  | { readonly kind: 'time-not-whole'; readonly job: number; readonly index: number }
  | { readonly kind: 'before-the-start'; readonly job: number; readonly index: number }
  | {
      readonly kind: 'machine-not-able';
      readonly job: number;
      readonly index: number;
      readonly machine: number;
    }
  | {
      readonly kind: 'duration-differs';
      readonly job: number;
      readonly index: number;
      readonly machine: number;
    }
  | { readonly kind: 'route-broken'; readonly job: number; readonly index: number }
  | {
      readonly kind: 'machine-overlap';
      readonly machine: number;
      readonly job: number;
      readonly index: number;
      readonly other: { readonly job: number; readonly index: number };
    };

/**
 * What a schedule breaks: nothing for a valid one. Knows nothing of how schedules are made; it reads the
 * instance and the times alone. Operations may come in any order.
 */
export function verify(instance: ShopInstance, operations: readonly ShopOperation[]): ShopViolation[] {
  const violations: ShopViolation[] = [];
  const planned = new Map<number, ShopOperation>();
  for (const operation of operations) {
    const { job, index } = operation;
    const id = operationId(instance, job, index);
    if (id === undefined) violations.push({ kind: 'unknown-operation', job, index });
    else if (planned.has(id)) violations.push({ kind: 'operation-twice', job, index });
    else planned.set(id, operation);
  }
  for (let job = 0; job < instance.jobCount; job += 1) {
    let free = 0;
    for (let index = 0; ; index += 1) {
      const id = operationId(instance, job, index);
      if (id === undefined) break;
      const operation = planned.get(id);
      if (!operation) {
        violations.push({ kind: 'operation-missing', job, index });
        continue;
      }
      const { machine, start, end } = operation;
      if (!Number.isInteger(start) || !Number.isInteger(end))
        violations.push({ kind: 'time-not-whole', job, index });
      if (start < 0) violations.push({ kind: 'before-the-start', job, index });
      const durations = durationsOn(instance, id, machine);
      if (durations.length === 0) violations.push({ kind: 'machine-not-able', job, index, machine });
      else if (!durations.includes(end - start))
        violations.push({ kind: 'duration-differs', job, index, machine });
      if (index > 0 && start < free) violations.push({ kind: 'route-broken', job, index });
      free = Math.max(free, end);
    }
  }
  return [...violations, ...overlaps([...planned.values()])];
}

function overlaps(operations: readonly ShopOperation[]): ShopViolation[] {
  const violations: ShopViolation[] = [];
  const latest = new Map<number, ShopOperation>();
  for (const operation of operations.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const { machine, job, index } = operation;
    const other = latest.get(machine);
    if (other && other.end > operation.start) {
      violations.push({
        kind: 'machine-overlap',
        machine,
        job,
        index,
        other: { job: other.job, index: other.index },
      });
    }
    if (!other || operation.end > other.end) latest.set(machine, operation);
  }
  return violations;
}

function operationId(instance: ShopInstance, job: number, index: number): number | undefined {
  const first = instance.firstOperation[job];
  const next = instance.firstOperation[job + 1];
  if (first === undefined || next === undefined || !Number.isInteger(index) || index < 0) return undefined;
  return first + index < next ? first + index : undefined;
}

function durationsOn(instance: ShopInstance, operation: number, machine: number): number[] {
  const from = instance.firstAlternative[operation] ?? 0;
  const to = instance.firstAlternative[operation + 1] ?? from;
  return [...instance.alternativeDuration.subarray(from, to)].filter(
    (_, at) => instance.alternativeMachine[from + at] === machine,
  );
}
