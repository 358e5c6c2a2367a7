/**
 * A database on several servers, one of which takes writes: `postgres://login:secret@one:5432,two:5432/plant`.
 * `pg` connects to one host; here each is asked whether it is the one.
 */
import pg from 'pg';
import { unavailable } from '#contract/errors';

const answerMs = 3000;

/** One connection string a server, in the order given. */
export function databaseUrls(connectionString: string): readonly string[] {
  const parts = /^([a-z]+:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/i.exec(connectionString);
  const [, before = '', hosts = '', after = ''] = parts ?? [];
  if (!hosts.includes(',')) return [connectionString];
  return hosts.split(',').map((host) => `${before}${host.trim()}${after}`);
}

/**
 * The server that takes writes. All are asked at once, and all get time to answer: of two that would
 * (an old primary that came back after a failover) the one on the later timeline is right.
 * @throws AppError `Unavailable` `error.no-primary` when only standbys answer; what the first server
 * says when none does.
 */
export async function primaryUrl(connectionString: string): Promise<string> {
  const urls = databaseUrls(connectionString);
  if (urls.length === 1) return connectionString;
  const answers = await Promise.allSettled(urls.map(timelineOf));
  let best: { readonly url: string; readonly timeline: number } | undefined;
  for (const [index, answer] of answers.entries()) {
    if (answer.status === 'rejected' || answer.value === null) continue;
    const url = urls[index] ?? '';
    if (!best || answer.value > best.timeline) best = { url, timeline: answer.value };
  }
  if (best) return best.url;
  if (answers.some(({ status }) => status === 'fulfilled')) throw unavailable('error.no-primary');
  throw (answers[0] as PromiseRejectedResult).reason;
}

/** Null: a standby. */
async function timelineOf(url: string): Promise<number | null> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ segment: string | null }>(
      `SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_lsn()) END AS segment`,
    );
    const segment = rows[0]?.segment ?? null;
    // The first eight digits of a segment's name are its timeline.
    return segment === null ? null : Number.parseInt(segment.slice(0, 8), 16);
  } finally {
    await client.end().catch(() => {});
  }
}
