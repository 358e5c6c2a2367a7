import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyFile } from '#main/pii/keyring';
import { personEmail, unseal } from '#main/pii/personal-columns';
import { openPersonalData } from '#main/pii/personal-data';
import { startEmbeddedPostgres } from '#main/store/postgres/embedded';
import { appRoot } from '../../tests/support/postgres.ts';
import { startDatabase } from './database-start.ts';

let dataDir: string;
let steps: string[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lanewright-begin-'));
  chmodSync(dataDir, 0o755);
  steps = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const start = () =>
  startDatabase({
    appRoot,
    dataDir,
    databaseUrl: undefined,
    station: {},
    onProgress: (step) => {
      if (steps.at(-1) !== step) steps.push(step);
    },
  });

/** As the owner, with the server up for that long. */
async function asOwner(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const server = await startEmbeddedPostgres({ dataDir });
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
    await server.stop();
  }
}
const otherSchema = `UPDATE app.schema_migrations SET checksum = 'of an earlier version' WHERE name ~ '^0001'`;
const databases = `SELECT datname FROM pg_database WHERE datname ~ '^lanewright' ORDER BY 1`;

test('a demo plant of an earlier version is kept aside, and made anew', { timeout: 60_000 }, async () => {
  await (await start()).stop();
  await asOwner(otherSchema);
  steps = [];
  await (await start()).stop();
  expect(steps).toContain('start.demo-aside');
  expect(steps).toContain('start.demo-plant');
  expect(await asOwner(databases)).toEqual([
    { datname: 'lanewright' },
    { datname: expect.stringMatching(/^lanewright_before_\d{14}$/) },
  ]);
});

test('a database of somebody’s own is never begun anew', { timeout: 60_000 }, async () => {
  await (await start()).stop();
  await asOwner(otherSchema, `DELETE FROM app.settings WHERE key = 'demo'`);
  await expect(start()).rejects.toMatchObject({ shape: { reason: 'error.database-other-schema' } });
  expect(await asOwner(databases)).toEqual([{ datname: 'lanewright' }]);
});

test(
  'a key is made with the data directory, and never in place of a lost one',
  { timeout: 60_000 },
  async () => {
    await (await start()).stop();
    expect(statSync(keyFile(dataDir)).mode & 0o777).toBe(0o600);
    // Nothing is lost while nothing was written with it.
    await asOwner(
      'UPDATE identity.users SET email_cipher = NULL, email_index = NULL, phone_cipher = NULL, phone_index = NULL',
      'UPDATE material.suppliers SET email_cipher = NULL, email_index = NULL, phone_cipher = NULL, phone_index = NULL',
      `DELETE FROM org.locations WHERE kind = 'customer'`,
    );
    rmSync(keyFile(dataDir));
    await (await start()).stop();
    expect(existsSync(keyFile(dataDir))).toBe(true);

    await asOwner(`UPDATE org.organizations SET contact_email_cipher = decode(repeat('01', 40), 'hex')`);
    rmSync(keyFile(dataDir));
    await (await start()).stop();
    expect(existsSync(keyFile(dataDir))).toBe(false);
  },
);

test(
  'people and customers of the demo plant have contacts, which the database cannot read',
  { timeout: 60_000 },
  async () => {
    await (await start()).stop();
    const pii = await openPersonalData(dataDir)();
    const [anna] = await asOwner(`SELECT id, email_cipher FROM identity.users WHERE login = 'admin'`);
    const cipher = anna?.['email_cipher'];
    if (!Buffer.isBuffer(cipher)) throw new Error('no e-mail address');
    expect(unseal(pii, personEmail, String(anna?.['id']), cipher)).toBe('admin@example.com');
    const clear = await asOwner(
      `SELECT FROM identity.users u WHERE u.kind = 'person' AND (u.email_cipher IS NULL OR u::text ~ '@example')
     UNION ALL SELECT FROM org.locations l WHERE l.kind = 'customer' AND (l.address_cipher IS NULL OR l::text ~ 'Example Street')`,
    );
    expect(clear).toEqual([]);
    expect(await asOwner(`SELECT count(*)::int AS n FROM org.locations WHERE kind = 'customer'`)).toEqual([
      { n: 10 },
    ]);
  },
);
