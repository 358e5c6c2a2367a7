import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { appRoot } from '../../../tests/support/postgres.ts';
import { createDataQualityService } from './service.ts';

let at: ServiceCore;
let owner: pg.Client;

beforeAll(async () => {
  at = await startServiceCore();
  owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  await owner.query(
    `INSERT INTO identity.role_permissions (organization_id, role_id, permission)
     SELECT organization_id, id, 'admin:read' FROM identity.roles WHERE code = 'everything'`,
  );
});
afterAll(async () => {
  await owner.end();
  await at.close();
});

test('every check says what it looks for, and what it found comes first', async () => {
  await owner.query(
    `INSERT INTO production.logs (organization_id, id, plant_id, operation_id, event, user_id, at)
     SELECT o.organization_id, app.uuidv7(), o.plant_id, o.id, 'report', $1, now() + interval '2 days'
     FROM production.operations o WHERE o.code = 'WO-000001/10'`,
    [at.plant.users.pumps],
  );
  const checks = await createDataQualityService(at.core).check(at.call('pumps'));
  expect(checks.length).toBeGreaterThan(20);
  expect(checks[0]?.problems).toBeGreaterThan(0);
  expect(checks.find(({ name }) => name === 'times_in_future')?.samples).toHaveLength(1);
  expect(checks.at(-1)?.problems).toBe(0);
  const texts = JSON.parse(
    await readFile(join(appRoot, 'resources/locales/en/data-check.json'), 'utf8'),
  ) as Record<string, string>;
  expect(checks.map(({ name }) => `data-check.${name}`).toSorted()).toEqual(Object.keys(texts).toSorted());
});

test('only who may look at everything runs them', async () => {
  await expect(createDataQualityService(at.core).check(at.call('inspector'))).rejects.toMatchObject({
    shape: { code: 'NotAllowed' },
  });
});
