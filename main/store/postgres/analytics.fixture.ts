/** A plant with something of everything that rollups are made of, and the things that may happen in it. */
import * as fc from 'fast-check';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { layGround } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';

export interface Works {
  readonly ground: Ground;
  readonly machineIds: readonly string[];
  readonly operationIds: readonly string[];
  readonly characteristicIds: readonly string[];
  readonly userIds: readonly string[];
  readonly projectIds: readonly string[];
  readonly taskIds: readonly string[];
}

/** The days around the night in which clocks go forward in Auckland, the plant's zone (27 September 2026, 02:00). */
export const firstAt = Date.parse('2026-09-25T00:00:00Z');
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const spanMs = 4 * 24 * hourMs;
export const at = (ms: number): string => new Date(ms).toISOString();

const service = {
  channel: 'phone',
  sales_order_id: 'SO-1',
  service_type: 'repair',
  service_address_cipher: Buffer.alloc(64),
  ordered_at: at(firstAt),
};

export async function buildWorks(owner: pg.Client, code = 'WORKS'): Promise<Works> {
  const ground = await layGround(owner, code);
  const { insert } = ground;
  const shift = { break_s: 1800, weekdays: [1, 2, 3, 4, 5, 6, 7] };
  await insert('production.shifts', {
    ...shift,
    code: 'DAY',
    name: 'Day',
    starts_at: '06:00',
    ends_at: '14:30',
  });
  await insert('production.shifts', {
    ...shift,
    code: 'NIGHT',
    name: 'Night',
    starts_at: '22:00',
    ends_at: '06:00',
  });
  await owner.query(`UPDATE production.lanes SET shift_codes = '{DAY,NIGHT}' WHERE organization_id = $1`, [
    ground.organizationId,
  ]);
  // As if it had been entered before the days that are told of.
  await owner.query(
    `UPDATE material.material_versions SET valid_from = '2020-01-01', target_cycle_time_ms = 1500 WHERE organization_id = $1`,
    [ground.organizationId],
  );
  const machine = { lane_id: ground.laneId, name: 'Lathe', ideal_cycle_time_ms: 2000 };
  const machineIds = [ground.machineId, await insert('equipment.machines', { ...machine, code: 'M-2' })];
  const reason = { is_planned: false };
  await insert('equipment.downtime_reasons', {
    ...reason,
    code: 'PM',
    name: 'Maintenance',
    is_planned: true,
    affects_oee: false,
  });
  await insert('equipment.downtime_reasons', { ...reason, code: 'BROKEN', name: 'Broken', is_failure: true });
  const operation = {
    work_order_id: ground.workOrderId,
    name: 'Turn',
    status: 'ready',
    duration_s: 7200,
    eligible_lane_ids: [ground.laneId],
  };
  const operationIds = [
    await insert('production.operations', { ...operation, number: 10, code: 'WO-000001/10' }),
    await insert('production.operations', { ...operation, number: 20, code: 'WO-000001/20' }),
  ];
  const characteristic = {
    material_id: ground.materialId,
    operation_number: 10,
    unit: 'mm',
    lower_limit: 9,
    upper_limit: 11,
  };
  const characteristicIds = [
    await insert('quality.characteristics', {
      ...characteristic,
      code: 'D1',
      name: 'Bore',
      chart: 'xbar_r',
      subgroup_size: 3,
    }),
    await insert('quality.characteristics', { ...characteristic, code: 'D2', name: 'Length' }),
  ];
  const person = { display_name: 'Second', password_hash: 'none', home_plant_id: ground.otherPlantId };
  const userIds = [
    ground.userId,
    await insert('identity.users', { ...person, login: `${code.toLowerCase()}-second` }),
  ];
  const project = { status: 'active', assignment_mode: 'manual', assigned_at: at(firstAt) };
  const projectIds = [
    await insert('project.projects', { ...project, number: 'P-1', name: 'One', owner_id: userIds[0] }),
    await insert('project.projects', { ...project, number: 'P-2', name: 'Two', owner_id: userIds[1] }),
  ];
  const taskIds = [
    await insert('project.tasks', { project_id: projectIds[0], title: 'Draw' }),
    await insert('project.tasks', { project_id: projectIds[1], title: 'Order' }),
  ];
  await addServiceOrder(owner, ground, projectIds[0] ?? '');
  return { ground, machineIds, operationIds, characteristicIds, userIds, projectIds, taskIds };
}

async function addServiceOrder(owner: pg.Client, ground: Ground, projectId: string): Promise<void> {
  const add = async (table: string, row: Readonly<Record<string, unknown>>) => {
    const all: Record<string, unknown> = { organization_id: ground.organizationId, id: uuidv7(), ...row };
    const columns = Object.keys(all);
    await owner.query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, n) => `$${n + 1}`).join(', ')})`,
      Object.values(all),
    );
    return all['id'];
  };
  const unit = await add('org.business_units', { country_code: 'NZ', code: 'NZ-1', name: 'Auckland' });
  const store = await add('org.stores', { business_unit_id: unit, code: 'S1', name: 'Queen Street' });
  const system = await add('orders.sales_systems', { code: 'SALES', name: 'Sales' });
  await add('orders.service_orders', {
    ...service,
    country_code: 'NZ',
    business_unit_id: unit,
    store_id: store,
    sales_system_id: system,
    customer_id: uuidv7(),
    project_id: projectId,
    estimated_duration_s: 3600,
  });
}

/** One thing that happens: a name for the counterexample, and the doing. */
export interface Step {
  readonly what: string;
  readonly run: (owner: pg.Client, works: Works) => Promise<unknown>;
  readonly [fc.toStringMethod]: () => string;
}

const moment = fc
  .integer({ min: 0, max: spanMs / minuteMs - 1 })
  .map((minute) => firstAt + minute * minuteMs);
const one = fc.integer({ min: 0, max: 1 });
const pick = (ids: readonly string[], index: number): string => ids[index % ids.length] ?? '';
const step = (what: string, run: Step['run']): Step => ({ what, run, [fc.toStringMethod]: () => what });

const states = ['running', 'running', 'idle', 'setup', 'down', 'offline'] as const;
const status = fc
  .array(
    fc.tuple(one, moment, fc.constantFrom(...states), fc.option(fc.integer({ min: 0, max: 40_000 })), one),
    { minLength: 1, maxLength: 6 },
  )
  .map((rows) =>
    step(
      `states ${rows.map((row) => `${row[0]} ${at(row[1])} ${row[2]} ${row[3]}`).join(', ')}`,
      (owner, works) =>
        owner.query(
          `INSERT INTO equipment.status_history (organization_id, id, plant_id, machine_id, state, at, good_count, reject_count, reason_code)
         SELECT $1, app.uuidv7(), $2, r.* FROM unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::bigint[], $7::bigint[], $8::text[]) AS r`,
          [
            works.ground.organizationId,
            works.ground.plantId,
            rows.map((row) => pick(works.machineIds, row[0])),
            rows.map((row) => row[2]),
            rows.map((row) => at(row[1])),
            rows.map((row) => row[3]),
            rows.map((row) => (row[3] === null ? null : row[3] % 17)),
            rows.map((row) => (row[4] === 1 && row[2] === 'idle' ? 'PM' : null)),
          ],
        ),
    ),
  );

/** Down times in slots of three hours, so that none overlap; one that is there is corrected. */
const downtime = fc
  .tuple(
    one,
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 1, max: 179 }),
    fc.constantFrom('PM', 'BROKEN', null),
  )
  .map(([machine, slot, minutes, reason]) => {
    const startedAt = firstAt + slot * 3 * hourMs;
    return step(`down ${machine} ${at(startedAt)} ${minutes} min ${reason}`, async (owner, works) => {
      const values = [
        works.ground.organizationId,
        pick(works.machineIds, machine),
        at(startedAt),
        at(startedAt + minutes * minuteMs),
        reason,
      ];
      const { rowCount } = await owner.query(
        `UPDATE equipment.downtime_events SET ended_at = $4, reason_code = $5
         WHERE organization_id = $1 AND machine_id = $2 AND started_at = $3`,
        values,
      );
      if (rowCount) return;
      await owner.query(
        `INSERT INTO equipment.downtime_events (organization_id, machine_id, started_at, ended_at, reason_code, id, plant_id)
         VALUES ($1, $2, $3, $4, $5, app.uuidv7(), $6)`,
        [...values, works.ground.plantId],
      );
    });
  });

const events = ['start', 'pause', 'resume', 'complete', 'report', 'issue'] as const;
const logs = fc
  .array(fc.tuple(one, moment, fc.constantFrom(...events), fc.nat(9), fc.nat(2), one), {
    minLength: 1,
    maxLength: 5,
  })
  .map((rows) =>
    step(
      `logs ${rows.map((row) => `${row[0]} ${at(row[1])} ${row[2]} ${row[3]}/${row[4]}`).join(', ')}`,
      (owner, works) =>
        owner.query(
          `INSERT INTO production.logs (organization_id, id, plant_id, lane_id, operation_id, at, event, good_quantity, scrap_quantity, user_id)
         SELECT $1, app.uuidv7(), $2, $3, r.* FROM unnest($4::uuid[], $5::timestamptz[], $6::text[], $7::numeric[], $8::numeric[], $9::uuid[]) AS r`,
          [
            works.ground.organizationId,
            works.ground.plantId,
            works.ground.laneId,
            rows.map((row) => pick(works.operationIds, row[0])),
            rows.map((row) => at(row[1])),
            rows.map((row) => row[2]),
            rows.map((row) => row[3]),
            rows.map((row) => row[4]),
            rows.map((row) => pick(works.userIds, row[5])),
          ],
        ),
    ),
  );

const measurements = fc
  .array(fc.tuple(one, moment, fc.double({ min: 8, max: 12, noNaN: true }), fc.option(fc.nat(2))), {
    minLength: 1,
    maxLength: 8,
  })
  .map((rows) =>
    step(
      `measured ${rows.map((row) => `${row[0]} ${at(row[1])} ${row[2]} ${row[3]}`).join(', ')}`,
      (owner, works) =>
        owner.query(
          `INSERT INTO quality.measurements (organization_id, id, plant_id, operation_id, source, user_id, characteristic_id, at, value, inside, subgroup)
         SELECT $1, app.uuidv7(), $2, $3, 'typed', $4, r.* FROM unnest($5::uuid[], $6::timestamptz[], $7::float8[], $8::boolean[], $9::integer[]) AS r`,
          [
            works.ground.organizationId,
            works.ground.plantId,
            works.operationIds[0],
            works.ground.userId,
            rows.map((row) => pick(works.characteristicIds, row[0])),
            rows.map((row) => at(row[1])),
            rows.map((row) => row[2]),
            rows.map((row) => row[2] >= 9 && row[2] <= 11),
            rows.map((row) => row[3]),
          ],
        ),
    ),
  );

const readings = fc
  .array(fc.tuple(moment, fc.double({ min: -50, max: 150, noNaN: true }), fc.nat(2)), {
    minLength: 1,
    maxLength: 10,
  })
  .map((rows) =>
    step(`read ${rows.length} from ${at(rows[0]?.[0] ?? 0)}`, (owner, works) =>
      owner.query(
        `INSERT INTO equipment.sensor_readings (organization_id, plant_id, sensor_no, at, value, quality)
         SELECT $1, $2, $3, r.* FROM unnest($4::timestamptz[], $5::float8[], $6::smallint[]) AS r ON CONFLICT DO NOTHING`,
        [
          works.ground.organizationId,
          works.ground.plantId,
          works.ground.sensorNo,
          rows.map((row) => at(row[0])),
          rows.map((row) => row[1]),
          rows.map((row) => row[2]),
        ],
      ),
    ),
  );

const stock = fc.tuple(moment, fc.integer({ min: -20, max: 30 }), one).map(([when, quantity, late]) =>
  step(`stock ${at(when)} ${quantity}`, (_owner, works) =>
    works.ground.insert('material.transactions', {
      material_id: works.ground.materialId,
      kind: quantity < 0 ? 'issue' : quantity === 0 ? 'adjustment' : 'receipt',
      quantity,
      ...(quantity === 0 ? { reference_kind: 'stock_count' } : {}),
      unit: 'pcs',
      user_id: works.ground.userId,
      // Some came in an earlier month.
      at: at(when - late * 40 * 24 * hourMs),
    }),
  ),
);

/** Corrections by the owner's hand: statements, with the organization as $1 and a moment as $2. */
const corrections = [
  `DELETE FROM production.logs WHERE organization_id = $1 AND at >= $2 AND at < $2::timestamptz + interval '12 hours'`,
  `UPDATE production.logs SET good_quantity = good_quantity + 1, at = at + interval '7 hours' WHERE organization_id = $1 AND at >= $2 AND event = 'report'`,
  `DELETE FROM equipment.status_history WHERE organization_id = $1 AND at >= $2 AND at < $2::timestamptz + interval '6 hours'`,
  `UPDATE quality.measurements SET value = value + 0.25 WHERE organization_id = $1 AND at >= $2`,
  `DELETE FROM equipment.downtime_events WHERE organization_id = $1 AND started_at >= $2`,
  `UPDATE equipment.downtime_reasons SET affects_oee = NOT affects_oee WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL AND code = 'PM'`,
  `UPDATE equipment.downtime_reasons SET is_failure = NOT is_failure WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL AND code = 'BROKEN'`,
  `UPDATE quality.characteristics SET upper_limit = upper_limit + 0.5 WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL`,
  `UPDATE equipment.machine_versions SET ideal_cycle_time_ms = ideal_cycle_time_ms + 100 WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL`,
  `UPDATE material.material_versions SET target_cycle_time_ms = target_cycle_time_ms + 10 WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL`,
  `UPDATE production.operations SET lane_id = CASE WHEN lane_id IS NULL THEN eligible_lane_ids[1] END, starts_at = CASE WHEN lane_id IS NULL THEN $2::timestamptz END, ends_at = CASE WHEN lane_id IS NULL THEN $2::timestamptz + interval '1 hour' END WHERE organization_id = $1`,
  `INSERT INTO production.closures (organization_id, id, plant_id, starts_at, ends_at, reason) SELECT organization_id, app.uuidv7(), id, $2, $2::timestamptz + interval '5 hours', 'Holiday' FROM org.plants WHERE organization_id = $1`,
  `DELETE FROM production.closures WHERE organization_id = $1 AND starts_at >= $2`,
  `UPDATE production.operations SET duration_s = duration_s + 60 WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL`,
  `UPDATE production.work_orders SET unit = CASE unit WHEN 'pcs' THEN 'kg' ELSE 'pcs' END WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL`,
  `DELETE FROM equipment.sensor_readings WHERE organization_id = $1 AND at >= $2`,
  `UPDATE project.tasks SET status = 'done', completed_at = $2, assignee_id = (SELECT owner_id FROM project.projects p WHERE p.id = project_id) WHERE organization_id = $1 AND status <> 'done'`,
  `UPDATE project.tasks SET status = 'todo', completed_at = NULL WHERE organization_id = $1 AND completed_at < $2`,
  `UPDATE project.projects p SET owner_id = (SELECT id FROM identity.users u WHERE u.organization_id = $1 ORDER BY md5(u.id::text || $2::text) LIMIT 1) WHERE organization_id = $1`,
  `UPDATE project.projects SET status = CASE status WHEN 'active' THEN 'on_hold' ELSE 'cancelled' END WHERE organization_id = $1 AND number = 'P-1' AND $2::timestamptz IS NOT NULL`,
  `UPDATE orders.service_orders SET estimated_duration_s = estimated_duration_s + 60, status = CASE status WHEN 'received' THEN 'cancelled' ELSE 'received' END WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL`,
  `UPDATE orders.service_orders SET project_id = (SELECT id FROM project.projects WHERE organization_id = $1 AND number = 'P-2') WHERE organization_id = $1 AND $2::timestamptz IS NOT NULL`,
  `INSERT INTO trace.scans (organization_id, id, plant_id, code, kind, source, user_id, at) SELECT organization_id, app.uuidv7(), home_plant_id, 'X', 'unknown', 'wedge', id, $2 FROM identity.users WHERE organization_id = $1`,
  `INSERT INTO project.comments (organization_id, id, project_id, task_id, author_id, content, written_at) SELECT t.organization_id, app.uuidv7(), t.project_id, t.id, p.owner_id, 'Done', $2 FROM project.tasks t JOIN project.projects p ON p.id = t.project_id WHERE t.organization_id = $1`,
  `UPDATE project.comments SET deleted_at = written_at WHERE organization_id = $1 AND written_at < $2`,
  `INSERT INTO quality.ncrs (organization_id, id, plant_id, number, kind, severity, description, detected_by, detected_at, operation_id, material_id) SELECT o.organization_id, app.uuidv7(), o.plant_id, 'NCR-' || gen_random_uuid(), 'process', 'minor', 'Burr', u.id, $2, o.id, w.material_id FROM production.operations o JOIN production.work_orders w ON w.id = o.work_order_id JOIN identity.users u ON u.organization_id = o.organization_id WHERE o.organization_id = $1`,
  `INSERT INTO quality.ncr_dispositions (organization_id, id, plant_id, ncr_id, disposition, quantity, unit, justification, decided_by) SELECT organization_id, app.uuidv7(), plant_id, id, 'rework', 2, 'pcs', 'Deburr', detected_by FROM quality.ncrs WHERE organization_id = $1 AND detected_at <= $2`,
  `INSERT INTO quality.scrap_records (organization_id, plant_id, material_id, operation_id, quantity, unit, cost, currency, at) SELECT o.organization_id, o.plant_id, w.material_id, o.id, 1, 'pcs', 3.5, 'NZD', $2 FROM production.operations o JOIN production.work_orders w ON w.id = o.work_order_id WHERE o.organization_id = $1`,
  `INSERT INTO quality.inspections (organization_id, id, plant_id, operation_id, status, result, started_at, completed_at, inspector_id) SELECT o.organization_id, app.uuidv7(), o.plant_id, o.id, 'completed', CASE WHEN extract(minute FROM $2::timestamptz) < 30 THEN 'passed' ELSE 'failed' END, $2, $2, (SELECT id FROM identity.users u WHERE u.organization_id = $1 LIMIT 1) FROM production.operations o WHERE o.organization_id = $1`,
] as const;
const correction = fc
  .tuple(fc.nat(corrections.length - 1), moment)
  .map(([which, when]) =>
    step(`${corrections[which]?.slice(0, 60)} ${at(when)}`, (owner, works) =>
      owner.query(corrections[which] ?? '', [works.ground.organizationId, at(when)]),
    ),
  );

/** What may happen in the works, in any order. */
export const happening: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: status },
  { weight: 2, arbitrary: downtime },
  { weight: 3, arbitrary: logs },
  { weight: 2, arbitrary: measurements },
  { weight: 1, arbitrary: readings },
  { weight: 1, arbitrary: stock },
  { weight: 4, arbitrary: correction },
);
