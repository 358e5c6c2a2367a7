import type { BrowserWindow, BrowserWindowConstructorOptions, Dialog } from 'electron';
import type { Bounds } from './bounds.ts';
import { windowOptions } from './window-options.ts';
import type { Log } from './log.ts';
import type { Texts } from './texts.ts';
import { startUrl } from './policy.ts';

export interface WindowSetup {
  readonly create: (options: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  readonly quit: () => void;
  readonly preload: string;
  readonly developerTools: boolean;
  readonly dark: boolean;
  readonly bounds: Bounds;
  readonly rememberBounds: (bounds: Bounds) => void;
  readonly texts: Texts;
  readonly log: Log;
}

/** Opens the control room's window on its start page and offers a reload when its process dies or hangs. */
export function openWindow(setup: WindowSetup): BrowserWindow {
  const { texts, log, dialog } = setup;
  const window = setup.create(windowOptions(setup));
  const { webContents } = window;
  /** The user chose to end a hung page; no need to ask about it. */
  let endedByUs = false;
  let asking: AbortController | undefined;

  // First painted frame, or a page that cannot load: a process without a window helps nobody.
  const show = () => {
    if (window.isDestroyed() || window.isVisible()) return;
    if (setup.bounds.maximized) window.maximize();
    window.show();
  };
  window.once('ready-to-show', show);
  webContents.once('did-fail-load', show);

  window.on('close', () => {
    setup.rememberBounds({ ...window.getNormalBounds(), maximized: window.isMaximized() });
    asking?.abort();
  });

  /** One question at a time; answers the index of the button, or null when the question went away. */
  const ask = async (title: string, detail: string, buttons: readonly string[]): Promise<number | null> => {
    if (asking || window.isDestroyed()) return null;
    const { signal } = (asking = new AbortController());
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: title,
      detail,
      buttons: [...buttons],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
      signal,
    });
    asking = undefined;
    return signal.aborted || window.isDestroyed() ? null : response;
  };

  const offerReload = async (reason: string) => {
    const buttons = [texts('shell.button.reload'), texts('shell.button.quit')];
    const answer = await ask(
      texts('shell.screen-gone.title'),
      texts('shell.screen-gone.detail', { reason }),
      buttons,
    );
    if (answer === 0) webContents.reload();
    if (answer === 1) setup.quit();
  };

  const offerToWait = async () => {
    const buttons = [texts('shell.button.reload'), texts('shell.button.wait')];
    const answer = await ask(texts('shell.screen-hangs.title'), texts('shell.screen-hangs.detail'), buttons);
    if (answer !== 0) return;
    endedByUs = true;
    webContents.forcefullyCrashRenderer();
    webContents.reload();
  };

  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log('screen.gone', { reason, exitCode });
    const expected = reason === 'clean-exit' || endedByUs;
    endedByUs = false;
    if (expected) return;
    void offerReload(reason);
  });
  window.on('unresponsive', () => {
    log('screen.hangs');
    void offerToWait();
  });
  window.on('responsive', () => asking?.abort());

  void window.loadURL(startUrl).catch((error: unknown) => {
    log('screen.not-loaded', { error: String(error) });
  });
  return window;
}
