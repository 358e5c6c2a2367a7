/** How long a machine that is down is planned around, as the planners of its plant have it. */
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
  on.schedules.setPreferences(on.at.call(login), {
    commandId,
    plantId: on.at.plant.pumps,
    assumedRepairS,
  });
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
  expect(await seen('sauces', sauces)).toMatchObject({ assumedRepairS: 7200 });
});
