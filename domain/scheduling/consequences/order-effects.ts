import type { PlanState } from '../plan-state.ts';
import type { OrderEffect } from './types.ts';

/**
 * Work orders of the operations concerned whose lateness is another on `plan` than before; latest first.
 * `endsBefore` by operation number, where before is not the plan of the index.
 */
export function orderEffects(
  plan: PlanState,
  concerned: readonly number[],
  endsBefore: Float64Array = plan.index.columns.endsAt,
): OrderEffect[] {
  const { index } = plan;
  const effects: OrderEffect[] = [];
  const seen = new Set<string>();
  for (const operation of concerned) {
    const found = index.operations[operation];
    if (found === undefined || seen.has(found.workOrderId)) continue;
    const { workOrderId, workOrderNumber, dueAt } = found;
    seen.add(workOrderId);
    const members = index.workOrders.get(workOrderId) ?? [];
    const lateBeforeMs = Math.max(0, endOf(endsBefore, members) - dueAt);
    const lateAfterMs = Math.max(0, endOf(plan.endsAt, members) - dueAt);
    if (lateBeforeMs === lateAfterMs) continue;
    const change =
      lateBeforeMs === 0
        ? 'becomes-late'
        : lateAfterMs === 0
          ? 'in-time'
          : lateAfterMs > lateBeforeMs
            ? 'later'
            : 'earlier';
    effects.push({ workOrderId, workOrderNumber, change, dueAt, lateBeforeMs, lateAfterMs });
  }
  return effects.sort((a, b) => b.lateAfterMs - a.lateAfterMs);
}

function endOf(endsAt: Float64Array, members: readonly number[]): number {
  let last = -Infinity;
  for (const member of members) {
    const ends = endsAt[member] ?? Number.NaN;
    if (ends > last) last = ends;
  }
  return last;
}
