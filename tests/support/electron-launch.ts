import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { _electron } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { obtainElectron } from './electron-binary.ts';

const repository = dirname(dirname(import.meta.dirname));

export interface LaunchedElectron {
  readonly application: ElectronApplication;
  /** The control room's window, its page loaded. */
  readonly page: Page;
  readonly dataDir: string;
  /** Quits as a user does, waits for the process to end, and removes the data directory if it was made here. */
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** Reuses a data directory and leaves it; a fresh one in the temporary folder otherwise. */
  readonly dataDir?: string;
  /** `--no-sim` and the like. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built application in a real Electron. Needs a display (`xvfb-run`) and `out/`. Throws when no Electron can be had. */
export async function launchElectron(options: LaunchOptions = {}): Promise<LaunchedElectron> {
  const electron = await obtainElectron();
  if ('missing' in electron) throw new Error(`No Electron to test with: ${electron.missing}`);
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'lanewright-electron-'));
  const node = join(
    repository,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  const application = await _electron.launch({
    executablePath: electron.executablePath,
    args: [...electron.args, ...(options.args ?? [])],
    env: {
      ...Object.fromEntries(
        Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]),
      ),
      LANEWRIGHT_NODE: node,
      ...options.env,
      LANEWRIGHT_DATA_DIR: dataDir,
    },
  });
  const page = await application.firstWindow();
  await page.waitForLoadState('load');
  return {
    application,
    page,
    dataDir,
    async close() {
      await application.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
