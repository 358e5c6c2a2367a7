import { forbiddenSetup } from '../placement-rules.ts';
import { familyBefore, type PlanState } from '../plan-state.ts';
import type { Refusal } from '../types.ts';

/**
 * Changes of set-up on the lanes of a changed plan that may not be made, and that the plan did not have
 * before: asked when all stands, for whoever gives way, or leaves a lane, brings others next to each other.
 * Each is told of the one in hand, where one of the two is.
 */
export function newlyForbidden(
  plan: PlanState,
  inHand: ReadonlySet<number>,
): { readonly operationId: string; readonly refusal: Refusal }[] {
  const { index } = plan;
  const base = index.columns;
  if (!index.setups.anyForbidden) return [];
  return plan.own.flatMap((sequence, number) => {
    const lane = index.laneList[number];
    if (sequence === undefined || lane === undefined) return [];
    let before = -1;
    return sequence.flatMap((operation) => {
      const family = index.operations[operation]?.familyId;
      if (family === undefined) return [];
      const last = before;
      before = operation;
      const refusal = forbiddenSetup(index, lane, last, operation);
      if (refusal === undefined) return [];
      const was = familyBefore(base, number, base.startsAt[operation] ?? 0, operation);
      if (base.laneOf[operation] === number && was === index.operations[last]?.familyId) return [];
      const told = inHand.has(last) && !inHand.has(operation) ? last : operation;
      return [{ operationId: index.operations[told]?.operationId ?? '', refusal }];
    });
  });
}
