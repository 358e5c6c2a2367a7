/**
 * A database of a million rows for the figures that only size shows: two organizations, of which the
 * second one has what the first one must not see, made by the server itself.
 */
import pg from 'pg';
import { createTestDatabase, startTestPostgres } from '../support/postgres.ts';
import { fillSmallPlant, tokenOf } from '../support/small-plant.ts';

export interface LargePlant {
  readonly owner: pg.Client;
  /** As a desk, in one transaction with the session presented. */
  asDesk<T>(work: (desk: pg.Client) => Promise<T>): Promise<T>;
  /** In one transaction too. */
  asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T>;
  readonly organizationId: string;
  readonly plantId: string;
  close(): Promise<void>;
}

const statements: readonly string[] = [
  // Names that people give: four words of a few hundred.
  `CREATE TEMP TABLE names AS SELECT n, (ARRAY['Pump','Valve','Housing','Impeller','Shaft','Seal','Bearing','Cover','Flange','Motor'])[1 + n % 10]
     || ' ' || (ARRAY['steel','brass','cast','plastic','coated','hardened','long','short','left','right','inner','outer'])[1 + n / 10 % 12]
     || ' ' || (ARRAY['Berlin','Lyon','Porto','Turin','Gdansk','Malmo','Ghent','Graz'])[1 + n / 120 % 8]
     || ' ' || chr(97 + n % 26) || chr(97 + n / 26 % 26) || chr(97 + n / 676 % 26) || 'on' AS name
     FROM generate_series(0, 19999) AS n`,
  `INSERT INTO material.materials (organization_id, id, plant_id, code, name, kind, unit)
     SELECT $1, gen_random_uuid(), $2, 'M-' || lpad(n::text, 6, '0'), name, 'part', 'pcs' FROM names`,
  `CREATE TEMP TABLE some_material AS SELECT row_number() OVER () - 1 AS n, id FROM material.materials WHERE code ~ '^M-[0-9]'`,
  `INSERT INTO production.work_orders (organization_id, id, plant_id, number, material_id, quantity, unit, status, due_at, customer)
     SELECT $1, gen_random_uuid(), $2, 'WO-' || lpad((100000 + g)::text, 6, '0'), m.id, 100, 'pcs', 'released', now() + g * interval '1 minute',
            'Customer ' || g % 500
     FROM generate_series(0, 49999) AS g JOIN some_material m ON m.n = g % 20000`,
  `INSERT INTO production.operations (organization_id, id, plant_id, work_order_id, number, code, name, status, duration_s,
                                      eligible_lane_ids, lane_id, starts_at, ends_at)
     SELECT $1, gen_random_uuid(), $2, w.id, s * 10, w.number || '/' || s * 10, 'Step ' || s, 'planned', 3600,
            ARRAY[l.id], l.id, w.due_at - interval '1 day', w.due_at - interval '23 hours'
     FROM production.work_orders w, generate_series(1, 2) AS s,
          LATERAL (SELECT id FROM production.lanes l WHERE l.organization_id = $1 AND l.plant_id = $2 ORDER BY id OFFSET 0 LIMIT 1) l
     WHERE w.organization_id = $1 AND w.number ~ '^WO-1'`,
  `CREATE TEMP TABLE some_operation AS SELECT row_number() OVER () - 1 AS n, id, lane_id FROM production.operations
     WHERE organization_id = $1 AND code ~ '^WO-1'`,
  `INSERT INTO trace.lots (organization_id, id, plant_id, number, material_id, quantity, unit, status, made_at)
     SELECT $1, gen_random_uuid(), $2, 'LOT-' || lpad(g::text, 7, '0'), m.id, 10, 'pcs', 'active', now()
     FROM generate_series(0, 49999) AS g JOIN some_material m ON m.n = g % 20000`,
  `CREATE TEMP TABLE some_lot AS SELECT row_number() OVER () - 1 AS n, id FROM trace.lots WHERE number ~ '^LOT-[0-9]'`,
  `INSERT INTO trace.serials (organization_id, id, plant_id, number, material_id, lot_id, status, made_at)
     SELECT $1, gen_random_uuid(), $2, 'SN-' || lpad(g::text, 9, '0'), m.id, l.id, 'released', now()
     FROM generate_series(0, 899999) AS g JOIN some_material m ON m.n = g % 20000 JOIN some_lot l ON l.n = g % 50000`,
  `INSERT INTO production.logs (organization_id, id, plant_id, operation_id, lane_id, event, user_id, at)
     SELECT $1, gen_random_uuid(), $2, o.id, o.lane_id, 'report', $3, now() - g * interval '4 seconds'
     FROM generate_series(0, 999999) AS g JOIN some_operation o ON o.n = g % 100000`,
];

/** @param say progress. Takes about two minutes. */
export async function makeLargePlant(say: (line: string) => void): Promise<LargePlant> {
  const server = await startTestPostgres();
  const database = await createTestDatabase();
  const small = await fillSmallPlant(database.ownerUrl);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  // As the product connects: a plan made for a role is not thrown away with each transaction.
  const desk = new pg.Client({ connectionString: database.appUrl, options: '-c role=lanewright_app' });
  await Promise.all([owner.connect(), desk.connect()]);
  say('    filling a database with two million rows ...');
  await owner.query('SET session_replication_role = replica');
  const given = [small.organizationId, small.pumps, small.users.pumps];
  for (const statement of statements) await owner.query(inline(statement, given));
  say('    indexing it for search ...');
  await owner.query('SELECT app.rebuild_search()');
  await owner.query('SET session_replication_role = origin');
  await owner.query('VACUUM ANALYZE');
  return {
    owner,
    organizationId: small.organizationId,
    plantId: small.pumps,
    asDesk: (work) =>
      inTransaction(desk, async () => {
        await desk.query('SELECT identity.begin($1)', [tokenOf('pumps')]);
        return work(desk);
      }),
    asOwner: (work) => inTransaction(owner, () => work(owner)),
    async close() {
      await Promise.all([owner.end(), desk.end()]);
      await database.drop();
      await server.stop();
    },
  };
}

async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    return await work();
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Ids of our own making in statements that several parameters' types would have to be told for. */
function inline(statement: string, values: readonly string[]): string {
  return statement.replaceAll(/\$(\d)/g, (_, digit: string) => `'${values[Number(digit) - 1]}'::uuid`);
}
