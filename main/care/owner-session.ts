/** The owner's connection for work that may take long: PostgreSQL's canonical text, no time limits, and an end when it is wanted. */
import pg from 'pg';
import { refused } from '#contract/errors';
import { asUnavailable } from '#main/store/postgres/connect';

/** SQLSTATE "out of shared memory": in practice the table of locks. */
const outOfLocks = '53200';

/** The same row has the same COPY text on every server of ours; names come with their schema. */
const settings = `
  SET search_path = pg_catalog;
  SET client_encoding = 'UTF8';
  SET datestyle = 'ISO';
  SET intervalstyle = 'postgres';
  SET timezone = 'UTC';
  SET extra_float_digits = 3;
  SET bytea_output = 'hex';
  SET statement_timeout = 0;
  SET lock_timeout = 0;
  SET idle_in_transaction_session_timeout = 0`;

/**
 * @param signal ends what the server does for us, wherever it is: `work` fails with the signal's reason.
 * @throws AppError `Unavailable` when the database cannot be reached.
 */
export async function withOwnerSession<T>(
  ownerUrl: string,
  signal: AbortSignal | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const client = await connected(ownerUrl);
  let ending: Promise<void> | undefined;
  const abort = () => void (ending = endBackend(ownerUrl, client));
  signal?.addEventListener('abort', abort);
  try {
    await client.query(settings);
    return await work(client);
  } catch (cause) {
    signal?.throwIfAborted();
    if ((cause as { code?: unknown } | null)?.code === outOfLocks) throw refused('error.database-locks');
    throw cause;
  } finally {
    signal?.removeEventListener('abort', abort);
    await ending?.catch(() => {});
    await client.end().catch(() => {});
  }
}

async function connected(ownerUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: 'lanewright care',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw asUnavailable(cause);
  }
  return client;
}

/** Closing the socket alone would let a long statement run on, with its locks: the server is told. */
async function endBackend(ownerUrl: string, client: pg.Client): Promise<void> {
  const { processID } = client as pg.Client & { readonly processID: number };
  const other = await connected(ownerUrl);
  try {
    await other.query('SELECT pg_terminate_backend($1, 5000)', [processID]);
  } finally {
    await other.end();
  }
}
