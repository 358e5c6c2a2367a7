/** What the services of the plan take on 10,000 operations: until the answer, and how long they hold up others. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { PlanEdit } from '#contract/lanes';
import { createLanesService } from '#main/services/lanes/service';
import { createSchedulesService } from '#main/services/schedules/service';
import { startServiceCore } from '../support/service-core.ts';
import type { ServiceCore } from '../support/service-core.ts';
import { startTestPostgres } from '../support/postgres.ts';
import type { Bench } from './figure.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const orders = 2500;
const lanes = 100;
const password = 'correct horse';
const boardOfPlan = 'board of the plan';

/**
 * Orders of four steps, each step on 25 lanes of its own, an hour each on lanes that work 16 hours on
 * weekdays; each fifth hour begins with ten minutes of set-up.
 */
async function fill(owner: pg.Client, { plant }: ServiceCore): Promise<void> {
  const given = [plant.organizationId, plant.pumps];
  const statements = [
    `CREATE TEMP TABLE family AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, 4) AS n`,
    `INSERT INTO production.setup_families (organization_id, id, plant_id, code, name)
       SELECT $1, id, $2, 'F' || n, 'Family ' || n FROM family`,
    `INSERT INTO production.setup_transitions (organization_id, id, plant_id, to_family_id, duration_s)
       SELECT $1, gen_random_uuid(), $2, id, 600 FROM family`,
    `CREATE TEMP TABLE lane AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, ${lanes - 1}) AS n`,
    `INSERT INTO production.lanes (organization_id, id, plant_id, area_id, code, name, capacity, shift_codes, position)
       SELECT $1, lane.id, $2, like_it.area_id, 'L-' || n, 'Lane ' || n, 1, '{DAY,LATE}', 10 + n
       FROM lane, production.lanes AS like_it WHERE like_it.id = '${plant.lanes.assembly}'`,
    `CREATE TEMP TABLE work AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, ${orders - 1}) AS n`,
    `INSERT INTO production.work_orders (organization_id, id, plant_id, number, material_id, quantity, unit, status, due_at)
       SELECT $1, id, $2, 'WO-' || 100000 + n, '${plant.materials.pump50}', 10, 'pcs', 'released',
         to_timestamp(${plant.mondayAt / 1000}) + n * interval '6 minutes' FROM work`,
    `INSERT INTO production.operations (organization_id, id, plant_id, work_order_id, number, code, name, status, duration_s,
         eligible_lane_ids, setup_family_id, setup_s, lane_id, starts_at, ends_at)
       SELECT $1, gen_random_uuid(), $2, work.id, 10 * step, 'WO-' || 100000 + work.n || '/' || 10 * step, 'Step ' || step,
         'ready', 3600 - set_up.s, ARRAY[lane.id, other.id], family.id, set_up.s, lane.id, place.at, place.at + interval '1 hour'
       FROM work CROSS JOIN generate_series(1, 4) AS step
       JOIN lane ON lane.n = work.n % 25 + 25 * (step - 1)
       JOIN lane AS other ON other.n = (work.n + 1) % 25 + 25 * (step - 1)
       CROSS JOIN LATERAL (SELECT work.n / 25 AS slot) AS own
       JOIN family ON family.n = own.slot / 5 % 5
       CROSS JOIN LATERAL (SELECT CASE WHEN own.slot % 5 = 0 THEN 600 ELSE 0 END AS s) AS set_up
       CROSS JOIN LATERAL (SELECT own.slot + step - 1 AS hour) AS hours
       CROSS JOIN LATERAL (SELECT to_timestamp(${plant.mondayAt / 1000}) + make_interval(hours => hour % 16,
         days => hour / 16 / 5 * 7 + hour / 16 % 5) AS at) AS place`,
  ];
  await owner.query('SET session_replication_role = replica');
  for (const statement of statements) {
    await owner.query(statement.replaceAll(/\$(\d)/g, (_, at: string) => `'${given[Number(at) - 1]}'::uuid`));
  }
  await owner.query(
    `UPDATE identity.users SET password_hash = public.crypt($1, public.gen_salt('bf', 4)) WHERE login = 'pumps.small'`,
    [password],
  );
  await owner.query('SET session_replication_role = origin');
  await owner.query('ANALYZE');
}

/** Milliseconds for all rows of the operations and their orders, from the database to here. */
async function floorOf(owner: pg.Client, plantId: string): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    const began = performance.now();
    await owner.query(
      `SELECT * FROM production.operations AS operation JOIN production.work_orders AS work_order
         ON work_order.id = operation.work_order_id WHERE operation.plant_id = $1`,
      [plantId],
    );
    took.push(performance.now() - began);
  }
  return Math.min(...took);
}

export const planService: Bench = {
  name: 'plan-service',
  measures: 'board, edits, figures, explanation and publication of a plan of 10,000 operations on 100 lanes',
  async run(say) {
    const server = await startTestPostgres();
    const at = await startServiceCore();
    const owner = new pg.Client({ connectionString: at.ownerUrl });
    await owner.connect();
    const lanesService = createLanesService(at.core);
    const schedules = createSchedulesService(at.core);
    const notes: string[] = [];
    let boardMs = 0;
    async function time<T>(name: string, work: () => Promise<T>): Promise<T> {
      const held = monitorEventLoopDelay({ resolution: 1 });
      held.enable();
      const before = performance.eventLoopUtilization();
      const began = performance.now();
      const answer = await work();
      const ms = performance.now() - began;
      const { active } = performance.eventLoopUtilization(before);
      await new Promise((resolve) => setTimeout(resolve, 20));
      held.disable();
      const heldMs = held.max / 1e6;
      if (name === boardOfPlan) boardMs = ms;
      notes.push(
        `${name}: ${ms.toFixed(0)} ms, of them ${active.toFixed(0)} ms on the thread, at most ${heldMs.toFixed(0)} ms at a time`,
      );
      say(`    ${notes.at(-1)}`);
      return answer;
    }
    try {
      await fill(owner, at);
      const { pumps: plantId, mondayAt } = at.plant;
      const call = at.call('pumps');
      const board = (versionId: string | null) =>
        lanesService.board(call, {
          plantId,
          from: mondayAt - 7 * dayMs,
          to: mondayAt + 42 * dayMs,
          versionId,
        });
      const edit = (versionId: string | null, edits: PlanEdit[]) =>
        lanesService.edit(call, { commandId: uuidv7(), plantId, versionId, edits });
      await board(null);
      const plan = await time(boardOfPlan, () => board(null));
      const last = ({ operations }: typeof plan) =>
        operations.find(({ code }) => code === `WO-${100_000 + orders - 1}/40`);
      const later = (from: typeof plan): PlanEdit[] => {
        const bar = last(from);
        if (bar?.placement === undefined) throw new Error('the last bar is not on the board');
        const { operationId, version, placement } = bar;
        return [
          {
            type: 'place',
            operationId,
            version,
            laneId: placement.laneId,
            startsAt: placement.startsAt + hourMs,
          },
        ];
      };
      await time('an edit of one in the plan', () => edit(null, later(plan)));
      const draft = await time('a draft of it', () =>
        schedules.createDraft(call, { commandId: uuidv7(), plantId, name: 'Bench', fromVersionId: null }),
      );
      const drafted = await time('board of the draft', () => board(draft.id));
      await time('an edit of one in the draft', () => edit(draft.id, later(drafted)));
      await time('all versions with figures', () => schedules.versions(call, { plantId }));
      await time('why an order is late', () =>
        schedules.whyLate(call, { versionId: null, workOrderId: last(plan)?.workOrderId ?? '' }),
      );
      await time('every rule of the draft', () => schedules.check(call, { versionId: draft.id }));
      const open = (await board(draft.id)).operations.filter(({ placement }) => placement !== undefined);
      for (const count of [500, 2000]) {
        const gone = open.splice(-count);
        await time(`${count} taken off their lanes in the draft`, () =>
          edit(
            draft.id,
            gone.map(({ operationId, version }) => ({ type: 'unschedule', operationId, version })),
          ),
        );
      }
      const { version } = await schedules.versions(call, { plantId }).then((all) => {
        const found = all.find(({ id }) => id === draft.id);
        if (found === undefined) throw new Error('the draft is not listed');
        return found;
      });
      await time('the draft published', () =>
        schedules.publish(call, {
          commandId: uuidv7(),
          versionId: draft.id,
          version,
          password,
          reason: 'Bench',
          frozenUntil: null,
        }),
      );
      const floor = await floorOf(owner, plantId);
      return [
        {
          figure: 'plan-service.board',
          value: boardMs,
          unit: 'ms',
          floor,
          floorIs: 'its operations read in one statement',
          notes,
        },
      ];
    } finally {
      await schedules.close();
      await owner.end();
      await at.close();
      await server.stop();
    }
  },
};
