import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  enforcedMachines,
  initialStatuses,
  type Machine,
  machines,
  mayTransition,
  statusesOf,
} from '#domain/transitions/transitions';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import { fillTwoWorks, tokenOf, type TwoWorks } from '../../../tests/support/two-works.ts';
import { connectDatabase } from './connect.ts';
import { stateMachineMigration, statusColumns } from './state-machines.ts';

let at: TwoWorks;
let appUrl: string;
beforeAll(async () => {
  const database = await createTestDatabase();
  ({ appUrl } = database);
  at = await fillTwoWorks(database);
});
afterAll(() => at.drop());

test('the migration is the one that the tables of the domain make', async () => {
  const file = new URL('./migrations/0019_state_machines.sql', import.meta.url);
  expect(await readFile(file, 'utf8')).toBe(stateMachineMigration());
});

test('the words of a column are the statuses of its machine', async () => {
  const { rows } = await at.owner.query<{ name: string; definition: string }>(
    `SELECT c.conrelid::regclass || '.' || a.attname AS name, pg_get_constraintdef(c.oid) AS definition
     FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     WHERE c.contype = 'c' AND cardinality(c.conkey) = 1 AND c.conrelid::regclass || '.' || a.attname = ANY ($1)`,
    [Object.keys(statusColumns)],
  );
  const words = Object.fromEntries(
    rows.map(({ name, definition }) => [
      name,
      [...definition.matchAll(/'([a-z_]+)'::text/g)].map(([, word]) => word).toSorted(),
    ]),
  );
  const expected = Object.fromEntries(
    Object.entries(statusColumns).map(([name, machine]) => [name, [...statusesOf(machine)].toSorted()]),
  );
  expect(words).toEqual(expected);
  expect([...new Set(Object.values(statusColumns))].toSorted()).toEqual(Object.keys(machines).toSorted());
});

test('each table that names a machine is held to it, and each machine that auditors ask about holds a table', async () => {
  const { rows } = await at.owner.query<{ name: string; machine: string; triggers: string[] }>(
    `SELECT r.target || '.status' AS name, r.state_machine AS machine,
       (SELECT array_agg(t.tgname::text ORDER BY t.tgname) FROM pg_trigger t
        WHERE t.tgrelid = r.target AND t.tgfoid = 'app.enforce_transition'::regproc) AS triggers
     FROM app.table_rules r WHERE r.state_machine IS NOT NULL`,
  );
  expect(rows.map(({ machine }) => machine).toSorted()).toEqual([...enforcedMachines].toSorted());
  for (const { name, machine, triggers } of rows) {
    expect(statusColumns[name]).toBe(machine);
    const begins = machine in initialStatuses ? ['enforce_beginning'] : [];
    expect(triggers).toEqual([...begins, 'enforce_transition']);
  }
});

const every = (machine: Machine) =>
  statusesOf(machine).flatMap((from) =>
    statusesOf(machine)
      .filter((to) => to !== from)
      .map((to) => [from, to] as const),
  );

test('a serial goes where the table lets it and nowhere else', async () => {
  const id = await at.insert('trace.serials', {
    organization_id: at.pumps.organizationId,
    plant_id: at.pumps.plantId,
    number: 'SN-WALK',
    material_id: at.pumps.materialId,
    status: 'in_process',
    made_at: new Date(),
  });
  const found = await walk('trace.serials', id, every('serial'));
  expect(found).toEqual(every('serial').map(([from, to]) => mayTransition('serial', from, to).ok));
});

test('a plan is published from a draft and then stays a record', async () => {
  const found: boolean[] = [];
  for (const [from, to] of every('scheduleVersion')) {
    const id = await at.insert('production.schedule_versions', {
      organization_id: at.pumps.organizationId,
      plant_id: at.pumps.plantId,
      number: found.length + 1,
      status: 'draft',
      starts_at: new Date(0),
      ends_at: new Date(1000),
    });
    await at.owner.query(
      `INSERT INTO identity.signatures (organization_id, id, user_id, login, display_name, meaning, subject, signed_at,
         session_id, station_code)
       VALUES ($1, $2, $3, 'planner', 'Planner', 'published', $4, now(), $3, 'ST-01')`,
      [at.pumps.organizationId, id, at.users.planner, `production.schedule_versions/${id}`],
    );
    const set = (status: string) =>
      at.owner.query(
        `UPDATE production.schedule_versions SET status = $2, published_at = CASE $2 WHEN 'draft' THEN NULL ELSE now() END,
           published_by = CASE $2 WHEN 'draft' THEN NULL ELSE $3::uuid END, signature_id = $1 WHERE id = $1`,
        [id, status, at.users.planner],
      );
    if (from !== 'draft') await set(from);
    found.push(await isAllowed(() => set(to)));
    await at.owner.query(
      `UPDATE production.schedule_versions SET status = 'archived' WHERE status = 'published'`,
    );
  }
  expect(found).toEqual(
    every('scheduleVersion').map(([from, to]) => mayTransition('scheduleVersion', from, to).ok),
  );
});

test('the refusal names the machine and both states', async () => {
  const id = await at.insert('trace.lots', { ...lot('LOT-NAMES'), status: 'rejected' });
  await expect(
    at.owner.query(`UPDATE trace.lots SET status = 'released' WHERE id = $1`, [id]),
  ).rejects.toMatchObject({
    code: 'LW001',
    message: 'refusal.transition-forbidden',
    detail: JSON.stringify({ to: 'released', from: 'rejected', machine: 'lot' }).replaceAll(/([:,])/g, '$1 '),
  });
});

test('a service hears of it as of any rule that says no', async () => {
  const id = await at.insert('trace.lots', { ...lot('LOT-SERVICE'), status: 'rejected' });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const desk = connectDatabase({ connectionString: appUrl, log: quiet, onState: () => {} });
  const release = desk.transaction({ token: tokenOf('planner') }, 'release', (transaction) =>
    transaction.updateTable('trace.lots').set({ status: 'released' }).where('id', '=', id).execute(),
  );
  await expect(release).rejects.toMatchObject({
    shape: {
      code: 'Refused',
      reason: 'refusal.transition-forbidden',
      values: { machine: 'lot', from: 'rejected', to: 'released' },
    },
  });
  await desk.close();
});

test('a desk is held to it as the owner is, and other columns change freely', async () => {
  const id = await at.insert('trace.lots', { ...lot('LOT-DESK'), status: 'released' });
  const asPlanner = (change: string) =>
    at.as('planner', `UPDATE trace.lots SET ${change} WHERE id = $1`, [id]);
  await expect(asPlanner(`status = 'active'`)).rejects.toMatchObject({ code: 'LW001' });
  await asPlanner(`supplier = 'Mill', status = 'released'`);
  await asPlanner(`status = 'quarantined'`);
});

test('a report begins open, a plan as a draft; a lot may come in any status', async () => {
  const ncr = (status: string) =>
    at.insert('quality.ncrs', {
      organization_id: at.pumps.organizationId,
      plant_id: at.pumps.plantId,
      number: `NCR-${status}`,
      kind: 'process',
      severity: 'minor',
      description: 'Scratched',
      detected_by: at.users.inspector,
      status,
    });
  await expect(ncr('in_review')).rejects.toMatchObject({
    code: 'LW001',
    message: 'refusal.status-not-first',
  });
  await ncr('open');
  await at.insert('trace.lots', { ...lot('LOT-COMES'), status: 'quarantined' });
});

function lot(number: string) {
  const { organizationId, plantId, materialId } = at.pumps;
  return {
    organization_id: organizationId,
    plant_id: plantId,
    number,
    material_id: materialId,
    quantity: 5,
    unit: 'pcs',
    made_at: new Date(),
  };
}

/** Which steps the database takes; each begins where it says, put there without triggers. */
async function walk(
  table: string,
  id: string,
  steps: readonly (readonly [string, string])[],
): Promise<boolean[]> {
  const taken: boolean[] = [];
  for (const [from, to] of steps) {
    await at.owner.query('SET session_replication_role = replica');
    await at.owner.query(`UPDATE ${table} SET status = $2 WHERE id = $1`, [id, from]);
    await at.owner.query('RESET session_replication_role');
    taken.push(
      await isAllowed(() => at.owner.query(`UPDATE ${table} SET status = $2 WHERE id = $1`, [id, to])),
    );
  }
  return taken;
}

async function isAllowed(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.message === 'refusal.transition-forbidden') return false;
    throw error;
  }
}
