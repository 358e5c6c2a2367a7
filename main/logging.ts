/**
 * Structured logs: JSON lines in the user's log folder, a new file a day or at 10 MB, fourteen kept.
 * Passwords, tokens and what people measured or typed are never logged; keys that could hold them are
 * cut out wherever they stand.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import pinoRoll from 'pino-roll';
import type { LogLine } from '#contract/system';
import { correlationId } from '#main/correlation';
import type { Log } from '#main/services/core';

const redacted = [
  'password',
  'token',
  'secret',
  'connectionString',
  'ownerUrl',
  'appUrl',
  'payload',
  'displayName',
];

const levelNames = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' } as const;

export interface LogBook extends Log {
  /** The same book with fields of its own on each line, for example the room or the correlation id. */
  with(fields: Readonly<Record<string, string>>): Log;
  flush(): void;
}

/** @param logDir made if it is not there. */
export async function openLog(logDir: string): Promise<LogBook> {
  const stream = await pinoRoll({
    file: join(logDir, 'core'),
    extension: '.log',
    frequency: 'daily',
    size: '10m',
    mkdir: true,
    limit: { count: 14 },
    sync: true,
  });
  const logger = pino(
    {
      base: null,
      mixin: () => {
        const id = correlationId();
        return id === undefined ? {} : { correlationId: id };
      },
      redact: { paths: [...redacted, ...redacted.map((name) => `*.${name}`)], censor: '[cut]' },
      serializers: { error: pino.stdSerializers.err },
    },
    stream,
  );
  const asLog = (from: pino.Logger): Log => ({
    debug: (detail, message) => from.debug(detail, message),
    info: (detail, message) => from.info(detail, message),
    warn: (detail, message) => from.warn(detail, message),
    error: (detail, message) => from.error(detail, message),
  });
  return {
    ...asLog(logger),
    with: (fields) => asLog(logger.child(fields)),
    flush: () => logger.flush(),
  };
}

/** The latest lines, newest first. */
export async function readLog(
  logDir: string,
  filter: { readonly minLevel: LogLine['level']; readonly text: string; readonly limit: number },
): Promise<readonly LogLine[]> {
  const order = Object.values(levelNames);
  const least = order.indexOf(filter.minLevel);
  const wanted = filter.text.toLowerCase();
  const names = (await readdir(logDir)).filter((name) => name.startsWith('core') && name.endsWith('.log'));
  const numbered = names.map((name) => ({
    name,
    key: name.replaceAll(/\d+/g, (digits) => digits.padStart(12, '0')),
  }));
  const found: LogLine[] = [];
  for (const { name } of numbered.sort((a, b) => (a.key < b.key ? 1 : -1))) {
    const lines = (await readFile(join(logDir, name), 'utf8')).split('\n');
    for (let index = lines.length - 1; index >= 0; index--) {
      const text = lines[index];
      if (!text || (wanted && !text.toLowerCase().includes(wanted))) continue;
      const line = parseLine(text);
      if (line && order.indexOf(line.level) >= least) found.push(line);
      if (found.length >= filter.limit) return found;
    }
  }
  return found;
}

function parseLine(text: string): LogLine | null {
  try {
    const { level, time, msg, room, correlationId, ...detail } = JSON.parse(text) as Record<string, unknown>;
    return {
      at: Number(time),
      level: levelNames[level as keyof typeof levelNames] ?? 'info',
      room: typeof room === 'string' ? room : 'core',
      message: String(msg ?? ''),
      correlationId: typeof correlationId === 'string' ? correlationId : null,
      detail,
    };
  } catch {
    // The last line may be half written.
    return null;
  }
}
