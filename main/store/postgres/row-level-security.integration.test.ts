/**
 * Promise 14, generated from the catalogue: every table x select, insert, update, delete x own row, another
 * organization, another plant, a plant to read or to write in, another station, another person, no permission, no
 * session, an expired session.
 *
 * Row-level security is what is tried, so everything else that could refuse a row first (checks, foreign
 * keys, triggers) is taken out of this one database.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';

interface Rule {
  readonly name: string;
  readonly scope: 'tenant' | 'shared' | 'doors' | 'plumbing' | 'custom';
  readonly organization: string;
  readonly plant: string | null;
  readonly plant_optional: boolean;
  readonly station: string | null;
  readonly owner: string | null;
  readonly read_permission: string;
  readonly writable: boolean;
  /** Whoever is signed in may write. */
  readonly written_by_all: boolean;
  readonly append_only: boolean;
  readonly removable: boolean;
  readonly delete_when: string | null;
  /** Has a policy beside, which lets fewer see a row. */
  readonly narrowed: boolean;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly array: boolean;
}

/** Where a row stands, as seen by the person who looks. */
type Kind =
  | 'own'
  | 'other organization'
  | 'other plant'
  | 'plant to read'
  | 'plant to write'
  | 'other station'
  | 'other person';
type Row = Readonly<Record<string, unknown>>;

const [organization, stranger] = [uuidv7(), uuidv7()];
const [plant, otherPlant, strangerPlant] = [uuidv7(), uuidv7(), uuidv7()];
const [plantToRead, plantToWrite] = [uuidv7(), uuidv7()];
const [person, otherPerson, strangerPerson, idler] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
const [token, expired, idlersToken] = ['good token', 'expired token', 'token of nobody in particular'];

/** Where a row stands in which the person may do what; elsewhere nothing. */
const seen: ReadonlySet<Kind> = new Set<Kind>(['own', 'plant to read', 'plant to write']);
const written: ReadonlySet<Kind> = new Set<Kind>(['own', 'plant to write']);

/** Columns that name who wrote a row. */
const writers = new Set(['author_id', 'uploaded_by', 'requested_by', 'owner_id']);

let database: TestDatabase;
let owner: pg.Client;
let desk: pg.Client;
let rules: readonly Rule[];
const columnsOf = new Map<string, readonly Column[]>();
const kept = new Map<string, ReadonlyMap<Kind, Row>>();

const insert = (client: pg.Client, table: string, row: Row) => {
  const names = Object.keys(row);
  return client.query(
    `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join()})
     VALUES (${names.map((_, at) => `$${at + 1}`).join()})`,
    Object.values(row),
  );
};

/** Something of the type, different each time where the type allows. */
function valueOf({ type, array }: Column): unknown {
  if (array) return '{}';
  const random = Math.floor(Math.random() * 2e9);
  if (type === 'uuid') return uuidv7();
  if (type === 'text') return `x${random}`;
  if (type === 'bool') return false;
  if (type === 'numeric') return 1;
  if (type === 'int2') return random % 30_000;
  if (['int4', 'int8', 'float4', 'float8', 'oid'].includes(type)) return random;
  if (type === 'jsonb' || type === 'json') return '{}';
  if (type === 'timestamptz') return new Date(Date.now() - (random % 3_600_000));
  if (type === 'date') return '2026-11-20';
  if (type === 'time') return '06:00';
  if (type === 'interval') return '1 hour';
  if (type === 'bytea') return createHash('sha256').update(String(random)).digest();
  if (type === 'inet') return '127.0.0.1';
  if (type === 'tstzrange' || type === 'daterange') return 'empty';
  if (type === 'tsvector') return '';
  if (type === 'regclass') return 'pg_class';
  if (type === 'xid8') return String(random);
  throw new Error(`this test has no value for the type ${type}`);
}

const plants: Partial<Record<Kind, string>> = {
  'other plant': otherPlant,
  'plant to read': plantToRead,
  'plant to write': plantToWrite,
};

function rowOf(rule: Rule, kind: Kind): Row {
  const row: Record<string, unknown> = {};
  for (const column of columnsOf.get(rule.name) ?? []) {
    // Some tables ask besides that a row is the writer's own.
    row[column.name] = writers.has(column.name) ? person : valueOf(column);
  }
  const foreign = kind === 'other organization';
  row[rule.organization] = foreign ? stranger : organization;
  if (rule.plant) row[rule.plant] = foreign ? strangerPlant : (plants[kind] ?? plant);
  if (rule.station) row[rule.station] = kind === 'other station' ? 'ST-2' : 'ST-1';
  if (rule.owner) row[rule.owner] = kind === 'other person' ? otherPerson : person;
  return row;
}

function kindsOf(rule: Rule): readonly Kind[] {
  const kinds: Kind[] = ['own', 'other organization'];
  if (rule.plant) kinds.push('other plant', 'plant to read', 'plant to write');
  if (rule.station) kinds.push('other station');
  if (rule.owner) kinds.push('other person');
  return kinds;
}

/** What a table says of where its rows stand, as text to compare. */
function dimensions(rule: Rule): string {
  return [rule.organization, rule.plant, rule.station, rule.owner]
    .filter((column) => column !== null)
    .map((column) => `coalesce("${column}"::text, '-')`)
    .join(` || ' ' || `);
}

function place(rule: Rule, row: Row | undefined): string {
  return [rule.organization, rule.plant, rule.station, rule.owner]
    .filter((column) => column !== null)
    .map((column) => String(row?.[column] ?? '-'))
    .join(' ');
}

/** Runs one statement of somebody, and takes it back. */
async function attempt(
  as: string | null,
  statement: string,
  values: readonly unknown[] = [],
): Promise<{ readonly count: number; readonly rows: readonly Row[]; readonly refused: string | null }> {
  await desk.query('BEGIN');
  try {
    await desk.query('SET LOCAL ROLE lanewright_app');
    // As a client would who sets what it likes: the door (identity.begin) would not let an expired one in at all.
    if (as !== null) await desk.query(`SELECT set_config('lanewright.token', $1, true)`, [as]);
    const result = await desk.query<Row>(statement, [...values]);
    return { count: result.rowCount ?? 0, rows: result.rows, refused: null };
  } catch (cause) {
    return { count: 0, rows: [], refused: (cause as pg.DatabaseError).code ?? String(cause) };
  } finally {
    await desk.query('ROLLBACK');
  }
}

const insufficientPrivilege = '42501';
/** A row of that key is there already: it passed the policies first. */
const uniqueViolation = '23505';
/** Tables that have one row a plant. */
const oneOfPlant = new Set(['org.plants', 'planning.plant_settings']);

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  desk = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), desk.connect()]);
  await takeOutEverythingElse();
  await letPeopleIn();
  rules = (
    await owner.query<Rule>(
      `SELECT target::text AS name, scope, organization_column AS organization, plant_column AS plant, plant_optional,
              station_column AS station, owner_column AS owner, read_permission, append_only,
              cardinality(write_permissions) > 0 AS writable, '*' = ANY (write_permissions) AS written_by_all,
              cardinality(delete_permissions) > 0 AS removable, delete_when,
              EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = target AND NOT p.polpermissive) AS narrowed
       FROM app.table_rules ORDER BY 1`,
    )
  ).rows;
  const { rows: columns } = await owner.query<Column & { table: string }>(
    `SELECT c.oid::regclass::text AS table, a.attname AS name, t.typcategory = 'A' AS array,
            CASE WHEN t.typcategory = 'A' THEN substr(t.typname, 2) ELSE t.typname END AS type
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.oid IN (SELECT target FROM app.table_rules) AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attgenerated = '' AND a.attidentity = ''`,
  );
  for (const [table, group] of Map.groupBy(columns, (column) => column.table)) columnsOf.set(table, group);
  await owner.query('SET session_replication_role = replica');
  for (const rule of rules) {
    if (rule.scope !== 'tenant') continue;
    const rows = new Map<Kind, Row>();
    for (const kind of kindsOf(rule)) {
      const row = rowOf(rule, kind);
      rows.set(kind, row);
      await insert(owner, rule.name, row).catch((cause: unknown) => {
        // The organizations and plants themselves stand already.
        if ((cause as pg.DatabaseError).code !== '23505') throw new Error(`${rule.name}: ${String(cause)}`);
      });
    }
    kept.set(rule.name, rows);
  }
}, 120_000);

afterAll(async () => {
  await Promise.all([owner.end(), desk.end()]);
  await database.drop();
});

async function takeOutEverythingElse(): Promise<void> {
  const { rows } = await owner.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement FROM pg_constraint
       WHERE contype IN ('c', 'x') AND conparentid = 0 AND coninhcount = 0 AND conrelid IN (SELECT target FROM app.table_rules)
     UNION ALL
     SELECT format('DROP INDEX %s', i.indexrelid::regclass) FROM pg_index i JOIN app.table_rules r ON r.target = i.indrelid
       WHERE i.indisunique AND i.indpred IS NOT NULL
     UNION ALL
     SELECT format('ALTER TABLE %s DISABLE TRIGGER ALL', oid::regclass) FROM pg_class WHERE relkind IN ('r', 'p')
       AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')`,
  );
  for (const { statement } of rows) await owner.query(statement);
}

async function letPeopleIn(): Promise<void> {
  await owner.query('SET session_replication_role = replica');
  for (const [id, code] of [
    [organization, 'OWN'],
    [stranger, 'STRANGER'],
  ] as const) {
    await insert(owner, 'org.organizations', { id, code, name: code, gs1_company_prefix: '9521234' });
  }
  for (const [organization_id, id, code] of [
    [organization, plant, 'ONE'],
    [organization, otherPlant, 'TWO'],
    [organization, plantToRead, 'THREE'],
    [organization, plantToWrite, 'FOUR'],
    [stranger, strangerPlant, 'ONE'],
  ] as const) {
    await insert(owner, 'org.plants', { organization_id, id, code, name: code, time_zone: 'UTC' });
  }
  const role = uuidv7();
  for (const [organization_id, id, home_plant_id] of [
    [organization, person, plant],
    [organization, otherPerson, plant],
    [organization, idler, plant],
    [stranger, strangerPerson, strangerPlant],
  ] as const) {
    await insert(owner, 'identity.users', {
      organization_id,
      id,
      login: id,
      display_name: 'Somebody',
      password_hash: 'none',
      home_plant_id,
    });
  }
  await insert(owner, 'identity.roles', {
    organization_id: organization,
    id: role,
    code: 'all',
    name: 'All',
  });
  // Everything that anyone may be allowed: what is refused is refused by where the row stands.
  await owner.query(
    `INSERT INTO identity.role_permissions (organization_id, role_id, permission)
     SELECT $1, $2, p FROM (SELECT DISTINCT unnest(write_permissions || delete_permissions || ARRAY[read_permission]) AS p
       FROM app.table_rules) AS all_permissions WHERE p NOT IN ('', '*')`,
    [organization, role],
  );
  const at = { organization_id: organization, user_id: person };
  await insert(owner, 'identity.user_roles', { ...at, role_id: role });
  for (const [user_id, plant_id, may_write, may_delete] of [
    [person, plant, true, true],
    [person, plantToWrite, true, false],
    [person, plantToRead, false, false],
    [idler, plant, true, true],
  ] as const) {
    await insert(owner, 'identity.user_plant_access', { ...at, user_id, plant_id, may_write, may_delete });
  }
  for (const user_id of [person, idler])
    await insert(owner, 'identity.user_station_access', {
      ...at,
      user_id,
      plant_id: plant,
      station_code: 'ST-1',
    });
  for (const [user_id, given, ends] of [
    [person, token, '1 hour'],
    [person, expired, '-1 minute'],
    [idler, idlersToken, '1 hour'],
  ] as const) {
    await owner.query(
      `INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, created_at, expires_at)
       VALUES ($1, $2, $3, $4, 'ST-1', now() - interval '2 hours', now() + $5::interval)`,
      [uuidv7(), organization, user_id, createHash('sha256').update(given).digest(), ends],
    );
  }
}

/** What of a table goes wrong, in words; none when all cells hold. */
type Finding = string;

describe('every table', () => {
  let cells = 0;

  test('shows its own rows, and no other', async () => {
    const findings: Finding[] = [];
    for (const rule of rules.filter(({ scope }) => scope === 'tenant')) {
      const rows = kept.get(rule.name);
      const found = await attempt(token, `SELECT DISTINCT ${dimensions(rule)} AS place FROM ${rule.name}`);
      const places = new Set(found.rows.map((row) => row['place']));
      for (const kind of kindsOf(rule)) {
        cells++;
        const is = places.has(place(rule, rows?.get(kind)));
        if (is !== seen.has(kind))
          findings.push(`${rule.name}: ${kind} is ${is ? '' : 'not '}seen ${found.refused ?? ''}`);
      }
    }
    expect(findings).toEqual([]);
  });

  test('takes new rows of its own where somebody may write, and none elsewhere', async () => {
    const findings: Finding[] = [];
    for (const rule of rules.filter(({ scope }) => scope === 'tenant')) {
      for (const kind of kindsOf(rule)) {
        cells++;
        const row = rowOf(rule, kind);
        const names = Object.keys(row);
        const { refused } = await attempt(
          token,
          `INSERT INTO ${rule.name} (${names.map((name) => `"${name}"`).join()})
           VALUES (${names.map((_, at) => `$${at + 1}`).join()})`,
          Object.values(row),
        );
        const expected = written.has(kind) && rule.writable ? null : insufficientPrivilege;
        const isThere = expected === null && oneOfPlant.has(rule.name) && refused === uniqueViolation;
        if (refused !== expected && !isThere)
          findings.push(`${rule.name}: inserting ${kind} ends with ${refused}`);
      }
    }
    expect(findings).toEqual([]);
  });

  test('changes and loses its own rows only, and none is moved away', async () => {
    const findings: Finding[] = [];
    for (const rule of rules.filter(({ scope }) => scope === 'tenant')) {
      const where = dimensions(rule);
      const same = `"${rule.organization}" = "${rule.organization}"`;
      for (const kind of kindsOf(rule)) {
        const at = place(rule, kept.get(rule.name)?.get(kind));
        cells += 2;
        const changed = await attempt(token, `UPDATE ${rule.name} SET ${same} WHERE ${where} = $1`, [at]);
        const mayChange = rule.writable && !rule.append_only;
        const wantedChange = mayChange ? (written.has(kind) ? 'some' : 'none') : insufficientPrivilege;
        const gotChange = changed.refused ?? (changed.count > 0 ? 'some' : 'none');
        if (gotChange !== wantedChange) findings.push(`${rule.name}: updating ${kind}: ${gotChange}`);

        const removed = await attempt(token, `DELETE FROM ${rule.name} WHERE ${where} = $1`, [at]);
        const { rowCount: removable } = await owner.query(
          `SELECT FROM ${rule.name} WHERE ${where} = $1 AND (${rule.delete_when ?? 'true'}) LIMIT 1`,
          [at],
        );
        const mayRemove = kind === 'own' && removable === 1;
        const wantedRemoval = rule.removable ? (mayRemove ? 'some' : 'none') : insufficientPrivilege;
        const gotRemoval = removed.refused ?? (removed.count > 0 ? 'some' : 'none');
        if (gotRemoval !== wantedRemoval) findings.push(`${rule.name}: deleting ${kind}: ${gotRemoval}`);
      }
      if (!rule.writable || rule.append_only) continue;
      const own = place(rule, kept.get(rule.name)?.get('own'));
      for (const [column, value] of [
        [rule.organization, stranger],
        [rule.plant, otherPlant],
        [rule.plant, plantToRead],
        [rule.station, 'ST-2'],
        [rule.owner, otherPerson],
      ] as const) {
        if (column === null) continue;
        cells++;
        const { refused } = await attempt(
          token,
          `UPDATE ${rule.name} SET "${column}" = $2 WHERE ${where} = $1`,
          [own, value],
        );
        if (refused !== insufficientPrivilege)
          findings.push(`${rule.name}: ${column} was moved away: ${refused}`);
      }
    }
    expect(findings).toEqual([]);
  });

  test('gives who holds no permission what asks for none, and lets them write nothing', async () => {
    const findings: Finding[] = [];
    const theirs = (rule: Rule, row: Row): Row =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          name === rule.owner || writers.has(name) ? idler : value,
        ]),
      );
    for (const rule of rules.filter(({ scope }) => scope === 'tenant')) {
      cells += 4;
      const at = place(rule, kept.get(rule.name)?.get('own'));
      const where = `${dimensions(rule)} = $1`;
      const read = await attempt(idlersToken, `SELECT FROM ${rule.name} WHERE ${where}`, [at]);
      const wanted = rule.read_permission === '' && rule.owner === null;
      const narrowed = rule.narrowed && read.count === 0;
      if (read.count > 0 !== wanted && !narrowed) findings.push(`${rule.name}: ${read.count} rows are read`);
      if (rule.written_by_all) continue;
      const row = theirs(rule, rowOf(rule, 'own'));
      const names = Object.keys(row);
      const { refused } = await attempt(
        idlersToken,
        `INSERT INTO ${rule.name} (${names.map((name) => `"${name}"`).join()})
         VALUES (${names.map((_, n) => `$${n + 1}`).join()})`,
        Object.values(row),
      );
      if (refused !== insufficientPrivilege) findings.push(`${rule.name}: a row was added: ${refused}`);
      for (const statement of [
        `UPDATE ${rule.name} SET "${rule.organization}" = "${rule.organization}" WHERE ${where}`,
        `DELETE FROM ${rule.name} WHERE ${where}`,
      ]) {
        const { count } = await attempt(idlersToken, statement, [at]);
        if (count > 0) findings.push(`${statement} took effect`);
      }
    }
    expect(findings).toEqual([]);
  });

  test('keeps its rows by row-level security, which binds the owner too', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT r.target::text AS name FROM app.table_rules r JOIN pg_class c ON c.oid = r.target
       WHERE r.scope <> 'custom' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    expect(rows).toEqual([]);
  });

  test.each([
    ['without a session', null],
    ['with an expired session', expired],
    ['with a made-up token', 'made up'],
  ])('shows, takes, changes and loses nothing %s', async (_, as) => {
    const findings: Finding[] = [];
    for (const rule of rules) {
      cells += 4;
      const read = await attempt(as, `SELECT FROM ${rule.name}`);
      const isPublicSetting = rule.name === 'app.settings';
      if (read.refused !== insufficientPrivilege && read.count > 0 && !isPublicSetting)
        findings.push(`${rule.name} is read`);
      const column = columnsOf.get(rule.name)?.[0]?.name ?? '';
      for (const statement of [
        `UPDATE ${rule.name} SET "${column}" = "${column}"`,
        `DELETE FROM ${rule.name}`,
      ]) {
        const { refused, count } = await attempt(as, statement);
        if (refused !== insufficientPrivilege && count > 0) findings.push(`${statement} took effect`);
      }
      const row = rowOf(rule, 'own');
      const names = (columnsOf.get(rule.name) ?? []).map(({ name }) => name);
      const { refused } = await attempt(
        as,
        `INSERT INTO ${rule.name} (${names.map((name) => `"${name}"`).join()})
         VALUES (${names.map((__, at) => `$${at + 1}`).join()})`,
        names.map((name) => row[name]),
      );
      if (refused !== insufficientPrivilege) findings.push(`${rule.name}: a row was added: ${refused}`);
    }
    expect(findings).toEqual([]);
  });

  test('is not emptied, loaded or unloaded past its policies', async () => {
    const findings: Finding[] = [];
    for (const rule of rules) {
      cells += 3;
      const { refused: emptied } = await attempt(token, `TRUNCATE ${rule.name}`);
      if (emptied !== insufficientPrivilege) findings.push(`${rule.name} was emptied: ${emptied}`);
      const { refused: loaded } = await attempt(token, `COPY ${rule.name} FROM STDIN`);
      // Where inserting is allowed, COPY is refused because of the policies.
      if (loaded !== insufficientPrivilege && loaded !== '0A000')
        findings.push(`${rule.name} was loaded: ${loaded}`);
      const unloaded = await attempt(null, `COPY (SELECT * FROM ${rule.name}) TO STDOUT`);
      if (unloaded.count > 0 && rule.name !== 'app.settings') findings.push(`${rule.name} was unloaded`);
    }
    expect(findings).toEqual([]);
  });

  test('partitions are no way around: nobody reaches one directly', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relispartition
         AND (has_table_privilege('lanewright_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
              OR has_table_privilege('lanewright_report', c.oid, 'SELECT, INSERT, UPDATE, DELETE'))`,
    );
    expect(rows).toEqual([]);
  });

  test('reading tools write nothing', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT target::text AS name FROM app.table_rules
       WHERE has_table_privilege('lanewright_report', target, 'INSERT, UPDATE, DELETE, TRUNCATE')`,
    );
    expect(rows).toEqual([]);
  });

  test('was tried in all cells', () => {
    expect(cells).toBeGreaterThan(4000);
  });
});

test('a door that reads as the owner says nothing to whoever has no session', async () => {
  const { rows: doors } = await owner.query<{ name: string; call: string }>(
    `SELECT p.oid::regprocedure::text AS name,
            p.oid::regproc::text || '(' || coalesce((SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n)
              FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n)), '') || ')' AS call
     FROM pg_proc p WHERE p.prosecdef AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
       AND p.pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'public')
       AND has_function_privilege('lanewright_app', p.oid, 'EXECUTE')`,
  );
  expect(doors.length).toBeGreaterThan(10);
  const known = [
    organization,
    stranger,
    plant,
    otherPlant,
    strangerPlant,
    person,
    otherPerson,
    strangerPerson,
  ];
  const talkative: string[] = [];
  for (const { name, call } of doors) {
    const { rows } = await attempt(null, `SELECT * FROM ${call} AS answer`);
    const said = JSON.stringify(rows);
    if (known.some((id) => said.includes(id)) || /"x\d+"/.test(said)) talkative.push(`${name} said ${said}`);
  }
  expect(talkative).toEqual([]);
});

test('a notification carries a number and nothing else', async () => {
  const heard: string[] = [];
  desk.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await desk.query('LISTEN lanewright_changes');
  await owner.query('SET session_replication_role = origin');
  await owner.query('ALTER TABLE trace.lots ENABLE TRIGGER changes_on_update');
  await owner.query('UPDATE trace.lots SET organization_id = organization_id');
  await desk.query('SELECT pg_sleep(0.2)');
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.filter((payload) => !/^\d+$/.test(payload))).toEqual([]);
});
