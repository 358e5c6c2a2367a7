/** The shell's entry: puts its parts together. Begin reading here. */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  protocol,
  screen,
  shell,
  utilityProcess,
} from 'electron';
import type { MessagePortMain } from 'electron';
import { appScheme } from '#contract/host';
import { placesOf } from '#contract/places';
import { fitBounds, readBounds, writeBounds } from './bounds.ts';
import { openBridge } from './bridge.ts';
import { coreEnvironment, nodeCoreDriver, projectNode } from './core-node.ts';
import { canRunInUtilityProcess, utilityCoreDriver } from './core-utility.ts';
import { hardenApp } from './harden.ts';
import { openLog } from './log.ts';
import { menuTemplate } from './menu.ts';
import { serveRendererFile } from './renderer-files.ts';
import { createSupervisor } from './supervisor.ts';
import type { CoreDriver } from './supervisor.ts';
import { loadTexts } from './texts.ts';
import { openWindow } from './window.ts';

const appRoot = app.getAppPath();
const rendererRoot = join(appRoot, 'out', 'renderer');
const places = placesOf({ platform: process.platform, env: process.env, home: homedir() });
const log = openLog(places.logDir);
const developerTools = !app.isPackaged;
const boundsFile = join(places.dataDir, 'shell', 'window.json');

// Chromium's profile lies beside the plant's data; the lock of the single instance belongs to it.
mkdirSync(join(places.dataDir, 'shell'), { recursive: true });
app.setPath('userData', join(places.dataDir, 'shell'));
app.setName('Lanewright');

protocol.registerSchemesAsPrivileged([
  { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
hardenApp(app, { shell, developerTools, log });
// `--no-sandbox` is root's only way to a window; the two switches together would be a contradiction.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();

const output = (text: Buffer) => void process.stdout.write(text);
// A bug in the shell is written down and the window stays: the core and its line do not depend on it.
process.on('uncaughtException', (error) => log('shell.bug', { error: error.stack }));
process.on('unhandledRejection', (reason) =>
  log('shell.bug', { error: reason instanceof Error ? reason.stack : String(reason) }),
);
// A terminal that went away must not end the shell.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

const inUtilityProcess = canRunInUtilityProcess(process.versions.electron);
const entry = join(appRoot, 'out', 'main', 'core-process.js');
const driver: CoreDriver<MessagePortMain> = inUtilityProcess
  ? utilityCoreDriver({
      fork: () =>
        utilityProcess.fork(entry, [], {
          serviceName: 'Lanewright core',
          stdio: 'pipe',
          env: coreEnvironment(process.env),
        }),
      output,
    })
  : nodeCoreDriver({
      node: projectNode(appRoot, process.env, process.platform),
      entry,
      env: process.env,
      output,
    });

const supervisor = createSupervisor<MessagePortMain>({
  driver,
  config: {
    appRoot,
    ...places,
    databaseUrl: process.env['DATABASE_URL'] || undefined,
    simulate: !process.argv.includes('--no-sim'),
  },
  createChannel: () => {
    const { port1, port2 } = new MessageChannelMain();
    return { client: port1, core: port2 };
  },
  onState: (state) => bridge.publish(state),
  log,
});
const bridge = openBridge(
  ipcMain,
  () => supervisor,
  (port: MessagePortMain) => port,
  log,
);

let stopped = false;

function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function openControlRoom(): void {
  const texts = loadTexts(appRoot, app.getLocale());
  if (!existsSync(join(rendererRoot, 'index.html'))) {
    dialog.showErrorBox(
      texts('shell.not-built.title'),
      texts('shell.not-built.detail', { folder: rendererRoot }),
    );
    app.quit();
    return;
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(texts, process.platform, developerTools, {
        showDataFolder: () => void shell.openPath(places.dataDir),
        showLogFolder: () => void shell.openPath(places.logDir),
      }),
    ),
  );
  const { workArea: mainArea, id: mainId } = screen.getPrimaryDisplay();
  const otherAreas = screen.getAllDisplays().filter((display) => display.id !== mainId);
  openWindow({
    create: (options) => new BrowserWindow(options),
    dialog,
    quit: () => app.quit(),
    preload: join(appRoot, 'out', 'preload', 'index.cjs'),
    developerTools,
    dark: nativeTheme.shouldUseDarkColors,
    bounds: fitBounds(readBounds(boundsFile), [mainArea, ...otherAreas.map(({ workArea }) => workArea)]),
    rememberBounds: (bounds) => {
      try {
        writeBounds(boundsFile, bounds);
      } catch (error) {
        log('bounds.not-written', { error: String(error) });
      }
    },
    texts,
    log,
  });
}

async function leave(): Promise<void> {
  await supervisor.stop();
  stopped = true;
  app.exit(0);
}

async function run(): Promise<void> {
  // A core on Node does not wait for Chromium; a utility process has to.
  if (inUtilityProcess) await app.whenReady();
  supervisor.start();
  await app.whenReady();
  protocol.handle(appScheme, (request) => serveRendererFile(rendererRoot, request));
  openControlRoom();
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    // Someone starts again while the core is still writing: come back when it has ended.
    if (supervisor.state().phase === 'stopping') app.relaunch();
    else focusWindow();
  });
  app.on('activate', focusWindow);
  app.on('window-all-closed', () => app.quit());
  // All windows have agreed to close by now: the core goes last, and the process after it.
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void leave();
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      log('shell.signal', { signal });
      // A page that would ask "leave?" cannot hold up a shutdown of the machine.
      for (const window of BrowserWindow.getAllWindows()) window.destroy();
      app.quit();
    });
  }
  void run();
} else {
  app.exit(0);
}
