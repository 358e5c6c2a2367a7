import type { MenuItemConstructorOptions } from 'electron';
import type { Texts } from './texts.ts';

export interface MenuActions {
  showDataFolder(): void;
  showLogFolder(): void;
}

/** The application menu, in each system's own order. Developer tools only where `developerTools` says so. */
export function menuTemplate(
  texts: Texts,
  platform: string,
  developerTools: boolean,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    mac
      ? { role: 'appMenu' }
      : {
          label: texts('shell.menu.file'),
          submenu: [
            {
              role: 'quit',
              label: texts(platform === 'win32' ? 'shell.menu.exit' : 'shell.menu.quit'),
              accelerator: platform === 'win32' ? 'Alt+F4' : 'Ctrl+Q',
            },
          ],
        },
    {
      label: texts('shell.menu.edit'),
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: texts('shell.menu.view'),
      submenu: [
        { role: 'reload', label: texts('shell.menu.reload') },
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(developerTools
          ? [separator, { role: 'toggleDevTools', label: texts('shell.menu.developer-tools') } as const]
          : []),
      ],
    },
    mac
      ? { role: 'windowMenu' }
      : { label: texts('shell.menu.window'), submenu: [{ role: 'minimize' }, { role: 'close' }] },
    {
      role: 'help',
      label: texts('shell.menu.help'),
      submenu: [
        { label: texts('shell.menu.data-folder'), click: actions.showDataFolder },
        { label: texts('shell.menu.log-folder'), click: actions.showLogFolder },
        ...(mac ? [] : [separator, { role: 'about', label: texts('shell.menu.about') } as const]),
      ],
    },
  ];
}
