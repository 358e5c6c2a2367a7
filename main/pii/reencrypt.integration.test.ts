import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, addPerson } from '#main/people/as-owner';
import { createTestDatabase } from '../../tests/support/postgres.ts';
import type { TestDatabase } from '../../tests/support/postgres.ts';
import { addKey, createKeyFile, loadKeyring } from './keyring.ts';
import { personalColumn, personEmail, seal, unseal } from './personal-columns.ts';
import { createPii } from './pii.ts';
import { keysInUse, reencrypt } from './reencrypt.ts';

let database: TestDatabase;
let owner: pg.Client;
let dataDir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  dataDir = mkdtempSync(join(tmpdir(), 'lanewright-keys-'));
}, 60_000);
afterAll(async () => {
  await owner.end();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

test('after a rotation all is under the new key, found and confirmed as before, and no longer under the old', async () => {
  await createKeyFile(dataDir);
  const first = createPii(await loadKeyring(dataDir, {}));
  const plant = { code: 'P1', name: 'Plant 1', timeZone: 'Europe/Berlin' };
  const { id: organizationId } = await addOrganization(database.ownerUrl, {
    code: 'ACME',
    name: 'Acme',
    gs1CompanyPrefix: '9521234',
    plant,
  });
  const person = (login: string, email: string) =>
    addPerson(
      database.ownerUrl,
      {
        organization: undefined,
        login,
        name: login,
        roles: ['operator'],
        plants: ['P1'],
        stations: [],
        contacts: { email, phone: '+44 1632 960001' },
      },
      first,
    );
  const { id } = await person('ann', 'ann@example.com');
  const { id: damaged } = await person('bob', 'bob@example.com');
  await owner.query('UPDATE identity.users SET email_verified_at = now() WHERE id = $1', [id]);
  await owner.query(
    `INSERT INTO identity.email_verification_tokens (organization_id, user_id, token_hash, email_index, expires_at, job_id)
     SELECT organization_id, id, public.digest('a code', 'sha256'), email_index, now() + interval '1 day', $2
     FROM identity.users WHERE id = $1`,
    [id, uuidv7()],
  );
  // One that was spoilt is told of, and stops nothing.
  await owner.query(
    `UPDATE identity.users SET phone_cipher = set_byte(phone_cipher, 20, 255 - get_byte(phone_cipher, 20)) WHERE id = $1`,
    [damaged],
  );
  const supplier = uuidv7();
  const address = seal(first, personalColumn('material.suppliers', 'email'), supplier, 'sales@example.com');
  await owner.query(
    `INSERT INTO material.suppliers (organization_id, id, code, name, email_cipher, email_index) VALUES ($1, $2, 'S', 'S', $3, $4)`,
    [organizationId, supplier, address.cipher, address.indexes[0]],
  );

  expect(await addKey(dataDir)).toBe(2);
  const keyring = await loadKeyring(dataDir, {});
  const second = createPii(keyring);
  const done = await reencrypt(database.ownerUrl, second, keyring.current);
  expect(done).toEqual({ written: 4, unreadable: [`identity.users/phone/${damaged}`] });
  expect([...(await keysInUse(database.ownerUrl))]).toEqual([
    [1, 1],
    [2, 4],
  ]);

  const { rows } = await owner.query<{ email_cipher: Buffer; email_index: Buffer; confirmed: boolean }>(
    'SELECT email_cipher, email_index, email_verified_at IS NOT NULL AS confirmed FROM identity.users WHERE id = $1',
    [id],
  );
  const [row] = rows;
  const newest = createPii({
    current: 2,
    keys: new Map([...keyring.keys].filter(([version]) => version === 2)),
  });
  expect(unseal(newest, personEmail, id, row?.email_cipher ?? null)).toBe('ann@example.com');
  expect(row?.email_index).toEqual(newest.blindIndex('email', 'ANN@example.com'));
  expect(row?.confirmed).toBe(true);
  const verified = await owner.query(`SELECT identity.verify_email('a code') AS good`);
  expect(verified.rows).toEqual([{ good: true }]);
  expect(await reencrypt(database.ownerUrl, second, keyring.current)).toMatchObject({ written: 0 });
});
