/** What a board is made of beside its bars: who changes it at one desk is heard at all others. */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlanning } from '../../../tests/support/planning.ts';
import type { Planning } from '../../../tests/support/planning.ts';

let on: Planning;
beforeAll(async () => {
  on = await startPlanning();
});
afterAll(() => on.close());

/** What is told when this is written: subject, plant and ids, in the order in which it was told. */
async function toldOf(statement: string, values: readonly unknown[]) {
  const { rows: before } = await on.owner.query<{ last: string }>(
    'SELECT coalesce(max(change_no), 0)::text AS last FROM app.changes',
  );
  await on.owner.query(statement, [...values]);
  const { rows } = await on.owner.query(
    'SELECT subject, plant_id AS "plantId", ids FROM app.changes WHERE change_no > $1 ORDER BY change_no',
    [before[0]?.last],
  );
  return rows;
}

test('a family of set-ups and what it takes to change to it are told', async () => {
  const { organizationId, pumps: plantId, lanes } = on.at.plant;
  const family = uuidv7();
  expect(
    await toldOf(
      `INSERT INTO production.setup_families (organization_id, id, plant_id, code, name) VALUES ($1, $2, $3, 'RED', 'Red')`,
      [organizationId, family, plantId],
    ),
  ).toEqual([{ subject: 'setup-families', plantId, ids: [family] }]);
  expect(
    await toldOf(
      `INSERT INTO production.setup_transitions (organization_id, id, plant_id, lane_id, to_family_id, duration_s)
       VALUES ($1, $2, $3, $4, $5, 1800)`,
      [organizationId, uuidv7(), plantId, lanes.assembly, family],
    ),
  ).toEqual([{ subject: 'setup-transitions', plantId, ids: [lanes.assembly] }]);
  expect(
    await toldOf('UPDATE production.setup_transitions SET lane_id = NULL WHERE to_family_id = $1', [family]),
  ).toMatchObject([{ subject: 'setup-transitions', plantId }]);
  expect(
    await toldOf('DELETE FROM production.setup_transitions WHERE to_family_id = $1', [family]),
  ).toMatchObject([{ subject: 'setup-transitions', plantId }]);
});

test('other hours of a shift are told', async () => {
  const { pumps: plantId } = on.at.plant;
  const { rows } = await on.owner.query<{ id: string }>(
    `SELECT id FROM production.shifts WHERE plant_id = $1 AND code = 'DAY'`,
    [plantId],
  );
  expect(await toldOf(`UPDATE production.shifts SET ends_at = '15:00' WHERE id = $1`, [rows[0]?.id])).toEqual(
    [{ subject: 'shifts', plantId, ids: [rows[0]?.id] }],
  );
});
