import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate, readMigrations } from '#main/store/postgres/migrate';
import { appRoot, createEmptyDatabase, createTestDatabase } from '../../tests/support/postgres.ts';
import type { TestDatabase } from '../../tests/support/postgres.ts';
import { fillSmallPlant } from '../../tests/support/small-plant.ts';
import { backup } from './backup.ts';
import type { BackupMethod } from './backup.ts';
import { readBackup } from './backup-file.ts';
import { compareWithBackup } from './compare.ts';
import { checkConstraints } from './constraints.ts';
import { examine } from './doctor.ts';
import { findDumpTools } from './pg-dump.ts';
import { restore } from './restore.ts';

let source: TestDatabase;
let owner: pg.Client;
let empty: Omit<TestDatabase, 'appUrl'>;
let folder: string;
let hasDumpTools: boolean;

beforeAll(async () => {
  source = await createTestDatabase();
  await fillSmallPlant(source.ownerUrl);
  owner = new pg.Client({ connectionString: source.ownerUrl });
  await owner.connect();
  hasDumpTools = (await findDumpTools(owner)) !== null;
  await owner.query(`UPDATE org.organizations SET name = E'tab\\t, line\\n, back\\\\slash, \\\\N, €'`);
});
afterAll(async () => {
  await owner.end();
  await source.drop();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanewright-care-'));
  empty = await createEmptyDatabase();
});
afterEach(async () => {
  await empty.drop();
  rmSync(folder, { recursive: true, force: true });
});

const file = () => join(folder, 'plant.backup');
const save = (method: BackupMethod = 'copy') =>
  backup({ ownerUrl: source.ownerUrl, appRoot, file: file(), version: '0.0.0', method });
const load = (into = empty.ownerUrl, root = appRoot) =>
  restore({ ownerUrl: into, appRoot: root, file: file() });
const reason = (text: string) =>
  expect.objectContaining({ shape: expect.objectContaining({ reason: text }) });

async function ask<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

async function isEmpty(url: string): Promise<boolean> {
  const rows = await ask(
    url,
    `SELECT FROM pg_namespace WHERE nspname IN ('app', 'org', 'identity', 'trace')`,
  );
  return rows.length === 0;
}

test.for(['copy', 'pg_dump'] as const)('what %s saved comes back, row for row', async (method, { skip }) => {
  if (method === 'pg_dump' && !hasDumpTools) skip();
  const saved = await save(method);
  expect(saved.rows).toBeGreaterThan(50);
  expect(saved.leftOut).toContainEqual({ name: 'app.changes', reason: 'feed' });
  expect(readdirSync(folder)).toEqual(['plant.backup']);

  const restored = await load();
  expect(restored).toMatchObject({ tables: saved.tables, rows: saved.rows, unknown: [] });
  const compared = await compareWithBackup({ ownerUrl: empty.ownerUrl, appRoot, file: file() });
  expect(compared).toMatchObject({ sameMigrations: true, differences: [], rows: saved.rows });
  expect((await checkConstraints({ ownerUrl: empty.ownerUrl, appRoot })).findings).toEqual([]);
  const name = 'SELECT name FROM org.organizations';
  expect(await ask(empty.ownerUrl, name)).toEqual(await ask(source.ownerUrl, name));
});

test('the schema of a restored database is that of a migrated one, triggers and policies too', async () => {
  const shape = `SELECT json_build_object(
    'triggers', (SELECT json_agg(tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text)
                 FROM (SELECT * FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgrelid::regclass::text, tgname) t),
    'forced', (SELECT count(*) FROM pg_class WHERE relforcerowsecurity),
    'policies', (SELECT count(*) FROM pg_policy),
    'schemas', (SELECT json_agg(nspname ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_')) AS shape`;
  await save();
  await load();
  expect(await ask(empty.ownerUrl, shape)).toEqual(await ask(source.ownerUrl, shape));
});

test('numbers go on where they were', async () => {
  const [sequence] = await ask<{ name: string }>(
    source.ownerUrl,
    `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relkind = 'S' AND relnamespace <> 'public'::regnamespace LIMIT 1`,
  );
  await owner.query(`SELECT setval('${sequence?.name ?? ''}', 4711)`);
  await save();
  await load();
  const next = await ask(empty.ownerUrl, `SELECT nextval('${sequence?.name ?? ''}') AS next`);
  expect(next).toEqual([{ next: '4712' }]);
});

test('a database that is not empty is refused and left as it is', async () => {
  await save();
  await expect(load(source.ownerUrl)).rejects.toEqual(reason('error.restore-not-empty'));
  expect(await ask(source.ownerUrl, 'SELECT FROM org.organizations')).toHaveLength(1);
  await ask(empty.ownerUrl, 'CREATE TABLE public.theirs (id int)');
  await expect(load()).rejects.toEqual(reason('error.restore-not-empty'));
});

test('a second backup does not write over the first', async () => {
  await save();
  await expect(save()).rejects.toEqual(reason('error.backup-exists'));
});

test('damage anywhere is found before the database is touched', async () => {
  await save();
  const whole = readFileSync(file());
  for (let at = 8; at < whole.length; at += Math.ceil(whole.length / 40)) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    writeFileSync(file(), damaged);
    await expect(load(), `byte ${at}`).rejects.toMatchObject({
      shape: { reason: expect.stringMatching(/^error\.backup-(damaged|incomplete)$/) },
    });
  }
  for (const length of [whole.length - 1, Math.floor(whole.length / 2), 20]) {
    writeFileSync(file(), whole);
    truncateSync(file(), length);
    await expect(load(), `${length} bytes`).rejects.toEqual(reason('error.backup-incomplete'));
  }
  writeFileSync(file(), 'something else altogether');
  await expect(load()).rejects.toEqual(reason('error.backup-not-ours'));
  expect(await isEmpty(empty.ownerUrl)).toBe(true);
});

/** The product with one more migration, or one less. */
function otherProduct(change: (migrations: string) => void): string {
  const root = join(folder, 'product');
  cpSync(join(appRoot, 'main/store/postgres/migrations'), join(root, 'main/store/postgres/migrations'), {
    recursive: true,
  });
  symlinkSync(join(appRoot, 'resources'), join(root, 'resources'));
  change(join(root, 'main/store/postgres/migrations'));
  return root;
}

test('a backup of a newer version is refused, one of an older is restored at its own version', async () => {
  await save();
  const names = (await readMigrations(appRoot)).map(({ name }) => name);
  const older = otherProduct((migrations) => rmSync(join(migrations, names.at(-1) ?? '')));
  await expect(load(empty.ownerUrl, older)).rejects.toEqual(reason('error.database-newer-schema'));
  rmSync(older, { recursive: true });

  const newer = otherProduct((migrations) =>
    writeFileSync(join(migrations, '9000_later.sql'), 'CREATE TABLE app.later (id int)'),
  );
  await load(empty.ownerUrl, newer);
  const found = await ask(empty.ownerUrl, 'SELECT name FROM app.schema_migrations ORDER BY name');
  expect(found.map(({ name }) => name)).toEqual(names);
  await migrate({ ownerUrl: empty.ownerUrl, appRoot: newer });
  expect(await ask(empty.ownerUrl, 'SELECT FROM app.later')).toEqual([]);
});

test('rows that do not arrive as they were saved empty the database again', async () => {
  await save();
  // A schema that changes what is loaded, under the same checksums, stands for whatever could.
  const text = `CREATE OR REPLACE FUNCTION public.spoil() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF to_regclass('org.organizations') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'spoil') THEN
        CREATE FUNCTION org.spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''other''; RETURN NEW; END';
        CREATE TRIGGER spoil BEFORE INSERT ON org.organizations FOR EACH ROW EXECUTE FUNCTION org.spoil();
        ALTER TABLE org.organizations ENABLE REPLICA TRIGGER spoil;
      END IF;
    END $$;
    CREATE EVENT TRIGGER spoil ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.spoil()`;
  await ask(empty.ownerUrl, text);
  await expect(load()).rejects.toEqual(reason('error.restore-differs'));
  expect(await isEmpty(empty.ownerUrl)).toBe(true);
});

test('triggers that fire for a replica too do not touch what comes back', async () => {
  const product = otherProduct((migrations) =>
    writeFileSync(
      join(migrations, '9000_always.sql'),
      `CREATE FUNCTION org.always() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := NEW.name || ''!''; RETURN NEW; END';
       CREATE TRIGGER always BEFORE INSERT ON org.organizations FOR EACH ROW EXECUTE FUNCTION org.always();
       ALTER TABLE org.organizations ENABLE ALWAYS TRIGGER always`,
    ),
  );
  const other = await createEmptyDatabase();
  try {
    await migrate({ ownerUrl: other.ownerUrl, appRoot: product });
    await fillSmallPlant(other.ownerUrl);
    await backup({ ownerUrl: other.ownerUrl, appRoot: product, file: file(), version: '' });
    await load(empty.ownerUrl, product);
    const name = 'SELECT name FROM org.organizations';
    expect(await ask(empty.ownerUrl, name)).toEqual(await ask(other.ownerUrl, name));
    const state = `SELECT tgenabled::text AS state FROM pg_trigger WHERE tgname = 'always'`;
    expect(await ask(empty.ownerUrl, state)).toEqual([{ state: 'A' }]);
  } finally {
    await other.drop();
  }
});

test(
  'interrupted at any table, a restore leaves nothing, and so does a backup',
  { timeout: 120_000 },
  async () => {
    await save();
    for (const stopAt of [0, 5, 20]) {
      const stopping = () => {
        const controller = new AbortController();
        const onProgress = ({ tables }: { tables: number }) => {
          if (tables >= stopAt) controller.abort(new Error('stopped'));
        };
        return { appRoot, onProgress, signal: controller.signal };
      };
      const target = { ownerUrl: empty.ownerUrl, file: file() };
      await expect(restore({ ...target, ...stopping() })).rejects.toThrow('stopped');
      expect(await isEmpty(empty.ownerUrl)).toBe(true);
      const second = { ownerUrl: source.ownerUrl, file: join(folder, 'second'), version: '' };
      await expect(backup({ ...second, method: 'copy', ...stopping() })).rejects.toThrow('stopped');
      expect(readdirSync(folder)).toEqual(['plant.backup']);
    }
  },
);

test('a restore that was killed is begun anew', { timeout: 120_000 }, async () => {
  await save();
  const script = `
    import { restore } from ${JSON.stringify(join(appRoot, 'main/care/restore.ts'))};
    const options = { ownerUrl: process.argv[1], appRoot: process.argv[2], file: process.argv[3] };
    await restore({ ...options, onProgress: ({ tables }) => { if (tables === 10) process.kill(process.pid, 'SIGKILL'); } });`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, empty.ownerUrl, appRoot, file()],
    {
      cwd: appRoot,
      stdio: 'ignore',
    },
  );
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(await isEmpty(empty.ownerUrl)).toBe(false);
  // The server notices that its client is gone a moment later.
  await expect
    .poll(
      () =>
        load().then(
          () => 'restored',
          () => 'not yet',
        ),
      { timeout: 90_000 },
    )
    .toBe('restored');
});

test('a row changed, added or lost is found by comparing', async () => {
  await save();
  await load();
  const compare = () => compareWithBackup({ ownerUrl: empty.ownerUrl, appRoot, file: file() });
  await ask(empty.ownerUrl, `UPDATE org.organizations SET name = 'another'`);
  await ask(
    empty.ownerUrl,
    'DELETE FROM identity.sessions WHERE ctid = (SELECT min(ctid) FROM identity.sessions)',
  );
  await ask(empty.ownerUrl, 'CREATE TABLE app.more (id int)');
  // The log of changes has them as well.
  const others = (await compare()).differences.filter(({ table }) => !table.startsWith('audit.'));
  expect(others).toEqual([
    expect.objectContaining({ table: 'app.more', kind: 'more' }),
    expect.objectContaining({ table: 'identity.sessions', kind: 'rows' }),
    expect.objectContaining({ table: 'org.organizations', kind: 'contents', saved: 1, found: 1 }),
  ]);
});

test('a check finds orphans, broken rules and what was switched off', async () => {
  await save();
  await load();
  const before = await checkConstraints({ ownerUrl: empty.ownerUrl, appRoot });
  expect(before.findings).toEqual([]);
  expect(before.foreignKeys).toBeGreaterThan(20);
  await ask(
    empty.ownerUrl,
    `CREATE TABLE app.parents (id int PRIMARY KEY);
     CREATE TABLE app.children (id int CONSTRAINT positive CHECK (id > 0), parent int CONSTRAINT family REFERENCES app.parents);
     INSERT INTO app.parents VALUES (1), (2);
     INSERT INTO app.children VALUES (1, 1), (2, 2), (3, NULL);
     SET session_replication_role = replica;
     DELETE FROM app.parents WHERE id = 2;
     SET session_replication_role = origin;
     ALTER TABLE app.children DROP CONSTRAINT positive;
     INSERT INTO app.children VALUES (-1, 1);
     ALTER TABLE app.children ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
     ALTER TABLE app.children DISABLE TRIGGER ALL`,
  );
  const { findings } = await checkConstraints({ ownerUrl: empty.ownerUrl, appRoot });
  expect(findings).toEqual(
    expect.arrayContaining([
      { check: 'orphans', table: 'app.children', name: 'family', count: 1 },
      { check: 'check-violated', table: 'app.children', name: 'positive', count: 1 },
      { check: 'not-validated', table: 'app.children', name: 'positive', count: 1 },
      expect.objectContaining({ check: 'trigger-off', table: 'app.children' }),
    ]),
  );
});

test('the doctor finds nothing wrong with a fresh database, and migrations that wait', async () => {
  const now = Date.now();
  const lastBackup = { file: 'x', madeAt: new Date(now).toISOString() };
  const well = await examine({ ownerUrl: source.ownerUrl, appRoot, lastBackup, now });
  const wrong = well.checks.filter(({ level, check }) => level !== 'ok' && check !== 'not-durable');
  expect(wrong).toEqual([]);
  const old = await examine({ ownerUrl: empty.ownerUrl, appRoot, lastBackup, now: now + 15 * 86_400_000 });
  expect(old.level).toBe('problem');
  expect(old.checks).toContainEqual(expect.objectContaining({ check: 'migrations', level: 'problem' }));
  expect(old.checks).toContainEqual(expect.objectContaining({ check: 'backup', level: 'problem' }));
});

test('the doctor sees a slot that nobody reads', async ({ skip }) => {
  const [level] = await ask<{ wal_level: string }>(source.ownerUrl, 'SHOW wal_level');
  if (level?.wal_level === 'minimal') skip();
  await ask(source.ownerUrl, `SELECT pg_create_physical_replication_slot('forgotten', true)`);
  try {
    const { checks } = await examine({
      ownerUrl: source.ownerUrl,
      appRoot,
      lastBackup: null,
      now: Date.now(),
    });
    expect(checks).toContainEqual(
      expect.objectContaining({
        check: 'slots',
        level: 'warning',
        figures: expect.objectContaining({ inactive: 1 }),
      }),
    );
  } finally {
    await ask(source.ownerUrl, `SELECT pg_drop_replication_slot('forgotten')`);
  }
});

test('the file says what it is, and what is in it', async () => {
  const saved = await save();
  const { header, tables, sequences } = await readBackup(file());
  expect(header).toMatchObject({ format: 1, method: 'copy', product: '0.0.0' });
  expect(header.migrations).toEqual(
    (await readMigrations(appRoot)).map(({ name, checksum }) => ({ name, checksum })),
  );
  expect(tables.size).toBe(saved.tables);
  expect(sequences.length).toBeGreaterThan(0);
  // The trailer sums every byte before it: five of its own head, then itself.
  const bytes = readFileSync(file());
  const trailerAt = bytes.lastIndexOf('Z', bytes.lastIndexOf('{'));
  expect(createHash('sha256').update(bytes.subarray(0, trailerAt)).digest('hex')).toBe(saved.sha256);
  expect(existsSync(`${file()}.part`)).toBe(false);
});
