import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { menuTemplate } from './menu.ts';
import { createTexts, loadTexts } from './texts.ts';

const appRoot = join(import.meta.dirname, '..');
const actions = { showDataFolder: () => {}, showLogFolder: () => {} };

function all(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
}

test.each(['linux', 'darwin', 'win32'])(
  'on %s every label is a text, and no menu reloads past the cache',
  (platform) => {
    const items = all(menuTemplate(loadTexts(appRoot, 'en-GB'), platform, false, actions));
    for (const { label } of items) expect(label ?? '').not.toMatch(/^shell\./);
    expect(items.map(({ role }) => role)).not.toContain('forceReload');
  },
);

test('developer tools are in the menu of a development build only', () => {
  const roles = (tools: boolean) =>
    all(menuTemplate(loadTexts(appRoot, 'en'), 'linux', tools, actions)).map(({ role }) => role);
  expect(roles(true)).toContain('toggleDevTools');
  expect(roles(false)).not.toContain('toggleDevTools');
});

test('macOS gets its application and window menus, others their own way out', () => {
  const roles = (platform: string) =>
    all(menuTemplate(loadTexts(appRoot, 'en'), platform, false, actions)).map(({ role }) => role);
  expect(roles('darwin')).toEqual(expect.arrayContaining(['appMenu', 'windowMenu']));
  expect(roles('linux')).toContain('quit');
});

test('a language without texts falls back to English, a missing text to its key', () => {
  expect(loadTexts(appRoot, 'xx-YY')('shell.button.reload')).toBe('Reload');
  expect(loadTexts(appRoot, '../../evil')('shell.button.reload')).toBe('Reload');
  expect(loadTexts(appRoot, 'en')('shell.none')).toBe('shell.none');
  expect(createTexts({ a: 'ended ({reason})' })('a', { reason: 'oom' })).toBe('ended (oom)');
});
