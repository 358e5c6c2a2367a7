/** Machines that are down, and how long they are planned around, as the planners of their plant have it. */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hourMs, startPlanning } from '../../../tests/support/planning.ts';
import type { Planning } from '../../../tests/support/planning.ts';
import type { Login } from '../../../tests/support/small-plant.ts';

let on: Planning;
beforeAll(async () => {
  on = await startPlanning();
  const { organizationId, pumps, machines } = on.at.plant;
  await on.owner.query(
    `INSERT INTO equipment.downtime_events (organization_id, id, plant_id, machine_id, started_at)
     VALUES ($1, $2, $3, $4, now() - interval '10 minutes')`,
    [organizationId, uuidv7(), pumps, machines['M-02']],
  );
});
afterAll(() => on.close());

/** What blocks the lane of the test bench, its end in hours from now. */
async function down() {
  const { pumps: plantId, lanes } = on.at.plant;
  const now = Date.now();
  const range = { from: now - 24 * hourMs, to: now + 48 * hourMs };
  const board = await on.lanes.board(on.at.call('pumps'), { plantId, versionId: null, ...range });
  const blocked = board.lanes.find(({ id }) => id === lanes.testing)?.blocked ?? [];
  return blocked.map(({ label, reason, assumedS, endsAt }) => ({
    label,
    reason,
    assumedS,
    hours: Math.round(((endsAt - now) / hourMs) * 10) / 10,
  }));
}
const set = (assumedRepairS: number, login: Login = 'pumps', commandId = uuidv7()) =>
  on.schedules.setPreferences(on.at.call(login), { commandId, plantId: on.at.plant.pumps, assumedRepairS });
const standing = (login: Login = 'pumps') =>
  on.lanes.standing(on.at.call(login), { plantId: on.at.plant.pumps });
/** A machine says what it does, so many minutes ago. */
const says = (machine: 'M-01' | 'M-02', state: string, minutesAgo: number, faultCode: string | null = null) =>
  on.owner.query(
    `INSERT INTO equipment.status_history (organization_id, id, plant_id, machine_id, state, fault_code, at)
     VALUES ($1, $2, $3, $4, $5, $6, now() - make_interval(secs => 60 * $7::float8))`,
    [
      on.at.plant.organizationId,
      uuidv7(),
      on.at.plant.pumps,
      on.at.plant.machines[machine],
      state,
      faultCode,
      minutesAgo,
    ],
  );
const refusedAs = (code: string) => ({ shape: { code } });

test('is two hours until they say otherwise, and then what they say, at each desk', async () => {
  const about = { label: 'Test bench', reason: 'machine-down' };
  expect(await down()).toEqual([{ ...about, assumedS: 7200, hours: 2 }]);
  const commandId = uuidv7();
  expect(await set(8 * 3600, 'pumps', commandId)).toMatchObject({ assumedRepairS: 8 * 3600 });
  expect(await down()).toEqual([{ ...about, assumedS: 8 * 3600, hours: 8 }]);
  await set(1800);
  expect(await down()).toEqual([{ ...about, assumedS: 1800, hours: 0.5 }]);
  // The command from before, sent again, is no new decision.
  expect(await set(8 * 3600, 'pumps', commandId)).toMatchObject({ assumedRepairS: 1800 });
  const { rows } = await on.owner.query(
    `SELECT count(*)::int AS told, min(plant_id::text) AS plant FROM app.changes WHERE subject = 'planning-settings'`,
  );
  expect(rows).toEqual([{ told: 2, plant: on.at.plant.pumps }]);
});

test('is that of one plant, and for its planners to say', async () => {
  await set(4 * 3600);
  await expect(set(60, 'reader')).rejects.toMatchObject(refusedAs('NotAllowed'));
  await expect(set(60, 'sauces')).rejects.toMatchObject(refusedAs('NotFound'));
  const { pumps, sauces } = on.at.plant;
  const seen = (login: Login, plantId: string) => on.schedules.preferences(on.at.call(login), { plantId });
  expect(await seen('reader', pumps)).toMatchObject({ assumedRepairS: 4 * 3600 });
  expect(await seen('sauces', sauces)).toMatchObject({ assumedRepairS: 7200, minorStopS: 300 });
});

test('a machine that says so itself is down from five minutes on, or as the plant takes a minor stop', async () => {
  const lane = on.at.plant.lanes.assembly;
  const press = async () => (await standing()).find(({ laneId }) => laneId === lane);
  const minor = (minorStopS: number) =>
    on.schedules.setPreferences(on.at.call('pumps'), {
      commandId: uuidv7(),
      plantId: on.at.plant.pumps,
      minorStopS,
    });
  await set(3600);
  await says('M-01', 'down', 60, 'E-1');
  await says('M-01', 'running', 9);
  await says('M-01', 'down', 4, 'E-1');
  expect(await press()).toBeUndefined();
  expect(await minor(60)).toMatchObject({ minorStopS: 60, assumedRepairS: 3600 });
  const down = { laneId: lane, machine: 'Press', assumedS: 3600, startedAt: expect.any(Number) };
  expect(await press()).toEqual(down);
  await minor(300);
  expect(await press()).toBeUndefined();
  // Another fault is the same standstill.
  await says('M-01', 'down', 0.5, 'E-2');
  await minor(120);
  const startedAt = (await press())?.startedAt ?? 0;
  expect((Date.now() - startedAt) / 60_000).toBeCloseTo(4, 0);
  expect(await standing('reader')).toContainEqual(down);
  await expect(standing('sauces')).rejects.toMatchObject(refusedAs('NotFound'));
  await says('M-01', 'idle', 0);
  expect(await press()).toBeUndefined();
});

test('a lane with room for two goes on while one of its machines does', async () => {
  const { lanes, organizationId } = on.at.plant;
  const bench = async () => (await standing()).filter(({ laneId }) => laneId === lanes.testing);
  const places = (capacity: number) =>
    on.owner.query('UPDATE production.lanes SET capacity = $1 WHERE organization_id = $2 AND id = $3', [
      capacity,
      organizationId,
      lanes.testing,
    ]);
  expect(await bench()).toHaveLength(1);
  await places(2);
  expect(await bench()).toEqual([]);
  await places(1);
});

test('a machine that is out of use stands in nobody’s way', async () => {
  const { lanes, machines } = on.at.plant;
  const press = async () => (await standing()).filter(({ laneId }) => laneId === lanes.assembly);
  await on.schedules.setPreferences(on.at.call('pumps'), {
    commandId: uuidv7(),
    plantId: on.at.plant.pumps,
    minorStopS: 0,
  });
  await says('M-01', 'down', 0);
  expect(await press()).toHaveLength(1);
  const use = (status: string) =>
    on.owner.query('UPDATE equipment.machines SET status = $1 WHERE id = $2', [status, machines['M-01']]);
  await use('decommissioned');
  expect(await press()).toEqual([]);
  await use('in_service');
});
