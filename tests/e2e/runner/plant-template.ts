/** Makes the demo plant once; every control room of the run begins with a copy of its data directory. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServed } from './served.ts';

const variable = 'LANEWRIGHT_E2E_TEMPLATE';

export default async function makeTemplate(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'lw-e2e-'));
  // The database runs as another user under root, who has to get at its files.
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'template');
  mkdirSync(dataDir, { mode: 0o755 });
  const served = await startServed(dataDir, ['--no-sim']);
  await served.untilFilled();
  await served.stop();
  process.env[variable] = dataDir;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A data directory of its own, filled; beside the template, and removed with it. */
export function copyOfTemplate(name: string): string {
  const template = process.env[variable];
  if (template === undefined || !existsSync(template)) throw new Error('The demo plant was not made.');
  const dataDir = `${template}-${name}`;
  rmSync(dataDir, { recursive: true, force: true });
  // The database's files have to keep their owner, which Node's own copy does not do.
  if (process.platform === 'win32') cpSync(template, dataDir, { recursive: true });
  else execFileSync('cp', ['-a', template, dataDir]);
  return dataDir;
}
