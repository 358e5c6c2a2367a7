/** A runner for as long as the core lives: started again where the database was away or has moved. */
import type { Log } from '#main/services/core';
import { databaseUrls, primaryUrl } from '#main/store/postgres/hosts';
import { startJobRunner } from './runner.ts';
import type { JobRunner, JobWork } from './runner.ts';

const usualAgainMs = 30_000;

/**
 * @param jobsUrl null: this core has no credentials for the jobs and leaves them to others.
 * @param options.work what it does beside the maintenance, over the server that takes writes.
 */
export function keepJobsRunning(
  jobsUrl: string | null,
  log: Log,
  options: { readonly work?: (jobsUrl: string) => JobWork; readonly againMs?: number } = {},
): JobRunner {
  const { work, againMs = usualAgainMs } = options;
  if (jobsUrl === null) return { stop: async () => {} };
  let runner: JobRunner | null = null;
  let url = '';
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let under: Promise<void> = Promise.resolve();
  let looking = false;

  const later = () => {
    if (!stopping) timer ??= setTimeout(look, againMs);
  };
  const look = () => {
    timer = undefined;
    if (stopping || looking) return;
    looking = true;
    under = bring()
      .catch((cause: unknown) => {
        log.warn({ error: cause }, 'the jobs are not worked on');
        later();
      })
      .finally(() => (looking = false));
  };
  const bring = async () => {
    const primary = await primaryUrl(jobsUrl);
    if (runner && primary === url) return;
    await runner?.stop();
    runner = null;
    runner = await startJobRunner({
      jobsUrl: primary,
      log,
      ...(work ? { work: work(primary) } : {}),
      // One server is waited for; of several another may have become the one that takes writes.
      onError: databaseUrls(jobsUrl).length > 1 ? later : () => {},
    });
    url = primary;
  };
  look();

  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await under;
      await runner?.stop();
    },
  };
}
