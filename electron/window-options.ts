import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';
import type { Bounds } from './bounds.ts';

/**
 * How every window's page runs (checklist 2, 3, 4, 6, 8, 9, 10, 11). The defaults are written down
 * too: a changed default of a later Electron must not change ours.
 */
export function webPreferences(preload: string, developerTools: boolean): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    disableDialogs: true,
    // The spell checker would fetch its dictionaries from the network.
    spellcheck: false,
    devTools: developerTools,
  };
}

export function windowOptions(options: {
  readonly preload: string;
  readonly developerTools: boolean;
  readonly bounds: Bounds;
  readonly dark: boolean;
  readonly icon?: string;
}): BrowserWindowConstructorOptions {
  const { bounds, icon } = options;
  return {
    width: bounds.width,
    height: bounds.height,
    ...(bounds.x !== undefined && bounds.y !== undefined ? { x: bounds.x, y: bounds.y } : {}),
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Lanewright',
    autoHideMenuBar: true,
    // The colours of the first frame, so that a dark room is not lit by a white flash.
    backgroundColor: options.dark ? '#1a1b1e' : '#ffffff',
    ...(icon ? { icon } : {}),
    webPreferences: webPreferences(options.preload, options.developerTools),
  };
}
