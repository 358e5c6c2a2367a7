import type { BoardOperation } from './types.ts';

/**
 * How an operation (or a work order) stands to its due date. `byMs` is how far its end lies after
 * (`late`) or before (otherwise) the due date; for an unscheduled one, how long is left.
 */
export interface Lateness {
  readonly state: 'on-time' | 'tight' | 'late' | 'unscheduled' | 'completed';
  readonly byMs: number;
}

/** Less slack than this is `tight` unless said otherwise. */
export const tightSlackMs = 4 * 3_600_000;

/** When an operation will have ended as far as is known now; undefined while it has no place. */
export function projectedEndAt(operation: BoardOperation, now: number): number | undefined {
  const { placement, status } = operation;
  if (placement === undefined) return undefined;
  if (status === 'completed') return placement.endsAt;
  const overdueMs = now - placement.startsAt;
  const notBegun = status === 'planned' || status === 'ready';
  // What should have begun and has not is pushed ahead by the present.
  return notBegun && overdueMs > 0 ? placement.endsAt + overdueMs : Math.max(placement.endsAt, now);
}

/** How one bar stands to the due date of its work order; cancelled ones are never late. */
export function latenessOf(operation: BoardOperation, now: number, tightMs = tightSlackMs): Lateness {
  const endsAt = projectedEndAt(operation, now);
  const slackMs = operation.dueAt - (endsAt ?? now);
  if (operation.status === 'cancelled') return { state: 'completed', byMs: 0 };
  if (slackMs < 0) return { state: 'late', byMs: -slackMs };
  if (operation.status === 'completed') return { state: 'completed', byMs: slackMs };
  if (endsAt === undefined) return { state: 'unscheduled', byMs: slackMs };
  return { state: slackMs < tightMs ? 'tight' : 'on-time', byMs: slackMs };
}

/**
 * How a work order stands, from all of its operations: as late as the latest of them; unscheduled while
 * one waits for a place and none is late; completed when all are.
 */
export function workOrderLateness(
  operations: readonly BoardOperation[],
  now: number,
  tightMs = tightSlackMs,
): Lateness {
  const order: readonly Lateness['state'][] = ['completed', 'on-time', 'tight', 'unscheduled', 'late'];
  let worst: Lateness | undefined;
  for (const operation of operations) {
    if (operation.status === 'cancelled') continue;
    const one = latenessOf(operation, now, tightMs);
    const step = worst === undefined ? 1 : order.indexOf(one.state) - order.indexOf(worst.state);
    const further =
      worst !== undefined && (one.state === 'late' ? one.byMs > worst.byMs : one.byMs < worst.byMs);
    if (step > 0 || (step === 0 && further)) worst = one;
  }
  return worst ?? { state: 'completed', byMs: 0 };
}
