import { expect, test } from 'vitest';
import { hostileUrls } from '../tests/support/electron-hostile-urls.ts';
import {
  isAllowedExternal,
  isAllowedPermission,
  isAllowedRequest,
  isOurPage,
  isTrustedSender,
  startUrl,
} from './policy.ts';

test('200 hostile addresses are neither given to the system nor loaded as a screen (13, 15)', () => {
  expect(hostileUrls.length).toBeGreaterThanOrEqual(200);
  expect(hostileUrls.filter(isAllowedExternal)).toEqual([]);
  expect(hostileUrls.filter(isOurPage)).toEqual([]);
});

test('the pages that help texts cite are opened outside (15)', () => {
  expect(isAllowedExternal('https://www.gs1.org/standards/barcodes?x=1#sscc')).toBe(true);
  expect(isAllowedExternal('https://www.postgresql.org/docs/18/libpq-connect.html')).toBe(true);
});

test('only the top frame of our own page is heard (17)', () => {
  expect(isTrustedSender({ url: startUrl, parent: null })).toBe(true);
  expect(isTrustedSender({ url: startUrl, parent: { url: startUrl } })).toBe(false);
  expect(isTrustedSender({ url: 'https://lanewright/index.html', parent: null })).toBe(false);
  expect(isTrustedSender({ url: 'app://lanewright.evil/', parent: null })).toBe(false);
  expect(isTrustedSender({ url: '', parent: null })).toBe(false);
  expect(isTrustedSender(null)).toBe(false);
});

test('two permissions are given to our page, none to others (5)', () => {
  const all = [
    'clipboard-read',
    'clipboard-sanitized-write',
    'display-capture',
    'fullscreen',
    'geolocation',
    'hid',
    'idle-detection',
    'media',
    'mediaKeySystem',
    'midi',
    'midiSysex',
    'notifications',
    'openExternal',
    'pointerLock',
    'keyboardLock',
    'serial',
    'speaker-selection',
    'storage-access',
    'usb',
    'window-management',
    'unknown',
    'fileSystem',
  ];
  expect(all.filter((permission) => isAllowedPermission(permission, startUrl))).toEqual([
    'clipboard-sanitized-write',
    'fullscreen',
  ]);
  expect(all.filter((permission) => isAllowedPermission(permission, 'https://attacker.example/'))).toEqual(
    [],
  );
});

test('a page loads from the application and from nowhere else (1)', () => {
  expect(isAllowedRequest('app://lanewright/assets/index.js', false)).toBe(true);
  expect(isAllowedRequest('blob:app://lanewright/0b6e-5a', false)).toBe(true);
  expect(isAllowedRequest('data:font/woff2;base64,AA', false)).toBe(true);
  expect(isAllowedRequest('devtools://devtools/bundled/inspector.html', true)).toBe(true);
  const foreign = [
    'http://127.0.0.1:7070/',
    'https://www.gs1.org/',
    'ws://127.0.0.1/',
    'file:///etc/passwd',
    'app://other/x.js',
    'blob:https://attacker.example/1',
    'devtools://devtools/bundled/inspector.html',
    'not an address',
  ];
  expect(foreign.filter((url) => isAllowedRequest(url, false))).toEqual([]);
});
