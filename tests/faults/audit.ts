/** Promise 22: rows of the audit log and of its chain are changed, deleted, swapped and cut, and each time it is found. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { AuditAnchor } from '#main/audit/anchor';
import { takeAnchor } from '#main/audit/anchor';
import type { Finding } from '#main/audit/findings';
import { verifyAudit, verifyWithin } from '#main/audit/verify';
import { everyone, tokenOf } from '../support/small-plant.ts';
import { makeTrialPlant } from './trial-plant.ts';
import type { TrialPlant } from './trial-plant.ts';
import type { Trial } from './trial.ts';

const sizes = { short: { faults: 200, transactions: 120 }, full: { faults: 1000, transactions: 400 } };

/** What somebody who owns the database does to one row; `row` picks it, modulo the number there are. */
interface Fault {
  readonly name: string;
  /** Told by the anchor alone. */
  readonly needsAnchor?: boolean;
  tamper(client: pg.Client, row: number): Promise<void>;
}

const pick = (columns: string, table: string, row: number, where = 'true', order = '1, 2, 3') =>
  `(SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY ${order}
    OFFSET ${row} % (SELECT count(*) FROM ${table} WHERE ${where}) LIMIT 1)`;
const oneEntry = (row: number) => pick('organization_id, at, id', 'audit.log', row);
const entryKey = '(organization_id, at, id)';
const batchKey = '(organization_id, station_code, seq)';
const oneBatch = (row: number, where?: string) =>
  pick('organization_id, station_code, seq', 'audit.batches', row, where);
/** Any batch but the last of its chain. */
const notLast = `EXISTS (SELECT FROM audit.batches later WHERE (later.organization_id, later.station_code)
  = (batches.organization_id, batches.station_code) AND later.seq = batches.seq + 1)`;

const changes: readonly string[] = [
  `after = '{"status": "released"}'`,
  `before = '{}'`,
  `person_id = app.uuidv7()`,
  `person_id = NULL, session_id = NULL, db_user = 'somebody'`,
  `reason = concat(reason, ' ')`,
  `verb = CASE verb WHEN 'insert' THEN 'update' ELSE 'insert' END`,
  `target = 'trace.labels'`,
  `record_id = app.uuidv7()`,
  `row_id = row_id || '{"x": 1}'`,
  `plant_id = app.uuidv7()`,
  `command_id = 'another'`,
  `at = at - interval '1 microsecond'`,
  `station_code = concat(station_code, 'X')`,
  `txid = ((txid::text::bigint) + 1)::text::xid8`,
  `id = id + 1000000`,
  `organization_id = app.uuidv7()`,
  `hash = sha256(hash)`,
];
const batchChanges: readonly string[] = [
  `entries = entries + 1`,
  `digest = sha256(digest)`,
  `application = 'other'`,
  `client_address = '10.0.0.1'`,
  `at = at - interval '1 second'`,
  `sealed_at = sealed_at + interval '1 microsecond'`,
  `first_id = first_id - 1`,
  `last_id = last_id + 1`,
  `previous_hash = sha256(previous_hash)`,
  `hash = sha256(hash)`,
  `seq = seq + 100000`,
];

const run = async (client: pg.Client, statement: string) => {
  const { rowCount } = await client.query(statement);
  if (rowCount === 0) throw new Error(`nothing was tampered with: ${statement}`);
};

/** Everything that can be computed again is, from this batch to the end of its chain: a forgery without a seam. */
const forgeChain = async (client: pg.Client, row: number) => {
  const { rows } = await client.query<{ organization_id: string; station_code: string; seq: string }>(
    `SELECT organization_id, station_code, seq FROM audit.batches WHERE ${batchKey} = ${oneBatch(row)}`,
  );
  const chain = rows[0];
  if (!chain) throw new Error('no chain');
  await client.query(
    `DO $$ DECLARE b audit.batches; p audit.batches; BEGIN
       FOR b IN SELECT * FROM audit.batches WHERE organization_id = '${chain.organization_id}'
           AND station_code = '${chain.station_code}' AND seq >= ${chain.seq} ORDER BY seq LOOP
         IF p.seq IS NULL THEN b.application := 'forged'; ELSE b.previous_hash := p.hash; END IF;
         b.hash := audit.batch_hash(b.previous_hash, b.previous_sealed_at, b.organization_id, b.station_code, b.seq, b.sealed_at,
           b.at, b.txid, b.first_id, b.last_id, b.entries, b.digest, b.application, b.client_address);
         UPDATE audit.batches u SET application = b.application, previous_hash = b.previous_hash, hash = b.hash
           WHERE ${batchKey.replaceAll(/\w+/g, (name) => `u.${name}`)} = (b.organization_id, b.station_code, b.seq);
         p := b;
       END LOOP;
       UPDATE audit.heads SET hash = p.hash, previous_hash = p.previous_hash
         WHERE organization_id = p.organization_id AND station_code = p.station_code;
     END $$`,
  );
};

const cutTail = async (client: pg.Client, row: number, withHead: boolean) => {
  const { rows } = await client.query<{ organization_id: string; station_code: string; seq: string }>(
    `SELECT organization_id, station_code, seq FROM audit.batches WHERE ${batchKey} = ${oneBatch(row, notLast)}`,
  );
  const kept = rows[0];
  if (!kept) throw new Error('no chain');
  const values = [kept.organization_id, kept.station_code, kept.seq];
  await client.query(
    `DELETE FROM audit.log l USING audit.batches b
     WHERE b.organization_id = $1 AND b.station_code = $2 AND b.seq > $3 AND l.organization_id = b.organization_id
       AND l.at = b.at AND l.txid = b.txid AND coalesce(l.station_code, '') = b.station_code`,
    values,
  );
  await client.query(
    'DELETE FROM audit.batches WHERE organization_id = $1 AND station_code = $2 AND seq > $3',
    values,
  );
  if (!withHead) return;
  await client.query(
    `UPDATE audit.heads h SET seq = b.seq, hash = b.hash, previous_hash = b.previous_hash, sealed_at = b.sealed_at,
       previous_sealed_at = b.previous_sealed_at, txid = b.txid, last_id = b.last_id
     FROM audit.batches b WHERE b.organization_id = $1 AND b.station_code = $2 AND b.seq = $3
       AND h.organization_id = b.organization_id AND h.station_code = b.station_code`,
    values,
  );
};

const swap = (table: string, key: string, one: string, other: string, columns: readonly string[]) =>
  `WITH one AS (SELECT * FROM ${table} WHERE ${key} = ${one}), other AS (SELECT * FROM ${table} WHERE ${key} = ${other}),
     put AS (SELECT one.organization_id AS o, ${key === entryKey ? 'one.at AS a, one.id AS i' : 'one.station_code AS a, one.seq AS i'},
       ${columns.map((column) => `other.${column}`).join()} FROM one, other
       UNION ALL SELECT other.organization_id, ${key === entryKey ? 'other.at, other.id' : 'other.station_code, other.seq'},
       ${columns.map((column) => `one.${column}`).join()} FROM one, other)
   UPDATE ${table} t SET ${columns.map((column) => `${column} = put.${column}`).join()} FROM put
   WHERE (t.organization_id, ${key === entryKey ? 't.at, t.id' : 't.station_code, t.seq'}) = (put.o, put.a, put.i)
     AND EXISTS (SELECT FROM one, other WHERE ${key.replaceAll(/\w+/g, (name) => `one.${name}`)} <> ${key.replaceAll(/\w+/g, (name) => `other.${name}`)})`;

/** Content with its hash: each row fits itself afterwards, but for the id that it stands under. */
const content = ['row_id', 'record_id', 'verb', 'before', 'after', 'plant_id', 'target', 'hash'];

const faults: readonly Fault[] = [
  ...changes.map((change) => ({
    name: `a row changed: ${change}`,
    tamper: (client: pg.Client, row: number) =>
      run(client, `UPDATE audit.log SET ${change} WHERE ${entryKey} = ${oneEntry(row)}`),
  })),
  {
    name: 'a row deleted',
    tamper: (client, row) => run(client, `DELETE FROM audit.log WHERE ${entryKey} = ${oneEntry(row)}`),
  },
  {
    name: 'a row added',
    tamper: (client, row) =>
      run(
        client,
        `INSERT INTO audit.log SELECT organization_id, at, id + 1000000, plant_id, target, record_id, row_id, verb, before, after,
           person_id, station_code, session_id, db_user, reason, command_id, txid, hash
         FROM audit.log WHERE ${entryKey} = ${oneEntry(row)}`,
      ),
  },
  {
    name: 'two rows swapped, with their hashes',
    tamper: (client, row) =>
      run(client, swap('audit.log', entryKey, oneEntry(row), oneEntry(row + 1), content)),
  },
  {
    name: 'a row changed and hashed again',
    async tamper(client, row) {
      const { rows } = await client.query<{ lines: string; organization_id: string; at: string; id: string }>(
        `SELECT organization_id, at::text, id, concat(encode(sha256(convert_to(concat('lanewright audit 1', E'\\n', audit.micros(at), E'\\n',
             to_json(target), E'\\n', person_id, E'\\n', to_json(station_code), E'\\n', session_id, E'\\n', to_json(db_user), E'\\n',
             to_json(reason), E'\\n', to_json(command_id), E'\\n', txid), 'UTF8')), 'hex'), E'\\n', organization_id, E'\\n', id, E'\\n',
             plant_id, E'\\n', record_id, E'\\n', row_id, E'\\n', verb, E'\\n', before, E'\\n{"forged":true}') AS lines
         FROM audit.log WHERE ${entryKey} = ${oneEntry(row)}`,
      );
      const one = rows[0];
      if (!one) throw new Error('no row');
      const hash = createHash('sha256').update(one.lines).digest();
      await client.query(
        `UPDATE audit.log SET after = '{"forged":true}', hash = $4 WHERE organization_id = $1 AND at = $2 AND id = $3`,
        [one.organization_id, one.at, one.id, hash],
      );
    },
  },
  ...batchChanges.map((change) => ({
    name: `a batch changed: ${change}`,
    tamper: (client: pg.Client, row: number) =>
      run(client, `UPDATE audit.batches SET ${change} WHERE ${batchKey} = ${oneBatch(row)}`),
  })),
  {
    name: 'a batch deleted with its rows',
    async tamper(client, row) {
      await run(
        client,
        `WITH gone AS (DELETE FROM audit.batches WHERE ${batchKey} = ${oneBatch(row)} RETURNING *)
         DELETE FROM audit.log l USING gone b WHERE l.organization_id = b.organization_id AND l.at = b.at AND l.txid = b.txid
           AND coalesce(l.station_code, '') = b.station_code`,
      );
    },
  },
  {
    name: 'two batches swapped',
    tamper: (client, row) =>
      run(
        client,
        swap('audit.batches', batchKey, oneBatch(row, notLast), oneBatch(row + 1, notLast), [
          'at',
          'txid',
          'first_id',
          'last_id',
          'entries',
          'digest',
          'hash',
        ]),
      ),
  },
  { name: 'a tail cut', tamper: (client, row) => cutTail(client, row, false) },
  {
    name: 'a tail cut and the head set back',
    needsAnchor: true,
    tamper: (client, row) => cutTail(client, row, true),
  },
  { name: 'a chain forged to its end', needsAnchor: true, tamper: forgeChain },
  {
    name: 'a head changed',
    tamper: (client, row) =>
      run(
        client,
        `UPDATE audit.heads SET hash = sha256(hash) WHERE (organization_id, station_code) =
           ${pick('organization_id, station_code', 'audit.heads', row, 'true', '1, 2')}`,
      ),
  },
  {
    name: 'a head deleted',
    tamper: (client, row) =>
      run(
        client,
        `DELETE FROM audit.heads WHERE (organization_id, station_code) =
           ${pick('organization_id, station_code', 'audit.heads', row, 'true', '1, 2')}`,
      ),
  },
];

/** People of the small plant write orders, one to five in a transaction, and the owner between them. */
async function writeHistory({ appUrl, owner, plant }: TrialPlant, transactions: number): Promise<void> {
  const desk = new pg.Client({ connectionString: appUrl, options: '-c role=lanewright_app' });
  await desk.connect();
  try {
    const writers = everyone.filter((login) => login === 'pumps' || login === 'station');
    for (let count = 0; count < transactions; count += 1) {
      const client = count % 7 === 0 ? owner : desk;
      await client.query('BEGIN');
      if (client === desk) {
        await client.query(`SELECT identity.begin($1), set_config('lanewright.reason', $2, true)`, [
          tokenOf(writers[count % writers.length] ?? 'pumps'),
          `trial ${count}`,
        ]);
      }
      for (let row = 0; row <= count % 5; row += 1) {
        await client.query(
          `INSERT INTO production.work_orders (organization_id, id, plant_id, number, material_id, quantity, unit, status, due_at)
           VALUES ($1, $2, $3, $4, $5, $6, 'pcs', 'released', now())`,
          [
            plant.organizationId,
            uuidv7(),
            plant.pumps,
            `WO-${String(1000 + count * 10 + row).padStart(6, '0')}`,
            plant.materials.pump50,
            row + 1,
          ],
        );
      }
      await client.query('COMMIT');
    }
    await owner.query(`INSERT INTO org.organizations (id, code, name, gs1_company_prefix)
      VALUES (app.uuidv7(), 'ONE', 'One', '9521321'), (app.uuidv7(), 'TWO', 'Two', '9521322')`);
  } finally {
    await desk.end();
  }
}

/** Whether what was done is found, with its triggers and foreign keys asleep, as an owner can put them. */
async function isFound(
  client: pg.Client,
  fault: Fault,
  row: number,
  anchor: AuditAnchor,
): Promise<{ found: boolean; findings: readonly Finding[] }> {
  await client.query('BEGIN');
  try {
    await client.query('SET LOCAL session_replication_role = replica');
    await fault.tamper(client, row);
    const options = { now: Date.now(), ...(fault.needsAnchor ? { anchor } : {}) };
    const { found, findings } = await verifyWithin(client, options);
    return { found: found > 0, findings };
  } finally {
    await client.query('ROLLBACK');
  }
}

export const audit: Trial = {
  name: 'audit',
  promise: 'rows of the audit log changed, deleted, swapped and cut: every one found',
  async run(size, tell) {
    const { faults: wanted, transactions } = sizes[size];
    const plant = await makeTrialPlant();
    const broken: string[] = [];
    let losses = 0;
    let longestMs = 0;
    try {
      await writeHistory(plant, transactions);
      const anchor = await takeAnchor(plant.owner, Date.now());
      const before = await verifyAudit(plant.ownerUrl, { now: Date.now(), anchor });
      if (before.found > 0) broken.push(`${before.found} findings before anything was done`);
      for (let count = 0; count < wanted; count += 1) {
        const fault = faults[count % faults.length];
        if (!fault) break;
        const began = performance.now();
        // A prime step, so that each kind meets rows all over the log.
        const { found } = await isFound(
          plant.owner,
          fault,
          Math.floor(count / faults.length) * 17 + count * 7,
          anchor,
        );
        longestMs = Math.max(longestMs, performance.now() - began);
        if (!found) {
          losses += 1;
          broken.push(`not found: ${fault.name}`);
        }
        if ((count + 1) % 100 === 0) tell(`audit: ${count + 1} of ${wanted}, ${losses} not found`);
      }
      const after = await verifyAudit(plant.ownerUrl, { now: Date.now(), anchor });
      if (after.found > 0) broken.push(`${after.found} findings after all was put back`);
      return {
        trial: 'audit',
        runs: wanted,
        commands: after.entries,
        losses,
        duplicates: 0,
        longestRecoveryMs: longestMs,
        broken: [...new Set(broken)],
      };
    } finally {
      await plant.close();
    }
  },
};
