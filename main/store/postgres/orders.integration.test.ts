import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { layGround } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';

let database: TestDatabase;
let owner: pg.Client;
let ground: Ground;
let sold: { country_code: string; business_unit_id: string; store_id: string; sales_system_id: string };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ground = await layGround(owner);
  const { rows } = await owner.query<{ code: string }>(
    'SELECT code FROM org.countries ORDER BY code LIMIT 1',
  );
  const country_code = rows[0]?.code ?? '';
  const business_unit_id = await insert('org.business_units', {
    code: 'BU',
    name: 'Unit',
    country_code,
    kind: 'retail',
  });
  const store_id = await insert('org.stores', { business_unit_id, code: 'ST', name: 'Store' });
  const sales_system_id = await insert('orders.sales_systems', { code: 'TEMPO', name: 'Tempo' });
  sold = { country_code, business_unit_id, store_id, sales_system_id };
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

async function insert(table: string, values: Record<string, unknown>): Promise<string> {
  const id = uuidv7();
  const all = Object.entries({ organization_id: ground.organizationId, id, ...values });
  await owner.query(
    `INSERT INTO ${table} (${all.map(([name]) => name).join()}) VALUES (${all.map((_, at) => `$${at + 1}`).join()})`,
    all.map(([, value]) => value),
  );
  return id;
}

let made = 0;
const order = (values: Record<string, unknown> = {}) =>
  insert('orders.service_orders', {
    ...sold,
    channel: 'online',
    sales_order_id: `SO-${++made}`,
    service_type: 'installation',
    customer_id: uuidv7(),
    service_address_cipher: Buffer.alloc(48),
    ordered_at: new Date(),
    ...values,
  });
const orderRow = async (id: string) =>
  (await owner.query<Record<string, unknown>>('SELECT * FROM orders.service_orders WHERE id = $1', [id]))
    .rows[0];

test('an order is there once, with lines or without', async () => {
  await order({ sales_order_id: 'A', sales_order_line_id: '1' });
  await order({ sales_order_id: 'A', sales_order_line_id: '2' });
  await expect(order({ sales_order_id: 'A', sales_order_line_id: '2' })).rejects.toMatchObject({
    code: '23505',
  });
  await order({ sales_order_id: 'B' });
  await expect(order({ sales_order_id: 'B' })).rejects.toMatchObject({ code: '23505' });
});

test('an event that the sales system tells twice is there once', async () => {
  const { sales_system_id } = sold;
  const event = { sales_system_id, kind: 'order_received', external_id: 'E-1' };
  await insert('orders.integration_events', event);
  await expect(insert('orders.integration_events', event)).rejects.toMatchObject({ code: '23505' });
  await expect(insert('orders.integration_events', { ...event, external_id: null })).rejects.toMatchObject({
    code: '23514',
  });
  // Errors of our own have no id there, and may be many.
  for (let time = 0; time < 2; time++)
    await insert('orders.integration_events', {
      sales_system_id,
      kind: 'sync_error',
      status: 'failure',
      error: 'timeout',
    });
});

describe('the latest assessment stands on the order', () => {
  const assessment = (service_order_id: string, level: string, score: number, at: string) => ({
    service_order_id,
    level,
    score,
    assessed_at: at,
    model_version: '1',
    input_features: '{}',
  });
  const assessRisk = (...given: Parameters<typeof assessment>) =>
    insert('orders.risk_assessments', {
      ...assessment(...given),
      risk_factors: JSON.stringify([{ factor: given[1] }]),
      triggered_by: 'batch_job',
    });
  const assessPotential = (...given: Parameters<typeof assessment>) =>
    insert('orders.potential_assessments', { ...assessment(...given), contributing_factors: '[]' });

  test('of risk, also when an older one comes in late', async () => {
    const id = await order();
    await assessRisk(id, 'high', 80, '2026-03-02T10:00Z');
    await assessRisk(id, 'low', 10, '2026-03-01T10:00Z');
    expect(await orderRow(id)).toMatchObject({
      risk_level: 'high',
      risk_score: '80.00',
      risk_assessed_at: new Date('2026-03-02T10:00Z'),
      risk_factors: [{ factor: 'high' }],
    });
  });

  test('and what was acknowledged counts for its level only', async () => {
    const id = await order();
    await assessRisk(id, 'high', 80, '2026-03-02T10:00Z');
    await owner.query(
      'UPDATE orders.service_orders SET risk_acknowledged_by = $2, risk_acknowledged_at = now() WHERE id = $1',
      [id, ground.userId],
    );
    await assessRisk(id, 'high', 85, '2026-03-03T10:00Z');
    expect(await orderRow(id)).toMatchObject({ risk_acknowledged_by: ground.userId });
    await assessRisk(id, 'critical', 95, '2026-03-04T10:00Z');
    expect(await orderRow(id)).toMatchObject({ risk_acknowledged_by: null, risk_acknowledged_at: null });
  });

  test('of potential', async () => {
    const id = await order();
    await assessPotential(id, 'high', 70, '2026-03-02T10:00Z');
    await assessPotential(id, 'medium', 40, '2026-03-01T10:00Z');
    expect(await orderRow(id)).toMatchObject({ sales_potential: 'high', sales_potential_score: '70.00' });
  });

  test('and stands in the plant that the order is given to', async () => {
    const id = await order();
    const assessed = await assessPotential(id, 'low', 1, '2026-03-02T10:00Z');
    await owner.query('UPDATE orders.service_orders SET plant_id = $2 WHERE id = $1', [
      id,
      ground.otherPlantId,
    ]);
    const { rows } = await owner.query('SELECT plant_id FROM orders.potential_assessments WHERE id = $1', [
      assessed,
    ]);
    expect(rows).toEqual([{ plant_id: ground.otherPlantId }]);
  });
});

test('a business unit has one primary sales system', async () => {
  const link = (sales_system_id: string, is_primary: boolean) =>
    owner.query(
      `INSERT INTO orders.business_unit_sales_systems (organization_id, business_unit_id, sales_system_id, is_primary)
       VALUES ($1, $2, $3, $4)`,
      [ground.organizationId, sold.business_unit_id, sales_system_id, is_primary],
    );
  const other = await insert('orders.sales_systems', { code: 'SAP', name: 'SAP' });
  await link(sold.sales_system_id, true);
  await expect(link(other, true)).rejects.toMatchObject({ code: '23505' });
  await link(other, false);
});
