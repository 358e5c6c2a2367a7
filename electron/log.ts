import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

const largestBytes = 1_000_000;

/**
 * The shell's own log, `shell.log` in the log folder: one JSON object a line, the file before it kept
 * as `shell.1.log`. Few lines a day (starts, crashes, refusals), so each is written at once. Callers
 * give no personal data: of a refused address only its scheme and host.
 */
export function openLog(logDir: string, now: () => number = Date.now): Log {
  const file = join(logDir, 'shell.log');
  const rotate = () => {
    try {
      if (statSync(file).size > largestBytes) renameSync(file, join(logDir, 'shell.1.log'));
    } catch {
      // There is none yet.
    }
  };
  return (event, fields = {}) => {
    const line = JSON.stringify({ time: now(), name: 'shell', event, ...fields });
    try {
      mkdirSync(logDir, { recursive: true });
      rotate();
      appendFileSync(file, `${line}\n`);
    } catch {
      // A full or read-only disk must not take the window with it.
      process.stderr.write(`${line}\n`);
    }
  };
}

/** What may be logged of an address. */
export function logged(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`.slice(0, 120);
  } catch {
    return 'not an address';
  }
}
