/**
 * The pool of the desk, as `Database`: each transaction presents a token first, runs under
 * lanewright_app whoever signed in, and turns what PostgreSQL says into the errors of the contract.
 */
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { AppError, type ErrorValues, notAllowed, refused, unavailable } from '#contract/errors';
import { correlationId } from '#main/correlation';
import type { Database, DatabaseTransaction, Log, Presented } from '#main/services/core';
import type { DB } from './database.ts';
import { databaseUrls, primaryUrl } from './hosts.ts';

export interface DatabaseState {
  readonly online: boolean;
  /** Why not, as a message key with values. */
  readonly problem: AppError | null;
}

export interface ConnectedDatabase extends Database {
  /** Runs without a token: for signing in and for what row-level security lets nobody read anyway. */
  anonymous<T>(name: string, work: (transaction: DatabaseTransaction) => Promise<T>): Promise<T>;
  /** Points the pool elsewhere, for example when the embedded server came up on another port. */
  state(): DatabaseState;
  close(): Promise<void>;
}

/** Transactions over this are logged by name; signing in is slow on purpose (bcrypt). */
const slowMs = 50;
const slowOnPurpose = new Set(['session.sign-in', 'session.change-password', 'session.reset-password']);
const reconnectMs = 1000;

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.NUMERIC, Number],
  [pg.types.builtins.INT8, Number],
  // A day is a day, not midnight in the zone of whoever reads it.
  [pg.types.builtins.DATE, (text: string) => text],
]);
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * @param connectionString a login that is a member of lanewright_app; it may name several servers, then
 * the one that takes writes is used, and looked for again when it is lost.
 * @param onState told when the database is lost and when it is back.
 */
export function connectDatabase(options: {
  readonly connectionString: string;
  readonly log: Log;
  readonly onState: (state: DatabaseState) => void;
  /** A database that could not be used a moment ago is not asked for anything until `check` lets it pass. */
  readonly unusable?: { readonly problem: AppError; check(): Promise<void> } | undefined;
}): ConnectedDatabase {
  const urls = databaseUrls(options.connectionString);
  let url = urls[0] ?? options.connectionString;
  let pool = openPool(url);

  let { unusable } = options;
  let current: DatabaseState = { online: !unusable, problem: unusable?.problem ?? null };
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const report = (state: DatabaseState) => {
    const changed =
      state.online !== current.online || state.problem?.shape.reason !== current.problem?.shape.reason;
    current = state;
    if (changed) options.onState(state);
    // One that is due is not put off: calls that go on failing would put it off for ever.
    if (!state.online && !closed) {
      retry ??= setTimeout(() => {
        retry = undefined;
        void probe();
      }, reconnectMs);
    }
  };

  const moveToPrimary = async () => {
    if (urls.length === 1) return;
    const primary = await primaryUrl(options.connectionString);
    if (primary === url || closed) return;
    // What still runs over the old pool ends there.
    pool.end().catch(() => {});
    url = primary;
    pool = openPool(url);
  };

  const probe = async () => {
    try {
      await moveToPrimary();
      await unusable?.check();
      unusable = undefined;
      await pool.query('SELECT 1');
      report({ online: true, problem: null });
    } catch (cause) {
      report({ online: false, problem: asUnavailable(cause) });
    }
  };

  if (!current.online) report(current);

  const run = async <T>(
    who: Presented | null,
    name: string,
    work: (transaction: DatabaseTransaction) => Promise<T>,
  ): Promise<T> => {
    if (unusable && current.problem) throw current.problem;
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (cause) {
      const problem = asUnavailable(cause);
      report({ online: false, problem });
      throw problem;
    }
    // While a client is lent out its errors are not the pool's: unheard, one would end the process.
    // The query under way fails with it; between queries the next one does.
    client.on('error', unheard);
    const began = performance.now();
    let broken: Error | undefined;
    try {
      const result = await overOneClient(client)
        .transaction()
        .execute(async (transaction) => {
          if (who) await present(transaction, who);
          return work(transaction);
        });
      if (!current.online) report({ online: true, problem: null });
      return result;
    } catch (cause) {
      if (isConnectionFailure(cause)) {
        broken = cause instanceof Error ? cause : new Error(String(cause));
        const problem = asUnavailable(cause);
        report({ online: false, problem });
        throw problem;
      }
      throw translate(cause);
    } finally {
      client.off('error', unheard);
      client.release(broken);
      const tookMs = performance.now() - began;
      if (tookMs > slowMs && !slowOnPurpose.has(name))
        options.log.warn({ name, tookMs: Math.round(tookMs) }, 'slow transaction');
    }
  };

  // The first of several may be a standby.
  if (urls.length > 1) void probe();

  return {
    online: () => current.online,
    state: () => current,
    transaction: (who, name, work) => run(who, name, work),
    anonymous: (name, work) => run(null, name, work),
    async close() {
      closed = true;
      clearTimeout(retry);
      await pool.end();
    },
  };
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    options: '-c role=lanewright_app -c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000',
    application_name: 'lanewright',
    max: 10,
    connectionTimeoutMillis: 3000,
    query_timeout: 16_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    types,
  });
  // An idle connection's error would end the process; the next query finds out by itself.
  pool.on('error', () => {});
  return pool;
}

function unheard(): void {}

/** Kysely on one client: BEGIN and COMMIT are its, getting and giving back the client is ours. */
function overOneClient(client: pg.PoolClient): Kysely<DB> {
  const lent = { query: client.query.bind(client), release: () => {} };
  const pool = { connect: async () => lent, end: async () => {} };
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool: pool as unknown as pg.Pool }) });
}

async function present(transaction: DatabaseTransaction, who: Presented): Promise<void> {
  const actor = who.actor?.sessionId ?? null;
  const capturedAt = who.actor ? new Date(who.actor.capturedAt) : null;
  const name = `lanewright ${correlationId() ?? ''}`.trim();
  await sql`SELECT identity.begin(${who.token}, ${actor}::uuid, ${capturedAt}::timestamptz),
    set_config('application_name', ${name}, true)`.execute(transaction);
}

function sqlState(cause: unknown): string | null {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

function isConnectionFailure(cause: unknown): boolean {
  if (cause instanceof AppError) return false;
  const code = sqlState(cause);
  // Class 08 connection exception, 57P admin shutdown and starting up, 53300 too many connections, 25P03 idle too long.
  if (code && /^(08|57P|53300|25P03|25006)/.test(code)) return true;
  if (code && /^E[A-Z]+$/.test(code)) return true;
  return (
    cause instanceof Error &&
    /Connection terminated|timeout|not queryable|Client has encountered/i.test(cause.message) &&
    code === null
  );
}

/** Whether it is for the server's administrator, or the network's, to mend: not a mistake of ours. */
export function isBeyondUs(cause: unknown): boolean {
  // Class 28 authorization, 3D no such database, 42501 no right, 22023 no such role; name resolution has codes of its own.
  return isConnectionFailure(cause) || /^(28|3D|42501$|22023$|EAI_)/.test(sqlState(cause) ?? '');
}

/** A failed connection in words that say what to do. */
export function asUnavailable(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  switch (sqlState(cause)) {
    case '28P01':
    case '28000':
      return unavailable('error.database-password', { detail }, cause);
    case '3D000':
      return unavailable('error.database-missing', { detail }, cause);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unavailable('error.database-host', { detail }, cause);
    case '42501':
    case '22023':
      return unavailable('error.database-role', { detail }, cause);
    default:
      return unavailable('error.database-down', { detail }, cause);
  }
}

/** What the database refuses on purpose becomes an error of the contract; the rest passes as it is. */
function translate(cause: unknown): unknown {
  switch (sqlState(cause)) {
    case '28000':
      return notAllowed('error.session-ended');
    case '42501':
      return notAllowed('error.not-allowed');
    // A rule that the database keeps by itself: the message is the key of a text, the detail its values as JSON.
    case 'LW001': {
      const { message, detail } = cause as pg.DatabaseError;
      return refused(message, JSON.parse(detail ?? '{}') as ErrorValues);
    }
    default:
      return cause;
  }
}
