/** Real PostgreSQL servers for the drill, with the programs that the system has installed. */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { run } from '../testing/run.ts';

const debianHome = '/usr/lib/postgresql';
const database = 'lanewright';

/** The folder with initdb, pg_ctl and pg_basebackup: the newest that Debian's packages have put there. */
export function findPrograms(): string | null {
  if (!existsSync(debianHome)) return null;
  const versions = readdirSync(debianHome).toSorted((a, b) => Number(b) - Number(a));
  const found = versions.find((version) => existsSync(join(debianHome, version, 'bin/pg_basebackup')));
  return found === undefined ? null : join(debianHome, found, 'bin');
}

/** PostgreSQL and PgBouncer refuse root: under root they run as Debian's `postgres`. */
export function serverAccount(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (!uid || !gid) throw new Error('There is no user "postgres" to run PostgreSQL as.');
  return { uid: Number(uid), gid: Number(gid) };
}

export function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const account = serverAccount();
  if (account) chownSync(path, account.uid, account.gid);
  return path;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

export interface Cluster {
  readonly directory: string;
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  /** What a power cut does: every process at once. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  promote(): Promise<void>;
  query<T extends pg.QueryResultRow>(text: string): Promise<T[]>;
  /** Waits until it takes writes. */
  untilPrimary(limitMs: number): Promise<void>;
}

export interface Servers {
  /** @param settings for postgresql.conf, as they stand there. */
  initialize(name: string, settings: readonly string[]): Promise<Cluster>;
  /** pg_basebackup of a running server into a folder that `at` can start. */
  copy(from: Cluster, name: string, options: readonly string[]): Promise<void>;
  /** A copied folder as it lies there, for a server of its own. */
  at(name: string, settings: readonly string[]): Promise<Cluster>;
  stopAll(): Promise<void>;
}

/** @param home whose folders the servers' account may enter. */
export function makeServers(programs: string, home: string): Servers {
  const account = serverAccount();
  const started = new Set<Cluster>();
  const must = async (program: string, args: readonly string[]) => {
    const ran = await run(join(programs, program), args, { cwd: home, ...account });
    if (ran.code !== 0) throw new Error(`${program} ended with ${ran.code}:\n${ran.output}`);
  };

  const clusterAt = (directory: string, port: number): Cluster => {
    const url = `postgres://postgres@127.0.0.1:${port}/${database}`;
    const pid = () => Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    const cluster: Cluster = {
      directory,
      port,
      url,
      async start() {
        started.add(cluster);
        await must('pg_ctl', ['-D', directory, '-W', '-l', join(directory, 'log'), 'start']);
      },
      async kill() {
        const postmaster = pid();
        // Its children first learn of it from nobody.
        process.kill(postmaster, 'SIGSTOP');
        for (const child of childrenOf(postmaster)) process.kill(child, 'SIGKILL');
        process.kill(postmaster, 'SIGKILL');
        started.delete(cluster);
        await sleep(0);
      },
      async stop() {
        started.delete(cluster);
        await must('pg_ctl', ['-D', directory, '-w', '-m', 'fast', 'stop']);
      },
      promote: () => must('pg_ctl', ['-D', directory, '-w', 'promote']),
      async query<T extends pg.QueryResultRow>(text: string) {
        const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
        client.on('error', () => {});
        await client.connect();
        try {
          return (await client.query<T>(text)).rows;
        } finally {
          await client.end();
        }
      },
      async untilPrimary(limitMs) {
        const deadline = Date.now() + limitMs;
        for (;;) {
          const found = await cluster
            .query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
            .catch(() => []);
          if (found[0]?.standby === false) return;
          if (Date.now() > deadline) {
            throw new Error(
              `${directory} takes no writes:\n${readFileSync(join(directory, 'log'), 'utf8').slice(-2000)}`,
            );
          }
          await sleep(100);
        }
      },
    };
    return cluster;
  };

  const at = async (name: string, settings: readonly string[]) => {
    const directory = join(home, name);
    const port = await freePort();
    const own = [`port = ${port}`, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''"];
    appendFileSync(join(directory, 'postgresql.conf'), `\n${[...own, ...settings].join('\n')}\n`);
    return clusterAt(directory, port);
  };

  return {
    at,
    async initialize(name, settings) {
      const directory = makeFolder(join(home, name));
      await must('initdb', [
        '-D',
        directory,
        '-U',
        'postgres',
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
      ]);
      const cluster = await at(name, settings);
      await cluster.start();
      const maintenance = clusterAt(directory, cluster.port);
      const url = maintenance.url.replace(/\/[^/]*$/, '/postgres');
      const deadline = Date.now() + 30_000;
      for (;;) {
        const client = new pg.Client({ connectionString: url });
        client.on('error', () => {});
        try {
          await client.connect();
          await client.query(`CREATE DATABASE ${database}`);
          return cluster;
        } catch (cause) {
          if (Date.now() > deadline) throw cause;
          await sleep(100);
        } finally {
          await client.end().catch(() => {});
        }
      }
    },
    async copy(from, name, options) {
      const directory = makeFolder(join(home, name));
      const args = ['-h', '127.0.0.1', '-p', String(from.port), '-U', 'postgres', '-D', directory];
      await must('pg_basebackup', [...args, '--checkpoint=fast', '--wal-method=stream', ...options]);
    },
    async stopAll() {
      for (const cluster of Array.from(started)) await cluster.kill().catch(() => {});
    },
  };
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    })
    .map(Number);
}

export interface Pooler {
  readonly port: number;
  /** Sends who comes from now on to another server. */
  pointAt(port: number): void;
  stop(): void;
}

export function findPgBouncer(): string | null {
  return ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(existsSync) ?? null;
}

/** PgBouncer in transaction mode before one server. */
export async function startPgBouncer(program: string, home: string, serverPort: number): Promise<Pooler> {
  const folder = makeFolder(join(home, 'pgbouncer'));
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const users = join(folder, 'users.txt');
  const write = (target: number) =>
    writeFileSync(
      file,
      [
        '[databases]',
        `${database} = host=127.0.0.1 port=${target} dbname=${database}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = trust',
        `auth_file = ${users}`,
        'pool_mode = transaction',
        'default_pool_size = 10',
        'max_client_conn = 500',
        'server_login_retry = 1',
        'ignore_startup_parameters = extra_float_digits,options',
        `logfile = ${join(folder, 'log')}`,
        '',
      ].join('\n'),
    );
  writeFileSync(users, '"postgres" ""\n');
  write(serverPort);
  const child = spawn(program, ['-q', file], { ...serverAccount(), cwd: folder, stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`pgbouncer ended with ${code}`)));
  });
  failed.catch(() => {});
  await Promise.race([failed, sleep(500)]);
  return {
    port,
    pointAt(target) {
      write(target);
      child.kill('SIGHUP');
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
