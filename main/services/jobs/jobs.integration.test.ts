import pg from 'pg';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeadJob } from '#contract/jobs';
import { startJobRunner } from '#main/jobs/runner';
import type { JobRunner } from '#main/jobs/runner';
import { tokenOf } from '../../../tests/support/small-plant.ts';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { createJobsService } from './service.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let at: ServiceCore;
let runner: JobRunner;
let service: ReturnType<typeof createJobsService>;

beforeAll(async () => {
  at = await startServiceCore();
  const owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  await owner.query(
    `INSERT INTO identity.role_permissions (organization_id, role_id, permission)
     SELECT organization_id, id, unnest(ARRAY['admin:read', 'admin:write', 'integration:write']) FROM identity.roles
     WHERE code = 'everything'`,
  );
  await owner.end();
  runner = await startJobRunner({ jobsUrl: at.ownerUrl, log: quiet });
  service = createJobsService(at.core);
}, 60_000);
afterAll(async () => {
  await runner.stop();
  await at.close();
});

/** What was given up of this kind, as soon as it was. */
async function givenUp(kind: string): Promise<DeadJob> {
  let found: DeadJob | undefined;
  await expect
    .poll(
      async () => {
        found = (await service.dead(at.call('pumps'))).find((job) => job.kind === kind);
        return found !== undefined;
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBe(true);
  if (!found) throw new Error('gone again');
  return found;
}

test('what was given up is seen, tried again, and thrown away with a reason', async () => {
  await at.core.database.transaction({ token: tokenOf('pumps') }, 'enqueue', async (transaction) => {
    await sql`SELECT app.enqueue('erp_sync', 'unheard-of', '{}'::jsonb)`.execute(transaction);
  });
  const first = await givenUp('unheard-of');
  expect(first).toMatchObject({ queue: 'erp_sync', ofScheduler: false, person: 'pumps' });
  expect(first.problem).not.toBe('');

  await service.retry(at.call('pumps'), { id: first.id });
  await expect(service.retry(at.call('pumps'), { id: first.id })).rejects.toMatchObject({
    shape: { code: 'NotFound', reason: 'error.job-gone' },
  });
  const again = await givenUp('unheard-of');
  expect(again.id).not.toBe(first.id);

  await service.discard(at.call('pumps'), { id: again.id, reason: 'nobody needs it' });
  expect((await service.dead(at.call('pumps'))).filter(({ kind }) => kind === 'unheard-of')).toEqual([]);
});

test('a job of another organization is not there', async () => {
  await expect(service.discard(at.call('pumps'), { id: uuidv7(), reason: 'guessed' })).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
});
