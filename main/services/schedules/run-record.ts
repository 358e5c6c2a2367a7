/** Runs of the solver as the database keeps them, and what they leave in a draft. */
import { sql } from 'kysely';
import { refused } from '#contract/errors';
import type { objective } from '#contract/schedules';
import type { Placement } from '#domain/scheduling/types';
import type { z } from 'zod';
import type { DatabaseTransaction } from '#main/services/core';

/** With what a run was begun: enough to run it again. */
export interface RunParameters {
  readonly versionId: string;
  readonly mode: 'optimise' | 'repair';
  readonly objective: z.output<typeof objective>;
  readonly seconds: number;
  readonly seed: number;
  readonly threads: number;
}

/** A desk that was switched off leaves its run behind: it is held for dead this long after its time. */
const graceS = 60;

/** One at a time on a version, at whichever desk. Throws `Refused`. */
export async function refuseWhileSolving(
  transaction: DatabaseTransaction,
  versionId: string,
  reason: 'refusal.run-under-way' | 'refusal.version-solving',
): Promise<void> {
  const { rows } = await sql`
    SELECT FROM planning.optimization_runs
    WHERE kind = 'schedule' AND status = 'running' AND parameters ->> 'versionId' = ${versionId}
      AND started_at + make_interval(secs => (parameters ->> 'seconds')::float8 + ${graceS}) > now()`.execute(
    transaction,
  );
  if (rows.length > 0) throw refused(reason);
}

export async function beginRun(
  transaction: DatabaseTransaction,
  run: { readonly id: string; readonly plantId: string; readonly parameters: RunParameters },
): Promise<void> {
  const { id, plantId, parameters } = run;
  const terms = parameters.objective.terms.map(({ term, weight }) => `${term} x ${weight}`).join(', ');
  await sql`
    INSERT INTO planning.optimization_runs (organization_id, id, plant_id, kind, solver, objective, seed, parameters,
      requested_by)
    VALUES (identity.current_organization(), ${id}, ${plantId}, 'schedule', 'lanewright-rich',
      ${`${parameters.objective.mode}: ${terms}`}, ${parameters.seed}, ${JSON.stringify(parameters)},
      identity.current_user_id())`.execute(transaction);
}

export interface RunEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly outcome: 'optimal' | 'feasible' | 'infeasible' | 'unknown' | null;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly solveMs: number;
  readonly failure: string | null;
}

export async function endRun(transaction: DatabaseTransaction, runId: string, end: RunEnd): Promise<void> {
  const { objective: value, bound } = end;
  await transaction
    .updateTable('planning.optimization_runs')
    .set({
      status: end.status,
      outcome: end.status === 'completed' ? (end.outcome ?? 'unknown') : null,
      objective_value: value,
      // Rounding of large sums must not make a bound cross the value.
      bound: value === null || bound === null ? null : Math.min(bound, value),
      solve_ms: Math.round(end.solveMs),
      failure: end.failure,
      ended_at: sql`greatest(clock_timestamp(), started_at)`,
    })
    .where('id', '=', runId)
    .where('status', '=', 'running')
    .execute();
}

/** The schedule of a run becomes the draft, in one statement; null takes a bar off its lane. */
export async function writeSolution(
  transaction: DatabaseTransaction,
  versionId: string,
  runId: string,
  bars: readonly {
    readonly operationId: string;
    readonly placement: Placement | null;
    readonly setupS: number;
  }[],
): Promise<void> {
  const rows = bars.map(({ operationId, placement, setupS }) => ({
    id: operationId,
    lane_id: placement?.laneId ?? null,
    starts_at: placement === null ? null : placement.startsAt / 1000,
    ends_at: placement === null ? null : placement.endsAt / 1000,
    setup_s: setupS,
  }));
  await sql`
    UPDATE production.schedule_entries AS entry
    SET lane_id = bar.lane_id, starts_at = to_timestamp(bar.starts_at), ends_at = to_timestamp(bar.ends_at),
      setup_s = bar.setup_s
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS bar(id uuid, lane_id uuid, starts_at float8, ends_at float8, setup_s integer)
    WHERE entry.schedule_version_id = ${versionId} AND coalesce(entry.operation_id, entry.id) = bar.id
      AND (entry.lane_id, entry.starts_at, entry.ends_at, entry.setup_s) IS DISTINCT FROM
        (bar.lane_id, to_timestamp(bar.starts_at), to_timestamp(bar.ends_at), bar.setup_s)`.execute(
    transaction,
  );
  await sql`UPDATE production.schedule_versions SET optimization_run_id = ${runId} WHERE id = ${versionId}`.execute(
    transaction,
  );
}
