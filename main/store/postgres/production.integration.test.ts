import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
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
const violated = (constraint: string) => ({ constraint });
const at = (time: string) => `2026-03-02T${time}:00Z`;
const only = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row> => {
  const { rows } = await owner.query<Row>(text, values);
  if (rows.length !== 1 || rows[0] === undefined) throw new Error(`${rows.length} rows`);
  return rows[0];
};

describe('lane assignments', () => {
  const assign = (laneId: string, from: string, to: string | null, more: Record<string, unknown> = {}) =>
    ground.insert('production.lane_assignments', {
      lane_id: laneId,
      work_order_id: ground.workOrderId,
      assigned_by: ground.userId,
      assigned_at: at(from),
      released_at: to === null ? null : at(to),
      status: to === null ? 'live' : 'released',
      ...more,
    });
  const makeLane = async (code: string, capacity: number): Promise<string> => {
    const { area_id } = await only<{ area_id: string }>('SELECT area_id FROM production.lanes LIMIT 1');
    const lane = { area_id, code, name: code, position: 2, capacity, shift_codes: ['DAY'] };
    return ground.insert('production.lanes', lane);
  };

  test('do not overlap on a lane with room for one; the next may begin where one ends', async () => {
    await assign(ground.laneId, '08:00', '10:00');
    await expect(assign(ground.laneId, '09:00', '11:00')).rejects.toMatchObject(overlap);
    await assign(ground.laneId, '10:00', null);
    await expect(assign(ground.laneId, '18:00', null)).rejects.toMatchObject(overlap);
  });

  test('one that was recorded in error takes no room', async () => {
    await assign(ground.laneId, '06:00', '07:00', { status: 'cancelled' });
    await assign(ground.laneId, '06:00', '07:30');
    const { count } = await only<{ count: string }>(
      'SELECT count(*) FROM production.lane_assignments WHERE lane_id = $1 AND assigned_at = $2',
      [ground.laneId, at('06:00')],
    );
    expect(count).toBe('2');
  });

  test('share a lane with room for two, which may not shrink to one while they do', async () => {
    const laneId = await makeLane('L-2', 2);
    await assign(laneId, '08:00', '10:00');
    const second = await assign(laneId, '09:00', '11:00');
    const shrink = () => owner.query('UPDATE production.lanes SET capacity = 1 WHERE id = $1', [laneId]);
    await expect(shrink()).rejects.toMatchObject(overlap);
    await owner.query(`UPDATE production.lane_assignments SET status = 'cancelled' WHERE id = $1`, [second]);
    await shrink();
    await expect(assign(laneId, '09:30', '12:00')).rejects.toMatchObject(overlap);
  });

  test('nobody says that a lane has more room than it has', async () => {
    const laneId = await makeLane('L-3', 1);
    await assign(laneId, '08:00', '10:00', { unit_capacity: false });
    await expect(assign(laneId, '09:00', '11:00', { unit_capacity: false })).rejects.toMatchObject(overlap);
  });

  test('make the lane occupied while they live', async () => {
    const laneId = await makeLane('L-4', 1);
    const state = () =>
      only('SELECT status, current_work_order_id FROM production.lane_states WHERE lane_id = $1', [laneId]);
    expect(await state()).toEqual({ status: 'available', current_work_order_id: null });
    await assign(laneId, '08:00', null);
    expect(await state()).toEqual({ status: 'occupied', current_work_order_id: ground.workOrderId });
    await owner.query(`UPDATE production.lanes SET status = 'maintenance' WHERE id = $1`, [laneId]);
    expect(await state()).toMatchObject({ status: 'maintenance' });
  });
});

test('a person is not in two places', async () => {
  const allocate = (from: string, to: string | null) =>
    ground.insert('production.manpower_allocations', {
      work_order_id: ground.workOrderId,
      user_id: ground.userId,
      allocated_by: ground.userId,
      allocated_at: at(from),
      released_at: to === null ? null : at(to),
    });
  await allocate('06:00', '09:00');
  await allocate('09:00', '14:00');
  await expect(allocate('13:59', null)).rejects.toMatchObject(overlap);
});

describe('schedule versions', () => {
  let number = 0;
  const draft = (more: Record<string, unknown> = {}) =>
    ground.insert('production.schedule_versions', {
      number: ++number,
      starts_at: at('00:00'),
      ends_at: at('23:00'),
      ...more,
    });
  const sign = async (id: string, more: { readonly meaning?: string } = {}): Promise<string> => {
    const { signature } = await only<{ signature: string }>(
      `INSERT INTO identity.signatures (organization_id, user_id, login, display_name, meaning, subject, signed_at,
         session_id, station_code)
       VALUES ($1, $2, 'operator', 'Operator', $3, $4, now(), $2, 'ST-01') RETURNING id AS signature`,
      [
        ground.organizationId,
        ground.userId,
        more.meaning ?? 'published',
        `production.schedule_versions/${id}`,
      ],
    );
    return signature;
  };
  const publish = async (id: string, signature?: string) =>
    owner.query(
      `UPDATE production.schedule_versions
       SET status = 'published', published_at = now(), published_by = $2, signature_id = $3 WHERE id = $1`,
      [id, ground.userId, signature ?? (await sign(id))],
    );
  const archive = (id: string) =>
    owner.query(`UPDATE production.schedule_versions SET status = 'archived' WHERE id = $1`, [id]);
  const entry = (schedule_version_id: string) =>
    ground.insert('production.schedule_entries', {
      schedule_version_id,
      work_order_id: ground.workOrderId,
      lane_id: ground.laneId,
      starts_at: at('08:00'),
      ends_at: at('09:00'),
    });

  test('one is published in a plant; another plant has its own', async () => {
    const first = await draft();
    const second = await draft();
    await publish(first);
    await expect(publish(second)).rejects.toMatchObject(violated('schedule_versions_one_published'));
    await publish(await draft({ plant_id: ground.otherPlantId }));
    await archive(first);
    await publish(second);
    await archive(second);
  });

  test('nothing is published without a signature under it, for this', async () => {
    const [version, other] = [await draft(), await draft()];
    await expect(
      owner.query(
        `UPDATE production.schedule_versions SET status = 'published', published_at = now(), published_by = $2 WHERE id = $1`,
        [version, ground.userId],
      ),
    ).rejects.toMatchObject({ code: '23514' });
    const refused = { code: 'LW001', message: 'refusal.signature-of-other-record' };
    await expect(publish(version, await sign(other))).rejects.toMatchObject(refused);
    await expect(publish(version, await sign(version, { meaning: 'reviewed' }))).rejects.toMatchObject(
      refused,
    );
  });

  test('what was published stands; how it went is still written', async () => {
    const version = await draft();
    const bar = await entry(version);
    await owner.query(`UPDATE production.schedule_entries SET ends_at = $2 WHERE id = $1`, [
      bar,
      at('10:00'),
    ]);
    await publish(version);
    const stands = violated('schedule_published_stands');
    await expect(
      owner.query(`UPDATE production.schedule_entries SET ends_at = $2 WHERE id = $1`, [bar, at('11:00')]),
    ).rejects.toMatchObject(stands);
    await expect(entry(version)).rejects.toMatchObject(stands);
    await expect(
      owner.query('DELETE FROM production.schedule_entries WHERE id = $1', [bar]),
    ).rejects.toMatchObject(stands);
    await expect(
      owner.query('DELETE FROM production.schedule_versions WHERE id = $1', [version]),
    ).rejects.toMatchObject(stands);
    await owner.query(
      `UPDATE production.schedule_entries SET started_at = $2, status = 'in_progress' WHERE id = $1`,
      [bar, at('08:07')],
    );
    await archive(version);
  });

  test('a bar does not leave a published version for a draft; a draft goes with its bars', async () => {
    const published = await draft();
    const bar = await entry(published);
    await publish(published);
    const other = await draft();
    await expect(
      owner.query('UPDATE production.schedule_entries SET schedule_version_id = $2 WHERE id = $1', [
        bar,
        other,
      ]),
    ).rejects.toMatchObject(violated('schedule_published_stands'));
    await entry(other);
    await owner.query('DELETE FROM production.schedule_versions WHERE id = $1', [other]);
    const { count } = await only<{ count: string }>(
      'SELECT count(*) FROM production.schedule_entries WHERE schedule_version_id = $1',
      [other],
    );
    expect(count).toBe('0');
  });
});

test('a reservation holds room in order, and a desk says for itself where it looks', async () => {
  const reservation_id = await ground.insert('production.capacity_reservations', {
    material_id: ground.materialId,
    quantity: 5,
    unit: 'pcs',
    ready_at: at('12:00'),
    expires_at: at('18:00'),
    reserved_by: ground.userId,
  });
  const step = (position: number, from: string, to: string) =>
    owner.query(
      `INSERT INTO production.capacity_reservation_steps (organization_id, plant_id, reservation_id, position, lane_id,
         operation_name, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, 'Turn', $6, $7)`,
      [ground.organizationId, ground.plantId, reservation_id, position, ground.laneId, at(from), at(to)],
    );
  await step(1, '08:00', '10:00');
  await expect(step(1, '10:00', '12:00')).rejects.toMatchObject({ code: '23505' });
  await expect(step(2, '12:00', '12:00')).rejects.toMatchObject({ code: '23514' });
});

describe('operations', () => {
  let number = 0;
  const operation = (more: Record<string, unknown> = {}) => {
    number += 10;
    return ground.insert('production.operations', {
      work_order_id: ground.workOrderId,
      number,
      code: `WO-000001/${number}`,
      name: 'Turn',
      status: 'planned',
      duration_s: 600,
      eligible_lane_ids: [ground.laneId],
      ...more,
    });
  };
  const link = (predecessor_id: string, successor_id: string, more: Record<string, unknown> = {}) =>
    ground.insert('production.operation_links', { predecessor_id, successor_id, ...more });

  test('links never lead back to where they began', async () => {
    const [a, b, c] = [await operation(), await operation(), await operation()];
    await link(a, b);
    await link(b, c, { kind: 'start_start', min_lag_s: 60, max_lag_s: 3600 });
    await link(a, c);
    await expect(link(c, a)).rejects.toMatchObject(violated('operation_links_acyclic'));
    await expect(
      owner.query('UPDATE production.operation_links SET predecessor_id = $2 WHERE successor_id = $1', [
        b,
        c,
      ]),
    ).rejects.toMatchObject(violated('operation_links_acyclic'));
    await expect(link(b, b)).rejects.toMatchObject({ code: '23514' });
    await expect(link(c, await operation(), { min_lag_s: 60, max_lag_s: 59 })).rejects.toMatchObject({
      code: '23514',
    });
  });

  test('two links made at once do not close a circle together', async () => {
    const [a, b] = [await operation(), await operation()];
    const other = new pg.Client({ connectionString: database.ownerUrl });
    await other.connect();
    try {
      await owner.query('BEGIN');
      await link(a, b);
      const closing = other
        .query(
          `INSERT INTO production.operation_links (organization_id, plant_id, predecessor_id, successor_id)
           VALUES ($1, $2, $3, $4)`,
          [ground.organizationId, ground.plantId, b, a],
        )
        .catch((refusal: unknown) => refusal);
      await owner.query('COMMIT');
      expect(await closing).toMatchObject(violated('operation_links_acyclic'));
    } finally {
      await other.end();
    }
  });

  test('a part is a part of something, and comes once', async () => {
    const whole = await operation();
    const own = { number, split_from_id: whole, quantity: 4 };
    const part = (more: Record<string, unknown>) =>
      operation({ ...own, code: `WO-000001/${own.number}-${number}`, ...more });
    await expect(part({ part: 1 })).rejects.toMatchObject({ code: '23514' });
    await expect(part({ part: 2, quantity: null })).rejects.toMatchObject({ code: '23514' });
    await part({ part: 2 });
    await part({ part: 3 });
    await expect(part({ part: 2 })).rejects.toMatchObject({ code: '23505' });
  });

  test('the progress of a work order is that of its operations', async () => {
    const material_id = ground.materialId;
    const order = { number: 'WO-000009', material_id, quantity: 10, unit: 'pcs', status: 'in_progress' };
    const work_order_id = await ground.insert('production.work_orders', { ...order, due_at: new Date() });
    const done = { work_order_id, status: 'completed', started_at: at('08:00'), completed_at: at('09:00') };
    await operation({ ...done, code: 'WO-000009/10', good_quantity: 9, scrap_quantity: 1, actual_s: 3600 });
    const last = await operation({
      work_order_id,
      code: 'WO-000009/20',
      status: 'running',
      started_at: at('09:30'),
      good_quantity: 4,
    });
    const progress = () =>
      only(
        `SELECT completed_quantity::float8, scrap_quantity::float8, started_at, completed_at, actual_s
         FROM production.work_order_progress WHERE work_order_id = $1`,
        [work_order_id],
      );
    expect(await progress()).toEqual({
      completed_quantity: 4,
      scrap_quantity: 1,
      started_at: new Date(at('08:00')),
      completed_at: null,
      actual_s: '3600',
    });
    await owner.query(
      `UPDATE production.operations SET status = 'completed', completed_at = $2, good_quantity = 9 WHERE id = $1`,
      [last, at('12:00')],
    );
    expect(await progress()).toMatchObject({ completed_quantity: 9, completed_at: new Date(at('12:00')) });
  });
});

test('the set-up matrix has one row a lane and pair, from anything and on every lane included', async () => {
  const red = await ground.insert('production.setup_families', { code: 'RED', name: 'Red' });
  const change = (more: Record<string, unknown>) =>
    ground.insert('production.setup_transitions', { to_family_id: red, duration_s: 600, ...more });
  await change({});
  await change({ lane_id: ground.laneId, cost: 12, currency: 'EUR' });
  await expect(change({ duration_s: 60 })).rejects.toMatchObject({ code: '23505' });
  await expect(change({ lane_id: ground.laneId })).rejects.toMatchObject({ code: '23505' });
  await expect(change({ from_family_id: red, cost: 12 })).rejects.toMatchObject({ code: '23514' });
});

test('a shift hands over once a day, and its attainment follows from what it made', async () => {
  const shift_id = await ground.insert('production.shifts', {
    code: 'DAY',
    name: 'Day',
    starts_at: '06:00',
    ends_at: '14:00',
    weekdays: [1, 2, 3, 4, 5],
  });
  const day = { shift_id, worked_on: '2026-03-02' };
  const handOver = (more: Record<string, unknown>) =>
    ground.insert('production.shift_handovers', { ...day, logged_by: ground.userId, ...more });
  await expect(handOver({ notes: '' })).rejects.toMatchObject({ code: '23514' });
  await handOver({ notes: 'Lane 1 waits for impellers', issues: '["no impellers"]' });
  await expect(handOver({ notes: 'Again' })).rejects.toMatchObject({ code: '23505' });
  const id = await ground.insert('production.shift_performance', {
    ...day,
    target_quantity: 200,
    actual_quantity: 230,
  });
  const { ratio } = await only(
    'SELECT attainment_ratio::float8 AS ratio FROM production.shift_performance WHERE id = $1',
    [id],
  );
  expect(ratio).toBe(1.15);
});

test('a forecast knows its order: p10, p50, p90', async () => {
  const forecast = (p10: number, p50: number, p90: number) =>
    ground.insert('planning.forecasts', {
      id: uuidv7(),
      material_id: ground.materialId,
      forecast_on: '2026-04-01',
      horizon_days: 30,
      unit: 'pcs',
      model: 'arima',
      p10,
      p50,
      p90,
    });
  await forecast(10, 20, 30);
  await expect(forecast(21, 20, 30)).rejects.toMatchObject({ code: '23514' });
  await expect(forecast(10, 31, 30)).rejects.toMatchObject({ code: '23514' });
  await expect(forecast(1, 2, Number.NaN)).rejects.toMatchObject({ code: '23514' });
  await expect(forecast(10, 20, 30)).rejects.toMatchObject({ code: '23505' });
});
