import { expect, test } from 'vitest';
import { checkDigit } from '../gs1/check-digit.ts';
import { generatePiece, type SeedMaterial } from './generate-piece.ts';
import { plantSetting } from './setting.ts';
import { piecesOf, type SeedSize, seedSizes } from './size.ts';
import { seedColumns, type SeedTable, type SeedValue } from './tables.ts';

const size: SeedSize = {
  organizations: 2,
  plants: 2,
  cells: 1,
  workOrders: 150,
  logsPerWorkOrder: 40,
  serialsPerWorkOrder: 6,
  edgesPerWorkOrder: 30,
  readings: 1000,
};
const material: SeedMaterial = {
  seed: 7,
  now: Date.parse('2026-11-18T10:20:00Z'),
  size,
  roles: ['admin', 'planner', 'inspector', 'packer', 'operator'].map((code) => ({
    code,
    name: code,
    permissions: ['line:read'],
  })),
  secrets: { people: 'hash of theirs', nobody: 'hash of nobody' },
};

type Rows = Map<SeedTable, Record<string, SeedValue>[]>;

function generate(given: SeedMaterial, order = piecesOf(given.size)): Rows {
  const rows: Rows = new Map();
  for (const piece of order) {
    generatePiece(given, piece, (table, _, row) => {
      const columns = seedColumns[table];
      if (row.length !== columns.length) throw new RangeError(`${table} has ${columns.length} columns`);
      const named = Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null]));
      const list = rows.get(table);
      if (list) list.push(named);
      else rows.set(table, [named]);
    });
  }
  return rows;
}

const all = generate(material);
const of = (table: SeedTable, rows = all) => rows.get(table) ?? [];
const counts = (rows: Rows) => ({
  orders: of('production.work_orders', rows).length,
  lanes: of('production.lanes', rows).length,
  logs: of('production.logs', rows).length,
  serials: of('trace.serials', rows).length,
  edges: of('trace.genealogy', rows).length,
  readings: of('equipment.sensor_readings', rows).length,
});

test('there is as much of everything as the size says, at any hour', () => {
  const plants = 4;
  const wanted = {
    orders: 150 * plants,
    lanes: 4 * plants,
    logs: 150 * 40 * plants,
    serials: 150 * 6 * plants,
    edges: 150 * 30 * plants,
    readings: 1000 * plants,
  };
  expect(counts(all)).toEqual(wanted);
  const one = { ...size, organizations: 1, plants: 1 };
  // A night, a weekend, the change of clocks, the first minute of a day's work.
  for (const now of [
    '2026-11-18T23:00:00Z',
    '2026-11-22T12:00:00Z',
    '2026-10-25T01:30:00Z',
    '2026-11-18T05:01:00Z',
  ]) {
    const rows = generate({ ...material, size: one, now: Date.parse(now) });
    expect(counts(rows)).toEqual(
      Object.fromEntries(Object.entries(wanted).map(([name, count]) => [name, count / plants])),
    );
    const latest = Math.max(...of('production.logs', rows).map(({ at }) => Number(at)));
    expect(latest).toBeLessThanOrEqual(Date.parse(now));
  }
});

test('plant and group are what they are called', () => {
  const { plant, group } = seedSizes;
  expect(plant.cells * 4).toBe(20);
  expect(plant.cells * plant.workOrders).toBe(2500);
  const plants = group.organizations * group.plants;
  const orders = plants * group.cells * group.workOrders;
  expect([plants, plants * group.cells * 4, orders]).toEqual([20, 400, 50_000]);
  expect(orders * group.logsPerWorkOrder).toBe(5_000_000);
  expect(orders * group.serialsPerWorkOrder).toBe(1_000_000);
  expect(orders * group.edgesPerWorkOrder).toBe(5_000_000);
  expect(plants * group.readings).toBe(20_000_000);
});

test('the same arguments give the same rows, whatever was made before', () => {
  const one = { ...material, size: { ...size, organizations: 1, plants: 1 } };
  const lines = (rows: Rows) =>
    [...rows].flatMap(([table, list]) => list.map((row) => `${table} ${JSON.stringify(row)}`));
  const made = lines(generate(one));
  expect(lines(generate(one)).join('\n') === made.join('\n')).toBe(true);
  const backwards = lines(generate(one, piecesOf(one.size).toReversed()));
  expect(backwards.toSorted().join('\n') === made.toSorted().join('\n')).toBe(true);
  expect(of('trace.serials', generate({ ...one, seed: 8 }))[0]).not.toEqual(of('trace.serials')[0]);
});

test('ids are unique, and what a row names is there', () => {
  const ids = new Map<string, Set<SeedValue>>();
  for (const [table, rows] of all) {
    const own = rows.flatMap(({ id }) => (id === undefined ? [] : [id]));
    ids.set(table, new Set(own));
    expect(ids.get(table)?.size).toBe(own.length);
  }
  const everything = new Set([...ids.values()].flatMap((set) => [...set]));
  const missing: string[] = [];
  for (const [table, rows] of all) {
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        const named =
          Array.isArray(value) && name.endsWith('_ids') ? value : name.endsWith('_id') ? [value] : [];
        for (const one of named) if (one !== null && !everything.has(one)) missing.push(`${table}.${name}`);
      }
    }
  }
  expect(missing).toEqual([]);
});

test('numbers that people scan are unique in an organization, and an SSCC checks', () => {
  for (const [table, column] of [
    ['production.work_orders', 'number'],
    ['production.operations', 'code'],
    ['trace.lots', 'number'],
    ['trace.serials', 'number'],
    ['logistics.packing_units', 'number'],
    ['logistics.packing_units', 'sscc'],
    ['logistics.shipments', 'number'],
    ['equipment.sensors', 'sensor_no'],
    ['identity.users', 'employee_code'],
  ] as const) {
    const seen = of(table).map((row) => `${String(row['organization_id'])} ${String(row[column])}`);
    expect(new Set(seen).size, `${table}.${column}`).toBe(seen.length);
  }
  const logins = of('identity.users').map(({ login }) => login);
  expect(new Set(logins).size).toBe(logins.length);
  const sscc = String(of('logistics.packing_units')[0]?.['sscc']);
  expect(checkDigit(sscc.slice(0, 17))).toBe(Number(sscc.slice(17)));
});

test('what is reported is reported within shifts, in an order that makes sense, and adds up', () => {
  const settings = new Map(
    [0, 1].flatMap((organization) =>
      [0, 1].map((plant) => {
        const setting = plantSetting(material, organization, plant);
        return [setting.plantId, setting] as const;
      }),
    ),
  );
  const byOperation = Map.groupBy(of('production.logs'), (row) => row['operation_id']);
  for (const operation of of('production.operations')) {
    const logs = byOperation.get(operation['id'] ?? null) ?? [];
    const { time } = settings.get(String(operation['plant_id'])) ?? {};
    expect(operation['good_quantity']).toBe(logs.reduce((sum, log) => sum + Number(log['good_quantity']), 0));
    expect(operation['scrap_quantity']).toBe(
      logs.reduce((sum, log) => sum + Number(log['scrap_quantity']), 0),
    );
    let stands = true;
    let last = -Infinity;
    for (const [at, log] of logs.entries()) {
      const when = Number(log['at']);
      const event = log['event'];
      expect(when).toBeGreaterThanOrEqual(last);
      last = when;
      const leaves = event === 'pause' || event === 'complete';
      expect(time?.worksAt(when) === true || (leaves && time?.worksAt(when - 1) === true)).toBe(true);
      expect(event === 'start').toBe(at === 0);
      if (event === 'start' || event === 'resume') {
        expect(stands).toBe(true);
        stands = false;
      } else if (event === 'pause') {
        expect(stands).toBe(false);
        stands = true;
      }
    }
    const end = { running: 'report', paused: 'pause', completed: 'complete' }[String(operation['status'])];
    if (end === 'complete' || end === 'pause') expect(logs.at(-1)?.['event']).toBe(end);
    expect(logs.length > 0).toBe(operation['started_at'] !== null);
  }
});

test('a machine that is broken counts nothing, and its counters never go back', () => {
  let stops = 0;
  for (const rows of Map.groupBy(of('equipment.status_history'), (row) => row['machine_id']).values()) {
    const sorted = rows.toSorted((a, b) => Number(a['at']) - Number(b['at']));
    const backwards: unknown[] = [];
    for (const [at, row] of sorted.entries()) {
      const next = sorted[at + 1];
      if (next === undefined) continue;
      if (Number(next['good_count']) < Number(row['good_count'])) backwards.push(row);
      if (row['state'] !== 'down') continue;
      stops += 1;
      expect([next['state'], next['good_count']]).toEqual(['running', row['good_count']]);
    }
    expect(backwards).toEqual([]);
  }
  expect(stops).toBeGreaterThan(50);
});

test('a lane has one operation at a time, and an operation waits for the one before', () => {
  const overlaps: unknown[] = [];
  for (const [start, end, key] of [
    ['starts_at', 'ends_at', 'lane_id'],
    ['started_at', 'completed_at', 'lane_id'],
    ['starts_at', 'ends_at', 'work_order_id'],
  ] as const) {
    const placed = of('production.operations').filter((row) => row[start] !== null);
    for (const rows of Map.groupBy(placed, (row) => row[key]).values()) {
      const sorted = rows.toSorted((a, b) => Number(a[start]) - Number(b[start]));
      for (const [at, row] of sorted.entries()) {
        const next = sorted[at + 1];
        if (next && Number(row[end] ?? Infinity) > Number(next[start])) overlaps.push(row);
      }
    }
  }
  expect(overlaps).toEqual([]);
});

test('genealogy goes from lots over serials and cartons to shipments, forwards in time, within what there was', () => {
  const rank = { lot: 0, serial: 1, carton: 2, shipment: 3 } as const;
  const used = new Map<SeedValue, number>();
  const cells = new Set(
    of('trace.lots').flatMap((row) => (row['work_order_id'] === null ? [] : [row['id']])),
  );
  for (const edge of of('trace.genealogy')) {
    const [parent, child] = [edge['parent_kind'], edge['child_kind']] as [
      keyof typeof rank,
      keyof typeof rank,
    ];
    if (edge['kind'] === 'consumed') {
      expect(cells.has(edge['parent_id'] ?? null)).toBe(false);
      expect(cells.has(edge['child_id'] ?? null)).toBe(true);
    } else expect(rank[child]).toBeGreaterThan(rank[parent]);
    const parentId = edge['parent_id'] ?? null;
    used.set(parentId, (used.get(parentId) ?? 0) + Number(edge['quantity']));
  }
  const edges = of('trace.genealogy').map(
    (edge) => `${String(edge['parent_id'])} ${String(edge['child_id'])}`,
  );
  expect(new Set(edges).size).toBe(edges.length);
  const onHand = new Map(of('material.inventory').map((row) => [row['lot_id'], row['quantity_on_hand']]));
  for (const lot of of('trace.lots')) {
    const gone = used.get(lot['id'] ?? null) ?? 0;
    expect(gone).toBeLessThanOrEqual(Number(lot['quantity']));
    if (lot['work_order_id'] !== null) continue;
    expect(lot['remaining_quantity']).toBe(Number(lot['quantity']) - gone);
    expect(onHand.get(lot['id'] ?? null)).toBe(lot['remaining_quantity']);
  }
  const stock = Map.groupBy(of('material.transactions'), (row) => row['material_id']);
  for (const layer of of('material.cost_layers')) {
    const moved = stock.get(layer['material_id'] ?? null) ?? [];
    expect(layer['quantity_remaining']).toBe(moved.reduce((sum, row) => sum + Number(row['quantity']), 0));
  }
});

test('a size that cannot be told is refused', () => {
  const tooMuch = { ...material, size: { ...size, edgesPerWorkOrder: 500 } };
  expect(() => generate(tooMuch)).toThrow(RangeError);
  expect(() => generate({ ...material, size: { ...size, workOrders: 10_000 } })).toThrow(RangeError);
});
