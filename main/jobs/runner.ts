/**
 * Works the queues: takes jobs, hands each to the handler of its kind, and keeps the schedules. Any number
 * may run at one database; pg-boss gives each job and each due time of a schedule to one of them.
 */
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss';
import { correlated } from '#main/correlation';
import type { Log } from '#main/services/core';
import { maintain, schedules } from './maintenance.ts';
import { deadLetterOf, queueNames } from './queues.ts';
import type { QueueName } from './queues.ts';

/** A job that an organization gave (app.enqueue). */
export interface OrganizationJob {
  readonly id: string;
  readonly organizationId: string;
  /** In whose name; what the person may not do, the job may not either. */
  readonly personId: string;
  /** Null: for the organization. */
  readonly plantId: string | null;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Aborts when the runner stops or the job was given to another. */
  readonly signal: AbortSignal;
}

/** Throws to be tried again, later and later; throws `JobRefused` where that would not help. */
export type JobHandler = (job: OrganizationJob) => Promise<void>;

/** By queue and kind. */
export type JobHandlers = Partial<Record<QueueName, Readonly<Record<string, JobHandler>>>>;

/** What a core can do for the queues beside the maintenance of the database, which each can. */
export interface JobWork {
  readonly handlers?: JobHandlers;
  /** Jobs of no organization, by kind. */
  readonly scheduler?: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>;
  /** At the start and each minute while it runs. */
  readonly everyMinute?: () => Promise<void>;
}

/** Goes to the dead letters at once, with this reason. */
export class JobRefused extends Error {}

export interface JobRunner {
  /** Lets what runs end for so long, then gives it back. */
  stop(): Promise<void>;
}

/** Seconds; shorter in tests. */
export interface RunnerIntervals {
  /** How often due schedules are looked for. */
  readonly cronS: number;
  /** How often jobs are looked for whose runner has died. */
  readonly superviseS: number;
  /** How often each queue is looked at where no notification comes. */
  readonly pollS: number;
}

const usual: RunnerIntervals = { cronS: 30, superviseS: 30, pollS: 30 };
const stopMs = 3000;
const minuteMs = 60_000;
/** What waits here waits for a core that has what it takes (a mail server), and is not given up by the others. */
const forWhoCan: ReadonlySet<QueueName> = new Set(['email']);

interface Envelope {
  readonly kind?: string;
  readonly payload?: Record<string, unknown>;
  readonly person?: string;
  readonly plant?: string | null;
  readonly correlation?: string | null;
}

/**
 * @param options.jobsUrl a login that may act as lanewright_jobs.
 * @throws Error where the database cannot be reached, or its job tables are of another version.
 */
export async function startJobRunner(options: {
  readonly jobsUrl: string;
  readonly log: Log;
  readonly work?: JobWork;
  readonly intervals?: RunnerIntervals;
  /** Told of each problem of pg-boss itself. */
  readonly onError?: (cause: unknown) => void;
}): Promise<JobRunner> {
  const { jobsUrl, log, work = {}, intervals = usual } = options;
  const { handlers = {}, scheduler = {} } = work;
  // Loaded late: desks without the jobs' credentials never need it.
  const { PgBoss: Boss } = await import('pg-boss');
  const boss = new Boss({
    connectionString: jobsUrl,
    options: '-c role=lanewright_jobs',
    application_name: 'lanewright jobs',
    schema: 'jobs',
    max: 4,
    // The owner makes and changes the tables (schema.ts); a runner owns nothing.
    migrate: false,
    createSchema: false,
    reindex: false,
    useListenNotify: true,
    superviseIntervalSeconds: intervals.superviseS,
    monitorIntervalSeconds: intervals.superviseS,
    cronMonitorIntervalSeconds: intervals.cronS,
    cronWorkerIntervalSeconds: Math.min(10, intervals.pollS),
  });
  boss.on('error', (cause) => {
    log.warn({ error: cause }, 'the job queue has a problem');
    options.onError?.(cause);
  });
  boss.on('warning', ({ message, data }) => log.warn({ data }, message));
  const settle = async (queue: QueueName, job: JobWithMetadata<Envelope>): Promise<JobResult> => {
    const kind = job.data?.kind ?? '';
    const detail = { queue, kind, job: job.id };
    const began = performance.now();
    try {
      await correlated(job.data?.correlation ?? job.id, () =>
        job.groupId ? forOrganization(queue, job, job.groupId) : forScheduler(queue, kind, job.signal),
      );
      log.debug({ ...detail, tookMs: Math.round(performance.now() - began) }, 'job done');
      if (!job.groupId) await forgetDead(boss, queue, kind, 0);
      return { id: job.id, status: 'completed' };
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const refused = cause instanceof JobRefused;
      log.warn({ ...detail, error: cause, attempt: job.retryCount + 1 }, 'job failed');
      // The scheduler's fails again and again in the same way: its last word is enough.
      if (!job.groupId) await forgetDead(boss, queue, kind, 1);
      return { id: job.id, status: refused ? 'deadletter' : 'failed', output: { message } };
    }
  };

  const forOrganization = async (
    queue: QueueName,
    job: JobWithMetadata<Envelope>,
    organizationId: string,
  ): Promise<void> => {
    const { kind = '', payload = {}, person = '', plant = null } = job.data;
    const handler = handlers[queue]?.[kind];
    if (!handler) throw new JobRefused(`Nobody works on jobs of the kind "${kind}" in the queue ${queue}.`);
    await handler({
      id: job.id,
      organizationId,
      personId: person,
      plantId: plant,
      kind,
      payload,
      signal: job.signal,
    });
  };

  const forScheduler = async (queue: QueueName, kind: string, signal: AbortSignal): Promise<void> => {
    if (queue === 'background' && schedules.some((schedule) => schedule.kind === kind)) {
      return void (await maintain(jobsUrl, kind, signal));
    }
    const own = queue === 'background' ? undefined : scheduler[kind];
    if (!own) throw new JobRefused(`The scheduler knows no job "${kind}" in the queue ${queue}.`);
    await own(signal);
  };

  const queues = queueNames.filter((queue) => !forWhoCan.has(queue) || handlers[queue] !== undefined);
  const everyMinute = () =>
    void work
      .everyMinute?.()
      .catch((cause: unknown) => log.warn({ error: cause }, 'what is done each minute failed'));
  try {
    await boss.start();
    await keepSchedules(boss);
    for (const queue of queues) {
      await boss.work(
        queue,
        {
          perJobResults: true,
          includeMetadata: true,
          pollingIntervalSeconds: Math.min(10, intervals.pollS),
          notifyPollingIntervalSeconds: intervals.pollS,
          // Partitions are packed for long; what is short does not wait behind that.
          localConcurrency: queue === 'background' ? 2 : 1,
        },
        (jobs: JobWithMetadata<Envelope>[]) => Promise.all(jobs.map((job) => settle(queue, job))),
      );
    }
  } catch (cause) {
    await boss.stop({ graceful: false });
    throw cause;
  }
  log.info({ queues }, 'works on jobs');
  everyMinute();
  const minutes = setInterval(everyMinute, minuteMs);

  return {
    stop() {
      clearInterval(minutes);
      return boss.stop({ graceful: true, timeout: stopMs });
    },
  };
}

/** As the list says: those that it no longer names are taken away. */
async function keepSchedules(boss: PgBoss): Promise<void> {
  for (const { key, name } of await boss.getSchedules()) {
    if (!schedules.some(({ kind }) => kind === key)) await boss.unschedule(name, key);
  }
  for (const { kind, cron, catchesUp } of schedules) {
    const missed = catchesUp ? 'once' : 'skip';
    await boss.schedule('background', cron, { kind }, { key: kind, tz: 'UTC', missed, singletonKey: kind });
  }
}

/** Of what was given up of the scheduler's, only the newest say something, and none after a success. */
async function forgetDead(boss: PgBoss, queue: QueueName, kind: string, keep: number): Promise<void> {
  await boss.getDb().executeSql(
    `DELETE FROM jobs.job WHERE name = $1 AND id IN (
       SELECT id FROM jobs.job WHERE name = $1 AND group_id IS NULL AND data ->> 'kind' = $2
       ORDER BY created_on DESC OFFSET $3)`,
    [deadLetterOf(queue), kind, keep],
  );
}
