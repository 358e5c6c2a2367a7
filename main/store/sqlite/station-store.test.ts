import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ErrorValues } from '#contract/errors';
import type { SignedIn, StationCommand } from '#main/services/core';
import { createMirror } from './mirror.ts';
import { createOutbox } from './outbox.ts';
import type { StationOutbox } from './outbox.ts';
import { openStationFile, stationFileName } from './station-file.ts';
import type { StationFile } from './station-file.ts';

interface Note {
  readonly about: string;
  readonly text: string;
}
const note: StationCommand<Note> = {
  kind: 'note',
  schema: z.object({ about: z.string().min(1), text: z.string() }).strict(),
  subject: ({ about }) => about,
  summary: ({ about, text }) => `${about}: ${text}`,
  apply: async () => {},
};
const signedIn: SignedIn = {
  token: 'secret-token',
  gs1CompanyPrefix: '9521234',
  identity: {
    sessionId: 'session',
    userId: 'user',
    login: 'ada',
    displayName: 'Ada',
    organizationId: 'organization',
    organizationName: 'Works',
    roles: [],
    permissions: [],
    plants: [],
    homePlantId: 'plant',
    expiresAt: 0,
    offline: false,
    vouched: false,
  },
};
const problem = { code: 'Refused', reason: 'refusal.x', values: { why: 'so' } } as const;
const dayMs = 24 * 3600 * 1000;

let dataDir: string;
let file: StationFile;
let outbox: StationOutbox;
let clock: number;
let warnings: string[];

const log = {
  debug() {},
  info() {},
  warn: (_: object, message: string) => warnings.push(message),
  error() {},
};
const open = (bound?: number) => {
  file = openStationFile(dataDir, { now: () => clock });
  outbox = createOutbox({
    file,
    commands: new Map([[note.kind, note as StationCommand<unknown>]]),
    now: () => clock,
    log,
    ...(bound === undefined ? {} : { bound }),
  });
};
const close = () => {
  outbox.close();
  file.close();
};
const reopen = (bound?: number) => {
  close();
  open(bound);
};
const take = (commandId: string, about = commandId, text = '', capturedAt = clock) =>
  outbox.accept(note, { about, text }, { commandId, capturedAt, signedIn });
const due = () => outbox.nextBatch(0, 1000).map(({ commandId }) => commandId);
const sequenceOf = (commandId: string) =>
  outbox.entries().find((entry) => entry.commandId === commandId)?.sequence ?? -1;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lanewright-store-'));
  clock = Date.UTC(2026, 10, 21, 6);
  warnings = [];
  open();
});
afterEach(() => {
  close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('outbox', () => {
  test('what was acknowledged is there after a restart, in the order it was taken, whatever the clock said', async () => {
    await take('a');
    clock -= dayMs;
    await take('b');
    reopen();
    clock += 7 * dayMs;
    await take('c');
    expect(due()).toEqual(['a', 'b', 'c']);
    expect(outbox.status()).toMatchObject({ waiting: 3, quarantined: 0, oldestAt: clock - 6 * dayMs });
  });

  test('commands of one moment are acknowledged one by one, from one commit', async () => {
    let commits = 0;
    outbox.onChange((change) => (commits += change === 'added' ? 1 : 0));
    const acknowledged = await Promise.all(['a', 'b', 'c'].map((id) => take(id)));
    expect(acknowledged.map(({ sequence, waiting }) => [sequence, waiting])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(commits).toBe(1);
  });

  test('the same command again gets the first answer: at once, later, delivered, after a restart', async () => {
    const [first, second] = await Promise.all([take('a'), take('a')]);
    expect(second).toEqual(first);
    await take('b');
    outbox.markDelivered(first.sequence);
    clock += 5000;
    expect(await take('a')).toEqual(first);
    reopen();
    expect(await take('a')).toEqual(first);
    expect(due()).toEqual(['b']);
  });

  test('one that cannot be stored is refused alone', async () => {
    const results = await Promise.allSettled([take('a'), take('b', 'b', '', 0.5), take('c')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(due()).toEqual(['a', 'c']);
    expect(await take('b')).toMatchObject({ sequence: expect.any(Number) });
  });

  test('it warns from 0.7 of the bound on, refuses at the bound, and takes again when there is room', async () => {
    reopen(10);
    for (let index = 0; index < 6; index++) await take(`n${index}`);
    expect(warnings).toEqual([]);
    await take('n6');
    expect(warnings).toHaveLength(1);
    expect(outbox.status().fill).toBeCloseTo(0.7);
    const rest = await Promise.allSettled([7, 8, 9, 10, 11].map((index) => take(`n${index}`)));
    expect(rest.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    await expect(take('more')).rejects.toMatchObject({
      shape: { code: 'Refused', reason: 'error.outbox-full', values: { bound: 10 } },
    });
    expect(outbox.status()).toMatchObject({ waiting: 10, fill: 1 });
    outbox.markDelivered(1);
    await take('more');
    expect(due()).toHaveLength(10);
  });

  test('behind a quarantined one only its own subject waits, until it is retried or given up', async () => {
    for (const [id, about] of ['a1 A', 'b1 B', 'a2 A', 'b2 B'].map((text) => text.split(' '))) {
      await take(id ?? '', about);
    }
    outbox.quarantine(sequenceOf('a1'), problem);
    expect(due()).toEqual(['b1', 'b2']);
    expect(outbox.pending('A')).toBe(true);
    expect(outbox.entries().find(({ commandId }) => commandId === 'a1')).toMatchObject({
      state: 'quarantined',
      attempts: 1,
      problem,
      person: 'Ada',
      summary: 'A: ',
    });
    reopen();
    expect(outbox.status()).toMatchObject({ waiting: 3, quarantined: 1 });
    outbox.retry('a1');
    expect(due()).toEqual(['a1', 'b1', 'a2', 'b2']);
    outbox.quarantine(sequenceOf('a1'), problem);
    outbox.discard('a1', 'scanned by mistake');
    expect(due()).toEqual(['b1', 'a2', 'b2']);
    expect(outbox.entries().find(({ commandId }) => commandId === 'a1')?.state).toBe('discarded');
    expect(outbox.status()).toMatchObject({ waiting: 3, quarantined: 0 });
  });

  test('a mended one goes in its old place, about its new subject; the captured one stays on file', async () => {
    await take('a', 'wrong', 'x');
    await take('b', 'right');
    outbox.quarantine(sequenceOf('a'), problem);
    expect(() => outbox.retry('a', { about: '' })).toThrow(
      expect.objectContaining({ shape: expect.objectContaining({ code: 'Invalid', field: 'about' }) }),
    );
    expect(due()).toEqual(['b']);
    outbox.retry('a', { about: 'right', text: 'mended' });
    expect(outbox.nextBatch(0, 10).map(({ subject, payload }) => [subject, payload])).toEqual([
      ['right', { about: 'right', text: 'mended' }],
      ['right', { about: 'right', text: '' }],
    ]);
    const kept: unknown = file.durable
      .prepare(`SELECT original_payload FROM outbox WHERE command_id = 'a'`)
      .pluck()
      .get();
    expect(kept).toBe(JSON.stringify({ about: 'wrong', text: 'x' }));
    expect(outbox.pending('wrong')).toBe(false);
  });

  test('only a quarantined one is mended, retried or given up', async () => {
    await take('a');
    const notQuarantined = expect.objectContaining({
      shape: expect.objectContaining({ reason: 'error.command-not-quarantined' }),
    });
    expect(() => outbox.retry('a')).toThrow(notQuarantined);
    expect(() => outbox.discard('a', 'no')).toThrow(notQuarantined);
    expect(() => outbox.amend('nobody', {})).toThrow(
      expect.objectContaining({ shape: expect.objectContaining({ code: 'NotFound' }) }),
    );
  });

  test('what is delivered no longer waits, at once and after a restart, and goes after a week', async () => {
    const { sequence } = await take('a', 'A');
    await take('b', 'B');
    outbox.markDelivered(sequence);
    expect(outbox.pending('A')).toBe(false);
    expect(due()).toEqual(['b']);
    expect(outbox.status().waiting).toBe(1);
    reopen();
    expect(due()).toEqual(['b']);
    const count = () => Number(file.durable.prepare('SELECT count(*) FROM outbox').pluck().get());
    clock += 8 * dayMs;
    outbox.markDelivered(sequenceOf('b'));
    reopen();
    expect(count()).toBe(1);
    // Pruned or not, a sequence is never given again.
    expect((await take('c')).sequence).toBe(3);
  });

  test('a long queue is listed from both ends', async () => {
    await Promise.all(Array.from({ length: 2500 }, (_, index) => take(`n${index}`)));
    const listed = outbox.entries().map(({ sequence }) => sequence);
    expect(listed).toHaveLength(2000);
    expect([listed[0], listed[999], listed[1000], listed.at(-1)]).toEqual([1, 1000, 1501, 2500]);
  });

  test('no token is on disk', async () => {
    await take('a');
    const tables = JSON.stringify(file.durable.prepare('SELECT * FROM outbox').all());
    expect(tables).toContain('Ada');
    expect(tables).not.toContain('secret-token');
  });
});

describe('station file', () => {
  test('nobody else on the machine reads it', () => {
    for (const name of readdirSync(dataDir)) {
      expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  test('a second core on the folder is refused, and let in when the first is gone', () => {
    const script = `
      import { openStationFile } from ${JSON.stringify(join(import.meta.dirname, 'station-file.ts'))};
      try { openStationFile(process.argv[1], { now: Date.now }).close(); console.log('opened'); }
      catch (error) { console.log(error.shape.reason); }`;
    const other = () =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script, dataDir], {
        cwd: join(import.meta.dirname, '../../..'),
        encoding: 'utf8',
      }).stdout.trim();
    expect(other()).toBe('error.station-file-in-use');
    expect(() => openStationFile(dataDir, { now: Date.now })).toThrow(
      expect.objectContaining({ shape: expect.objectContaining({ reason: 'error.station-file-in-use' }) }),
    );
    // The refused one in this process must not have dropped the lock of the first.
    expect(other()).toBe('error.station-file-in-use');
    close();
    expect(other()).toBe('opened');
    open();
  });

  test('a file of a newer version is left alone', () => {
    const version = Number(file.durable.pragma('user_version', { simple: true }));
    file.durable.pragma('user_version = 99');
    close();
    expect(() => open()).toThrow(
      expect.objectContaining({
        shape: expect.objectContaining({ reason: 'error.station-file-newer' }),
      }),
    );
    expect(readdirSync(dataDir).filter((name) => name.includes('damaged'))).toEqual([]);
    const plain = new BetterSqlite3(join(dataDir, stationFileName));
    plain.pragma(`user_version = ${version}`);
    plain.close();
    open();
  });

  test('a damaged file is set aside and its outbox saved, as far as it reads; its numbers go on', async () => {
    const count = 3000;
    await Promise.all(Array.from({ length: count }, (_, index) => take(`n${index}`, 'A', 'x'.repeat(200))));
    const mirror = createMirror(file);
    for (let index = 0; index < 5; index++) mirror.next('sscc');
    close();
    const path = join(dataDir, stationFileName);
    const pages = statSync(path).size / 4096;
    let damagedFiles = 0;
    // Page 1 holds the schema: without it nothing reads. Any other page costs what was in it, no more.
    for (const page of [1, 2, 3, Math.floor(pages / 2), Math.floor(pages / 3)]) {
      const scratch = mkdtempSync(join(tmpdir(), 'lanewright-damaged-'));
      const copy = join(scratch, stationFileName);
      const source = new BetterSqlite3(path, { readonly: true });
      await source.backup(copy);
      source.close();
      const bytes = openSync(copy, 'r+');
      writeSync(bytes, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
      const opened = openStationFile(scratch, { now: () => clock });
      const saved = Number(opened.durable.prepare('SELECT count(*) FROM outbox').pluck().get());
      expect(opened.problems).toHaveLength(1);
      const values: ErrorValues = opened.problems[0]?.values ?? {};
      expect(values['commands']).toBe(saved);
      expect(readdirSync(scratch).some((name) => name.includes('damaged-2026-11-21'))).toBe(true);
      if (saved > 0) {
        damagedFiles++;
        expect(saved).toBeGreaterThan(count * 0.9);
        expect(createMirror(opened).next('sscc')).toBeGreaterThan(5);
      } else {
        expect(values['complete']).toBe(0);
      }
      opened.close();
      rmSync(scratch, { recursive: true, force: true });
    }
    expect(damagedFiles).toBeGreaterThanOrEqual(3);
    open();
  });
});

describe('mirror', () => {
  test('sets are replaced whole, but for what must stand', () => {
    const mirror = createMirror(file);
    expect(mirror.mirroredAt()).toBeNull();
    mirror.put('operations', 'a', { code: 'a', mine: true }, 10);
    mirror.put('operations', 'b', { code: 'b' }, 10);
    mirror.put('other', 'a', 1, 10);
    mirror.replace(
      'operations',
      [
        { key: 'a', body: { code: 'a' } },
        { key: 'c', body: { code: 'c' } },
      ],
      20,
      (key) => key === 'a',
    );
    expect(mirror.all('operations')).toEqual([
      { key: 'a', body: { code: 'a', mine: true }, storedAt: 10 },
      { key: 'c', body: { code: 'c' }, storedAt: 20 },
    ]);
    expect(mirror.get('other', 'a')).toMatchObject({ body: 1 });
    expect(mirror.mirroredAt()).toBe(20);
    mirror.remove('operations', 'a');
    expect(mirror.get('operations', 'a')).toBeUndefined();
  });

  test('a counter goes on after a restart, and never below what it is told', () => {
    let mirror = createMirror(file);
    expect([mirror.next('sscc'), mirror.next('sscc'), mirror.next('other', 7)]).toEqual([1, 2, 7]);
    reopen();
    mirror = createMirror(file);
    expect([mirror.next('sscc'), mirror.next('sscc', 100), mirror.next('sscc', 50)]).toEqual([3, 100, 101]);
  });
});
