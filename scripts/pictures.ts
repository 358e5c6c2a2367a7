/**
 * `npm run pictures`: starts the product with a fresh demo plant and takes the pictures of README and
 * docs from it, in Chromium. `--url` uses one that runs already, `--only` takes those whose file begins so
 * (pictures of one workspace follow from each other, and are taken together).
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { open, signIn } from './pictures/picture.ts';
import type { Picture } from './pictures/picture.ts';
import { planningPictures } from './pictures/planning.ts';
import { appRoot, build, isStale } from './build.ts';
import { findProgram } from './testing/set-up.ts';

const folder = join(appRoot, 'docs/pictures');
const viewport = { width: 1440, height: 900 };

const pictures: readonly Picture[] = [
  {
    file: 'lane-board.png',
    login: 'planner',
    async show(page) {
      await open(page, 'Lanes');
      await page.locator('canvas').first().waitFor();
    },
  },
  {
    file: 'station.png',
    login: 'inspector',
    async show(page) {
      await open(page, 'Stations');
      await page
        .getByRole('button', { name: /^Open .*running/i })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Measure', exact: true }).waitFor();
    },
  },
  {
    file: 'packing.png',
    login: 'packer',
    async show(page) {
      await open(page, 'Packing');
      await page
        .getByRole('navigation', { name: 'Cartons' })
        .getByRole('button', { name: /closed/i })
        .first()
        .click();
    },
  },
  {
    file: 'genealogy.png',
    login: 'inspector',
    async show(page) {
      await open(page, 'Genealogy');
      await page.locator('.genealogy-suggestions button, .genealogy-suggestions a').first().click();
      await page.locator('.react-flow__node').first().waitFor();
      await page.getByRole('button', { name: 'Show everything' }).click();
    },
  },
  ...planningPictures,
];

async function startProduct(
  dataDir: string,
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [join(appRoot, 'main/hosts/cli.ts'), 'serve', '--port', '0'], {
    cwd: appRoot,
    env: { ...process.env, LANEWRIGHT_DATA_DIR: dataDir },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (data: Buffer) => {
      process.stderr.write(data);
      text += String(data);
      const address = /https?:\/\/\S+:\d+/.exec(text)?.[0];
      // The demo sign-ins are printed when the plant is there and the line is open.
      if (address && text.includes('sign in as')) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`The product ended with ${code}.`)));
  });
  return { url, child };
}

async function takePictures(url: string, only: string): Promise<void> {
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  mkdirSync(folder, { recursive: true });
  try {
    for (const { file, login, show, restMs = 1500 } of pictures.filter((each) =>
      each.file.startsWith(only),
    )) {
      const context = await browser.newContext({ viewport, colorScheme: 'light', locale: 'en-GB' });
      const page = await context.newPage();
      await page.goto(url);
      await signIn(page, login);
      await show(page);
      // What is fetched, laid out and faded in has come to rest.
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(restMs);
      await page.screenshot({ path: join(folder, file), animations: 'disabled' });
      console.log(`Took ${file}`);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

const { values } = parseArgs({ options: { url: { type: 'string' }, only: { type: 'string', default: '' } } });
if (values.url) await takePictures(values.url, values.only);
else {
  if (isStale()) await build((line) => console.log(line));
  const place = mkdtempSync(join(tmpdir(), 'lanewright-pictures-'));
  chmodSync(place, 0o755);
  try {
    const { url, child } = await startProduct(join(place, 'data'));
    try {
      await takePictures(url, values.only);
    } finally {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  } finally {
    rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  }
}
