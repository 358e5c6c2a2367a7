/** Somebody who works on while servers come and go: a row after the other, each remembered once it is acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { primaryUrl } from '#main/store/postgres/hosts';
import type { Cluster } from './cluster.ts';

export interface Mark {
  readonly id: number;
  /** When the server had acknowledged it, epoch milliseconds. */
  readonly at: number;
}

export interface Marker {
  readonly acknowledged: readonly Mark[];
  /** The first one after a moment, or null when none came in time. */
  firstAfter(at: number, limitMs: number): Promise<Mark | null>;
  /** Ends when the row under way is done. */
  stop(): Promise<void>;
}

export async function prepareMarks(cluster: Cluster): Promise<void> {
  await cluster.query(
    'CREATE SCHEMA drill; CREATE TABLE drill.marks (id bigint PRIMARY KEY, at timestamptz NOT NULL)',
  );
}

/** @param url of one server or, as the product takes it, of several. */
export function startMarking(url: string, firstId: number, everyMs = 20): Marker {
  const acknowledged: Mark[] = [];
  let stopped = false;
  const writing = (async () => {
    let client: pg.Client | undefined;
    for (let id = firstId; !stopped;) {
      try {
        client ??= await connect(url);
        await client.query('INSERT INTO drill.marks VALUES ($1, clock_timestamp()) ON CONFLICT DO NOTHING', [
          id,
        ]);
        acknowledged.push({ id, at: Date.now() });
        id++;
        await sleep(everyMs);
      } catch {
        await client?.end().catch(() => {});
        client = undefined;
        await sleep(100);
      }
    }
    await client?.end().catch(() => {});
  })();
  return {
    acknowledged,
    async firstAfter(at, limitMs) {
      const deadline = Date.now() + limitMs;
      for (;;) {
        const found = acknowledged.find((mark) => mark.at >= at);
        if (found || Date.now() > deadline) return found ?? null;
        await sleep(10);
      }
    },
    async stop() {
      stopped = true;
      await writing;
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: await primaryUrl(url),
    connectionTimeoutMillis: 2000,
    query_timeout: 3000,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

export interface Kept {
  /** Acknowledged rows that are not there. */
  readonly lost: number;
  /** From the last acknowledged row that is there to the last that was acknowledged at all, seconds. */
  readonly lossS: number;
}

/** What of the acknowledged ones up to a moment a server still has. */
export async function countKept(
  cluster: Cluster,
  acknowledged: readonly Mark[],
  until: number,
): Promise<Kept> {
  const rows = await cluster.query<{ id: string }>('SELECT id FROM drill.marks');
  const there = new Set(rows.map(({ id }) => Number(id)));
  const meant = acknowledged.filter(({ at }) => at <= until);
  const kept = meant.filter(({ id }) => there.has(id));
  const lastMeant = meant.at(-1)?.at ?? until;
  const lastKept = kept.at(-1)?.at ?? meant[0]?.at ?? until;
  return { lost: meant.length - kept.length, lossS: (lastMeant - lastKept) / 1000 };
}
