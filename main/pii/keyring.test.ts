import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addKey, createKeyFile, keyFile, loadKeyring } from './keyring.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lanewright-pii-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const because = (reason: string) => ({ shape: expect.objectContaining({ code: 'Unavailable', reason }) });

test('a first key is made once, for its owner only', async () => {
  expect(await createKeyFile(dataDir)).toBe(true);
  const made = readFileSync(keyFile(dataDir), 'utf8');
  expect(statSync(keyFile(dataDir)).mode & 0o777).toBe(0o600);
  expect(await createKeyFile(dataDir)).toBe(false);
  expect(readFileSync(keyFile(dataDir), 'utf8')).toBe(made);
  const { current, keys } = await loadKeyring(dataDir, {});
  expect([current, keys.get(1)?.length]).toEqual([1, 32]);
});

test('a first key makes its folder', async () => {
  expect(await createKeyFile(join(dataDir, 'new', 'folder'))).toBe(true);
});

test('a key is added beside the ones that are there', async () => {
  await createKeyFile(dataDir);
  const before = await loadKeyring(dataDir, {});
  expect(await addKey(dataDir)).toBe(2);
  const after = await loadKeyring(dataDir, {});
  expect(after.current).toBe(2);
  expect(after.keys.get(1)).toEqual(before.keys.get(1));
  expect(after.keys.get(2)).not.toEqual(before.keys.get(1));
  expect(statSync(keyFile(dataDir)).mode & 0o777).toBe(0o600);
});

test('the environment comes before the file', async () => {
  await createKeyFile(dataDir);
  const { current, keys } = await loadKeyring(dataDir, { LANEWRIGHT_PII_KEY: `3 ${key(3)},5 ${key(5)}` });
  expect([current, [...keys.keys()]]).toEqual([5, [3, 5]]);
});

test('no key, and a key that others may read, are refused with what to do', async () => {
  await expect(loadKeyring(dataDir, {})).rejects.toMatchObject(because('error.pii-key-missing'));
  await createKeyFile(dataDir);
  chmodSync(keyFile(dataDir), 0o640);
  await expect(loadKeyring(dataDir, {})).rejects.toMatchObject(because('error.pii-key-exposed'));
});

test.each([
  ['nothing', ''],
  ['no version', key(1)],
  ['version 0', `0 ${key(1)}`],
  ['a version that does not fit', `65536 ${key(1)}`],
  ['31 bytes', `1 ${Buffer.alloc(31, 1).toString('base64')}`],
  ['a version twice', `1 ${key(1)}\n1 ${key(2)}`],
])('%s is not a key', async (_what, text) => {
  writeFileSync(keyFile(dataDir), text, { mode: 0o600 });
  await expect(loadKeyring(dataDir, {})).rejects.toMatchObject(because('error.pii-key-malformed'));
});
