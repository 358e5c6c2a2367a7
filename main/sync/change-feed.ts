/**
 * A change's way back: one LISTEN connection, and a read of app.changes on each notification and after
 * each reconnect. The read begins at the oldest transaction that was still open at the last read, so a
 * change that commits late is not missed; what was seen already is told apart by its number.
 */
import { sql } from 'kysely';
import pg from 'pg';
import type { ChangeSubject } from '#contract/events';
import type { Database, Log } from '#main/services/core';
import { primaryUrl } from '#main/store/postgres/hosts';

export interface Change {
  readonly organizationId: string;
  readonly plantId: string | null;
  readonly subject: ChangeSubject;
  readonly ids: readonly string[];
}

export interface ChangeFeed {
  stop(): Promise<void>;
}

interface ChangeRow {
  change_no: number;
  organization_id: string;
  plant_id: string | null;
  subject: ChangeSubject;
  ids: string[];
  txid: string;
  xmin: string;
}

const channel = 'lanewright_changes';
/** A connection whose other end is gone without a FIN is noticed by an unanswered question. */
const heartbeatMs = 5000;
const reconnectMs = 1000;

/**
 * @param token presented for reading; null while nobody, not even the station, is signed in.
 * @param onChanges told of the changes of one read, oldest first.
 */
export function startChangeFeed(options: {
  readonly connectionString: string;
  readonly database: Database;
  readonly token: () => string | null;
  readonly onChanges: (changes: readonly Change[]) => void;
  readonly log: Log;
}): ChangeFeed {
  let client: pg.Client | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let from: string | undefined;
  let seen = new Set<number>();
  let reading: Promise<void> | undefined;
  let again = false;

  const read = async () => {
    const token = options.token();
    if (token === null) return;
    const rows = await options.database.transaction({ token }, 'changes.read', async (transaction) => {
      const { rows: found } = await sql<ChangeRow>`
        SELECT c.change_no, c.organization_id, c.plant_id, c.subject, c.ids, c.txid::text AS txid,
               s.xmin::text AS xmin
        FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) s
        LEFT JOIN app.changes c ON c.txid >= coalesce(${from ?? null}::text::xid8, s.xmin)
        ORDER BY c.change_no`.execute(transaction);
      return found;
    });
    const xmin = rows[0]?.xmin;
    if (xmin === undefined) return;
    const fresh = rows.filter((row) => row.change_no !== null && !seen.has(row.change_no));
    // Everything below the horizon is settled; above it a number may come up again.
    seen = new Set(
      rows
        .filter((row) => row.change_no !== null && BigInt(row.txid) >= BigInt(xmin))
        .map((row) => row.change_no),
    );
    from = xmin;
    if (fresh.length === 0) return;
    options.onChanges(
      fresh.map((row) => ({
        organizationId: row.organization_id,
        plantId: row.plant_id,
        subject: row.subject,
        ids: row.ids,
      })),
    );
  };

  /** One read at a time; notifications that come meanwhile ask for one more. */
  const wake = () => {
    if (reading) {
      again = true;
      return;
    }
    reading = read()
      .catch((cause: unknown) => options.log.warn({ error: cause }, 'changes could not be read'))
      .finally(() => {
        reading = undefined;
        if (again && !stopped) {
          again = false;
          wake();
        }
      });
  };

  const lost = (failed: pg.Client) => {
    if (client !== failed) return;
    client = undefined;
    clearTimeout(timer);
    failed.end().catch(() => {});
    if (!stopped) timer = setTimeout(() => void connect(), reconnectMs);
  };

  const beat = (current: pg.Client) => {
    timer = setTimeout(() => {
      current.query('SELECT 1').then(
        () => client === current && beat(current),
        () => lost(current),
      );
    }, heartbeatMs);
  };

  const connect = async () => {
    const connectionString = await primaryUrl(options.connectionString).catch(() => null);
    if (stopped) return;
    if (connectionString === null) {
      timer = setTimeout(() => void connect(), reconnectMs);
      return;
    }
    const next = new pg.Client({
      connectionString,
      application_name: 'lanewright changes',
      connectionTimeoutMillis: 3000,
      query_timeout: 5000,
      keepAlive: true,
    });
    client = next;
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    next.on('notification', wake);
    try {
      await next.connect();
      await next.query(`LISTEN ${channel}`);
    } catch {
      return lost(next);
    }
    if (stopped) return void next.end().catch(() => {});
    beat(next);
    // Whatever happened while nobody listened.
    wake();
  };

  void connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const open = client;
      client = undefined;
      await open?.end().catch(() => {});
      await reading;
    },
  };
}
