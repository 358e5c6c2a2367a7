import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { layGround } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';

let database: TestDatabase;
let owner: pg.Client;
let ground: Ground;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ground = await layGround(owner);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const overlap = { code: '23P01' };
const makeMachine = (code: string) =>
  ground.insert('equipment.machines', {
    lane_id: ground.laneId,
    code,
    name: 'Press',
    ideal_cycle_time_ms: 1000,
  });

describe('versions of a machine', () => {
  const versions = async (machineId: string) => {
    const { rows } = await owner.query(
      `SELECT name, criticality, valid_from = '-infinity' AS first, valid_to = 'infinity' AS last
       FROM equipment.machine_versions WHERE machine_id = $1 ORDER BY valid_from`,
      [machineId],
    );
    return rows;
  };
  const change = (machineId: string, column: string, value: string) =>
    owner.query(`UPDATE equipment.machines SET ${column} = $2 WHERE id = $1`, [machineId, value]);

  test('a change that matters makes one, without a gap; another does not', async () => {
    const machineId = await makeMachine('V-1');
    await change(machineId, 'name', 'Press with guard');
    await change(machineId, 'name', 'Press with guard');
    await change(machineId, 'description', 'Green');
    await change(machineId, 'criticality', 'high');
    expect(await versions(machineId)).toEqual([
      { name: 'Press', criticality: 'medium', first: true, last: false },
      { name: 'Press with guard', criticality: 'medium', first: false, last: false },
      { name: 'Press with guard', criticality: 'high', first: false, last: true },
    ]);
    const { rows } = await owner.query(
      `SELECT FROM (SELECT valid_from, lag(valid_to) OVER (ORDER BY valid_from) AS ended
         FROM equipment.machine_versions WHERE machine_id = $1) v WHERE ended <> valid_from`,
      [machineId],
    );
    expect(rows).toEqual([]);
  });

  test('each change within one transaction has its own, and a fact finds the one of its time', async () => {
    const machineId = await makeMachine('V-2');
    await owner.query('BEGIN');
    for (const name of ['Second', 'Third']) await change(machineId, 'name', name);
    await owner.query('COMMIT');
    expect((await versions(machineId)).map(({ name }) => name)).toEqual(['Press', 'Second', 'Third']);
    const at = async (instant: string) => {
      const { rows } = await owner.query(
        `SELECT name FROM equipment.machine_versions
         WHERE machine_id = $1 AND valid_from <= $2 AND $2 < valid_to`,
        [machineId, instant],
      );
      return rows;
    };
    expect(await at('1999-01-01')).toEqual([{ name: 'Press' }]);
    expect(await at('2099-01-01')).toEqual([{ name: 'Third' }]);
  });

  test('a bulk load without triggers still leaves a version', async () => {
    await owner.query('BEGIN');
    await owner.query('SET LOCAL session_replication_role = replica');
    const machineId = await makeMachine('V-3');
    await owner.query('COMMIT');
    expect(await versions(machineId)).toHaveLength(1);
  });

  test('two are never valid at once', async () => {
    const machineId = await makeMachine('V-4');
    await change(machineId, 'name', 'Renamed');
    await expect(
      owner.query(`UPDATE equipment.machine_versions SET valid_to = 'infinity' WHERE machine_id = $1`, [
        machineId,
      ]),
    ).rejects.toMatchObject(overlap);
  });
});

describe('downtime of a machine', () => {
  const stop = (machine_id: string, started_at: string, ended_at: string | null) =>
    ground.insert('equipment.downtime_events', { machine_id, started_at, ended_at });
  const spans = async (machineId: string) => {
    const { rows } = await owner.query<{ span: string }>(
      `SELECT span::text AS span FROM equipment.downtime_spans WHERE machine_id = $1 ORDER BY span`,
      [machineId],
    );
    return rows.length;
  };

  test('does not overlap, in one month or over its end, open or closed', async () => {
    const machineId = await makeMachine('D-1');
    await stop(machineId, '2026-10-31T22:00Z', '2026-11-01T04:00Z');
    await expect(stop(machineId, '2026-11-01T03:59Z', '2026-11-01T05:00Z')).rejects.toMatchObject(overlap);
    await expect(stop(machineId, '2026-10-31T21:00Z', '2026-10-31T22:01Z')).rejects.toMatchObject(overlap);
    await stop(machineId, '2026-11-01T04:00Z', '2026-11-01T05:00Z');
    await stop(machineId, '2026-11-20T00:00Z', null);
    await expect(stop(machineId, '2027-01-01T00:00Z', null)).rejects.toMatchObject(overlap);
    await stop(await makeMachine('D-2'), '2026-11-01T00:00Z', null);
  });

  test('follows an event that is changed, moved to another month, or removed', async () => {
    const machineId = await makeMachine('D-3');
    const id = await stop(machineId, '2026-10-10T00:00Z', null);
    await owner.query(`UPDATE equipment.downtime_events SET ended_at = '2026-10-10T01:00Z' WHERE id = $1`, [
      id,
    ]);
    await stop(machineId, '2026-10-10T01:00Z', '2026-10-10T02:00Z');
    await owner.query(
      `UPDATE equipment.downtime_events SET started_at = '2026-11-10Z', ended_at = '2026-11-11Z' WHERE id = $1`,
      [id],
    );
    await stop(machineId, '2026-10-10T00:00Z', '2026-10-10T01:00Z');
    await expect(stop(machineId, '2026-11-10T12:00Z', null)).rejects.toMatchObject(overlap);
    expect(await spans(machineId)).toBe(3);
    await owner.query('DELETE FROM equipment.downtime_events WHERE machine_id = $1', [machineId]);
    expect(await spans(machineId)).toBe(0);
  });

  test('is refused also where the desk cannot see yet what another reported', async () => {
    const machineId = await makeMachine('D-4');
    const other = new pg.Client({ connectionString: database.ownerUrl });
    await other.connect();
    try {
      // The stricter isolation, in which a trigger that only looks would see nothing.
      await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await other.query('SELECT count(*) FROM equipment.downtime_events');
      await stop(machineId, '2026-10-31T22:00Z', '2026-11-01T04:00Z');
      await expect(
        other.query(
          `INSERT INTO equipment.downtime_events (organization_id, id, plant_id, machine_id, started_at)
           VALUES ($1, app.uuidv7(), $2, $3, '2026-11-01T00:00Z')`,
          [ground.organizationId, ground.plantId, machineId],
        ),
      ).rejects.toMatchObject(overlap);
    } finally {
      await other.end();
    }
  });
});

describe('maintenance', () => {
  let number = 0;
  const order = (more: Record<string, unknown>) =>
    ground.insert('equipment.maintenance_orders', {
      number: `MO-${++number}`,
      kind: 'corrective',
      machine_id: ground.machineId,
      scheduled_on: '2026-01-01',
      ...more,
    });
  const schedule = (more: Record<string, unknown>) =>
    ground.insert('equipment.pm_schedules', {
      machine_id: ground.machineId,
      kind: 'lubrication',
      every: 500,
      ...more,
    });

  test('an order is overdue by the plant’s day, while it is open', async () => {
    // The plant is in Auckland, half a day ahead: its yesterday may be today in UTC.
    const { rows } = await owner.query<{ today: string; yesterday: string }>(
      `SELECT (now() AT TIME ZONE 'Pacific/Auckland')::date::text AS today,
              ((now() AT TIME ZONE 'Pacific/Auckland')::date - 1)::text AS yesterday`,
    );
    const overdue = async (id: string) => {
      const found = await owner.query(
        'SELECT is_overdue, days_overdue FROM equipment.maintenance_order_states WHERE maintenance_order_id = $1',
        [id],
      );
      return found.rows[0];
    };
    const late = await order({ scheduled_on: rows[0]?.yesterday });
    expect(await overdue(late)).toEqual({ is_overdue: true, days_overdue: 1 });
    expect(await overdue(await order({ scheduled_on: rows[0]?.today }))).toMatchObject({ is_overdue: false });
    await owner.query(
      `UPDATE equipment.maintenance_orders SET status = 'completed', started_at = now(), completed_at = now() WHERE id = $1`,
      [late],
    );
    expect(await overdue(late)).toEqual({ is_overdue: false, days_overdue: 0 });
  });

  test('a completed order says when it was completed', async () => {
    await expect(order({ status: 'completed', started_at: new Date() })).rejects.toMatchObject({
      code: '23514',
    });
    await expect(order({ completed_at: new Date() })).rejects.toMatchObject({ code: '23514' });
  });

  test('is due by the calendar with its lead, or by a meter; one open order a schedule', async () => {
    const due = async (id: string) => {
      const { rows } = await owner.query(
        'SELECT is_due, has_open_order FROM equipment.pm_due WHERE pm_schedule_id = $1',
        [id],
      );
      return rows[0];
    };
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const byCalendar = { basis: 'calendar', every: 3, every_unit: 'months' };
    const soon = await schedule({ ...byCalendar, next_due_on: day(5) });
    expect(await due(soon)).toEqual({ is_due: true, has_open_order: false });
    expect(await due(await schedule({ ...byCalendar, next_due_on: day(30) }))).toMatchObject({
      is_due: false,
    });
    const meter = { basis: 'meter', every_unit: 'hours', last_done_meter: 1000, meter_read_at: new Date() };
    expect(await due(await schedule({ ...meter, meter: 1499 }))).toMatchObject({ is_due: false });
    expect(await due(await schedule({ ...meter, meter: 1500 }))).toMatchObject({ is_due: true });

    const preventive = { kind: 'preventive', pm_schedule_id: soon };
    const first = await order(preventive);
    expect(await due(soon)).toMatchObject({ has_open_order: true });
    await expect(order(preventive)).rejects.toMatchObject({ constraint: 'maintenance_orders_one_open' });
    await owner.query(`UPDATE equipment.maintenance_orders SET status = 'cancelled' WHERE id = $1`, [first]);
    await order(preventive);
  });

  test('an interval has the unit of its basis', async () => {
    const meter = { basis: 'meter', last_done_meter: 0 };
    await expect(schedule({ ...meter, every_unit: 'weeks' })).rejects.toMatchObject({ code: '23514' });
    await expect(
      schedule({ basis: 'calendar', every_unit: 'cycles', next_due_on: '2026-05-01' }),
    ).rejects.toMatchObject({ code: '23514' });
    await expect(schedule({ basis: 'meter', every_unit: 'cycles' })).rejects.toMatchObject({ code: '23514' });
  });
});

test('a machine’s state, work order and days of maintenance are computed', async () => {
  const machine_id = await makeMachine('ST-1');
  const state = async () => {
    const { rows } = await owner.query(
      `SELECT status, since, last_maintained_on::text, next_maintenance_on::text
       FROM equipment.machine_states WHERE machine_id = $1`,
      [machine_id],
    );
    return rows[0];
  };
  expect(await state()).toEqual({
    status: 'available',
    since: null,
    last_maintained_on: null,
    next_maintenance_on: null,
  });
  const at = new Date('2026-11-02T08:00Z');
  await ground.insert('equipment.status_history', { machine_id, state: 'running', at });
  const done = { number: 'MO-D', kind: 'calibration', machine_id, scheduled_on: '2026-10-01' };
  await ground.insert('equipment.maintenance_orders', {
    ...done,
    status: 'completed',
    started_at: '2026-10-01T12:00Z',
    completed_at: '2026-10-01T20:00Z',
  });
  await ground.insert('equipment.maintenance_orders', {
    ...done,
    number: 'MO-P',
    kind: 'predictive',
    scheduled_on: '2026-12-24',
  });
  // 20:00 UTC is the next day in Auckland.
  expect(await state()).toEqual({
    status: 'running',
    since: at,
    last_maintained_on: '2026-10-02',
    next_maintenance_on: '2026-12-24',
  });
  await owner.query(`UPDATE equipment.machines SET status = 'decommissioned' WHERE id = $1`, [machine_id]);
  expect(await state()).toMatchObject({ status: 'decommissioned' });
});

test('a failure is not planned', async () => {
  const reason = { code: 'MOTOR', name: 'Motor', is_planned: true, is_failure: true };
  await expect(ground.insert('equipment.downtime_reasons', reason)).rejects.toMatchObject({ code: '23514' });
});

test('a reading is of a sensor of its plant', async () => {
  const reading = { sensor_no: ground.sensorNo, at: new Date(), value: 20 };
  await ground.insert('equipment.sensor_readings', reading);
  for (const wrong of [{ sensor_no: 999_999 }, { plant_id: ground.otherPlantId }]) {
    await expect(
      ground.insert('equipment.sensor_readings', { ...reading, at: new Date(0), ...wrong }),
    ).rejects.toMatchObject({ code: '23503', constraint: 'sensor_readings_sensor' });
  }
});
