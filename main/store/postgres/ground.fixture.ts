/** The least that rows of production and equipment stand on: two plants with a lane, a machine, a sensor and people. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';

export interface Ground {
  readonly organizationId: string;
  readonly plantId: string;
  readonly otherPlantId: string;
  readonly laneId: string;
  readonly machineId: string;
  readonly materialId: string;
  readonly userId: string;
  readonly workOrderId: string;
  readonly sensorNo: number;
  /** Inserts a row of this organization, its plant and a new id where none are given; returns the id. */
  insert(table: string, row?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Tables of the fixture whose rows have no id, or no plant, of their own. */
const withoutId = new Set([
  'equipment.sensor_readings',
  'equipment.downtime_reasons',
  'production.operation_links',
]);
const withoutPlant = new Set(['org.plants', 'identity.users', 'equipment.downtime_reasons']);

export async function layGround(owner: pg.Client, code = 'GROUND'): Promise<Ground> {
  const organizationId = uuidv7();
  const plantId = uuidv7();
  await owner.query(
    `INSERT INTO org.organizations (id, code, name, gs1_company_prefix) VALUES ($1, $2, $2, '9521321')`,
    [organizationId, code],
  );
  const insert = async (table: string, given: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const row: Record<string, unknown> = {
      organization_id: organizationId,
      ...(withoutId.has(table) ? {} : { id: uuidv7() }),
      ...(withoutPlant.has(table) ? {} : { plant_id: plantId }),
      ...given,
    };
    const columns = Object.keys(row);
    await owner.query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
      Object.values(row),
    );
    return String(row['id']);
  };
  await insert('org.plants', { id: plantId, code: 'ONE', name: 'One', time_zone: 'Pacific/Auckland' });
  const otherPlantId = await insert('org.plants', { code: 'TWO', name: 'Two', time_zone: 'UTC' });
  const areaId = await insert('org.areas', { code: 'A', name: 'Assembly' });
  const lane = { area_id: areaId, position: 1, shift_codes: ['DAY'] };
  const laneId = await insert('production.lanes', { ...lane, code: 'L-1', name: 'Lane 1' });
  const machineId = await insert('equipment.machines', {
    lane_id: laneId,
    code: 'M-1',
    name: 'Press',
    ideal_cycle_time_ms: 1000,
  });
  const userId = await insert('identity.users', {
    login: `${code.toLowerCase()}-operator`,
    display_name: 'Operator',
    password_hash: 'none',
    home_plant_id: plantId,
  });
  const materialId = await insert('material.materials', {
    code: 'PUMP',
    name: 'Pump',
    kind: 'product',
    unit: 'pcs',
  });
  const workOrderId = await insert('production.work_orders', {
    number: 'WO-000001',
    material_id: materialId,
    quantity: 10,
    unit: 'pcs',
    status: 'released',
    due_at: new Date(),
  });
  const sensorId = await insert('equipment.sensors', {
    machine_id: machineId,
    code: 'S-1',
    name: 'Bearing temperature',
    kind: 'thermocouple',
    metric: 'temperature',
    unit: '°C',
  });
  const { rows } = await owner.query<{ sensor_no: number }>(
    'SELECT sensor_no FROM equipment.sensors WHERE organization_id = $1 AND id = $2',
    [organizationId, sensorId],
  );
  const sensorNo = rows[0]?.sensor_no ?? 0;
  return {
    organizationId,
    plantId,
    otherPlantId,
    laneId,
    machineId,
    materialId,
    userId,
    workOrderId,
    sensorNo,
    insert,
  };
}

/** A session of the person of the ground, who may read one plant; returns its token. */
export async function openSession(owner: pg.Client, ground: Ground, plantId: string): Promise<string> {
  const token = `token-${uuidv7()}`;
  const userId = await ground.insert('identity.users', {
    login: `reader-${plantId}`,
    display_name: 'Reader',
    password_hash: 'none',
    home_plant_id: plantId,
  });
  await owner.query(
    `INSERT INTO identity.user_plant_access (organization_id, user_id, plant_id) VALUES ($1, $2, $3)`,
    [ground.organizationId, userId, plantId],
  );
  await owner.query(
    `INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, expires_at)
     VALUES ($1, $2, $3, $4, 'TEST', now() + interval '1 hour')`,
    [uuidv7(), ground.organizationId, userId, createHash('sha256').update(token).digest()],
  );
  return token;
}
