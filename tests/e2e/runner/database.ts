/** Takes the embedded database away from a control room, gives it back, and looks into it. */
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { processesOf } from '../../../scripts/testing/processes.ts';

function databaseProcesses(dataDir: string): number[] {
  return processesOf(dataDir)
    .filter(({ pid }) => {
      try {
        return readlinkSync(`/proc/${pid}/exe`).endsWith('/postgres');
      } catch {
        return false;
      }
    })
    .map(({ pid }) => pid);
}

function signalAll(dataDir: string, signal: NodeJS.Signals): void {
  const pids = databaseProcesses(dataDir);
  if (pids.length === 0) throw new Error(`no database runs in ${dataDir}`);
  for (const pid of pids) process.kill(pid, signal);
}

/** From now on it takes nothing and says nothing, as behind a dead network: no connection is closed. */
export function freezeDatabase(dataDir: string): void {
  signalAll(dataDir, 'SIGSTOP');
}

export function thawDatabase(dataDir: string): void {
  signalAll(dataDir, 'SIGCONT');
}

/** Asked as the owner of the embedded database, who sees every row. */
export async function rowsOf<Row extends pg.QueryResultRow>(
  dataDir: string,
  query: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const { ownerPassword, port } = JSON.parse(readFileSync(join(dataDir, 'database.json'), 'utf8')) as {
    readonly ownerPassword: string;
    readonly port: number;
  };
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: ownerPassword,
    database: 'lanewright',
  });
  await client.connect();
  try {
    return (await client.query<Row>(query, [...values])).rows;
  } finally {
    await client.end();
  }
}
