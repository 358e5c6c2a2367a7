import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../tests/support/postgres.ts';
import type { TestDatabase } from '../../tests/support/postgres.ts';
import { fillSmallPlant, tokenOf } from '../../tests/support/small-plant.ts';
import type { SmallPlant } from '../../tests/support/small-plant.ts';
import { readAnchor, takeAnchor, writeAnchor } from './anchor.ts';
import { verifyAudit, verifyWithin } from './verify.ts';

interface Entry {
  readonly verb: string;
  readonly target: string;
  readonly row_id: Record<string, string>;
  readonly record_id: string | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly plant_id: string | null;
  readonly person_id: string | null;
  readonly station_code: string | null;
  readonly session_id: string | null;
  readonly db_user: string;
  readonly reason: string | null;
  readonly command_id: string | null;
}

let database: TestDatabase;
let plant: SmallPlant;
let owner: pg.Client;
let desk: pg.Client;
let rival: pg.Client;
let number = 500;

beforeAll(async () => {
  database = await createTestDatabase();
  plant = await fillSmallPlant(database.ownerUrl);
  const connect = async (connectionString: string, options = '') => {
    const client = new pg.Client({ connectionString, options });
    await client.connect();
    return client;
  };
  owner = await connect(database.ownerUrl);
  desk = await connect(database.appUrl, '-c role=lanewright_app');
  rival = await connect(database.appUrl, '-c role=lanewright_app');
  await owner.query(
    `INSERT INTO identity.role_permissions (organization_id, role_id, permission)
     SELECT organization_id, id, 'audit:read' FROM identity.roles WHERE code = 'inspector'`,
  );
});
afterEach(async () => {
  await Promise.all([owner, desk, rival].map((client) => client.query('ROLLBACK')));
});
afterAll(async () => {
  await Promise.all([owner, desk, rival].map((client) => client.end()));
  await database.drop();
});

const begin = async (client: pg.Client, login = 'pumps') => {
  await client.query('BEGIN');
  await client.query('SELECT identity.begin($1)', [tokenOf(login)]);
};

/** A work order that somebody signed in writes; its id. */
const order = async (client: pg.Client): Promise<string> => {
  const id = uuidv7();
  number += 1;
  await client.query(
    `INSERT INTO production.work_orders (organization_id, id, plant_id, number, material_id, quantity, unit, status, due_at)
     VALUES ($1, $2, $3, $4, $5, 1, 'pcs', 'released', now())`,
    [plant.organizationId, id, plant.pumps, `WO-${String(number).padStart(6, '0')}`, plant.materials.pump50],
  );
  return id;
};

const entriesOf = async (id: string): Promise<readonly Entry[]> =>
  (await owner.query<Entry>('SELECT * FROM audit.log WHERE record_id = $1 ORDER BY id', [id])).rows;

const whole = { found: 0, findings: [] };
const verify = () => verifyAudit(database.ownerUrl, { now: Date.now() });

describe('what is logged', () => {
  test('who inserted, changed and deleted what, and why', async () => {
    await begin(desk);
    await desk.query(
      `SELECT set_config('lanewright.reason', 'customer "asked"', true), set_config('lanewright.command_id', 'c-1', true)`,
    );
    const id = await order(desk);
    await desk.query('UPDATE production.work_orders SET priority = 77, customer = NULL WHERE id = $1', [id]);
    await desk.query('COMMIT');
    await owner.query('DELETE FROM production.work_orders WHERE id = $1', [id]);
    const entries = await entriesOf(id);
    expect(entries.map(({ verb }) => verb)).toEqual(['insert', 'update', 'delete']);
    const [inserted, updated, deleted] = entries;
    expect(inserted).toMatchObject({
      target: 'production.work_orders',
      row_id: { id },
      plant_id: plant.pumps,
      person_id: plant.users.pumps,
      station_code: 'ST-07',
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      reason: 'customer "asked"',
      command_id: 'c-1',
      before: null,
      after: { status: 'released', quantity: 1 },
    });
    expect(updated).toMatchObject({ before: { priority: 50 }, after: { priority: 77 } });
    expect(Object.keys(updated?.after ?? {}).toSorted()).toEqual(['priority', 'version']);
    expect(deleted).toMatchObject({
      person_id: null,
      session_id: null,
      db_user: 'postgres',
      before: { priority: 77, status: 'released' },
      after: null,
    });
  });

  test('neither what is rolled back nor what changes nothing', async () => {
    await begin(desk);
    await desk.query('SAVEPOINT before');
    const gone = await order(desk);
    await desk.query('ROLLBACK TO before');
    const kept = await order(desk);
    await desk.query(`UPDATE production.work_orders SET priority = 1 WHERE id = $1`, [gone]);
    await desk.query('COMMIT');
    expect(await entriesOf(gone)).toEqual([]);
    expect(await entriesOf(kept)).toHaveLength(1);
    expect(await verify()).toMatchObject(whole);
  });

  test('that a secret was changed, never the secret', async () => {
    await owner.query(`UPDATE identity.users SET password_hash = 'hunter2' WHERE id = $1`, [
      plant.users.reader,
    ]);
    const updated = (await entriesOf(plant.users.reader)).at(-1);
    expect(updated).toMatchObject({ verb: 'update', after: { password_hash: '[left out]' } });
    const { rows } = await owner.query(
      `SELECT FROM audit.log WHERE concat(before, after) ~ 'hunter2|"(password_hash|token_hash)":"[^\\[]'`,
    );
    expect(rows).toEqual([]);
  });

  test('a changed key as one row that went and one that came, and truncation', async () => {
    const [from, to] = [uuidv7(), uuidv7()];
    await owner.query(
      `INSERT INTO identity.roles (organization_id, id, code, name) VALUES ($1, $2, 'temp', 'temp')`,
      [plant.organizationId, from],
    );
    await owner.query('UPDATE identity.roles SET id = $2 WHERE id = $1', [from, to]);
    expect((await entriesOf(from)).map(({ verb }) => verb)).toEqual(['insert', 'delete']);
    expect(await entriesOf(to)).toMatchObject([{ verb: 'insert', after: { code: 'temp' } }]);
    await owner.query('TRUNCATE quality.characteristics CASCADE');
    const { rows } = await owner.query(
      `SELECT FROM audit.log WHERE verb = 'truncate' AND target = 'quality.characteristics'`,
    );
    expect(rows).toHaveLength(1);
    expect(await verify()).toMatchObject(whole);
  });

  test('what somebody took a look at, through the door for it', async () => {
    const id = uuidv7();
    await begin(desk);
    await desk.query(`SELECT audit.note('download', 'project.drawings', $1, $2, '{"revision": "C"}')`, [
      JSON.stringify({ id }),
      plant.pumps,
    ]);
    await desk.query('COMMIT');
    expect(await entriesOf(id)).toMatchObject([
      { verb: 'download', person_id: plant.users.pumps, after: { revision: 'C' } },
    ]);
    await begin(desk);
    await expect(desk.query(`SELECT audit.note('delete', 'a.b', '{}')`)).rejects.toMatchObject({
      code: '22023',
    });
  });

  test('every audited table: its entries can be written', async () => {
    const { rows } = await owner.query<{ target: string; body: string }>(
      `SELECT t.tgrelid::regclass::text AS target, p.prosrc AS body FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
       WHERE t.tgname = 'audit_on_update' AND t.tgparentid = 0`,
    );
    const { rows: rules } = await owner.query<{ target: string }>(
      'SELECT target::text FROM app.table_rules WHERE audited ORDER BY target::text COLLATE "C"',
    );
    expect(rows.map(({ target }) => target).toSorted()).toEqual(rules.map(({ target }) => target));
    expect(rows.length).toBeGreaterThan(20);
    for (const { target, body } of rows) {
      await owner.query(`BEGIN; CREATE TEMP TABLE new_rows (LIKE ${target}); CREATE TEMP TABLE old_rows (LIKE ${target});
        SET LOCAL search_path = pg_catalog`);
      for (const verb of ['INSERT', 'UPDATE', 'DELETE']) {
        const statement = body
          .replaceAll(/IF NOT EXISTS .*?END IF;/g, '')
          .replaceAll(/IF paired = .*?END IF;/g, '')
          .replaceAll('TG_OP', `'${verb}'`)
          .replaceAll('RETURN NULL', 'RETURN');
        await owner.query(`DO $do$ ${statement} $do$`).catch((cause: unknown) => {
          throw new Error(`${target} ${verb}`, { cause });
        });
      }
      await owner.query('ROLLBACK');
    }
  });
});

describe('who may', () => {
  test('the log is not rewritten, whoever asks', async () => {
    const { rows } = await owner.query<{ part: string }>(
      `SELECT relid::text AS part FROM pg_partition_tree('audit.log') WHERE isleaf
         AND EXISTS (SELECT FROM audit.log l WHERE l.tableoid = relid)`,
    );
    for (const table of ['audit.log', 'audit.batches', 'audit.heads', ...rows.map(({ part }) => part)]) {
      await expect(owner.query(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
      await expect(owner.query(`UPDATE ${table} SET hash = hash`)).rejects.toThrow('append-only');
      await begin(desk);
      await expect(desk.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
      await desk.query('ROLLBACK');
    }
    for (const table of ['audit.log', 'audit.batches', 'audit.heads', 'audit.anchors'])
      await expect(owner.query(`TRUNCATE ${table}`)).rejects.toThrow('append-only');
    await begin(desk);
    await expect(
      desk.query(`INSERT INTO audit.pending VALUES (pg_current_xact_id(), $1, 'ST-99')`, [
        plant.organizationId,
      ]),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('it is read with audit:read, and one organization sees its own', async () => {
    const count = async (login: string) => {
      await begin(desk, login);
      const { rows } = await desk.query<{ own: number; others: number }>(
        `SELECT count(*) FILTER (WHERE organization_id = $1)::int AS own,
                count(*) FILTER (WHERE organization_id <> $1)::int AS others FROM audit.log`,
        [plant.organizationId],
      );
      await desk.query('ROLLBACK');
      return rows[0];
    };
    const { rows } = await owner.query<{ own: number }>(
      'SELECT count(*)::int AS own FROM audit.log WHERE organization_id = $1',
      [plant.organizationId],
    );
    expect(rows[0]?.own).toBeGreaterThan(0);
    expect(await count('inspector')).toEqual({ own: rows[0]?.own, others: 0 });
    expect(await count('pumps')).toEqual({ own: 0, others: 0 });
    await fillOther();
    expect(await count('inspector')).toEqual({ own: rows[0]?.own, others: 0 });
  });
});

/** Something in another organization. */
async function fillOther(): Promise<void> {
  await owner.query(
    `INSERT INTO org.organizations (id, code, name, gs1_company_prefix) VALUES (app.uuidv7(), 'OTHER', 'Other', '9521321')`,
  );
}

describe('the chain', () => {
  test('of a station that has a transaction open does not keep that station waiting', async () => {
    // The chain is there already: its head could be locked.
    await begin(desk);
    await order(desk);
    await desk.query('COMMIT');
    await begin(desk);
    const first = await order(desk);
    await begin(rival);
    const second = await order(rival);
    // A row of the one that is not finished: whoever held the chain's head by now could not be waited for.
    await rival.query('COMMIT');
    await desk.query('UPDATE production.work_orders SET priority = 3 WHERE id = $1', [second]);
    await desk.query('COMMIT');
    expect(await entriesOf(first)).toHaveLength(1);
    expect(await entriesOf(second)).toHaveLength(2);
    expect(await verify()).toMatchObject(whole);
  });

  test('is one even when two of a station wait for each other at commit, 200 times', async () => {
    const stream = async (client: pg.Client) => {
      for (let count = 0; count < 100; count += 1) {
        await begin(client);
        await order(client);
        await client.query('COMMIT');
      }
    };
    await Promise.all([stream(desk), stream(rival)]);
    const report = await verify();
    expect(report).toMatchObject(whole);
    expect(report.batches).toBeGreaterThan(200);
  });

  test('of two organizations in opposite order does not lock up', async () => {
    const other = new pg.Client({ connectionString: database.ownerUrl });
    await other.connect();
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM org.organizations ORDER BY id');
    const [one, two] = rows.map(({ id }) => id);
    const touch = (client: pg.Client, id: string | undefined, value: string) =>
      client.query(
        `INSERT INTO identity.roles (organization_id, id, code, name) VALUES ($1, app.uuidv7(), $2, 'x')`,
        [id, value],
      );
    for (let count = 0; count < 20; count += 1) {
      await Promise.all([owner.query('BEGIN'), other.query('BEGIN')]);
      await Promise.all([touch(owner, one, `a${count}`), touch(other, two, `b${count}`)]);
      await Promise.all([touch(owner, two, `c${count}`), touch(other, one, `d${count}`)]);
      await Promise.all([owner.query('COMMIT'), other.query('COMMIT')]);
    }
    await other.end();
    expect(await verify()).toMatchObject(whole);
  });

  test('is sealed early where constraints are made immediate, and goes on', async () => {
    await begin(desk);
    const first = await order(desk);
    await desk.query('SET CONSTRAINTS ALL IMMEDIATE');
    const second = await order(desk);
    const third = await order(desk);
    await desk.query('COMMIT');
    const { rows } = await owner.query<{ batches: number }>(
      `SELECT count(*)::int AS batches FROM audit.batches b JOIN audit.log l ON l.txid = b.txid WHERE l.record_id = $1`,
      [first],
    );
    expect(rows[0]?.batches).toBe(3);
    expect([await entriesOf(second), await entriesOf(third)]).toMatchObject([[{}], [{}]]);
    expect(await verify()).toMatchObject(whole);
  });

  test('hashes any text the same inside and outside of the database', async () => {
    const odd = [
      '\u0001\u001f\u007f\u0080',
      'a\nb\tc\\d"e/f',
      'ünïcödé 🏭 \u2028\u2029',
      ' ',
      '\r\n\r\n',
      'null',
      '{"a":1}',
    ];
    for (const reason of odd) {
      await begin(desk);
      await desk.query(
        `SELECT set_config('lanewright.reason', $1, true), set_config('lanewright.command_id', $1, true),
        set_config('TimeZone', 'Asia/Kathmandu', true), set_config('DateStyle', 'SQL, DMY', true)`,
        [reason],
      );
      const id = await order(desk);
      await desk.query('UPDATE production.work_orders SET customer = $2 WHERE id = $1', [id, reason]);
      await desk.query('COMMIT');
      expect(await entriesOf(id)).toMatchObject([{ reason }, { after: { customer: reason } }]);
    }
    expect(await verify()).toMatchObject(whole);
  });
});

describe('verifying', () => {
  test('finds the rows of the log that fit a forged chain by the anchor alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lanewright-anchor-'));
    const file = join(folder, 'anchor.json');
    await writeAnchor(file, await takeAnchor(owner, Date.now()));
    const anchor = await readAnchor(file);
    await expect(writeAnchor(file, anchor)).rejects.toMatchObject({
      shape: { reason: 'error.audit-anchor-exists' },
    });
    expect(await verifyAudit(database.ownerUrl, { now: Date.now(), anchor })).toMatchObject({
      ...whole,
      anchored: anchor.chains.length,
    });
    await owner.query('BEGIN');
    await owner.query(`SET LOCAL session_replication_role = replica`);
    await owner.query(
      `DELETE FROM audit.log WHERE (organization_id, at, txid) IN
         (SELECT organization_id, at, txid FROM audit.batches WHERE organization_id = $1 AND station_code = 'ST-07')`,
      [plant.organizationId],
    );
    await owner.query(`DELETE FROM audit.batches WHERE organization_id = $1 AND station_code = 'ST-07'`, [
      plant.organizationId,
    ]);
    await owner.query(`DELETE FROM audit.heads WHERE organization_id = $1 AND station_code = 'ST-07'`, [
      plant.organizationId,
    ]);
    expect(await verifyWithin(owner, { now: Date.now() })).toMatchObject(whole);
    expect((await verifyWithin(owner, { now: Date.now(), anchor })).findings).toMatchObject([
      { kind: 'anchor-broken', stationCode: 'ST-07' },
    ]);
    await owner.query('ROLLBACK');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"seq": "\d/, '"seq": "9'));
    await expect(readAnchor(file)).rejects.toMatchObject({
      shape: { reason: 'error.audit-anchor-unreadable' },
    });
    await rm(folder, { recursive: true });
  });

  test('lets a month go when its seven years are over, and not before', async () => {
    await owner.query('BEGIN');
    // Ten years from now, seen from here: what there is belongs to months that have expired.
    const now = Date.now() + 10 * 365 * 86_400_000;
    const { rows } = await owner.query<{ table: string; part: string }>(
      `SELECT t AS table, p.part::text FROM unnest('{log,batches}'::text[]) t, app.partitions_of(('audit.' || t)::regclass) p`,
    );
    for (const { table, part } of rows) {
      await owner.query(`SELECT audit.expire_${table}($1::regclass, clock_timestamp())`, [part]);
      await owner.query(`DROP TABLE ${part}`);
    }
    expect((await verifyWithin(owner, { now: Date.now() })).found).toBeGreaterThan(0);
    expect(await verifyWithin(owner, { now })).toMatchObject({ ...whole, entries: 0, batches: 0 });
    const { rows: anchors } = await owner.query<{ log: number; chain: number; same: boolean }>(
      `SELECT count(*) FILTER (WHERE a.seq IS NULL)::int AS log, count(a.seq)::int AS chain, bool_and(h.hash = a.hash) FILTER (WHERE a.seq > 0) AS same
       FROM audit.anchors a JOIN audit.heads h USING (organization_id, station_code)`,
    );
    expect(anchors).toEqual([{ log: anchors[0]?.chain, chain: expect.any(Number), same: true }]);
  });

  test('sees one moment while others write', async () => {
    let writing = true;
    const stream = (async () => {
      while (writing) {
        await begin(desk);
        await order(desk);
        await desk.query('COMMIT');
        await delay(1);
      }
    })();
    for (let count = 0; count < 5; count += 1) expect(await verify()).toMatchObject(whole);
    writing = false;
    await stream;
  });
});
