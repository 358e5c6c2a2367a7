/** Builds out/ when a source is newer than it. */
import { spawn } from 'node:child_process';
import { globSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const appRoot = join(import.meta.dirname, '..');
const stamp = join(appRoot, 'out/.built');
const sources = [
  '{domain,main,native,electron,preload,renderer}/**/*.{ts,tsx,css,html,svg}',
  'resources/**/*.{json,svg,png}',
  'electron.vite.config.ts',
  'package-lock.json',
];

/** Whether anything that the build reads has changed since. */
export function isStale(): boolean {
  let built: number;
  try {
    built = statSync(stamp).mtimeMs;
  } catch {
    return true;
  }
  return globSync(sources, { cwd: appRoot, exclude: (name) => name === 'node_modules' }).some(
    (file) => statSync(join(appRoot, file)).mtimeMs > built,
  );
}

/** @throws Error with what the build said when it fails. */
export async function build(print: (line: string) => void): Promise<void> {
  const began = Date.now();
  print('Building the application (about twenty seconds, only when something changed) ...');
  const child = spawn(
    process.execPath,
    [join(appRoot, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: appRoot, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'production' } },
  );
  const said: string[] = [];
  child.stdout.on('data', (data: Buffer) => said.push(String(data)));
  child.stderr.on('data', (data: Buffer) => said.push(String(data)));
  const ticking = setInterval(
    () => print(`  still building, ${Math.round((Date.now() - began) / 1000)} s`),
    5000,
  );
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(ticking);
  if (code !== 0) throw new Error(`The build failed:\n${said.join('')}`);
  writeFileSync(stamp, '');
  print(`Built in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
}

if (import.meta.main) await build((line) => console.log(line));
