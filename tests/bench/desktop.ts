/** Real Electrons for measuring: the built application, and an empty window to compare it with. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import type { Page } from '@playwright/test';
import { appRoot } from '../../scripts/build.ts';
import { findProgram } from '../../scripts/testing/set-up.ts';
import { obtainElectron } from '../support/electron-binary.ts';
import { endGently } from './served.ts';

export interface Desktop {
  readonly executable: string;
  readonly args: readonly string[];
}

const emptyMain = `const { app, BrowserWindow } = require('electron');
app.setPath('userData', process.env.LANEWRIGHT_DATA_DIR);
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadFile(__dirname + '/index.html'));
process.on('SIGTERM', () => app.quit());
app.on('window-all-closed', () => app.quit());
`;

function writeEmptyApplication(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', main: 'main.js' }));
  writeFileSync(join(folder, 'main.js'), emptyMain);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Empty</title><button>Ready</button>');
}

/** The same files under another roof: hard links, so that nothing is copied and caches stay warm. */
function mirror(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.name === 'app' && from.endsWith('resources')) continue;
    if (entry.isDirectory()) mirror(source, target);
    else if (entry.isSymbolicLink()) cpSync(source, target, { verbatimSymlinks: true });
    else linkSync(source, target);
  }
}

/** @throws Error when no Electron can be had. */
export async function desktops(folder: string): Promise<{ ours: Desktop; empty: Desktop; remove(): void }> {
  const found = await obtainElectron();
  if ('missing' in found) throw new Error(found.missing);
  const { executablePath, args } = found;
  const emptyApp = join(folder, 'empty-application');
  writeEmptyApplication(emptyApp);
  const ours = { executable: executablePath, args };
  if (args.includes(appRoot)) {
    const emptyArgs = args.map((arg) => (arg === appRoot ? emptyApp : arg));
    return { ours, empty: { executable: executablePath, args: emptyArgs }, remove: () => {} };
  }
  // This one starts what lies in its resources/app: the empty application gets a distribution of its own.
  const distribution = dirname(executablePath);
  const shadow = mkdtempSync(`${distribution}-empty-`);
  mirror(distribution, shadow);
  const link = join(shadow, 'resources', 'app');
  if (!existsSync(link)) symlinkSync(emptyApp, link, 'dir');
  return {
    ours,
    empty: { executable: join(shadow, executablePath.slice(distribution.length + 1)), args },
    remove: () => rmSync(shadow, { recursive: true, force: true }),
  };
}

/** Runs `work` with a display: the one that is there, or one in memory. */
export async function withDisplay<Result>(
  work: (env: NodeJS.ProcessEnv) => Promise<Result>,
): Promise<Result> {
  if (process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
    return work(process.env);
  const program = findProgram('Xvfb');
  if (!program) throw new Error('there is no display: install xvfb');
  const server = spawn(program, ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  try {
    const number = await new Promise<string>((resolve, reject) => {
      server.stdio[3]?.on('data', (data: Buffer) => resolve(String(data).trim()));
      server.once('exit', () => reject(new Error('Xvfb did not start')));
    });
    return await work({ ...process.env, DISPLAY: `:${number}` });
  } finally {
    server.kill();
  }
}

export interface OpenDesktop {
  readonly child: ChildProcess;
  readonly page: Page;
  /** From the spawn to the frame that shows `readySelector`; in the application that is the sign-in page, which the core has answered. */
  readonly interactiveMs: number;
  close(): Promise<void>;
}

/** Opens a window without a debugger in its way: the page is looked at through Chromium's own port. */
export async function openDesktop(
  desktop: Desktop,
  options: { readonly env: NodeJS.ProcessEnv; readonly dataDir: string; readonly readySelector: string },
): Promise<OpenDesktop> {
  const begunAt = performance.timeOrigin + performance.now();
  const child = spawn(desktop.executable, ['--remote-debugging-port=0', ...desktop.args], {
    env: { ...options.env, LANEWRIGHT_DATA_DIR: options.dataDir, LANEWRIGHT_NODE: process.execPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      const timer = setTimeout(() => reject(new Error(`no window: ${text.slice(-500)}`)), 60_000);
      child.stdout.resume();
      child.stderr.on('data', (data: Buffer) => {
        text += String(data);
        const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text.slice(-500)}`)));
    });
    const browser = await chromium.connectOverCDP(address);
    const context = browser.contexts()[0];
    if (!context) throw new Error('no browser context');
    const page = context.pages()[0] ?? (await context.waitForEvent('page'));
    // The frame after it came into the page, it has been painted; the page's clock is the machine's.
    const readyAt = await page.evaluate(
      (selector) =>
        new Promise<number>((resolve) => {
          const look = () => {
            if (!document.querySelector(selector)) return void requestAnimationFrame(look);
            requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
          };
          look();
        }),
      options.readySelector,
    );
    return {
      child,
      page,
      interactiveMs: readyAt - begunAt,
      async close() {
        await browser.close();
        await endGently(child);
      },
    };
  } catch (cause) {
    await endGently(child);
    throw cause;
  }
}

/** The sign-in page, which is shown once the core has answered. */
export const signInReady = 'button[type=submit]:not([disabled])';
export const emptyReady = 'button';
