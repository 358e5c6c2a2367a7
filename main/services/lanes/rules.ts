/** What binds the operations of a board to each other: links, set-up families and their changes. */
import type { OperationLink, SetupFamily, SetupTransition } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import type { PlannedOperation } from './operations.ts';

/** A link of an operation that is split holds for each of its parts. */
export async function readLinks(
  transaction: DatabaseTransaction,
  plantId: string,
  operations: readonly PlannedOperation[],
): Promise<OperationLink[]> {
  const rows = await transaction
    .selectFrom('production.operation_links')
    .select(['predecessor_id', 'successor_id', 'kind', 'min_lag_s', 'max_lag_s'])
    .where('plant_id', '=', plantId)
    .execute();
  const partsOf = Map.groupBy(operations, ({ rootId }) => rootId);
  return rows.flatMap((row) => {
    const before = partsOf.get(row.predecessor_id) ?? [];
    const after = partsOf.get(row.successor_id) ?? [];
    return before.flatMap((one) =>
      after.map((other) => ({
        predecessorId: one.operation.operationId,
        successorId: other.operation.operationId,
        kind: row.kind as OperationLink['kind'],
        minLagS: row.min_lag_s,
        ...(row.max_lag_s === null ? {} : { maxLagS: row.max_lag_s }),
      })),
    );
  });
}

export async function readFamilies(
  transaction: DatabaseTransaction,
  plantId: string,
): Promise<{ readonly families: SetupFamily[]; readonly transitions: SetupTransition[] }> {
  const families = await transaction
    .selectFrom('production.setup_families')
    .select(['id', 'code', 'name'])
    .where('plant_id', '=', plantId)
    .orderBy('code')
    .execute();
  const transitions = await transaction
    .selectFrom('production.setup_transitions')
    .select(['lane_id', 'from_family_id', 'to_family_id', 'duration_s', 'cost', 'forbidden'])
    .where('plant_id', '=', plantId)
    .orderBy('id')
    .execute();
  return {
    families,
    transitions: transitions.map((row) => ({
      laneId: row.lane_id,
      fromFamilyId: row.from_family_id,
      toFamilyId: row.to_family_id,
      durationS: row.duration_s,
      cost: row.cost,
      ...(row.forbidden ? { forbidden: true } : {}),
    })),
  };
}
