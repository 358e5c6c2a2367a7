import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from './connect.ts';
import type { ConnectedDatabase } from './connect.ts';
import { startEmbeddedPostgres } from './embedded.ts';
import type { EmbeddedPostgres } from './embedded.ts';
import { primaryUrl } from './hosts.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const folders: string[] = [];
let primary: EmbeddedPostgres;
let standby: EmbeddedPostgres;
let both: string;
let database: ConnectedDatabase | undefined;

async function owner(server: EmbeddedPostgres, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function begin(): Promise<{ readonly dataDir: string; readonly server: EmbeddedPostgres }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lanewright-hosts-'));
  chmodSync(dataDir, 0o755);
  folders.push(dataDir);
  const server = await startEmbeddedPostgres({ dataDir });
  await owner(
    server,
    `CREATE ROLE twin LOGIN PASSWORD 'twin' IN ROLE lanewright_app`,
    'CREATE TABLE public.marks (id int)',
    'GRANT ALL ON public.marks TO lanewright_app',
  );
  return { dataDir, server };
}

beforeAll(async () => {
  primary = (await begin()).server;
  const second = await begin();
  // In recovery without anyone to follow: as good as any standby for who asks which one takes writes.
  await second.server.stop();
  writeFileSync(join(second.dataDir, 'postgres/standby.signal'), '');
  standby = await startEmbeddedPostgres({ dataDir: second.dataDir });
  const [one, two] = [new URL(standby.ownerUrl).host, new URL(primary.ownerUrl).host];
  both = `postgres://twin:twin@${one},${two}/lanewright`;
});
afterAll(async () => {
  await database?.close();
  await Promise.all([primary, standby].map((server) => server.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const write = (id: number) =>
  database?.anonymous('test', async (transaction) => {
    await sql`INSERT INTO public.marks VALUES (${id})`.execute(transaction);
    const { rows } = await sql<{ port: number }>`SELECT inet_server_port() AS port`.execute(transaction);
    return String(rows[0]?.port);
  });
const writesGoTo = async (url: string, id: number) => {
  const port = () => write(id)?.catch(() => 'refused');
  await expect.poll(port, { timeout: 30_000, interval: 200 }).toBe(new URL(url).port);
};

test('writes go to the primary, wherever it is in the list, and follow it after a failover', async () => {
  expect(await primaryUrl(both)).toContain(new URL(primary.ownerUrl).host);
  database = connectDatabase({ connectionString: both, log: quiet, onState: () => {} });
  await writesGoTo(primary.ownerUrl, 1);

  await primary.stop();
  await expect(primaryUrl(both)).rejects.toMatchObject({ shape: { reason: 'error.no-primary' } });
  await expect(write(2)).rejects.toMatchObject({ shape: { code: 'Unavailable' } });
  await owner(standby, 'SELECT pg_promote()');
  await writesGoTo(standby.ownerUrl, 3);
});

test('an old primary that comes back is not taken: the later timeline is right', async () => {
  const dataDir = folders[0] ?? '';
  primary = await startEmbeddedPostgres({ dataDir });
  const [one, two] = [new URL(standby.ownerUrl).host, new URL(primary.ownerUrl).host];
  for (const hosts of [`${one},${two}`, `${two},${one}`]) {
    expect(await primaryUrl(`postgres://twin:twin@${hosts}/lanewright`)).toContain(one);
  }
});
