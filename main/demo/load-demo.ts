import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import type { DemoSignIn } from '#contract/session';
import { plantDay } from '#domain/calendars/shifts';
import { type DemoRows, generateDemoPlant } from '#domain/demo/generate-demo-plant';
import { accept, type Outcome, refuse } from '#domain/refusal';
import { demoDefinition } from './demo-definition.ts';

export interface LoadDemoOptions {
  /** The owner of the schema and superuser, to whom row-level security and triggers give way. */
  readonly database: { readonly ownerUrl: string } | { readonly client: pg.ClientBase };
  readonly seed: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What the station of the demo signs in with. */
  readonly stationSecret: string;
  /** Told as rows go in, 0..1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Kept in `app.settings` under `demo`; that it stands there says that this is the demo database. */
export interface DemoSettings {
  readonly seed: number;
  /** The day that everything is relative to, `YYYY-MM-DD` in the home plant's time zone. */
  readonly day: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly people: readonly DemoSignIn[];
  readonly station: { readonly login: string; readonly stationCode: string };
}

/**
 * Fills an empty, migrated database with the demo plant in one transaction. Refuses a database that
 * has an organization (`demo-not-empty`): demo people must never stand beside real ones.
 */
export async function loadDemoPlant(
  options: LoadDemoOptions,
): Promise<Outcome<DemoSettings, 'demo-not-empty'>> {
  const { database } = options;
  if ('client' in database) return inTransaction(database.client, options);
  const client = new pg.Client({ connectionString: database.ownerUrl, application_name: 'lanewright demo' });
  await client.connect();
  try {
    return await inTransaction(client, options);
  } finally {
    await client.end();
  }
}

async function inTransaction(
  client: pg.ClientBase,
  options: LoadDemoOptions,
): Promise<Outcome<DemoSettings, 'demo-not-empty'>> {
  await client.query('BEGIN');
  try {
    // Nobody adds an organization between the question and the commit.
    await client.query('LOCK TABLE org.organizations IN SHARE ROW EXCLUSIVE MODE');
    const existing = await client.query<{ name: string }>('SELECT name FROM org.organizations LIMIT 1');
    const [organization] = existing.rows;
    if (organization !== undefined) {
      await client.query('ROLLBACK');
      return refuse('demo-not-empty', { organization: organization.name });
    }
    const settings = await load(client, options);
    await client.query('COMMIT');
    return accept(settings);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function load(client: pg.ClientBase, options: LoadDemoOptions): Promise<DemoSettings> {
  const { seed, now, stationSecret, onProgress } = options;
  const hashing = hashSecrets(client, stationSecret);
  // The server hashes while we generate: let the query leave first.
  await setImmediate();
  const rows = generateDemoPlant({ definition: demoDefinition, seed, now });
  const hashes = await hashing;

  // Nobody listens to a plant that is not there yet: no change feed, and references are the generator's promise.
  await client.query('SET LOCAL session_replication_role = replica');
  const tables = tablesOf(rows, hashes);
  const types = await columnTypes(client, [...tables.keys()]);
  const total = [...tables.values()].reduce((sum, one) => sum + one.length, 0);
  let done = 0;
  for (const [table, all] of tables) {
    for (let at = 0; at < all.length; at += rowsPerStatement) {
      const batch = all.slice(at, at + rowsPerStatement);
      await client.query(insertStatement(table, batch, types), [JSON.stringify(batch)]);
      done += batch.length;
      onProgress?.(done / total);
    }
  }
  const settings = settingsOf(seed, now);
  await client.query(`INSERT INTO app.settings (key, value) VALUES ('demo', $1)`, [JSON.stringify(settings)]);
  // What triggers would have made of the rows, had they been awake.
  await client.query(
    `SELECT material.open_missing_versions(to_timestamp($1::float8 / 1000)), app.rebuild_search()`,
    [now],
  );
  await client.query(`ANALYZE ${[...tables.keys()].join(', ')}`);
  return settings;
}

const rowsPerStatement = 5000;

type Row = Readonly<Record<string, unknown>>;

interface Hashes {
  readonly people: string;
  readonly station: string;
  readonly nobody: string;
}

/** One hash for all demo people: their one password stands on the sign-in page. */
async function hashSecrets(client: pg.ClientBase, stationSecret: string): Promise<Hashes> {
  const result = await client.query<Hashes>(
    `SELECT public.crypt($1, public.gen_salt('bf', 12)) AS people,
            public.crypt($2, public.gen_salt('bf', 12)) AS station,
            public.crypt($3, public.gen_salt('bf', 12)) AS nobody`,
    [demoDefinition.people.password, stationSecret, randomBytes(32).toString('hex')],
  );
  const [hashes] = result.rows;
  if (hashes === undefined) throw new Error('The database did not hash the demo passwords');
  return hashes;
}

function tablesOf(rows: DemoRows, hashes: Hashes): Map<string, readonly Row[]> {
  const tables = new Map<string, readonly Row[]>(Object.entries(rows));
  const users = rows['identity.users'].map((user) => ({
    ...user,
    password_hash:
      user['kind'] === 'station' ? hashes.station : user['active'] === true ? hashes.people : hashes.nobody,
  }));
  return tables.set('identity.users', users);
}

async function columnTypes(client: pg.ClientBase, tables: readonly string[]): Promise<Map<string, string>> {
  const result = await client.query<{ name: string; type: string }>(
    `SELECT t.name || '.' || a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
     FROM unnest($1::text[]) AS t(name) JOIN pg_attribute a ON a.attrelid = t.name::regclass
     WHERE a.attnum > 0 AND NOT a.attisdropped`,
    [tables],
  );
  return new Map(result.rows.map((row) => [row.name, row.type]));
}

/** Typed from the table itself; instants come as epoch milliseconds. */
function insertStatement(table: string, batch: readonly Row[], types: ReadonlyMap<string, string>): string {
  const columns = Object.keys(batch[0] ?? {}).map((name) => {
    const type = types.get(`${table}.${name}`);
    if (type === undefined) throw new Error(`${table} has no column ${name}`);
    const isInstant = type === 'timestamp with time zone';
    return {
      name,
      type: isInstant ? 'double precision' : type,
      value: isInstant ? `to_timestamp(r.${name} / 1000)` : `r.${name}`,
    };
  });
  return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})
    SELECT ${columns.map(({ value }) => value).join(', ')}
    FROM jsonb_to_recordset($1) AS r(${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`;
}

function settingsOf(seed: number, now: number): DemoSettings {
  const { people, company } = demoDefinition;
  const roleNames = new Map(people.roles.map((role) => [role.code, role.name]));
  return {
    seed,
    day: plantDay(now, company.plants[0]?.timeZone ?? 'UTC').date,
    now,
    people: people.people.map(({ login, displayName, role }) => ({
      login,
      password: people.password,
      displayName,
      role: roleNames.get(role) ?? role,
    })),
    station: { login: people.station.login, stationCode: people.station.stationCode },
  };
}
