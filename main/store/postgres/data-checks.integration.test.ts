/** Each check of the data by itself: it finds what it is there for, and no other check does; the rows beside are left alone. */
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { at, buildWorks, hourMs } from './analytics.fixture.ts';
import type { Works } from './analytics.fixture.ts';
import { dataCases } from './data-checks.fixture.ts';
import type { Deed } from './data-checks.fixture.ts';
import { addPerson } from './person.fixture.ts';
import type { Person } from './person.fixture.ts';

interface Column {
  readonly name: string;
  readonly type: string;
}

let database: TestDatabase;
let owner: pg.Client;
let works: Works;
let everywhere: Person;
let here: Person;
const required = new Map<string, readonly Column[]>();

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  works = await buildWorks(owner);
  const { organizationId, plantId, otherPlantId } = works.ground;
  everywhere = await addPerson(owner, organizationId, ['admin:read'], [plantId, otherPlantId]);
  here = await addPerson(owner, organizationId, ['admin:read'], [plantId]);
  await owner.query('SELECT analytics.refresh_as_of(100000, now())');
  await owner.query('DELETE FROM analytics.dirty');
  // What a constraint refuses today may have come in before it, or by another way: the checks look for it all the same.
  const { rows: constraints } = await owner.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement FROM pg_constraint
     WHERE contype IN ('c', 'x') AND conparentid = 0 AND coninhcount = 0 AND conrelid IN (SELECT target FROM app.table_rules)`,
  );
  for (const { statement } of constraints) await owner.query(statement);
  const { rows } = await owner.query<Column & { table: string }>(
    `SELECT a.attrelid::regclass::text AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type
     FROM pg_attribute a WHERE a.attrelid IN (SELECT target FROM app.table_rules) AND a.attnum > 0 AND a.attnotnull
       AND NOT a.atthasdef AND a.attidentity = ''`,
  );
  for (const [table, columns] of Map.groupBy(rows, (row) => row.table)) required.set(table, columns);
}, 120_000);
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** What a column that no case speaks of has. */
function something({ name, type }: Column): unknown {
  const { ground, operationIds } = works;
  const known: Record<string, unknown> = {
    organization_id: ground.organizationId,
    plant_id: ground.plantId,
    material_id: ground.materialId,
    user_id: ground.userId,
    lane_id: ground.laneId,
    machine_id: ground.machineId,
    operation_id: operationIds[0],
    work_order_id: ground.workOrderId,
    shift_code: 'A',
  };
  if (name in known) return known[name];
  if (type === 'uuid') return uuidv7();
  if (type === 'text') return `x-${uuidv7()}`;
  if (type === 'boolean') return false;
  if (type.endsWith('[]')) return '{}';
  if (type === 'jsonb') return '{}';
  if (type === 'date' || type.startsWith('timestamp')) return at(Date.now() - hourMs);
  return 1;
}

async function put(deed: Deed): Promise<void> {
  if (typeof deed === 'string') {
    await owner.query(deed, [works.ground.organizationId]);
    return;
  }
  const [table, given] = deed;
  const row = Object.fromEntries([
    ...(required.get(table) ?? []).map((column) => [column.name, something(column)] as const),
    ...Object.entries(given),
  ]);
  const names = Object.keys(row);
  await owner.query(
    `INSERT INTO ${table} (${names.join()}) VALUES (${names.map((_, n) => `$${n + 1}`).join()})`,
    Object.values(row),
  );
}

async function failing(deeds: readonly Deed[], person: Person): Promise<readonly string[]> {
  await owner.query('BEGIN');
  try {
    await owner.query('SET LOCAL session_replication_role = replica');
    for (const deed of deeds) await put(deed);
    await owner.query('SET LOCAL ROLE lanewright_app');
    await owner.query('SELECT identity.begin($1)', [person.token]);
    const { rows } = await owner.query<{ check_name: string }>(
      'SELECT check_name FROM analytics.check_data_quality() WHERE NOT passed',
    );
    return rows.map(({ check_name }) => check_name);
  } finally {
    await owner.query('ROLLBACK');
  }
}

test('no check is without something that it finds', async () => {
  const { rows } = await owner.query<{ name: string }>('SELECT name FROM analytics.data_checks ORDER BY 1');
  const tried = new Set(dataCases.filter(({ found }) => found).map(({ check }) => check));
  expect([...tried].toSorted()).toEqual(rows.map(({ name }) => name));
});

test.each(dataCases.filter(({ found }) => found))('$check finds: $what', async ({ check, deeds }) => {
  expect(await failing(deeds(works), everywhere)).toEqual([check]);
});

test.each(dataCases.filter(({ found }) => !found))('$check leaves alone: $what', async ({ deeds }) => {
  expect(await failing(deeds(works), everywhere)).toEqual([]);
});

test('what is wrong in another plant is for who reads that plant', async () => {
  const plant_id = works.ground.otherPlantId;
  const wrong: readonly Deed[] = [
    ['trace.lots', { plant_id, status: 'active', expires_at: at(Date.now() - hourMs) }],
    ['material.inventory', { plant_id, quantity_on_hand: -1 }],
  ];
  expect(await failing(wrong, everywhere)).toEqual(['lots_expired', 'stock_below_zero']);
  expect(await failing(wrong, here)).toEqual([]);
});
