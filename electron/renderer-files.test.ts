import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { array, assert, constantFrom, property } from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { contentSecurityPolicy } from '#contract/csp';
import { rendererFile, serveRendererFile } from './renderer-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanewright-files-'));
const root = join(folder, 'renderer');
mkdirSync(join(root, 'assets'), { recursive: true });
writeFileSync(join(root, 'index.html'), '<title>screen</title>');
writeFileSync(join(root, 'assets', 'index.js'), 'export {};');
writeFileSync(join(folder, 'secret.json'), '{}');
writeFileSync(join(root, '.env'), 'SECRET=1');
afterAll(() => rmSync(folder, { recursive: true }));

const get = (url: string, method = 'GET') => serveRendererFile(root, { url, method });

test('serves the page and its files with the policy (7, 18)', async () => {
  const page = await get('app://lanewright/index.html');
  expect(await page.text()).toBe('<title>screen</title>');
  expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('Content-Security-Policy')).toBe(contentSecurityPolicy);
  expect(page.headers.get('X-Content-Type-Options')).toBe('nosniff');
  const script = await get('app://lanewright/assets/index.js?v=1');
  expect(script.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
});

test('a route of the page gets the page', async () => {
  expect(await (await get('app://lanewright/')).text()).toContain('screen');
  expect(await (await get('app://lanewright/lanes/today')).text()).toContain('screen');
});

test.each([
  'app://lanewright/../secret.json',
  'app://lanewright/%2e%2e/secret.json',
  'app://lanewright/..%2fsecret.json',
  'app://lanewright/%2e%2e%2fsecret.json',
  'app://lanewright/assets/..%2f..%2fsecret.json',
  'app://lanewright/..%5csecret.json',
  'app://lanewright/assets\\..\\..\\secret.json',
  'app://lanewright/%252e%252e%252fsecret.json',
  'app://lanewright/C:%5csecret.json',
  'app://lanewright//etc/passwd.json',
  'app://lanewright/.env',
  'app://lanewright/assets/index.js%00.html',
  'app://lanewright/%zz.js',
  'app://lanewright/assets/none.js',
  'app://lanewright/run.sh',
  'app://other/index.html',
  'https://lanewright/index.html',
])('refuses %s, and keeps the policy on the refusal', async (url) => {
  const answer = await get(url);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toBe('');
  expect(answer.headers.get('Content-Security-Policy')).toBe(contentSecurityPolicy);
});

test('reads only', async () => {
  expect((await get('app://lanewright/index.html', 'POST')).status).toBe(405);
  expect((await get('app://lanewright/index.html', 'DELETE')).status).toBe(405);
});

test('no path whatever leads out of the folder', () => {
  const piece = constantFrom(
    '..',
    '.',
    '%2e',
    '%2f',
    '%5c',
    '\\',
    '/',
    'a',
    'assets',
    '%00',
    'x.js',
    ':',
    '%25',
    ' ',
  );
  assert(
    property(array(piece, { maxLength: 12 }), (pieces) => {
      const file = rendererFile(root, `app://lanewright/${pieces.join('')}.js`);
      expect(file === null || file.startsWith(root + sep)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
