/** The small plant with a planner at it: services of lanes and schedules, hours counted from Monday 06:00. */
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { startServiceCore } from './service-core.ts';
import type { ServiceCore } from './service-core.ts';
import type { Login } from './small-plant.ts';
import type { PlanEdit } from '#contract/lanes';
import type { ScheduleVersion } from '#contract/schedules';
import type { BoardOperation } from '#domain/scheduling/types';
import { createLanesService } from '#main/services/lanes/service';
import { createSchedulesService } from '#main/services/schedules/service';

export const hourMs = 3_600_000;
export const password = 'correct horse';

export const objective = {
  mode: 'weighted' as const,
  terms: [
    { term: 'tardiness' as const, weight: 10 },
    { term: 'makespan' as const, weight: 1 },
  ],
};

export async function startPlanning() {
  const at: ServiceCore = await startServiceCore();
  const lanes = createLanesService(at.core);
  const schedules = createSchedulesService(at.core);
  const owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  await owner.query(
    `UPDATE identity.users SET password_hash = public.crypt($1, public.gen_salt('bf', 4)) WHERE login = 'pumps.small'`,
    [password],
  );
  const { mondayAt, pumps } = at.plant;
  const board = (versionId: string | null = null) =>
    lanes.board(at.call('pumps'), {
      plantId: pumps,
      from: mondayAt - 6 * hourMs,
      to: mondayAt + 90 * hourMs,
      versionId,
    });
  const find = async (code: string, versionId: string | null = null): Promise<BoardOperation> => {
    const found = (await board(versionId)).operations.find((one) => one.code === code);
    if (!found) throw new Error(`${code} is not on the board`);
    return found;
  };
  const edit = (edits: readonly PlanEdit[], versionId: string | null = null, login: Login = 'pumps') =>
    lanes.edit(at.call(login), { commandId: uuidv7(), plantId: pumps, versionId, edits: [...edits] });
  const version = async (id: string): Promise<ScheduleVersion> => {
    const all = await schedules.versions(at.call('pumps'), { plantId: pumps });
    const found = all.find((one) => one.id === id);
    if (!found) throw new Error('no such version is listed');
    return found;
  };
  return {
    at,
    lanes,
    schedules,
    owner,
    board,
    find,
    edit,
    version,
    /** Where an operation begins, in hours from Monday 06:00. */
    async startOf(code: string, versionId: string | null = null): Promise<number | undefined> {
      const { placement } = await find(code, versionId);
      return placement && (placement.startsAt - mondayAt) / hourMs;
    },
    async place(
      code: string,
      hours: number,
      options: { readonly versionId?: string | null; readonly lane?: 'assembly' | 'testing' } = {},
    ) {
      const { versionId = null, lane = 'assembly' } = options;
      const { operationId, version: seen } = await find(code, versionId);
      const startsAt = mondayAt + hours * hourMs;
      await edit(
        [{ type: 'place', operationId, laneId: at.plant.lanes[lane], startsAt, version: seen }],
        versionId,
      );
    },
    draft: (name = 'Draft', fromVersionId: string | null = null) =>
      schedules.createDraft(at.call('pumps'), { commandId: uuidv7(), plantId: pumps, name, fromVersionId }),
    async publish(
      versionId: string,
      more: {
        readonly password?: string;
        readonly frozenUntil?: number | null;
        readonly version?: number;
      } = {},
    ) {
      return schedules.publish(at.call('pumps'), {
        commandId: uuidv7(),
        versionId,
        version: more.version ?? (await version(versionId)).version,
        password: more.password ?? password,
        reason: 'Weekly plan',
        frozenUntil: more.frozenUntil ?? null,
      });
    },
    /** Nothing is placed, no version was ever made. */
    async reset(): Promise<void> {
      await owner.query(
        `SET session_replication_role = replica;
         DELETE FROM production.schedule_presence; DELETE FROM production.schedule_entries;
         DELETE FROM production.schedule_versions; DELETE FROM planning.optimization_runs;
         DELETE FROM production.capacity_reservation_steps; DELETE FROM production.capacity_reservations;
         DELETE FROM production.operations WHERE split_from_id IS NOT NULL;
         UPDATE production.operations SET lane_id = NULL, starts_at = NULL, ends_at = NULL, setup_s = 0, locked = false,
           quantity = NULL, status = 'ready', duration_s = CASE number WHEN 20 THEN 3600 ELSE 7200 END, version = 1
           WHERE code LIKE 'WO-00000_/_0';
         SET session_replication_role = origin`,
      );
    },
    async close(): Promise<void> {
      await schedules.close();
      await owner.end();
      await at.close();
    },
  };
}
export type Planning = Awaited<ReturnType<typeof startPlanning>>;
