/** A running control room and windows onto it, in the browser or in the desktop application. */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { launchElectron } from '../../support/electron-launch.ts';
import { startServed } from './served.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ControlRoom {
  readonly dataDir: string;
  /** The window of the test, fresh, with nobody signed in. */
  window(): Promise<Page>;
  /** One more beside it; closed by the caller. */
  secondWindow(): Promise<Page>;
  resize(page: Page, size: Size): Promise<void>;
  stop(): Promise<void>;
}

const usualSize: Size = { width: 1280, height: 800 };

/** No phoning home, no first-run talk: a test machine may have no network at all. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
];

function launchChromium(): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (file) => existsSync(file),
  );
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const own = existsSync(chromium.executablePath());
  return chromium.launch({
    ...(own || !executablePath ? {} : { executablePath }),
    args: [...sandbox, ...quiet],
  });
}

export async function openInBrowser(dataDir: string): Promise<ControlRoom> {
  const served = await startServed(dataDir);
  const browser = await served
    .untilFilled()
    .then(launchChromium)
    .catch(async (cause: unknown) => {
      await served.stop();
      throw cause;
    });
  let current: BrowserContext | undefined;
  const open = async (): Promise<Page> => {
    const context = await browser.newContext({ viewport: usualSize, locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(served.url);
    return page;
  };
  return {
    dataDir,
    async window() {
      await current?.close();
      const page = await open();
      current = page.context();
      return page;
    },
    async secondWindow() {
      const page = await open();
      page.on('close', () => void page.context().close());
      return page;
    },
    resize: (page, size) => page.setViewportSize(size),
    async stop() {
      await browser.close();
      await served.stop();
    },
  };
}

export async function openOnDesktop(dataDir: string): Promise<ControlRoom> {
  const { application, page: first, close } = await launchElectron({ dataDir });
  const resize = (page: Page, size: Size) =>
    application.evaluate(
      ({ BrowserWindow }, { title, wanted }) => {
        for (const window of BrowserWindow.getAllWindows()) {
          if (window.webContents.getURL() === title) window.setContentSize(wanted.width, wanted.height);
        }
      },
      { title: page.url(), wanted: size },
    );
  return {
    dataDir,
    async window() {
      await first.evaluate(() => {
        localStorage.clear();
        location.hash = '';
        location.reload();
      });
      await first.waitForLoadState('load');
      const person = first.getByRole('button', { name: /^Signed in as/ });
      await person.or(first.getByRole('heading', { name: 'Sign in to Lanewright' })).waitFor();
      if (await person.isVisible()) {
        await person.click();
        await first.getByRole('menuitem', { name: 'Sign out' }).click();
        await first.getByRole('heading', { name: 'Sign in to Lanewright' }).waitFor();
      }
      await resize(first, usualSize);
      return first;
    },
    async secondWindow() {
      const opened = application.waitForEvent('window');
      await application.evaluate(async ({ app, BrowserWindow }) => {
        const [main] = BrowserWindow.getAllWindows();
        if (!main) throw new Error('no window');
        const preload = `${app.getAppPath()}/out/preload/index.cjs`;
        const window = new BrowserWindow({
          width: 1280,
          height: 800,
          webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false },
        });
        await window.loadURL(main.webContents.getURL().replace(/#.*$/, ''));
      });
      return opened;
    },
    resize,
    stop: close,
  };
}
