/**
 * pg-boss' tables in the schema `jobs`, made and changed by the owner together with the migrations: a
 * runner, which is nobody's owner, only checks that they are of its version.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { unavailable } from '#contract/errors';
import { queueSettings } from './queues.ts';

/** Of the pg-boss that package.json names; a test compares it with what is installed. */
export const jobsSchemaVersion = 43;

const names = queueSettings.map(([name]) => `'${name}'`).join(', ');

/** What of it is ours: rights, queues, and the index that an organization's jobs are found by. Safe to run again. */
const settle = `
  REVOKE ALL ON ALL TABLES IN SCHEMA jobs FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA jobs FROM PUBLIC;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO lanewright_jobs;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO lanewright_jobs;
  CREATE INDEX IF NOT EXISTS job_organization ON jobs.job_common (group_id, created_on DESC) WHERE group_id IS NOT NULL;
  ${queueSettings
    .map(([name, settings]) => `SELECT jobs.create_queue('${name}', '${JSON.stringify(settings)}');`)
    .join('\n  ')}
  UPDATE jobs.queue q SET policy = s.policy, retry_limit = s."retryLimit", retry_delay = s."retryDelay",
      retry_backoff = s."retryBackoff", retry_delay_max = s."retryDelayMax", expire_seconds = s."expireInSeconds",
      heartbeat_seconds = s."heartbeatSeconds", retention_seconds = s."retentionSeconds",
      deletion_seconds = s."deleteAfterSeconds", dead_letter = s."deadLetter", notify = s.notify, updated_on = now()
    FROM jsonb_to_recordset('${JSON.stringify(queueSettings.map(([name, settings]) => ({ name, ...settings })))}') AS s (
      name text, policy text, "retryLimit" integer, "retryDelay" integer, "retryBackoff" boolean, "retryDelayMax" integer,
      "expireInSeconds" integer, "heartbeatSeconds" integer, "retentionSeconds" integer, "deleteAfterSeconds" integer,
      "deadLetter" text, notify boolean)
    WHERE q.name = s.name AND q.name IN (${names});`;

/** On the schema as its comment: when it reads the same, nothing has to be done. */
const mark = `Made by pg-boss (schema ${jobsSchemaVersion}), settings ${createHash('sha256').update(settle).digest('hex').slice(0, 12)}.`;

/**
 * After the migrations, by whoever holds their lock.
 * @throws AppError `Unavailable` `error.database-newer-schema`: the tables are of a later pg-boss.
 */
export async function installJobs(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ mark: string | null; installed: boolean }>(
    `SELECT obj_description('jobs'::regnamespace, 'pg_namespace') AS mark, to_regclass('jobs.version') IS NOT NULL AS installed`,
  );
  const [found] = rows;
  if (found?.mark === mark) return;
  // Loaded here and not above: most starts have nothing to make.
  const { getConstructionPlans, getMigrationPlans } = await import('pg-boss');
  if (found?.installed) {
    const { rows: versions } = await client.query<{ version: number }>('SELECT version FROM jobs.version');
    const version = versions[0]?.version ?? 0;
    if (version > jobsSchemaVersion) {
      throw unavailable('error.database-newer-schema', { name: `jobs ${version}` });
    }
    if (version < jobsSchemaVersion) await client.query(whole(getMigrationPlans('jobs', version)));
  } else {
    await client.query(getConstructionPlans('jobs', { createSchema: false }));
  }
  await client.query(`BEGIN; ${settle} COMMENT ON SCHEMA jobs IS '${mark}'; COMMIT`);
}

/**
 * pg-boss commits and then builds its indexes beside the running work, which several statements at once
 * cannot. Here nothing is left half made: the tables are small, so building them takes the locks.
 */
function whole(plan: string): string {
  return `${plan.replaceAll(' INDEX CONCURRENTLY ', ' INDEX ').replace(/^\s*COMMIT;\s*$/m, '')}\nCOMMIT;`;
}
