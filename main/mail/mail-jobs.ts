/**
 * The mails of the queue `email`: asked for in the database, sent from here. Retries, dead letters and whose a
 * mail is are pg-boss' and the queue's; a code is made when its mail is sent, one an attempt, and is void
 * where the mail server refused it. It is in the mail and nowhere else.
 */
import pg from 'pg';
import { AppError } from '#contract/errors';
import { JobRefused } from '#main/jobs/runner';
import type { JobWork, OrganizationJob } from '#main/jobs/runner';
import type { OpenPii } from '#main/pii/personal-data';
import { personEmail, placeOf } from '#main/pii/personal-columns';
import type { Log } from '#main/services/core';
import { sentence } from '#main/texts';
import type { Texts } from '#main/texts';
import { composeMail, mailPurposes } from './message.ts';
import type { MailPurpose } from './message.ts';
import type { MailSettings } from './settings.ts';
import type { SendMail } from './transport.ts';

interface Taken {
  readonly outcome: 'taken' | 'unneeded' | 'enough' | 'unknown';
  readonly id: string;
  readonly token: string;
  readonly login: string;
  readonly display_name: string;
  readonly email_cipher: Buffer;
}

const passOnAtOnce = 100;
const settleAgainMs = [200, 1000, 3000];

/**
 * @param options.jobsUrl a login that may act as lanewright_jobs.
 * @param options.stationCode whom the database names as the one who sends.
 */
export function createMailJobs(options: {
  readonly jobsUrl: string;
  readonly settings: MailSettings;
  readonly send: SendMail;
  readonly pii: OpenPii;
  readonly texts: Texts;
  readonly stationCode: string;
  readonly log: Log;
}): JobWork {
  const { jobsUrl, settings, send, texts, log } = options;

  /** What was asked for becomes a job each. */
  const passOn = async () => {
    await asJobs(jobsUrl, async (client) => {
      for (;;) {
        const { rows } = await client.query<{ passed: number }>(
          'SELECT identity.pass_on_outgoing($1) AS passed',
          [passOnAtOnce],
        );
        if ((rows[0]?.passed ?? 0) < passOnAtOnce) return;
      }
    });
  };

  const take = async (job: OrganizationJob, purpose: MailPurpose): Promise<Taken | undefined> =>
    asJobs(jobsUrl, async (client) => {
      const { rows } = await client.query<Taken>('SELECT * FROM identity.take_outgoing($1, $2, $3, $4)', [
        job.id,
        purpose,
        job.organizationId,
        job.personId,
      ]);
      return rows[0];
    });

  /** The mail is out of our hands: a database that is away for a moment must not make it a mail that was not sent. */
  const settle = async (job: OrganizationJob, taken: Taken, accepted: boolean) => {
    for (const againMs of [...settleAgainMs, null]) {
      try {
        await asJobs(jobsUrl, (client) =>
          client.query('SELECT identity.settle_outgoing($1, $2, $3)', [
            taken.id,
            job.organizationId,
            accepted,
          ]),
        );
        return;
      } catch (cause) {
        if (againMs === null) throw cause;
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    }
  };

  const sendOne = async (job: OrganizationJob, purpose: MailPurpose) => {
    const taken = await take(job, purpose);
    const detail = { purpose, job: job.id, userId: job.personId };
    if (taken?.outcome === 'unknown') throw new JobRefused(texts('mail.problem.unknown-before'));
    if (taken?.outcome !== 'taken') {
      return log.info({ ...detail, outcome: taken?.outcome }, 'a mail was not needed');
    }
    let to: string;
    try {
      to = (await options.pii()).decrypt(taken.email_cipher, placeOf(personEmail, job.personId));
    } catch (cause) {
      await settle(job, taken, false);
      throw cause instanceof AppError ? new Error(sentence(texts, cause), { cause }) : cause;
    }
    const outcome = await send(
      composeMail({
        purpose,
        to,
        name: taken.display_name,
        login: taken.login,
        code: taken.token,
        publicAddress: settings.publicAddress ?? null,
        texts,
      }),
      job.signal,
    );
    if (outcome.kind === 'unknown') {
      throw new JobRefused(texts('mail.problem.unknown', { problem: outcome.problem }));
    }
    await settle(job, taken, outcome.kind === 'accepted');
    if (outcome.kind === 'accepted') return log.info(detail, 'a mail was sent');
    const problem = texts('mail.problem.refused', { host: settings.host, problem: outcome.problem });
    throw outcome.final ? new JobRefused(problem) : new Error(problem);
  };

  return {
    scheduler: { 'pass-on-mail': passOn },
    async everyMinute() {
      await announceMail(jobsUrl, options.stationCode, true);
      // Whoever asks wakes the queue; this finds what a restored backup or an emptied queue left behind.
      await passOn();
    },
    handlers: {
      email: Object.fromEntries(
        mailPurposes.map((purpose) => [purpose, (job: OrganizationJob) => sendOne(job, purpose)]),
      ),
    },
  };
}

/** A core that works on the jobs and has no mail server. */
export function withoutMail(jobsUrl: string, stationCode: string): JobWork {
  return { everyMinute: () => announceMail(jobsUrl, stationCode, false) };
}

/** Says of this core, which works on the jobs, whether it sends mail. */
async function announceMail(jobsUrl: string, stationCode: string, sends: boolean): Promise<void> {
  await asJobs(jobsUrl, (client) =>
    client.query('SELECT identity.announce_mail($1, $2)', [stationCode, sends]),
  );
}

async function asJobs<T>(jobsUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: jobsUrl,
    options: '-c role=lanewright_jobs',
    application_name: 'lanewright mail',
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
