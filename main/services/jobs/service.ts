/** Jobs that were given up, for an administrator to try again or to throw away (docs: operations, queues). */
import { sql } from 'kysely';
import type { ParsedInputOf } from '#contract/procedures';
import type { DeadJob, jobs } from '#contract/jobs';
import { notFound, refused } from '#contract/errors';
import type { Core, SignedInCall } from '#main/services/core';

interface DeadRow {
  id: string;
  queue: string;
  kind: string;
  of_scheduler: boolean;
  person: string | null;
  created_at: Date;
  given_up_at: Date;
  retries: number;
  problem: string | null;
}

export function createJobsService(core: Core) {
  return {
    /** Of the caller's organization, and of the scheduler; newest first. */
    async dead(call: SignedInCall): Promise<readonly DeadJob[]> {
      const rows = await core.database.transaction(
        { token: call.signedIn.token },
        'jobs.dead',
        async (transaction) =>
          (
            await sql<DeadRow>`
              SELECT j.id, j.queue, j.kind, j.of_scheduler, u.display_name AS person, j.created_at, j.given_up_at,
                     j.retries, j.problem
              FROM app.dead_jobs() j
              LEFT JOIN identity.users u ON u.organization_id = identity.current_organization() AND u.id = j.person_id
              ORDER BY j.given_up_at DESC`.execute(transaction)
          ).rows,
      );
      return rows.map((row) => ({
        id: row.id,
        queue: row.queue,
        kind: row.kind,
        ofScheduler: row.of_scheduler,
        person: row.person,
        createdAt: row.created_at.getTime(),
        givenUpAt: row.given_up_at.getTime(),
        retries: row.retries,
        problem: row.problem,
      }));
    },

    /** @throws NotFound `error.job-gone`; Refused `error.job-waits-already` where a like one waits. */
    async retry(call: SignedInCall, { id }: ParsedInputOf<typeof jobs.retry>): Promise<null> {
      const fresh = await core.database
        .transaction({ token: call.signedIn.token }, 'jobs.retry', async (transaction) => {
          const { rows } = await sql<{ fresh: string | null }>`
            SELECT app.retry_job(${id}) AS fresh`.execute(transaction);
          return rows[0]?.fresh ?? null;
        })
        .catch((cause: unknown) => {
          if ((cause as { code?: unknown }).code === '23505') throw refused('error.job-waits-already');
          throw cause;
        });
      if (fresh === null) throw notFound('error.job-gone');
      return null;
    },

    /** @throws NotFound `error.job-gone`. */
    async discard(call: SignedInCall, { id, reason }: ParsedInputOf<typeof jobs.discard>): Promise<null> {
      const gone = await core.database.transaction(
        { token: call.signedIn.token },
        'jobs.discard',
        async (transaction) => {
          const { rows } = await sql<{ gone: boolean }>`
            SELECT app.discard_job(${id}, ${reason}) AS gone`.execute(transaction);
          return rows[0]?.gone === true;
        },
      );
      if (!gone) throw notFound('error.job-gone');
      return null;
    },
  };
}
