/** What triggers would have made of the rows, made for all of them at once. */
import type pg from 'pg';
import { historyDays } from '#domain/seed/calendar';
import { lastSensorNumber } from '#domain/seed/readings';
import { foundedAt, organizationIdOf, type SeedInput } from '#domain/seed/setting';
import { seedColumns } from '#domain/seed/tables';

export interface FinishStep {
  readonly name: string;
  /** Its time against that of writing a row. */
  readonly weight: number;
  /** In one transaction, without triggers. */
  run(client: pg.ClientBase): Promise<void>;
}

const dayMs = 86_400_000;
/** Component lots came before the history begins. */
const earlierDays = 5;

/** Partitions for all that is going to be written: made in one go, a row must not wait in a default one. */
export async function makePartitions(client: pg.ClientBase, { now }: SeedInput): Promise<void> {
  await client.query(
    `SELECT app.ensure_partitions(r.target, r.partition_by, to_timestamp($1 / 1000.0), to_timestamp($2 / 1000.0))
     FROM app.table_rules r
     WHERE r.partition_by IS NOT NULL
       AND (r.target::text LIKE 'analytics.%' OR r.target = ANY ($3::text[]::regclass[]))`,
    [now - (historyDays + earlierDays) * dayMs, now + dayMs, Object.keys(seedColumns)],
  );
}

/** What was loaded: so much has to be derived from it. */
export interface Loaded {
  readonly now: number;
  /** When materials are first known, and how far back anything happened. */
  readonly foundedAt: number;
  readonly since: number;
  readonly organizations: readonly string[];
  /** Rows, about. */
  readonly found: number;
  readonly reported: number;
  /** NULL: the database gave the numbers itself. */
  readonly lastSensorNumber: number | null;
}

export function loadedBy(input: SeedInput): Loaded {
  const { size, now } = input;
  const orders = size.organizations * size.plants * size.cells * size.workOrders;
  return {
    now,
    foundedAt: foundedAt(now),
    since: now - (historyDays + 3) * dayMs,
    organizations: Array.from({ length: size.organizations }, (_, at) => organizationIdOf(input, at)),
    found: orders * (size.serialsPerWorkOrder + 3),
    reported: orders * size.logsPerWorkOrder + (size.readings * size.organizations * size.plants) / 4,
    lastSensorNumber: lastSensorNumber(size),
  };
}

/** What the triggers of the tables keep: versions, numbers, search, rollups; and the planner's statistics. */
export async function finishSteps(client: pg.ClientBase, loaded: Loaded): Promise<FinishStep[]> {
  const { rows: rollups } = await client.query<{ name: string }>(
    'SELECT name FROM analytics.rollups ORDER BY name',
  );
  return [
    {
      name: 'statistics before',
      weight: loaded.found / 2,
      // Plans over tables that were empty are bad.
      run: analyze,
    },
    { name: 'versions and numbers', weight: 1000, run: (within) => openVersions(within, loaded) },
    {
      name: 'search',
      weight: loaded.found * 4,
      async run(within) {
        await within.query('SELECT app.rebuild_search()');
      },
    },
    ...loaded.organizations.flatMap((organization, at) =>
      rollups.map(({ name }) => ({
        name: `${name} of organization ${at + 1}`,
        weight: loaded.reported / loaded.organizations.length / rollups.length,
        run: (within: pg.ClientBase) => rollUp(within, name, organization, loaded),
      })),
    ),
    { name: 'statistics', weight: loaded.found / 2, run: analyze },
  ];
}

async function analyze(client: pg.ClientBase): Promise<void> {
  await client.query('ANALYZE');
}

async function openVersions(client: pg.ClientBase, loaded: Loaded): Promise<void> {
  await client.query('SELECT material.open_missing_versions(to_timestamp($1 / 1000.0))', [loaded.foundedAt]);
  if (loaded.lastSensorNumber === null) return;
  await client.query(`SELECT setval(pg_get_serial_sequence('equipment.sensors', 'sensor_no'), $1)`, [
    loaded.lastSensorNumber,
  ]);
}

/** All buckets in one statement, where the triggers would have noted each. */
async function rollUp(
  client: pg.ClientBase,
  name: string,
  organization: string,
  { now, since }: Loaded,
): Promise<void> {
  await client.query(
    `SELECT analytics.plan_lane_days(l.organization_id, l.id, to_timestamp($2 / 1000.0)::date, to_timestamp($3 / 1000.0)::date)
     FROM production.lanes l WHERE l.organization_id = $1`,
    [organization, since, now],
  );
  await client.query(
    `INSERT INTO analytics.${name} SELECT f.* FROM analytics.${name}_of($1, as_of => to_timestamp($2 / 1000.0)) AS f
     ON CONFLICT DO NOTHING`,
    [organization, now],
  );
  await client.query(
    'UPDATE analytics.rollups SET elapsed_at = to_timestamp($2 / 1000.0) WHERE name = $1 AND elapsing IS NOT NULL',
    [name, now],
  );
}
