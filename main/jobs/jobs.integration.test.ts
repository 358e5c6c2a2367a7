/** Queues against a real PostgreSQL: doors, rights, retries, dead letters, schedules, runners that die. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { getRollbackPlans } from 'pg-boss';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Log } from '#main/services/core';
import { layGround } from '#main/store/postgres/ground.fixture';
import type { Ground } from '#main/store/postgres/ground.fixture';
import { migrate } from '#main/store/postgres/migrate';
import { actAs, addPerson } from '#main/store/postgres/person.fixture';
import type { Person } from '#main/store/postgres/person.fixture';
import { appRoot, createTestDatabase } from '../../tests/support/postgres.ts';
import type { TestDatabase } from '../../tests/support/postgres.ts';
import { startTcpProxy } from '../../tests/support/tcp-proxy.ts';
import { keepJobsRunning } from './keep-running.ts';
import { schedules } from './maintenance.ts';
import { queueNames, queueSettings } from './queues.ts';
import { JobRefused, startJobRunner } from './runner.ts';
import type { JobHandlers, JobRunner, OrganizationJob } from './runner.ts';

const heard: string[] = [];
const log: Log = {
  debug: () => {},
  info: () => {},
  warn: (detail, message) => heard.push(`${message} ${JSON.stringify(detail)}`),
  error: (detail, message) => heard.push(`${message} ${JSON.stringify(detail)}`),
};
const rights = ['admin:read', 'admin:write', 'integration:write', 'audit:read'];
const quick = { cronS: 1, superviseS: 1, pollS: 1 };

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let ours: Ground;
let theirs: Ground;
let boss: Person;
let stranger: Person;
let runners: JobRunner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connect(database.ownerUrl);
  desk = await connect(database.appUrl);
  await desk.query('SET ROLE lanewright_app');
  ours = await layGround(owner, 'OURS');
  theirs = await layGround(owner, 'THEIRS');
  boss = await addPerson(owner, ours.organizationId, rights, [ours.plantId]);
  stranger = await addPerson(owner, theirs.organizationId, rights, [theirs.plantId]);
});
afterAll(async () => {
  await desk.end();
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  heard.length = 0;
  await owner.query('TRUNCATE jobs.job');
  // Without waiting between attempts.
  await owner.query(
    `UPDATE jobs.queue SET retry_delay = 0, retry_backoff = false, retry_limit = 1 WHERE name = 'erp_sync'`,
  );
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  runners = [];
});

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

async function run(handlers: JobHandlers = {}): Promise<JobRunner> {
  const runner = await startJobRunner({
    jobsUrl: database.ownerUrl,
    log,
    work: { handlers },
    intervals: quick,
  });
  runners.push(runner);
  return runner;
}

type Row = Record<string, unknown>;

async function as(person: Person, statement: string, values: readonly unknown[] = []): Promise<Row[]> {
  return actAs(desk, person, async () => (await desk.query<Row>(statement, [...values])).rows);
}

async function enqueue(
  person: Person,
  queue: string,
  kind: string,
  payload: unknown = {},
  more = '',
): Promise<string> {
  const [row] = await as(person, `SELECT app.enqueue($1, $2, $3${more}) AS id`, [
    queue,
    kind,
    JSON.stringify(payload),
  ]);
  return String(row?.['id']);
}

async function until<T>(look: () => Promise<T | null | undefined>, limitMs = 15_000): Promise<T> {
  for (const end = Date.now() + limitMs; Date.now() < end; await delay(100)) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
  }
  throw new Error(`not within ${limitMs} ms; heard: ${heard.join('\n')}`);
}

function dueNow(kind: string): boolean {
  const [minute = '*', hour = '*'] =
    schedules.find((schedule) => schedule.kind === kind)?.cron.split(' ') ?? [];
  const due = new Date();
  if (hour !== '*') due.setUTCHours(Number(hour));
  due.setUTCMinutes(Number(minute));
  return Math.abs(due.getTime() - Date.now()) < 180_000;
}

const jobOf = async (person: Person, id: string) =>
  (await as(person, 'SELECT * FROM app.jobs() WHERE id = $1', [id]))[0];
const deadOf = async (person: Person) => as(person, 'SELECT * FROM app.dead_jobs() WHERE NOT of_scheduler');

test('what a desk gives is done, in its name and with its payload', async () => {
  const taken: OrganizationJob[] = [];
  await run({ erp_sync: { push: async (job) => void taken.push(job) } });
  const id = await enqueue(boss, 'erp_sync', 'push', { order: 'WO-1' }, `, '${ours.plantId}'`);
  const done = await until(async () => {
    const job = await jobOf(boss, id);
    return job?.['state'] === 'done' ? job : null;
  });
  expect(done).toMatchObject({
    queue: 'erp_sync',
    kind: 'push',
    person_id: boss.id,
    plant_id: ours.plantId,
    retries: 0,
  });
  expect(taken).toMatchObject([
    {
      id,
      organizationId: ours.organizationId,
      personId: boss.id,
      plantId: ours.plantId,
      payload: { order: 'WO-1' },
    },
  ]);
});

test('what fails is tried again, then given up, and comes back when somebody wants it', async () => {
  let works = false;
  let attempts = 0;
  const push = async () => {
    attempts += 1;
    if (!works) throw new Error('the ERP is away');
  };
  await run({ erp_sync: { push } });
  await enqueue(boss, 'erp_sync', 'push');
  const dead = await until(async () => (await deadOf(boss))[0]);
  expect(dead).toMatchObject({
    queue: 'erp_sync',
    kind: 'push',
    retries: 1,
    problem: 'the ERP is away',
    person_id: boss.id,
  });
  expect(attempts).toBe(2);

  works = true;
  const [again] = await as(boss, 'SELECT app.retry_job($1) AS id', [dead['id']]);
  await until(async () => ((await jobOf(boss, String(again?.['id'])))?.['state'] === 'done' ? true : null));
  expect(await deadOf(boss)).toEqual([]);
  const audited = await as(
    boss,
    `SELECT after ->> 'state' AS state, person_id FROM audit.log WHERE target = 'jobs.job'`,
  );
  expect(audited).toEqual([{ state: 'retried', person_id: boss.id }]);
});

test('a kind that nobody works on is given up at once, with the reason, and can be discarded with another', async () => {
  await run({
    erp_sync: {
      never: async () => {
        throw new JobRefused('this cannot be');
      },
    },
  });
  await enqueue(boss, 'erp_sync', 'unheard-of');
  await enqueue(boss, 'erp_sync', 'never');
  // Only the scheduler gives these.
  await enqueue(boss, 'background', 'maintain-partitions');
  const dead = await until(async () => {
    const found = await deadOf(boss);
    return found.length === 3 ? found : null;
  });
  const problems = new Map(dead.map((job) => [job['kind'], job['problem']]));
  expect(problems.get('unheard-of')).toBe(
    'Nobody works on jobs of the kind "unheard-of" in the queue erp_sync.',
  );
  expect(problems.get('never')).toBe('this cannot be');
  expect(problems.get('maintain-partitions')).toMatch(/Nobody works on/);
  expect(dead.map((job) => job['retries'])).toEqual([0, 0, 0]);

  await expect(as(boss, `SELECT app.discard_job($1, ' ')`, [dead[0]?.['id']])).rejects.toMatchObject({
    code: '22023',
  });
  for (const { id } of dead) {
    expect(await as(boss, 'SELECT app.discard_job($1, $2) AS gone', [id, 'sent by hand'])).toEqual([
      { gone: true },
    ]);
  }
  expect(await deadOf(boss)).toEqual([]);
  expect(
    await as(
      boss,
      `SELECT DISTINCT reason FROM audit.log WHERE target = 'jobs.job' AND after ->> 'state' = 'discarded'`,
    ),
  ).toEqual([{ reason: 'sent by hand' }]);
});

test('another organization neither sees nor retries nor discards it', async () => {
  await run();
  const id = await enqueue(boss, 'erp_sync', 'unheard-of');
  const dead = await until(async () => (await deadOf(boss))[0]);
  expect(await jobOf(stranger, id)).toBeUndefined();
  expect(await deadOf(stranger)).toEqual([]);
  expect(await as(stranger, 'SELECT app.retry_job($1) AS id', [dead['id']])).toEqual([{ id: null }]);
  expect(await as(stranger, `SELECT app.discard_job($1, 'mine') AS gone`, [dead['id']])).toEqual([
    { gone: false },
  ]);
  expect(await deadOf(boss)).toHaveLength(1);
});

test('a desk touches the queues through the doors alone, a runner nothing but the queues', async () => {
  for (const table of ['job', 'job_common', 'queue', 'schedule']) {
    await expect(desk.query(`SELECT FROM jobs.${table}`)).rejects.toMatchObject({ code: '42501' });
  }
  await expect(desk.query(`SELECT app.run_maintenance('sweep-cache')`)).rejects.toMatchObject({
    code: '42501',
  });
  await expect(
    desk.query(`SELECT app.put_into_queue('email', NULL, '{}', NULL, now(), NULL)`),
  ).rejects.toMatchObject({
    code: '42501',
  });
  await expect(desk.query(`SELECT app.enqueue('erp_sync', 'push')`)).rejects.toMatchObject({ code: '28000' });
  await owner.query('SET ROLE lanewright_jobs');
  try {
    for (const statement of [
      'SELECT FROM org.organizations',
      'SELECT FROM app.settings',
      'CREATE TABLE jobs.mine ()',
    ]) {
      await expect(owner.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  } finally {
    await owner.query('RESET ROLE');
  }
});

test('who may not, and what is no job, is refused', async () => {
  const clerk = await addPerson(owner, ours.organizationId, ['packing:write'], [ours.plantId]);
  await expect(enqueue(clerk, 'erp_sync', 'push')).rejects.toMatchObject({ code: '42501' });
  await expect(enqueue(boss, 'erp_sync', 'push', {}, `, '${theirs.plantId}'`)).rejects.toMatchObject({
    code: '42501',
  });
  await expect(enqueue(boss, 'nowhere', 'push')).rejects.toMatchObject({ code: '22023' });
  await expect(enqueue(boss, 'erp_sync_dead', 'push')).rejects.toMatchObject({ code: '22023' });
  for (const payload of [[], 'text', 7, null]) {
    await expect(enqueue(boss, 'erp_sync', 'push', payload)).rejects.toMatchObject({ code: '22023' });
  }
  await expect(enqueue(boss, 'erp_sync', 'Push It')).rejects.toMatchObject({ code: '22023' });
  await expect(enqueue(boss, 'erp_sync', 'push', { text: 'x'.repeat(70_000) })).rejects.toMatchObject({
    code: '54000',
  });
  const [count] = (await owner.query('SELECT count(*)::int AS n FROM jobs.job')).rows as Row[];
  expect(count).toEqual({ n: 0 });

  // What one gave one sees, though not what others did; and what was given up is for administrators.
  await enqueue(boss, 'erp_sync', 'push');
  const own = await enqueue(clerk, 'barcode', 'print', {}, `, '${ours.plantId}'`);
  expect((await as(clerk, 'SELECT id FROM app.jobs()')).map(({ id }) => id)).toEqual([own]);
  expect(await as(boss, 'SELECT id FROM app.jobs()')).toHaveLength(2);
  await expect(as(clerk, 'SELECT app.retry_job($1)', [own])).rejects.toMatchObject({ code: '42501' });
  expect(await as(clerk, 'SELECT FROM app.dead_jobs()')).toEqual([]);
});

test('of like jobs one waits; a like one of another organization is another; what is rolled back was never given', async () => {
  const like = `, NULL, 'orders'`;
  const first = await enqueue(boss, 'erp_sync', 'push', {}, like);
  expect(await enqueue(boss, 'erp_sync', 'push', {}, like)).toBe(first);
  expect(await enqueue(stranger, 'erp_sync', 'push', {}, like)).not.toBe(first);
  expect(await enqueue(boss, 'erp_sync', 'push')).not.toBe(await enqueue(boss, 'erp_sync', 'push'));
  await expect(
    actAs(desk, boss, async () => {
      await desk.query(`SELECT app.enqueue('erp_sync', 'regretted')`);
      throw new Error('regret');
    }),
  ).rejects.toThrow('regret');
  expect(await as(boss, `SELECT FROM app.jobs() WHERE kind = 'regretted'`)).toEqual([]);
});

test('what fell due while nobody was there is owed once, whoever comes back, and nothing runs twice', async () => {
  const runner = await run();
  await runner.stop();
  runners = [];
  await owner.query('TRUNCATE jobs.job');
  await owner.query(`UPDATE jobs.version SET cron_on = now() - interval '3 days'`);
  await owner.query(`UPDATE jobs.schedule SET created_on = now() - interval '9 days'`);
  await owner.query(
    `INSERT INTO app.changes (organization_id, subject, ids, at) SELECT $1, 'old', '{}', now() - interval '8 days' * n FROM generate_series(0, 1) n`,
    [ours.organizationId],
  );
  await Promise.all([run(), run()]);
  const countByKind = async () => {
    const { rows } = await owner.query<{ kind: string; jobs: number; done: number }>(
      `SELECT data ->> 'kind' AS kind, count(*)::int AS jobs, count(*) FILTER (WHERE state = 'completed')::int AS done
       FROM jobs.job WHERE name = 'background' AND data ->> 'kind' <> 'refresh-analytics' GROUP BY 1 ORDER BY 1`,
    );
    return rows;
  };
  // Those that fall due just now are due twice: once late, once in time.
  const owed = ['maintain-partitions', 'prune-changes', 'prune-identity', 'sweep-cache'].filter(
    (kind) => !dueNow(kind),
  );
  const found = async () => (await countByKind()).filter(({ kind }) => owed.includes(kind));
  await until(
    async () => ((await found()).filter(({ done }) => done > 0).length === owed.length ? true : null),
    30_000,
  );
  await delay(3000);
  expect(await found()).toEqual(owed.map((kind) => ({ kind, jobs: 1, done: 1 })));
  const { rows: left } = await owner.query(
    `SELECT count(*)::int AS n FROM app.changes WHERE subject = 'old'`,
  );
  expect(left).toEqual([{ n: 1 }]);
  expect(heard).toEqual([]);
});

test('what fails of the scheduler is seen by administrators until it succeeds, and is not theirs to retry', async () => {
  await owner.query('ALTER FUNCTION app.sweep_cache() RENAME TO sweep_cache_away');
  await owner.query(`UPDATE jobs.queue SET retry_limit = 0 WHERE name = 'background'`);
  const due = () =>
    owner.query(
      `SELECT app.put_into_queue('background', NULL, '{"kind": "sweep-cache"}', 'sweep-cache', now(), NULL)`,
    );
  const seen = () =>
    as(stranger, `SELECT * FROM app.dead_jobs() WHERE of_scheduler AND kind = 'sweep-cache'`);
  try {
    await run();
    for (let times = 0; times < 3; times += 1) {
      await due();
      await until(async () => {
        const { rows } = await owner.query(
          `SELECT FROM jobs.job WHERE name = 'background' AND state = 'failed'`,
        );
        return rows.length > times ? true : null;
      });
    }
    const dead = await seen();
    expect(dead.length).toBeGreaterThan(0);
    expect(dead.length).toBeLessThan(3);
    expect(dead[0]?.['problem']).toMatch(/sweep_cache.* does not exist \(42883\)/);
    expect(await as(stranger, 'SELECT app.retry_job($1) AS id', [dead[0]?.['id']])).toEqual([{ id: null }]);
  } finally {
    await owner.query('ALTER FUNCTION app.sweep_cache_away() RENAME TO sweep_cache');
  }
  await due();
  await until(async () => ((await seen()).length === 0 ? true : null));
});

test('the job of a runner that was killed is done by another', async () => {
  const { rowCount } = await owner.query(
    `UPDATE jobs.queue SET heartbeat_seconds = 10 WHERE name = 'erp_sync' AND heartbeat_seconds > 10`,
  );
  expect(rowCount).toBe(1);
  const script = `
    import { startJobRunner } from ${JSON.stringify(join(appRoot, 'main/jobs/runner.ts'))};
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    await startJobRunner({ jobsUrl: ${JSON.stringify(database.ownerUrl)}, log: silent,
      intervals: ${JSON.stringify(quick)},
      work: { handlers: { erp_sync: { push: () => { console.log('taken'); return new Promise(() => setInterval(() => {}, 1000)); } } } } });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: appRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const id = await enqueue(boss, 'erp_sync', 'push');
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await jobOf(boss, id)).toMatchObject({ state: 'running' });
  const taken: string[] = [];
  await run({ erp_sync: { push: async (job) => void taken.push(job.id) } });
  await until(async () => ((await jobOf(boss, id))?.['state'] === 'done' ? true : null), 40_000);
  expect(taken).toEqual([id]);
});

test('a runner that stops gives back what it has not finished', async () => {
  let aborted = false;
  const push = ({ signal }: OrganizationJob) =>
    new Promise<void>((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(new Error('stopped'));
      });
    });
  const runner = await run({ erp_sync: { push } });
  const id = await enqueue(boss, 'erp_sync', 'push');
  await until(async () => ((await jobOf(boss, id))?.['state'] === 'running' ? true : null));
  const began = Date.now();
  await runner.stop();
  runners = [];
  expect(Date.now() - began).toBeLessThan(8000);
  expect(aborted).toBe(true);
  expect(await jobOf(boss, id)).toMatchObject({ state: 'retrying' });
});

test('a core that finds no database, or loses it, works on jobs when it is back', async () => {
  const url = new URL(database.ownerUrl);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  proxy.cut();
  const kept = keepJobsRunning(url.href, log, { againMs: 200 });
  try {
    await until(async () => (heard.length > 1 ? true : null), 40_000);
    const givenUp = async () => {
      await owner.query('TRUNCATE jobs.job');
      await enqueue(boss, 'erp_sync', 'unheard-of');
      await until(async () => (await deadOf(boss))[0], 30_000);
    };
    proxy.heal();
    await givenUp();
    proxy.cut();
    await delay(1000);
    proxy.heal();
    await givenUp();
  } finally {
    await kept.stop();
    await proxy.close();
  }
  const { rows } =
    await owner.query(`SELECT FROM pg_stat_activity WHERE application_name LIKE 'lanewright jobs%'
    AND datname = current_database()`);
  expect(rows).toEqual([]);
});

test('tables of an older pg-boss are brought up to date, those of a newer one are left alone, settings are put right', async () => {
  const migrated = () => migrate({ ownerUrl: database.ownerUrl, appRoot });
  const version = async () =>
    (await owner.query<{ version: number }>('SELECT version FROM jobs.version')).rows[0]?.version;
  const now = await version();
  const forget = () => owner.query(`COMMENT ON SCHEMA jobs IS 'before'`);
  await owner.query(getRollbackPlans('jobs', now));
  expect(await version()).not.toBe(now);
  await forget();
  await migrated();
  expect(await version()).toBe(now);
  await run();

  await owner.query(`UPDATE jobs.queue SET retry_limit = 99 WHERE name = 'email'`);
  await forget();
  await migrated();
  const { rows } = await owner.query<{ name: string; retry_limit: number }>(
    `SELECT name, retry_limit FROM jobs.queue WHERE name !~ '^__' ORDER BY name`,
  );
  expect(rows).toEqual(
    queueSettings
      .map(([name, { retryLimit }]) => ({ name, retry_limit: retryLimit }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );

  await owner.query('UPDATE jobs.version SET version = version + 1');
  await forget();
  await expect(migrated()).rejects.toMatchObject({ shape: { reason: 'error.database-newer-schema' } });
  await owner.query('UPDATE jobs.version SET version = version - 1');
  await migrated();
});

test('the database knows the queues of the product, and no other', async () => {
  const { rows } = await owner.query<{ known: boolean }>(
    'SELECT app.queue_permission(name) IS NOT NULL AS known FROM unnest($1::text[]) AS name',
    [[...queueNames]],
  );
  expect(rows.map(({ known }) => known)).toEqual(queueNames.map(() => true));
  const { rows: held } = await owner.query(
    `SELECT name FROM unnest($1::text[]) AS name WHERE NOT EXISTS (
       SELECT FROM identity.permissions p WHERE p.permission = app.queue_permission(name))`,
    [[...queueNames]],
  );
  expect(held).toEqual([]);
});
