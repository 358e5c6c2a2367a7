import { finishAfter } from '../../calendars/working-time.ts';
import { linkRefusal } from '../placement-rules.ts';
import { placeIn, workAt, type PlanState } from '../plan-state.ts';
import type { Refusal } from '../types.ts';
import type { Stuck } from './push.ts';

/** A push that came to nothing, as a refusal in the words of who pushed. `lane` where it has no place yet. */
export function stuckRefusal(
  plan: PlanState,
  { operation, by, why }: Stuck,
  lane = plan.laneOf[operation] ?? -1,
): { readonly operationId: string; readonly refusal: Refusal } {
  const { operations, laneList } = plan.index;
  const pusher = operations[by] ?? operations[operation];
  const pushed = operations[operation];
  const where = laneList[lane];
  if (pusher === undefined || pushed === undefined) throw new Error('pushed by what is not on the board');
  const { operationId } = pusher;
  const span = spanOf(plan, by);
  if (why === 'pinned' && where !== undefined) {
    const startsAt = span.startsAt;
    const question = { plan, operation: by, lane: where, startsAt, work: workAt(plan, by, lane, startsAt) };
    const refusal = linkRefusal(question, span, true);
    if (refusal !== undefined) return { operationId, refusal };
  }
  if (why === 'setup' && where !== undefined) {
    const { setupS } = workAt(plan, operation, lane, plan.startsAt[operation] ?? 0);
    const runsAt = plan.runsAt[operation] ?? 0;
    const sequence = plan.sequences[lane] ?? [];
    const before = sequence[placeIn(plan, sequence, operation) - 1];
    const freeAt = before === undefined ? plan.index.now : (plan.endsAt[before] ?? runsAt);
    const readyAt = finishAfter(where.stretches, freeAt, setupS) ?? runsAt;
    const values = { operation: pusher.code, other: pushed.code, setupS, runsAt, readyAt };
    return { operationId, refusal: { reason: 'no-room-for-setup', values } };
  }
  if (why === 'no-time' && where !== undefined) {
    const closesAt = where.stretches.at(-1)?.endsAt ?? plan.index.now;
    const values = { operation: pushed.code, lane: where.lane.code, closesAt };
    return { operationId, refusal: { reason: 'no-working-time-left', values } };
  }
  return { operationId, refusal: { reason: 'push-unsettled', values: { operation: pusher.code } } };
}

function spanOf(plan: PlanState, operation: number) {
  return {
    startsAt: plan.startsAt[operation] ?? Number.NaN,
    runsAt: plan.runsAt[operation] ?? Number.NaN,
    endsAt: plan.endsAt[operation] ?? Number.NaN,
  };
}
