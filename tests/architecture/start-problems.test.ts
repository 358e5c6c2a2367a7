/** What stands in the way of a start is told in a sentence that says what to do, and the application opens all the same. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { chmodSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTRPCClient } from '@trpc/client';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createChannelClient } from '#contract/channel-link';
import type { AppRouter } from '#contract/router';
import type { SystemStatus } from '#contract/system';
import { reachRunningCore } from '#main/hosts/control-socket';
import { startEmbeddedPostgres } from '#main/store/postgres/embedded';
import { migrate } from '#main/store/postgres/migrate';
import { endProcesses, processesOf } from '../../scripts/testing/processes.ts';
import { startServed } from '../e2e/runner/served.ts';
import type { Served } from '../e2e/runner/served.ts';
import { appRoot, createTestDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

let folder: string;
let dataDir: string;
let database: TestDatabase;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lw-start-'));
  // An embedded database runs as another user under root, who has to get at its files.
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o755 });
  database = await createTestDatabase();
});

afterEach(async () => {
  endProcesses(processesOf(folder));
  await database.drop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const serveOn = (databaseUrl: string) => startServed(dataDir, ['--no-sim'], { DATABASE_URL: databaseUrl });

/** As the status strip is told it. */
async function databaseStatus(): Promise<SystemStatus['database']> {
  const channel = await reachRunningCore(dataDir);
  if (!channel) throw new Error('no core runs');
  const connection = createChannelClient();
  connection.use(channel);
  try {
    const client = createTRPCClient<AppRouter>({ links: [connection.link] });
    return (await client.system.status.query({})).database;
  } finally {
    connection.close();
  }
}

/** What whoever opens the page is given, and what becomes of the process afterwards. */
async function opened(served: Served) {
  const page = await fetch(served.url);
  const isApplication = (await page.text()).includes('<div id="root">');
  const { state, reason } = await databaseStatus();
  const exitCode = await served.stop();
  // A stack is for us: the person at the console was told all there is to do.
  const toldAStack = /^ +at /m.test(served.output());
  return { isApplication, state, reason, exitCode, toldAStack };
}
const openWithout = (reason: string) => ({
  isApplication: true,
  state: 'offline',
  reason,
  exitCode: 0,
  toldAStack: false,
});

/** The server's own words at the end of a sentence come in more than one form (names, addresses). */
const sentence = (text: string, detail = '') =>
  new RegExp(`^${text.replaceAll(/[.()?]/g, String.raw`\$&`)}${detail}$`, 'm');

test('a port in use ends it with what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    const started = startServed(dataDir, ['--no-sim', '--port', String(port)], {
      DATABASE_URL: database.appUrl,
    });
    const said = await started.then(
      (served) => served.stop().then(() => served.output()),
      (cause: unknown) => String(cause),
    );
    expect(said).toContain('ended with 1.');
    expect(said).toContain(`\nPort ${port} is in use. Choose another with --port, or close what uses it.\n`);
  } finally {
    other.close();
  }
});

test('a wrong password of the database', async () => {
  const url = new URL(database.appUrl);
  url.password = 'wrong';
  const served = await serveOn(url.href);
  await served.untilSaid(
    sentence(
      'The database refused the password. Correct it in DATABASE_URL or the settings. ',
      'password authentication failed for user "lanewright_test_desk"',
    ),
  );
  expect(await opened(served)).toEqual(openWithout('error.database-password'));
});

test.for([
  ['a login that is no member of lanewright_app', 'LOGIN'],
  ['a login whose role has no rights', 'LOGIN IN ROLE lanewright_app'],
] as const)('%s', async ([, attributes]) => {
  const role = `outsider_${process.pid}_${Date.now()}`;
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  owner.on('error', () => {});
  await owner.connect();
  try {
    await owner.query(`CREATE ROLE ${role} PASSWORD 'outside' ${attributes}`);
    // As in a copy that was restored without its privileges.
    await owner.query('REVOKE ALL ON SCHEMA app, identity FROM lanewright_app');
    const url = new URL(database.appUrl);
    url.username = role;
    url.password = 'outside';
    const served = await serveOn(url.href);
    await served.untilSaid(
      sentence(
        'The database role lacks a right that it needs. Ask the database administrator. ',
        'permission denied .*',
      ),
    );
    // The server answers, which does not make it one to work with.
    await delay(1500);
    expect(await opened(served)).toEqual(openWithout('error.database-role'));
  } finally {
    await owner.query(`DROP ROLE ${role}`);
    await owner.end();
  }
});

test('a data folder of another version of PostgreSQL is left as it is', async () => {
  const cluster = await startEmbeddedPostgres({ dataDir });
  await cluster.stop();
  const versionFile = join(dataDir, 'postgres', 'PG_VERSION');
  await writeFile(versionFile, '19\n');
  const served = await startServed(dataDir, ['--no-sim']);
  await served.untilSaid(
    sentence(
      `The database in ${join(dataDir, 'postgres')} is of PostgreSQL 19; this version of Lanewright comes with 18. ` +
        'Move it aside, or install the version that made it.',
    ),
  );
  expect(await opened(served)).toEqual(openWithout('error.database-other-version'));
  expect(await readFile(versionFile, 'utf8')).toBe('19\n');
  expect(existsSync(join(dataDir, 'postgres', 'global'))).toBe(true);
});

test(
  'a server that is down at the start is used as soon as it is up, and the scanner before',
  {
    timeout: 90_000,
  },
  async () => {
    const scanner = createServer();
    const connected = new Promise<void>((resolve) => scanner.once('connection', () => resolve()));
    await new Promise<void>((resolve) => scanner.listen(0, '127.0.0.1', resolve));
    const settings = {
      station: { code: 'ST-7', name: 'Station 7', number: 7, login: 'station.7', secret: 'secret' },
      scanner: {
        transport: { kind: 'tcp', host: '127.0.0.1', port: (scanner.address() as AddressInfo).port },
      },
    };
    await writeFile(join(dataDir, 'settings.json'), JSON.stringify(settings));
    const serverDir = join(folder, 'server');
    mkdirSync(serverDir, { mode: 0o755 });
    const first = await startEmbeddedPostgres({ dataDir: serverDir });
    await migrate({ ownerUrl: first.ownerUrl, appRoot });
    await first.stop();
    const served = await serveOn(first.appUrl);
    await served.untilSaid(
      sentence(
        'The database cannot be reached. Scans and measurements are saved here and delivered later. ',
        'connect ECONNREFUSED .*',
      ),
    );
    expect(await databaseStatus()).toMatchObject({ state: 'offline', reason: 'error.database-down' });
    expect((await fetch(served.url)).status).toBe(200);
    await connected;
    const again = await startEmbeddedPostgres({ dataDir: serverDir });
    try {
      expect(again.appUrl).toBe(first.appUrl);
      await expect.poll(databaseStatus, { timeout: 15_000 }).toMatchObject({ state: 'online', reason: null });
      const health = await fetch(`${served.url}/health`);
      expect(await health.json()).toMatchObject({ status: 'ok', database: 'online' });
      expect(await served.stop()).toBe(0);
    } finally {
      await again.stop();
      scanner.close();
    }
  },
);
