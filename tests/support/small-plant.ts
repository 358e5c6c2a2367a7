/**
 * A plant small enough to be known by heart: one organization with pumps and sauces, written by the owner.
 * Services are tried on it with people whose sessions are real.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { plantDay } from '#domain/calendars/shifts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Everyone's token is their login with this behind it. */
export const tokenOf = (login: string) => `${login}-token`;

export const everyone = ['pumps', 'sauces', 'reader', 'inspector', 'station'] as const;
export type Login = (typeof everyone)[number];

const allPermissions = [
  'schedule:read',
  'schedule:write',
  'production:report',
  'quality:record',
  'packing:write',
  'trace:read',
  'line:read',
];

export interface SmallPlant {
  readonly organizationId: string;
  readonly pumps: string;
  readonly sauces: string;
  readonly lanes: Readonly<Record<'assembly' | 'testing' | 'mixing', string>>;
  readonly machines: Readonly<Record<'M-01' | 'M-02' | 'M-51', string>>;
  readonly materials: Readonly<Record<'pump50' | 'pump80' | 'impeller' | 'sauce' | 'flour', string>>;
  readonly users: Readonly<Record<Login, string>>;
  /** By code, `WO-000001/10`. */
  readonly operations: Readonly<Record<string, string>>;
  readonly characteristicId: string;
  /** By number. */
  readonly serials: Readonly<Record<string, string>>;
  readonly lots: Readonly<Record<string, string>>;
  readonly cartonId: string;
  readonly shipmentId: string;
  /** A Monday to come at 06:00 in Berlin, when the day shift begins. */
  readonly mondayAt: number;
}

/**
 * Pumps (Europe/Berlin): lane ASM-1 works DAY and LATE, TST-1 works DAY, Monday to Friday; WO-000001
 * (10 PUMP-50: /10 assembly of 2 h, /20 test of 1 h), WO-000002 (PUMP-80: /10 of 2 h). Sauces
 * (America/Chicago): lane MIX-1, WO-000003/10. Nothing is placed. Serials SN-1..SN-4 are released
 * PUMP-50, SN-5 is in process, SN-6 is a PUMP-80, SN-9 left in carton CT-0 with shipment SH-1.
 */
export async function fillSmallPlant(ownerUrl: string, now = Date.now()): Promise<SmallPlant> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    return await fill(owner, now);
  } finally {
    await owner.end();
  }
}

async function fill(owner: pg.Client, now: number): Promise<SmallPlant> {
  const organizationId = uuidv7();
  const insert = async (table: string, ...rows: Record<string, unknown>[]) => {
    for (const row of rows) {
      const all = Object.entries(
        table === 'org.organizations' ? row : { organization_id: organizationId, ...row },
      );
      await owner.query(
        `INSERT INTO ${table} (${all.map(([name]) => name).join()}) VALUES (${all.map((_, at) => `$${at + 1}`).join()})`,
        all.map(([, value]) => value),
      );
    }
  };
  const ids = <Name extends string>(...names: Name[]) =>
    Object.fromEntries(names.map((name) => [name, uuidv7()])) as Record<Name, string>;

  const { pumps, sauces } = ids('pumps', 'sauces');
  const lanes = ids('assembly', 'testing', 'mixing');
  const machines = ids('M-01', 'M-02', 'M-51');
  const materials = ids('pump50', 'pump80', 'impeller', 'sauce', 'flour');
  const users = ids(...everyone);
  const areas = ids('assembly', 'testing', 'mixing');
  const orders = ids('WO-000001', 'WO-000002', 'WO-000003');
  const operations = ids('WO-000001/10', 'WO-000001/20', 'WO-000002/10', 'WO-000003/10');
  const serials = ids('SN-1', 'SN-2', 'SN-3', 'SN-4', 'SN-5', 'SN-6', 'SN-9');
  const lots = ids('LOT-IMPELLER-1', 'LOT-PUMP-1', 'LOT-FLOUR-1', 'LOT-SAUCE-1');
  const { characteristicId, cartonId, shipmentId } = ids('characteristicId', 'cartonId', 'shipmentId');

  await insert('org.organizations', {
    id: organizationId,
    code: 'SMALL',
    name: 'Small Works',
    gs1_company_prefix: '9521234',
  });
  await insert(
    'org.plants',
    { id: pumps, code: 'PUMPS', name: 'Pumps', time_zone: 'Europe/Berlin' },
    { id: sauces, code: 'SAUCES', name: 'Sauces', time_zone: 'America/Chicago' },
  );
  await insertPeople(insert, users, { pumps, sauces });
  await insert(
    'org.areas',
    { id: areas.assembly, plant_id: pumps, code: 'ASM', name: 'Assembly', position: 1 },
    { id: areas.testing, plant_id: pumps, code: 'TST', name: 'Testing', position: 2 },
    { id: areas.mixing, plant_id: sauces, code: 'MIX', name: 'Mixing', position: 1 },
  );
  const weekdays = [1, 2, 3, 4, 5];
  await insert(
    'production.shifts',
    {
      id: uuidv7(),
      plant_id: pumps,
      code: 'DAY',
      name: 'Day',
      starts_at: '06:00',
      ends_at: '14:00',
      weekdays,
    },
    {
      id: uuidv7(),
      plant_id: pumps,
      code: 'LATE',
      name: 'Late',
      starts_at: '14:00',
      ends_at: '22:00',
      weekdays,
    },
    {
      id: uuidv7(),
      plant_id: sauces,
      code: 'DAY',
      name: 'Day',
      starts_at: '06:00',
      ends_at: '14:00',
      weekdays,
    },
  );
  await insert(
    'production.lanes',
    lane(lanes.assembly, pumps, areas.assembly, 'ASM-1', 'Assembly 1', ['DAY', 'LATE']),
    lane(lanes.testing, pumps, areas.testing, 'TST-1', 'Test bench 1', ['DAY']),
    lane(lanes.mixing, sauces, areas.mixing, 'MIX-1', 'Mixer 1', ['DAY']),
  );
  await insert(
    'equipment.machines',
    machine(machines['M-01'], pumps, lanes.assembly, 'M-01', 'Press'),
    machine(machines['M-02'], pumps, lanes.testing, 'M-02', 'Test bench'),
    machine(machines['M-51'], sauces, lanes.mixing, 'M-51', 'Mixer'),
  );
  const product = { kind: 'product', unit: 'pcs', serialised: true, per_carton: 2 };
  await insert(
    'material.materials',
    {
      ...product,
      id: materials.pump50,
      plant_id: pumps,
      code: 'PUMP-50',
      name: 'Pump 50',
      gtin: '09521234543213',
    },
    { ...product, id: materials.pump80, plant_id: pumps, code: 'PUMP-80', name: 'Pump 80' },
    {
      id: materials.impeller,
      plant_id: pumps,
      code: 'IMPELLER',
      name: 'Impeller',
      kind: 'part',
      unit: 'pcs',
    },
    { id: materials.sauce, plant_id: sauces, code: 'SAUCE', name: 'Béchamel', kind: 'product', unit: 'kg' },
    { id: materials.flour, plant_id: sauces, code: 'FLOUR', name: 'Flour', kind: 'ingredient', unit: 'kg' },
  );
  const order = (number: keyof typeof orders, plant: string, material: string, quantity: number) => ({
    id: orders[number],
    plant_id: plant,
    number,
    material_id: material,
    quantity,
    unit: 'pcs',
    status: 'released',
    due_at: new Date(now + 21 * dayMs),
  });
  await insert(
    'production.work_orders',
    order('WO-000001', pumps, materials.pump50, 10),
    order('WO-000002', pumps, materials.pump80, 5),
    order('WO-000003', sauces, materials.sauce, 400),
  );
  const operation = (
    code: keyof typeof operations,
    plant: string,
    laneId: string,
    name: string,
    hours: number,
  ) => ({
    id: operations[code],
    plant_id: plant,
    work_order_id: orders[code.slice(0, 9) as keyof typeof orders],
    number: Number(code.slice(10)),
    code,
    name,
    status: 'ready',
    duration_s: hours * 3600,
    eligible_lane_ids: [laneId],
  });
  await insert(
    'production.operations',
    operation('WO-000001/10', pumps, lanes.assembly, 'Assemble', 2),
    operation('WO-000001/20', pumps, lanes.testing, 'Test', 1),
    operation('WO-000002/10', pumps, lanes.assembly, 'Assemble', 2),
    operation('WO-000003/10', sauces, lanes.mixing, 'Mix', 3),
  );
  await insert('quality.characteristics', {
    id: characteristicId,
    plant_id: pumps,
    material_id: materials.pump50,
    operation_number: 20,
    code: 'RUNOUT',
    name: 'Shaft run-out',
    unit: 'mm',
    lower_limit: 0,
    upper_limit: 0.05,
    decimals: 3,
    measurements_due: 3,
  });
  const lot = (number: keyof typeof lots, plant: string, material: string, supplier: string | null) => ({
    id: lots[number],
    plant_id: plant,
    number,
    material_id: material,
    quantity: 100,
    unit: 'pcs',
    status: 'released',
    supplier,
    made_at: new Date(now - 20 * dayMs),
  });
  await insert(
    'trace.lots',
    lot('LOT-IMPELLER-1', pumps, materials.impeller, 'Castings & Co'),
    lot('LOT-PUMP-1', pumps, materials.pump50, null),
    lot('LOT-FLOUR-1', sauces, materials.flour, 'Mill'),
    lot('LOT-SAUCE-1', sauces, materials.sauce, null),
  );
  const serial = (number: keyof typeof serials, material: string, status: string) => ({
    id: serials[number],
    plant_id: pumps,
    number,
    material_id: material,
    lot_id: lots['LOT-PUMP-1'],
    status,
    made_at: new Date(now - 10 * dayMs),
  });
  await insert(
    'trace.serials',
    serial('SN-1', materials.pump50, 'released'),
    serial('SN-2', materials.pump50, 'released'),
    serial('SN-3', materials.pump50, 'released'),
    serial('SN-4', materials.pump50, 'released'),
    serial('SN-5', materials.pump50, 'in_process'),
    serial('SN-6', materials.pump80, 'released'),
    serial('SN-9', materials.pump50, 'shipped'),
  );
  await insert('logistics.shipments', {
    id: shipmentId,
    plant_id: pumps,
    number: 'SH-1',
    customer: 'Waterworks',
    destination: 'Ulm',
    status: 'shipped',
    shipped_at: new Date(now - 5 * dayMs),
  });
  await insert('logistics.packing_units', {
    id: cartonId,
    plant_id: pumps,
    number: 'CT-0',
    status: 'shipped',
    material_id: materials.pump50,
    sscc: '395212340000000014',
    shipment_id: shipmentId,
    opened_at: new Date(now - 6 * dayMs),
    closed_at: new Date(now - 6 * dayMs + hourMs),
  });
  await insert('logistics.packing_unit_serials', {
    serial_id: serials['SN-9'],
    packing_unit_id: cartonId,
    packed_at: new Date(now - 6 * dayMs),
    user_id: users.pumps,
  });
  const edge = (
    plant: string,
    kind: string,
    [parent_kind, parent_id]: [string, string],
    [child_kind, child_id]: [string, string],
  ) => ({
    plant_id: plant,
    kind,
    parent_kind,
    parent_id,
    child_kind,
    child_id,
    at: new Date(now - 6 * dayMs),
  });
  await insert(
    'trace.genealogy',
    edge(pumps, 'consumed', ['lot', lots['LOT-IMPELLER-1']], ['lot', lots['LOT-PUMP-1']]),
    edge(pumps, 'produced', ['lot', lots['LOT-PUMP-1']], ['serial', serials['SN-1']]),
    edge(pumps, 'produced', ['lot', lots['LOT-PUMP-1']], ['serial', serials['SN-9']]),
    edge(pumps, 'packed_into', ['serial', serials['SN-9']], ['carton', cartonId]),
    edge(pumps, 'shipped_to', ['carton', cartonId], ['shipment', shipmentId]),
    edge(sauces, 'consumed', ['lot', lots['LOT-FLOUR-1']], ['lot', lots['LOT-SAUCE-1']]),
  );
  await insert('equipment.downtime_reasons', { code: 'JAM', name: 'Jam', is_planned: false });
  await insert('equipment.downtime_events', {
    id: uuidv7(),
    plant_id: pumps,
    machine_id: machines['M-01'],
    reason_code: 'JAM',
    started_at: new Date(now - 3 * hourMs),
    ended_at: new Date(now - 2 * hourMs),
  });
  return {
    organizationId,
    pumps,
    sauces,
    lanes,
    machines,
    materials,
    users,
    operations,
    characteristicId,
    serials,
    lots,
    cartonId,
    shipmentId,
    mondayAt: mondayAfter(now),
  };
}

type Insert = (table: string, ...rows: Record<string, unknown>[]) => Promise<void>;

/** `pumps` may do everything at the pumps, `sauces` at the sauces; `reader` only reads at the pumps; `inspector` only measures there. */
async function insertPeople(
  insert: Insert,
  users: Readonly<Record<Login, string>>,
  plants: { readonly pumps: string; readonly sauces: string },
): Promise<void> {
  const roles = {
    everything: { id: uuidv7(), permissions: allPermissions },
    inspector: { id: uuidv7(), permissions: ['quality:record', 'line:read'] },
    station: { id: uuidv7(), permissions: [...allPermissions, 'line:write'] },
  };
  for (const [code, { id, permissions }] of Object.entries(roles)) {
    await insert('identity.roles', { id, code, name: code });
    for (const permission of permissions)
      await insert('identity.role_permissions', { role_id: id, permission });
  }
  for (const login of everyone) {
    const isStation = login === 'station';
    await insert('identity.users', {
      id: users[login],
      login: `${login}.small`,
      display_name: login,
      password_hash: 'none',
      kind: isStation ? 'station' : 'person',
      station_code: isStation ? 'ST-07' : null,
      home_plant_id: login === 'sauces' ? plants.sauces : plants.pumps,
    });
    const role = isStation ? roles.station : login === 'inspector' ? roles.inspector : roles.everything;
    await insert('identity.user_roles', { user_id: users[login], role_id: role.id });
    const visible = isStation
      ? [plants.pumps, plants.sauces]
      : [login === 'sauces' ? plants.sauces : plants.pumps];
    for (const plant_id of visible) {
      await insert('identity.user_plant_access', {
        user_id: users[login],
        plant_id,
        may_write: login !== 'reader',
        may_delete: login !== 'reader',
      });
    }
    await insert('identity.sessions', {
      id: uuidv7(),
      user_id: users[login],
      token_hash: createHash('sha256').update(tokenOf(login)).digest(),
      station_code: 'ST-07',
      created_at: new Date(Date.now() - dayMs),
      expires_at: new Date(Date.now() + dayMs),
    });
  }
}

function lane(
  id: string,
  plant_id: string,
  area_id: string,
  code: string,
  name: string,
  shift_codes: string[],
) {
  return { id, plant_id, area_id, code, name, position: 1, shift_codes };
}

function machine(id: string, plant_id: string, lane_id: string, code: string, name: string) {
  return { id, plant_id, lane_id, code, name, ideal_cycle_time_ms: 30_000 };
}

function mondayAfter(now: number): number {
  let day = plantDay(now + dayMs, 'Europe/Berlin');
  while (day.weekday !== 1) day = plantDay(day.endsAt, 'Europe/Berlin');
  return day.startsAt + 6 * hourMs;
}
