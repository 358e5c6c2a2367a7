/** Every rule that a plan breaks, told for people. */
import type { Violation } from '#contract/schedules';
import { checkSchedule } from '#domain/scheduling/checker/check-schedule';
import type { BoardOperation } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import type { PlanSource } from '#main/services/lanes/plan-source';
import { noObjective, problemOf } from './problem.ts';

/**
 * What waits for a place breaks no rule: a plan may leave work for later. Nor does a bar that should have
 * begun by now and that the draft left where the plan has it: that is the plant's doing, not the draft's.
 */
export async function violationsOf(
  transaction: DatabaseTransaction,
  source: PlanSource,
  now: number,
): Promise<Violation[]> {
  const { problem, schedule, originAt, operations } = await problemOf(transaction, source, {
    now,
    objective: noObjective,
    begun: 'planned',
  });
  const byId = new Map(operations.map((operation) => [operation.operationId, operation]));
  return checkSchedule(problem, schedule)
    .filter(
      ({ rule, operations: ids }) =>
        rule !== 'missing' &&
        !(rule === 'before-now' && ids.every((id) => isAsPlanned(byId.get(id), source))),
    )
    .map(({ rule, values, operations: operationIds }) => ({
      rule,
      values: onTheClock(values, originAt),
      // Promised room is no bar that anybody could look at.
      operationIds: operationIds.filter((id) => byId.has(id)),
    }));
}

function isAsPlanned(operation: BoardOperation | undefined, { kind }: PlanSource): boolean {
  if (kind !== 'draft') return true;
  const { placement, baseline } = operation ?? {};
  return placement?.laneId === baseline?.laneId && placement?.startsAt === baseline?.startsAt;
}

/** Values that end in `At` are seconds from the origin of a problem; people read the clock. */
export function onTheClock(
  values: Readonly<Record<string, string | number>>,
  originAt: number,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name.endsWith('At') && typeof value === 'number' ? originAt + value * 1000 : value,
    ]),
  );
}
