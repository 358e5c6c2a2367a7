/** PostgreSQL's own tools, where they are installed: pg_dump saves the rows of our snapshot, pg_restore loads them. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { refused } from '#contract/errors';
import type { Catalogue } from './catalogue.ts';
import type { ContainerWriter } from './container.ts';

interface Tools {
  readonly dump: string;
  readonly restore: string;
}

const execute = promisify(execFile);
const debianHome = '/usr/lib/postgresql';

/** pg_dump of the server's major version, or of a later one; null when there is none. */
export async function findDumpTools(client: pg.ClientBase): Promise<Tools | null> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  // Debian keeps each version in a folder of its own; on its path stands a wrapper that chooses by itself.
  const homes = existsSync(debianHome)
    ? readdirSync(debianHome)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((name) => join(debianHome, name, 'bin'))
    : [];
  for (const home of [...homes, '']) {
    const tools = { dump: join(home, 'pg_dump'), restore: join(home, 'pg_restore') };
    const said = await execute(tools.dump, ['--version']).catch(() => null);
    const found = Number(/\) (\d+)/.exec(said?.stdout ?? '')?.[1]);
    if (found >= major) return tools;
  }
  return null;
}

/** The connection for the tools: the password goes by the environment, where no list of processes shows it. */
function connection(ownerUrl: string): { readonly url: string; readonly env: NodeJS.ProcessEnv } {
  const url = new URL(ownerUrl);
  const password = decodeURIComponent(url.password);
  url.password = '';
  return { url: url.href, env: { ...process.env, ...(password === '' ? {} : { PGPASSWORD: password }) } };
}

export async function dumpInto(options: {
  readonly client: pg.ClientBase;
  readonly ownerUrl: string;
  readonly container: ContainerWriter;
  readonly catalogue: Catalogue;
  readonly schemas: readonly string[];
  readonly signal: AbortSignal | undefined;
}): Promise<void> {
  const tools = await toolsOrRefuse(options.client);
  const { rows } = await options.client.query<{ snapshot: string }>(
    'SELECT pg_export_snapshot() AS snapshot',
  );
  const { url, env } = connection(options.ownerUrl);
  const child = spawn(
    tools.dump,
    [
      '--format=custom',
      '--data-only',
      '--load-via-partition-root',
      '--no-owner',
      '--no-privileges',
      '--no-password',
      '--enable-row-security',
      `--snapshot=${rows[0]?.snapshot ?? ''}`,
      ...options.schemas.map((schema) => `--schema=${schema}`),
      ...options.catalogue.leftOut.map(({ name }) => `--exclude-table=${name}`),
      `--dbname=${url}`,
    ],
    { env, stdio: ['ignore', 'pipe', 'pipe'], ...(options.signal ? { signal: options.signal } : {}) },
  );
  const ended = endOf(child, 'pg_dump');
  for await (const block of child.stdout) await options.container.archive(block as Buffer);
  await ended;
}

/** @param blocks the archive; loaded in one transaction in which no trigger fires. */
export async function restoreFrom(options: {
  readonly client: pg.ClientBase;
  readonly ownerUrl: string;
  readonly blocks: AsyncIterable<Buffer>;
  readonly signal: AbortSignal | undefined;
}): Promise<void> {
  const tools = await toolsOrRefuse(options.client);
  const { url, env } = connection(options.ownerUrl);
  const child = spawn(
    tools.restore,
    ['--data-only', '--single-transaction', '--exit-on-error', '--no-password', `--dbname=${url}`],
    {
      env: { ...env, PGOPTIONS: '-c session_replication_role=replica' },
      stdio: ['pipe', 'ignore', 'pipe'],
      ...(options.signal ? { signal: options.signal } : {}),
    },
  );
  const ended = endOf(child, 'pg_restore');
  // When it ends early what it says counts, not that its pipe is closed.
  child.stdin.on('error', () => {});
  for await (const block of options.blocks) {
    if (!child.stdin.writable) break;
    if (!child.stdin.write(block)) {
      await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), ended]);
    }
  }
  child.stdin.end();
  await finished(child.stdin).catch(() => {});
  await ended;
}

async function toolsOrRefuse(client: pg.ClientBase): Promise<Tools> {
  const tools = await findDumpTools(client);
  if (tools) return tools;
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  throw refused('error.no-pg-dump', { server: rows[0]?.server_version ?? '' });
}

function endOf(child: ReturnType<typeof spawn>, program: string): Promise<void> {
  const said: string[] = [];
  child.stderr?.on('data', (data: Buffer) => said.push(String(data)));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(refused('error.dump-tool-failed', { program, detail: said.join('').trim().slice(-600) }));
    });
  });
  // Waited for after its output: meanwhile nobody listens.
  ended.catch(() => {});
  return ended;
}
