/** Why a work order ends when it does, told along the plan it stands in. */
import type { WhyLateStep } from '#contract/schedules';
import { notFound } from '#contract/errors';
import { whyLate } from '#domain/scheduling/explain/why-late';
import type { DatabaseTransaction } from '#main/services/core';
import type { PlanSource } from '#main/services/lanes/plan-source';
import { onTheClock } from './check.ts';
import { noObjective, problemOf } from './problem.ts';

/** From the last operation back to what it all began with; empty when nothing of the order is placed. */
export async function explainOrder(
  transaction: DatabaseTransaction,
  source: PlanSource,
  workOrderId: string,
  now: number,
): Promise<WhyLateStep[]> {
  const { problem, schedule, originAt, operations } = await problemOf(transaction, source, {
    now,
    objective: noObjective,
    begun: 'planned',
  });
  if (!operations.some((operation) => operation.workOrderId === workOrderId)) {
    throw notFound('error.unknown-work-order');
  }
  const codeOf = new Map(operations.map(({ operationId, code }) => [operationId, code]));
  return whyLate(problem, schedule, workOrderId).map((step): WhyLateStep => ({
    operationId: step.operation,
    code: codeOf.get(step.operation) ?? '',
    laneId: step.lane,
    startsAt: originAt + step.start * 1000,
    endsAt: originAt + step.end * 1000,
    cause: step.cause,
    values: onTheClock(step.values, originAt),
    ...(step.by === undefined ? {} : { byOperationId: step.by }),
    waitedS: step.waited,
  }));
}

/** The plant of a work order. Throws `NotFound`. */
export async function plantOfOrder(transaction: DatabaseTransaction, workOrderId: string): Promise<string> {
  const order = await transaction
    .selectFrom('production.work_orders')
    .select('plant_id')
    .where('id', '=', workOrderId)
    .executeTakeFirst();
  if (order === undefined) throw notFound('error.unknown-work-order');
  return order.plant_id;
}
