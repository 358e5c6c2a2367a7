/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import { startStart } from './compile.ts';
import type { Plan } from './plan.ts';

/**
 * The operation that an operation waited for: of its predecessors by link and by lane the one that let it
 * begin last; -1: none did, a date or a pinned operation holds it.
 */
export function waitedFor(plan: Plan, operation: number): number {
  const { into, linkFrom, linkKind, linkMin } = plan.compiled;
  let latest = plan.compiled.headRun[operation]!;
  let cause = -1;
  for (let at = into.from[operation]!; at < into.from[operation + 1]!; at += 1) {
    const link = into.items[at]!;
    const from = linkFrom[link]!;
    const since = (linkKind[link] === startStart ? plan.run[from]! : plan.end[from]!) + linkMin[link]!;
    if (since <= latest) continue;
    latest = since;
    cause = from;
  }
  const before = plan.before[operation]!;
  if (before >= 0 && plan.placed[before] === 1 && plan.end[before]! + plan.setup[operation]! > latest) {
    cause = before;
  }
  return cause;
}

/** The last operation of an order; -1 when none is placed. */
export function lastOfOrder(plan: Plan, order: number): number {
  const { inOrder } = plan.compiled;
  let last = -1;
  for (let at = inOrder.from[order]!; at < inOrder.from[order + 1]!; at += 1) {
    const operation = inOrder.items[at]!;
    if (plan.placed[operation] === 1 && (last < 0 || plan.end[operation]! > plan.end[last]!))
      last = operation;
  }
  return last;
}
