/**
 * `npm start`: the desktop application where one can be shown, otherwise the same control room in the
 * browser. `npm run serve` asks for the latter. Options: --serve, --port N, --no-sim.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { placesOf } from '#contract/places';
import { serve } from '#main/hosts/serve';
import { appRoot, build, isStale } from './build.ts';

const print = (line: string) => console.log(line);

type Desktop = { readonly executable: string } | { readonly missing: string };

/** The Electron to run, or in one line why none can be. */
function findDesktop(): Desktop {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return { missing: 'there is no display' };
  }
  if (process.platform !== 'win32' && userInfo().uid === 0) {
    return { missing: 'Electron cannot sandbox its screens under root' };
  }
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const installed = join(appRoot, 'node_modules/electron');
  const executableName = () => readFileSync(join(installed, 'path.txt'), 'utf8');
  const platformName = process.platform === 'win32' ? 'electron.exe' : 'electron';
  if (override) {
    const executable = join(override, platformName);
    return existsSync(executable) ? { executable } : { missing: `there is no Electron in ${override}` };
  }
  if (!existsSync(join(installed, 'path.txt'))) {
    print('Fetching the Electron binary (once) ...');
    spawnSync(process.execPath, [join(installed, 'install.js')], { stdio: 'ignore', timeout: 300_000 });
  }
  if (!existsSync(join(installed, 'path.txt')))
    return { missing: 'the Electron binary could not be fetched' };
  return { executable: join(installed, 'dist', executableName()) };
}

async function openDesktop(executable: string, simulate: boolean): Promise<number> {
  print('Opening the control room ...');
  const child = spawn(executable, [appRoot, ...(simulate ? [] : ['--no-sim'])], {
    stdio: 'inherit',
    env: {
      ...process.env,
      LANEWRIGHT_NODE: process.env['LANEWRIGHT_NODE'] ?? process.execPath,
    },
  });
  // The terminal's Ctrl-C reaches the shell too; it is the one to shut down, and we wait for it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.on('error', (cause) => {
      print(`The application did not start: ${cause.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 0)));
  });
}

const { values } = parseArgs({
  options: {
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '7070' },
    'no-sim': { type: 'boolean', default: false },
  },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  print(`--port takes a number from 0 to 65535, not "${values.port}".`);
  process.exit(2);
}
if (isStale()) await build(print);
const desktop: Desktop = values.serve ? { missing: '' } : findDesktop();
if ('executable' in desktop) process.exit(await openDesktop(desktop.executable, !values['no-sim']));
if (desktop.missing) print(`No window: ${desktop.missing}. Serving the control room to the browser instead.`);
const places = placesOf({ platform: process.platform, env: process.env, home: homedir() });
process.exit(
  await serve({
    config: {
      appRoot,
      ...places,
      databaseUrl: process.env['DATABASE_URL'],
      simulate: !values['no-sim'],
    },
    port,
    print,
  }),
);
