/** What a plant can be asked: materials that it has made before, how it last solved, and what it assumes. */
import { sql } from 'kysely';
import { objective as objectiveSchema } from '#contract/schedules';
import type { BreakdownSettings, PlanningPreferences, schedules } from '#contract/schedules';
import type { OutputOf } from '#contract/procedures';
import type { DatabaseTransaction } from '#main/services/core';
import { usualMinorStopS, usualRepairS } from '#main/services/lanes/machines-down';

/** In time before all, few set-ups, and little moved without a reason. */
const usualSolve: Pick<PlanningPreferences, 'objective' | 'seconds'> = {
  objective: {
    mode: 'weighted',
    terms: [
      { term: 'tardiness', weight: 10 },
      { term: 'setup-time', weight: 1 },
      { term: 'work-in-progress', weight: 0.05 },
      { term: 'changes', weight: 60 },
    ],
  },
  seconds: 20,
};

/** The objective and the time that the plant last solved with, and what it takes for a breakdown. */
export async function readPreferences(
  transaction: DatabaseTransaction,
  plantId: string,
): Promise<PlanningPreferences> {
  const settings = await transaction
    .selectFrom('planning.plant_settings')
    .select(['assumed_repair_s', 'minor_stop_s'])
    .where('plant_id', '=', plantId)
    .executeTakeFirst();
  return {
    ...(await readLastSolve(transaction, plantId)),
    assumedRepairS: settings?.assumed_repair_s ?? usualRepairS,
    minorStopS: settings?.minor_stop_s ?? usualMinorStopS,
  };
}

/** What is left out stays as it is. */
export async function writePreferences(
  transaction: DatabaseTransaction,
  plantId: string,
  { assumedRepairS, minorStopS }: BreakdownSettings,
): Promise<void> {
  await sql`
    INSERT INTO planning.plant_settings AS settings (organization_id, plant_id, assumed_repair_s, minor_stop_s)
    VALUES (identity.current_organization(), ${plantId}, ${assumedRepairS ?? null}, ${minorStopS ?? null})
    ON CONFLICT (organization_id, plant_id) DO UPDATE SET
      assumed_repair_s = coalesce(excluded.assumed_repair_s, settings.assumed_repair_s),
      minor_stop_s = coalesce(excluded.minor_stop_s, settings.minor_stop_s)`.execute(transaction);
}

async function readLastSolve(transaction: DatabaseTransaction, plantId: string): Promise<typeof usualSolve> {
  const last = await transaction
    .selectFrom('planning.optimization_runs')
    .select('parameters')
    .where('plant_id', '=', plantId)
    .where('kind', '=', 'schedule')
    .where('status', '=', 'completed')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { objective, seconds } = (last?.parameters ?? {}) as { objective?: unknown; seconds?: unknown };
  const known = objectiveSchema.safeParse(objective);
  if (!known.success || typeof seconds !== 'number') return usualSolve;
  return { objective: known.data, seconds };
}

/** Materials that a work order of the plant was ever made for: of those it is known how they are made. */
export async function readPromisable(
  transaction: DatabaseTransaction,
  plantId: string,
): Promise<OutputOf<typeof schedules.promisable>> {
  const { rows } = await sql<{ id: string; code: string; name: string; unit: string }>`
    SELECT material.id, material.code, material.name, material.unit
    FROM material.materials AS material
    WHERE EXISTS (SELECT FROM production.work_orders AS made
      WHERE made.organization_id = material.organization_id AND made.material_id = material.id
        AND made.plant_id = ${plantId} AND made.status <> 'cancelled')
    ORDER BY material.code`.execute(transaction);
  return rows;
}
