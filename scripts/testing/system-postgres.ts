/** A throwaway cluster of the PostgreSQL that the system has installed, for the tests that promise it. */
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { run } from './run.ts';

export interface SystemPostgres {
  /** Superuser on the maintenance database. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** The oldest that is promised, as Debian 12 installs it. */
export const systemPostgresDir = '/usr/lib/postgresql/15/bin';

export function hasSystemPostgres(): boolean {
  return existsSync(join(systemPostgresDir, 'initdb'));
}

/** PostgreSQL refuses root: under root it runs as Debian's `postgres`. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (!uid || !gid) throw new Error('There is no user "postgres" to run PostgreSQL 15 as.');
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** @param folder for its files; must be one that other users may enter. */
export async function startSystemPostgres(folder: string): Promise<SystemPostgres> {
  const user = account();
  const home = join(folder, 'postgres-15');
  mkdirSync(home, { mode: 0o700 });
  if (user) chownSync(home, user.uid, user.gid);
  const cluster = join(home, 'data');
  const port = await freePort();
  const inside = { cwd: home, uid: user?.uid, gid: user?.gid, limitMs: 60_000 };
  const must = async (program: string, args: readonly string[]) => {
    const ran = await run(join(systemPostgresDir, program), args, inside);
    if (ran.code !== 0) throw new Error(`${program} ended with ${ran.code}:\n${ran.output}`);
  };
  await must('initdb', [
    '-D',
    cluster,
    '-U',
    'postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--no-sync',
    '--locale=C.UTF-8',
  ]);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200`;
  // A server of its own session: ending pg_ctl's process group must not end it.
  await must('pg_ctl', ['-D', cluster, '-w', '-l', join(home, 'log'), '-o', settings, 'start']);
  return {
    adminUrl: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => must('pg_ctl', ['-D', cluster, '-w', '-m', 'immediate', 'stop']),
  };
}
