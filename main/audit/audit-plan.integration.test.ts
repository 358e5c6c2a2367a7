/** A large change costs its audit in step with its rows, whatever the connection changed before. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../tests/support/postgres.ts';
import type { TestDatabase } from '../../tests/support/postgres.ts';
import { fillSmallPlant } from '../../tests/support/small-plant.ts';

let store: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  store = await createTestDatabase();
  await fillSmallPlant(store.ownerUrl);
  owner = new pg.Client({ connectionString: store.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await store.drop();
});

test('the plan that is made for a change of one row pairs old and new rows without a loop over all of them', async () => {
  const plans: string[] = [];
  owner.on('notice', ({ message }) => plans.push(message ?? ''));
  await owner.query(`LOAD 'auto_explain'`);
  await owner.query(
    `SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
     SET auto_explain.log_level = notice; SET client_min_messages = notice`,
  );
  await owner.query(`UPDATE production.operations SET name = 'Weld' WHERE code = 'WO-000001/10'`);
  const pairing = plans.filter((plan) => plan.includes('INSERT INTO audit.log') && plan.includes('old_rows'));
  expect(pairing.length).toBeGreaterThan(0);
  for (const plan of pairing) expect(plan).not.toContain('Nested Loop');
});
