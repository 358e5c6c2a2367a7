import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from './embedded.ts';

async function directoryOf(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  } finally {
    await client.end();
  }
}

// The copy keeps the owner of the files, as `cp -a` does and a copy by Node does not.
test.skipIf(process.platform === 'win32')(
  'a data folder and its copy, started at once, are each served by their own server',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lanewright-embedded-'));
    chmodSync(folder, 0o755);
    const [original, copy] = [join(folder, 'original'), join(folder, 'copy')];
    try {
      const first = await startEmbeddedPostgres({ dataDir: original });
      await first.stop();
      execFileSync('cp', ['-a', original, copy]);
      const servers = await Promise.all(
        [original, copy].map((dataDir) => startEmbeddedPostgres({ dataDir })),
      );
      try {
        expect(await Promise.all(servers.map(({ ownerUrl }) => directoryOf(ownerUrl)))).toEqual([
          join(original, 'postgres'),
          join(copy, 'postgres'),
        ]);
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
