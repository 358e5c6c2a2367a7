/** The control room leaves nothing behind: no server, no database, no pty, no lock that stops the next start. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endProcesses, processesOf } from '../../scripts/testing/processes.ts';
import { startServed } from '../e2e/runner/served.ts';

let folder: string;
let dataDir: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lw-leaks-'));
  // The database runs as another user under root, who has to get at its files.
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o755 });
});

afterAll(() => {
  endProcesses(processesOf(folder));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Asked a few times: what was just ended may take a moment to be gone. */
async function leftBehind(): Promise<string[]> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (processesOf(dataDir).length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return processesOf(dataDir).map(({ command }) => command);
}

describe.skipIf(process.platform !== 'linux')('processes', { timeout: 120_000 }, () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('none is left after %s', async (signal) => {
    const served = await startServed(dataDir);
    await served.untilFilled();
    // The count would be worth nothing if it could not see the database.
    const running = processesOf(dataDir).map(({ command }) => command);
    expect(running.some((command) => command.includes('postgres'))).toBe(true);
    expect(await served.stop(signal)).toBe(0);
    expect(await leftBehind()).toEqual([]);
  });

  test('none is left when it is ended while it starts', async () => {
    const served = await startServed(dataDir);
    expect(await served.stop('SIGTERM')).toBe(0);
    expect(await leftBehind()).toEqual([]);
  });

  test('a core that was killed leaves its database to the next, which ends it', async () => {
    const killed = await startServed(dataDir);
    await killed.untilFilled();
    await killed.stop('SIGKILL');
    const next = await startServed(dataDir);
    await next.untilFilled();
    expect(await next.stop()).toBe(0);
    expect(await leftBehind()).toEqual([]);
  });

  test('a second start finds the first, and leaves it running', async () => {
    const first = await startServed(dataDir);
    await first.untilFilled();
    await expect(startServed(dataDir)).rejects.toThrow(/already|runs/i);
    const health = await fetch(`${first.url}/health`);
    expect(await health.json()).toMatchObject({ status: 'ok', database: 'online' });
    expect(await first.stop()).toBe(0);
    expect(await leftBehind()).toEqual([]);
  });
});
