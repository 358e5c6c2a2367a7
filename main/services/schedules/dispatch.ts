/** What a lane is to do next, in order: for its operators, for the wall, and for their calendars. */
import { sql } from 'kysely';
import { notFound } from '#contract/errors';
import type { DispatchLine } from '#contract/schedules';
import type { Interval } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { readCoverage } from '#main/services/lanes/materials';
import { selectOperations, withMaterial } from '#main/services/lanes/operations';
import { planOf } from '#main/services/lanes/plan-source';
import { readFamilies } from '#main/services/lanes/rules';

export interface DispatchLane {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** A lane of the plant. Throws `NotFound`. */
export async function readLane(
  transaction: DatabaseTransaction,
  plantId: string,
  laneId: string,
): Promise<DispatchLane> {
  const lane = await transaction
    .selectFrom('production.lanes')
    .select(['id', 'code', 'name'])
    .where('plant_id', '=', plantId)
    .where('id', '=', laneId)
    .executeTakeFirst();
  if (lane === undefined) throw notFound('error.unknown-lane');
  return lane;
}

/** Open work of the plan that holds which touches the range; what has begun comes first. */
export async function readDispatch(
  transaction: DatabaseTransaction,
  plantId: string,
  laneId: string,
  range: Interval,
): Promise<DispatchLine[]> {
  const planned = await selectOperations(
    transaction,
    await planOf(transaction, plantId),
    sql`bar.lane_id = ${laneId} AND (bar.status IN ('running', 'paused') OR (bar.status IN ('planned', 'ready')
      AND bar.starts_at < ${new Date(range.endsAt)} AND bar.ends_at > ${new Date(range.startsAt)}))`,
  );
  const coverage = await readCoverage(transaction, plantId);
  const { families } = await readFamilies(transaction, plantId);
  const nameOf = new Map(families.map(({ id, name }) => [id, name]));
  const isUnderWay = ({ status }: { readonly status: string }) => status === 'running' || status === 'paused';
  return planned
    .map(({ operation, setupS }) => ({ operation: withMaterial(operation, coverage), setupS }))
    .toSorted(
      (a, b) =>
        Number(isUnderWay(b.operation)) - Number(isUnderWay(a.operation)) ||
        (a.operation.placement?.startsAt ?? 0) - (b.operation.placement?.startsAt ?? 0),
    )
    .map(({ operation, setupS }): DispatchLine => ({
      operationId: operation.operationId,
      code: operation.code,
      name: operation.name,
      materialCode: operation.materialCode,
      materialName: operation.materialName,
      quantity: operation.quantity,
      unit: operation.unit,
      status: operation.status,
      startsAt: operation.placement?.startsAt ?? 0,
      endsAt: operation.placement?.endsAt ?? 0,
      setupS,
      family: operation.familyId === undefined ? null : (nameOf.get(operation.familyId) ?? null),
      customer: operation.customer ?? null,
      dueAt: operation.dueAt,
      material: operation.material ?? null,
    }));
}
