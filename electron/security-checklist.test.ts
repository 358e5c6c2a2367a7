/** What of Electron's security checklist is a setting; what is behaviour is in tests/e2e/electron-security.spec.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contentSecurityPolicy } from '#contract/csp';
import { startUrl } from './policy.ts';
import { windowOptions } from './window-options.ts';

const appRoot = join(import.meta.dirname, '..');
const bounds = { width: 1440, height: 900, maximized: false };
const preferences =
  windowOptions({ preload: '/out/preload/index.cjs', developerTools: false, bounds, dark: false })
    .webPreferences ?? {};

test('2: no Node in pages, workers or frames', () => {
  expect(preferences).toMatchObject({
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
  });
});

test('3, 4: isolated and sandboxed', () => {
  expect(preferences).toMatchObject({ contextIsolation: true, sandbox: true });
});

test('6, 8, 9, 10: nothing of the web platform is loosened', () => {
  expect(preferences).toMatchObject({
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
  });
  expect(preferences).not.toHaveProperty('enableBlinkFeatures');
  expect(preferences).not.toHaveProperty('disableBlinkFeatures');
});

test('11: no webview, so none with popups', () => {
  expect(preferences.webviewTag).toBe(false);
});

test('7: the policy allows scripts of our own only', () => {
  const directives = new Map(
    contentSecurityPolicy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources] as const;
    }),
  );
  expect(directives.get('default-src')).toEqual(["'none'"]);
  expect(directives.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  expect(directives.get('worker-src')).toEqual(["'self'"]);
  expect(directives.get('connect-src')).toEqual(["'self'"]);
  const closed = ['object-src', 'frame-src', 'frame-ancestors', 'base-uri', 'form-action'];
  expect(closed.map((name) => directives.get(name))).toEqual(closed.map(() => ["'none'"]));
  expect(
    [...directives].filter(([name, sources]) => name !== 'style-src' && sources.includes("'unsafe-inline'")),
  ).toEqual([]);
  expect(contentSecurityPolicy).not.toMatch(/'unsafe-eval'|https?:|\*/);
});

test('16: a current Electron is asked for, no prerelease', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(appRoot, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const range = devDependencies['electron'] ?? '';
  expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
  // The three newest majors are supported; 45 is the newest in November 2026.
  expect(Number.parseInt(range.slice(1), 10)).toBeGreaterThanOrEqual(43);
});

test('18: screens come from our own scheme', () => {
  expect(new URL(startUrl).protocol).toBe('app:');
});

test('19: every fuse is set', () => {
  const builder = readFileSync(join(appRoot, 'electron-builder.yml'), 'utf8');
  const section = /^electronFuses:\n((?: {2}.+\n)+)/m.exec(builder)?.[1] ?? '';
  const fuses = Object.fromEntries(
    [...section.matchAll(/^ {2}(\w+): (true|false)$/gm)].map(([, name, on]) => [name, on === 'true']),
  );
  expect(fuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  });
  expect(builder).toMatch(/^asar: true$/m);
});
