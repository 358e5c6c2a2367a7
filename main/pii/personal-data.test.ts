import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addKey, createKeyFile, keyFile } from './keyring.ts';
import { openPersonalData } from './personal-data.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lanewright-pii-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const missing = { shape: expect.objectContaining({ code: 'Unavailable', reason: 'error.pii-key-missing' }) };

test('a key that is put back is used at once', async () => {
  const pii = openPersonalData(dataDir, {});
  await expect(pii()).rejects.toMatchObject(missing);
  await createKeyFile(dataDir);
  const opened = await pii();
  expect(opened.decrypt(opened.encrypt('ann', 'here'), 'here')).toBe('ann');
  expect(await pii()).toBe(opened);
});

test('a key that is added is written with from then on', async () => {
  await createKeyFile(dataDir);
  const pii = openPersonalData(dataDir, {});
  const cipher = (await pii()).encrypt('ann', 'here');
  await addKey(dataDir);
  const opened = await pii();
  expect([opened.isCurrent(cipher), opened.decrypt(cipher, 'here')]).toEqual([false, 'ann']);
});

test('a key that is taken away is not remembered', async () => {
  await createKeyFile(dataDir);
  const pii = openPersonalData(dataDir, {});
  await pii();
  await rm(keyFile(dataDir));
  await expect(pii()).rejects.toMatchObject(missing);
});
