import type { BoardIndex, LaneIndex, PlanColumns } from './board-index.ts';
import { placementOf, workAt } from './plan-state.ts';
import {
  calendarRefusal,
  capacityRefusal,
  datesRefusal,
  eligibilityRefusal,
  forbiddenRefusal,
  linkRefusal,
  pinRefusal,
  setupRefusal,
} from './placement-rules.ts';
import type { PlacementCheck, ProposedMove, Refusal } from './types.ts';
import { spanFrom, type WorkingSpan } from './working-span.ts';

/**
 * May this operation stand on that lane from then on? The one rule for the canvas, which asks on each
 * pointer move, and for the service, which has the last word.
 *
 * Accepted: the placement, with the set-up after what runs before it, its end counted in the lane's
 * working time. Refused: the first rule that says no, and the placement as it would be where it can be
 * told, so that it can be drawn. Refusals name operations and lanes by code; instants in their values are
 * epoch milliseconds.
 */
export function checkPlacement(index: BoardIndex, move: ProposedMove): PlacementCheck {
  const operation = index.numbers.get(move.operationId);
  if (operation === undefined) return refused('unknown-operation', { operation: move.operationId });
  const pinned = pinRefusal(index, operation);
  if (pinned !== undefined) return { ok: false, refusal: pinned };
  const lane = index.lanes.get(move.laneId);
  if (lane === undefined) return refused('unknown-lane', { lane: move.laneId });
  const judged = judge(index.columns, operation, lane, move.startsAt, true);
  const placement = judged.span === undefined ? undefined : placementOf(move.laneId, judged.span);
  if (judged.refusal !== undefined) {
    return placement === undefined
      ? { ok: false, refusal: judged.refusal }
      : { ok: false, refusal: judged.refusal, placement };
  }
  if (placement === undefined) throw new Error(`No rule refused ${move.operationId}, yet it has no end`);
  return { ok: true, placement };
}

/** Where an operation would stand on a plan, and the first rule that says no. */
export interface Judged {
  readonly span: WorkingSpan | undefined;
  readonly refusal: Refusal | undefined;
}

/**
 * Asks all rules about an operation that begins at `startsAt` on a lane of `plan`, wherever it stands
 * there now. `othersStay` false leaves out what others could mend by giving way: those that follow it, and
 * those on the lane.
 */
export function judge(
  plan: PlanColumns,
  operation: number,
  lane: LaneIndex,
  startsAt: number,
  othersStay: boolean,
): Judged {
  const work = workAt(plan, operation, lane.number, startsAt);
  const span = spanFrom(lane.stretches, startsAt, work);
  const what = { plan, operation, lane, startsAt, work };
  const refusal =
    eligibilityRefusal(what) ??
    calendarRefusal(what, span) ??
    (span === undefined
      ? undefined
      : (datesRefusal(what, span) ??
        linkRefusal(what, span, othersStay) ??
        (othersStay
          ? (capacityRefusal(what, span) ?? forbiddenRefusal(what, span) ?? setupRefusal(what, span))
          : undefined)));
  return { span, refusal };
}

function refused(reason: Refusal['reason'], values: Refusal['values']): PlacementCheck {
  return { ok: false, refusal: { reason, values } };
}
