/** What the scheduler has done to the database itself. Each is run twice, at once or late without harm. */
import pg from 'pg';

export interface Schedule {
  readonly kind: string;
  /** Cron expression, UTC. */
  readonly cron: string;
  /** Owed once where it fell due while no runner was there: desktops are switched off at night. */
  readonly catchesUp: boolean;
}

export const schedules: readonly Schedule[] = [
  { kind: 'maintain-partitions', cron: '10 3 * * *', catchesUp: true },
  { kind: 'prune-changes', cron: '30 3 * * *', catchesUp: true },
  { kind: 'prune-identity', cron: '40 3 * * *', catchesUp: true },
  { kind: 'sweep-cache', cron: '5 * * * *', catchesUp: true },
  { kind: 'refresh-analytics', cron: '* * * * *', catchesUp: false },
];

/** A round of analytics does a thousand buckets; the rest of a great backlog waits for the next minute. */
const mostRounds = 50;

/**
 * Over a connection of its own, which is closed under the query when `signal` aborts.
 * @returns how much was done.
 * @throws Error with PostgreSQL's words, without its details: those may hold somebody's data.
 */
export async function maintain(jobsUrl: string, kind: string, signal: AbortSignal): Promise<number> {
  const client = new pg.Client({
    connectionString: jobsUrl,
    options: '-c role=lanewright_jobs',
    application_name: `lanewright ${kind}`,
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => {});
  const stop = () => void client.end();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await client.connect();
    let worked = 0;
    for (let round = 0; round < mostRounds; round += 1) {
      const { rows } = await client.query<{ worked: string | null; problem: string | null }>(
        'SELECT worked, problem FROM app.run_maintenance($1)',
        [kind],
      );
      const [done] = rows;
      if (done?.problem) throw new Error(done.problem);
      worked += Number(done?.worked ?? 0);
      if (kind !== 'refresh-analytics' || Number(done?.worked ?? 0) === 0) break;
    }
    return worked;
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    throw new Error(code ? `${message} (${code})` : message, { cause });
  } finally {
    signal.removeEventListener('abort', stop);
    await client.end();
  }
}
