/** Gets the machine ready for the tests: says what it installs, or what a person has to. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { appRoot } from '../build.ts';
import { run } from './run.ts';

/** What a step needs of the machine. */
export type Need = 'chromium' | 'electron' | 'display' | 'socat';

/** Why each need that is not met is not, in a line that says what to do. */
export type Missing = ReadonlyMap<Need, string>;

const packagesFor: Readonly<Record<Need, readonly string[]>> = {
  chromium: ['chromium'],
  display: ['xvfb', 'xauth'],
  electron: ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libxtst6'],
  socat: ['socat'],
};

/** A program on the PATH. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

const isDebian =
  process.platform === 'linux' && existsSync('/etc/debian_version') && !!findProgram('apt-get');

function answer(program: string, args: readonly string[]): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '';
}

/** Since the change to 64-bit time, newer Debians and Ubuntus know some libraries by a longer name. */
function names(name: string): readonly string[] {
  return [name, `${name}t64`];
}

function isInstalled(name: string): boolean {
  return names(name).some((each) =>
    answer('dpkg-query', ['-W', '-f', '${db:Status-Status}', each]).includes('installed'),
  );
}

function installable(name: string): string {
  return (
    names(name).find((each) => /Candidate: (?!\(none\))/.test(answer('apt-cache', ['policy', each]))) ?? name
  );
}

async function installPackages(packages: readonly string[]): Promise<string | null> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  console.log(`    installing with apt-get: ${packages.join(' ')}`);
  const update = await run('apt-get', ['update', '-q'], { env });
  if (update.code !== 0)
    console.log(`    apt-get update ended with ${update.code}; trying with the lists that are here`);
  const chosen = packages.map(installable);
  const install = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...chosen], {
    env,
  });
  return install.code === 0 ? null : install.output.trim().slice(-1500);
}

/** How a person gets it. */
function advice(need: Need): string {
  if (isDebian) return `apt-get install ${packagesFor[need].join(' ')}`;
  switch (need) {
    case 'chromium':
      return 'npx playwright install chromium';
    case 'socat':
      return 'install socat';
    default:
      return process.platform === 'linux'
        ? `install ${packagesFor[need].join(', ')}`
        : 'log in at its screen';
  }
}

/** Playwright's own, or the system's. */
function hasChromium(): boolean {
  if (findProgram('chromium', 'chromium-browser', 'google-chrome')) return true;
  const own = answer(process.execPath, [
    '-e',
    `console.log(require('node:fs').existsSync(require('@playwright/test').chromium.executablePath()))`,
  ]);
  return own.includes('true');
}

const hasDisplay = () =>
  process.platform !== 'linux' ||
  !!process.env['DISPLAY'] ||
  (!!findProgram('xvfb-run') && !!findProgram('xauth'));

function unmet(need: Need): boolean {
  switch (need) {
    case 'chromium':
      return !hasChromium();
    case 'display':
      return !hasDisplay();
    case 'socat':
      return process.platform === 'linux' && !findProgram('socat');
    default:
      return isDebian && packagesFor.electron.some((name) => !isInstalled(name));
  }
}

/** Installs what is missing where it may (Debian, as root), fetches the tests' Electron, and tells what it could not get. */
export async function setUp(needs: ReadonlySet<Need>): Promise<Missing> {
  const missing = new Map<Need, string>();
  const lacking = [...needs].filter(unmet);
  if (lacking.length > 0 && isDebian && process.getuid?.() === 0) {
    const packages = lacking.flatMap((need) => packagesFor[need]).filter((name) => !isInstalled(name));
    const trouble = packages.length > 0 ? await installPackages(packages) : null;
    if (trouble) console.log(trouble);
  }
  for (const need of lacking) if (unmet(need)) missing.set(need, `${need} is missing: ${advice(need)}`);
  if (needs.has('electron') && !missing.has('electron')) {
    const { output } = await run(process.execPath, [join(appRoot, 'tests/support/obtain-electron.ts')]);
    const last = output.trim().split('\n').at(-1) ?? '';
    const found: unknown = last.startsWith('{') ? JSON.parse(last) : { missing: output.trim() };
    if (typeof found === 'object' && found !== null && 'missing' in found) {
      missing.set('electron', `no Electron to test with: ${String(found.missing)}`);
    } else if (typeof found === 'object' && found !== null && 'version' in found) {
      console.log(`    Electron ${String(found.version)}`);
    }
  }
  return missing;
}
