import * as fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shiftWindows } from '#domain/calendars/shifts';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { at, buildWorks, firstAt, happening, hourMs, minuteMs, spanMs } from './analytics.fixture.ts';
import type { Step, Works } from './analytics.fixture.ts';
import { actAs, addPerson } from './person.fixture.ts';
import type { Person } from './person.fixture.ts';

let database: TestDatabase;
let owner: pg.Client;

const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  // Compiling costs more than these queries do.
  await client.query('SET jit = off');
  // Who waits for a lock that is not given fails, and does not hang.
  await client.query(`SET lock_timeout = '5s'`);
  return client;
};

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connect(database.ownerUrl);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const rollups = [
  'daily_oee',
  'daily_production',
  'daily_spc',
  'monthly_inventory_turnover',
  'operator_workload',
  'production_facts',
  'project_stats',
  'reliability',
  'sensor_5min',
  'user_activity',
  'weekly_quality',
] as const;

/** Works that are gone afterwards. */
async function inWorks<T>(work: (works: Works) => Promise<T>): Promise<T> {
  await owner.query('BEGIN');
  try {
    return await work(await buildWorks(owner));
  } finally {
    await owner.query('ROLLBACK');
  }
}

async function refresh(asOf: number, buckets = 10_000): Promise<number> {
  const { rows } = await owner.query<{ done: number }>('SELECT analytics.refresh_as_of($1, $2) AS done', [
    buckets,
    at(asOf),
  ]);
  return rows[0]?.done ?? 0;
}

async function refreshAll(asOf: number): Promise<void> {
  for (let round = 0; round < 50; round++) if ((await refresh(asOf)) === 0) return;
  throw new Error('refreshing does not come to an end');
}

/** Rows that a rollup has and should not have, or should have and has not, by its whole query over the raw rows. */
async function differences(works: Works, asOf: number): Promise<Record<string, unknown[]>> {
  const { organizationId } = works.ground;
  // Not the days that were asked for, but every day that there was.
  await owner.query(
    `SELECT analytics.plan_lane_days($1, id, $2::date, $3::date) FROM production.lanes WHERE organization_id = $1`,
    [organizationId, at(firstAt - 3 * 24 * hourMs), at(asOf + 24 * hourMs)],
  );
  const found: Record<string, unknown[]> = {};
  for (const name of rollups) {
    const { rows } = await owner.query(
      `WITH kept AS (SELECT to_jsonb(r) AS row FROM analytics.${name} r WHERE organization_id = $1),
            whole AS (SELECT to_jsonb(f) AS row FROM analytics.${name}_of($1, as_of => $2) f)
       (SELECT 'should not be' AS what, row FROM kept EXCEPT SELECT 'should not be', row FROM whole)
       UNION ALL (SELECT 'is missing', row FROM whole EXCEPT SELECT 'is missing', row FROM kept)`,
      [organizationId, at(asOf)],
    );
    if (rows.length > 0) found[name] = rows;
  }
  return found;
}

/** What a rule of the database refuses did not happen. */
async function happen({ run }: Step, works: Works): Promise<void> {
  await owner.query('SAVEPOINT step');
  try {
    await run(owner, works);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !/^(23|LW)/.test(error.code ?? '')) throw error;
    await owner.query('ROLLBACK TO SAVEPOINT step');
  }
}

test('whatever happens, late or corrected, each rollup equals its query over the raw rows', async () => {
  const stride = fc.option(
    fc.record({ minutes: fc.integer({ min: 6, max: 2000 }), buckets: fc.integer({ min: 1, max: 200 }) }),
    { freq: 3 },
  );
  const story = fc.array(fc.tuple(happening, stride), { minLength: 5, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const found = await inWorks(async (works) => {
        let asOf = firstAt + hourMs;
        for (const [step, pause] of steps) {
          await happen(step, works);
          if (pause === null) continue;
          asOf += pause.minutes * minuteMs;
          await refresh(asOf, pause.buckets);
        }
        asOf = Math.max(asOf, firstAt + spanMs) + 10 * minuteMs;
        await refreshAll(asOf);
        return differences(works, asOf);
      });
      expect(found).toEqual({});
    }),
    { numRuns: Number(process.env['LANEWRIGHT_ROLLUP_RUNS'] ?? 12), endOnFailure: true },
  );
}, 300_000);

test('a shift is where the domain has it, also in nights in which clocks change', async () => {
  const zone = fc.constantFrom(
    'Pacific/Auckland',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'UTC',
  );
  const clock = fc
    .oneof(fc.integer({ min: 0, max: 47 }), { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }) })
    .map((half) => `${String(half >> 1).padStart(2, '0')}:${half % 2 ? '30' : '00'}`);
  const shift = fc.record({
    startTime: clock,
    endTime: clock,
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  });
  const day = fc.constantFrom(
    '2026-03-29',
    '2026-04-05',
    '2026-09-27',
    '2026-10-04',
    '2026-10-25',
    '2026-11-01',
    '2026-06-10',
  );
  await fc.assert(
    fc.asyncProperty(
      zone,
      fc.array(shift, { minLength: 1, maxLength: 3 }),
      day,
      async (timeZone, patterns, date) => {
        const shifts = patterns.map((pattern, index) => ({ ...pattern, code: `S${index}` }));
        const middle = Date.parse(`${date}T12:00:00Z`);
        const range = { startsAt: middle - 3 * 24 * hourMs, endsAt: middle + 3 * 24 * hourMs };
        const found = await inWorks(async ({ ground }) => {
          await owner.query('UPDATE org.plants SET time_zone = $2 WHERE id = $1', [ground.plantId, timeZone]);
          await owner.query('DELETE FROM production.shifts WHERE plant_id = $1', [ground.plantId]);
          for (const { code, startTime, endTime, weekdays } of shifts) {
            await ground.insert('production.shifts', {
              code,
              name: code,
              starts_at: startTime,
              ends_at: endTime,
              weekdays,
            });
          }
          const { rows } = await owner.query<{ code: string; starts_at: Date; ends_at: Date }>(
            `SELECT shift_code AS code, starts_at, ends_at FROM analytics.shift_windows($1, $2, '{S0,S1,S2}', $3, $4)
           WHERE starts_at < $6 AND ends_at > $5 ORDER BY starts_at`,
            [
              ground.organizationId,
              ground.plantId,
              at(range.startsAt - 48 * hourMs),
              at(range.endsAt + 48 * hourMs),
              at(range.startsAt),
              at(range.endsAt),
            ],
          );
          return rows.map((row) => `${row.code} ${row.starts_at.toISOString()} ${row.ends_at.toISOString()}`);
        });
        // What begins before a range can reach into it, and cut what begins in it.
        const wide = { startsAt: range.startsAt - 72 * hourMs, endsAt: range.endsAt + 72 * hourMs };
        const wanted = shiftWindows({ timeZone, shifts, range: wide }).filter(
          (window) => window.startsAt < range.endsAt && window.endsAt > range.startsAt,
        );
        expect(found).toEqual(
          wanted.map((window) => `${window.shiftCode} ${at(window.startsAt)} ${at(window.endsAt)}`),
        );
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

/** 25 September 2026, 06:00 in Auckland (UTC+12): the day shift begins; it lasts until 14:30. */
const shiftAt = Date.parse('2026-09-24T18:00:00Z');

async function stateOf(
  works: Works,
  hours: number,
  state: string,
  good: number | null = null,
  bad = 0,
): Promise<void> {
  await works.ground.insert('equipment.status_history', {
    machine_id: works.machineIds[0],
    state,
    at: at(shiftAt + hours * hourMs),
    good_count: good,
    reject_count: good === null ? null : bad,
  });
}

async function rowsOf<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[]): Promise<T[]> {
  return (await owner.query<T>(sql, [...values])).rows;
}

const shiftRow = (works: Works, day = '2026-09-25') =>
  rowsOf<Record<string, unknown>>(
    `SELECT planned_operation_time_ms / 60000.0 AS scheduled, planned_stop_time_ms / 60000.0 AS stopped, break_time_ms / 60000.0 AS break,
            planned_busy_time_ms / 60000.0 AS busy, actual_production_time_ms / 60000.0 AS running,
            produced_quantity AS produced, good_quantity AS good, availability_ratio AS availability,
            effectiveness_ratio AS effectiveness, quality_ratio AS quality, oee_ratio AS oee
     FROM analytics.daily_oee WHERE machine_id = $1 AND shift_code = 'DAY' AND day = $2`,
    [works.machineIds[0], day],
  );

test('OEE: planned stops and breaks are no loss, counters that begin again lose nothing', async () => {
  await inWorks(async (works) => {
    await stateOf(works, -1, 'idle', 100, 10);
    await stateOf(works, 0, 'setup');
    await stateOf(works, 0.5, 'running', 100, 10);
    await stateOf(works, 3, 'down', 6000, 110);
    await stateOf(works, 4, 'running');
    await stateOf(works, 6, 'idle', 3000, 40);
    await stateOf(works, 8.5, 'offline', 3000, 40);
    const downtime = {
      machine_id: works.machineIds[0],
      started_at: at(shiftAt + 3 * hourMs),
      ended_at: at(shiftAt + 4 * hourMs),
    };
    await works.ground.insert('equipment.downtime_events', { ...downtime, reason_code: 'PM' });
    await refreshAll(shiftAt + 20 * hourMs);
    const [row] = await shiftRow(works);
    // 8.5 h of shift less 1 h of maintenance and 7.5/8.5 of the 30 min of break; 4.5 h running; 1 s an item.
    const brk = (30 * 7.5) / 8.5;
    const busy = 450 - brk;
    expect(row).toMatchObject({
      scheduled: '510.0000000000000000',
      stopped: '60.0000000000000000',
      produced: '9040',
      good: '8900',
    });
    expect(Number(row?.['busy'])).toBeCloseTo(busy, 3);
    expect(Number(row?.['running'])).toBe(270);
    expect(row?.['availability']).toBeCloseTo(270 / busy, 6);
    expect(row?.['effectiveness']).toBeCloseTo(9040 / 16_200, 9);
    expect(row?.['quality']).toBeCloseTo(8900 / 9040, 9);
    expect(row?.['oee']).toBeCloseTo(8900 / 60 / busy, 6);
  });
});

test('MTBF counts hours of running, not of the calendar; a stop without a reason is no failure until it has one', async () => {
  await inWorks(async (works) => {
    await stateOf(works, 0, 'running');
    await stateOf(works, 10, 'down');
    await stateOf(works, 12, 'running');
    await stateOf(works, 16, 'offline');
    const stop = (hours: number, until: number | null, reason: string | null) =>
      works.ground.insert('equipment.downtime_events', {
        machine_id: works.machineIds[0],
        started_at: at(shiftAt + hours * hourMs),
        ended_at: until === null ? null : at(shiftAt + until * hourMs),
        reason_code: reason,
      });
    await stop(10, 12, 'BROKEN');
    const later = await stop(16, null, null);
    await stop(5, 5.5, 'PM');
    const found = async () =>
      rowsOf(
        `SELECT operating_time_ms / 3600000 AS hours, failure_count AS failures, mean_time_between_failures_ms / 3600000 AS mtbf,
                mean_time_to_repair_ms / 3600000 AS mttr
         FROM analytics.reliability WHERE machine_id = $1`,
        [works.machineIds[0]],
      );
    await refreshAll(shiftAt + 72 * hourMs);
    expect(await found()).toEqual([{ hours: '14', failures: 1, mtbf: 14, mttr: 2 }]);
    await owner.query(`UPDATE equipment.downtime_events SET reason_code = 'BROKEN' WHERE id = $1`, [later]);
    await refreshAll(shiftAt + 72 * hourMs);
    expect(await found()).toEqual([{ hours: '14', failures: 2, mtbf: 7, mttr: 2 }]);
  });
});

describe('spread of measurements', () => {
  const spread = (values: readonly (readonly [number, number | null])[], characteristic: 0 | 1) =>
    inWorks(async (works) => {
      for (const [index, [value, subgroup]] of values.entries()) {
        await works.ground.insert('quality.measurements', {
          operation_id: works.operationIds[0],
          characteristic_id: works.characteristicIds[characteristic],
          source: 'typed',
          user_id: works.ground.userId,
          at: at(shiftAt + index * minuteMs),
          value,
          subgroup,
          inside: value >= 9 && value <= 11,
        });
      }
      await refreshAll(shiftAt + 24 * hourMs);
      const [row] = await rowsOf<Record<string, number>>(
        `SELECT *, subgroup_count::float8 FROM analytics.daily_spc WHERE characteristic_id = $1`,
        [works.characteristicIds[characteristic]],
      );
      return row ?? {};
    });
  const sixInTwo = [10, 10.2, 10.4, 9.9, 10.5, 10.2].map((value) => [value, null] as const);

  test('R-bar over d2 on a chart of mean and range', async () => {
    const row = await spread(sixInTwo, 0);
    const sigma = (0.4 + 0.6) / 2 / 1.693;
    expect(row).toMatchObject({ sigma_method: 'range', subgroup_count: 2, outside_count: 0 });
    expect(row['sigma_within']).toBeCloseTo(sigma, 12);
    expect(row['mean']).toBeCloseTo(10.2, 12);
    expect(row['cp']).toBeCloseTo(2 / (6 * sigma), 9);
    expect(row['cpk']).toBeCloseTo(0.8 / (3 * sigma), 9);
    const overall = Math.sqrt((0.04 + 0 + 0.04 + 0.09 + 0.09 + 0) / 5);
    expect(row['sigma_overall']).toBeCloseTo(overall, 12);
    expect(row['pp']).toBeCloseTo(2 / (6 * overall), 9);
    expect(row['ppk']).toBeCloseTo(0.8 / (3 * overall), 9);
  });

  test('pooled where subgroups are numbered, moving range where each stands alone', async () => {
    const pooled = await spread(
      [
        [10, 1],
        [10.2, 1],
        [10.1, 2],
        [10.7, 2],
        [10.4, 2],
      ],
      1,
    );
    expect(pooled['sigma_method']).toBe('pooled');
    expect(pooled['sigma_within']).toBeCloseTo(Math.sqrt((0.02 + 0.18) / 3), 12);
    const moving = await spread(
      [
        [10, null],
        [10.3, null],
        [10.1, null],
      ],
      1,
    );
    expect(moving['sigma_method']).toBe('moving_range');
    expect(moving['sigma_within']).toBeCloseTo(0.25 / 1.128, 12);
  });
});

test('a plant that changes its shifts changes its days from today on', async () => {
  await inWorks(async (works) => {
    const [clock] = await rowsOf<{ now: Date; today: string; before: string }>(
      `SELECT now(), ((now() AT TIME ZONE 'Pacific/Auckland')::date)::text AS today, ((now() AT TIME ZONE 'Pacific/Auckland')::date - 7)::text AS before`,
      [],
    );
    const now = clock?.now.getTime() ?? 0;
    await works.ground.insert('equipment.status_history', {
      machine_id: works.machineIds[0],
      state: 'running',
      at: at(now - 10 * 24 * hourMs),
    });
    // As if the day were over: its shift has ended.
    await refreshAll(now + 48 * hourMs);
    await owner.query(`UPDATE production.shifts SET ends_at = '10:00' WHERE plant_id = $1 AND code = 'DAY'`, [
      works.ground.plantId,
    ]);
    await refreshAll(now + 48 * hourMs);
    const minutes = async (day: string) =>
      (await shiftRow(works, day)).map((row) => Number(row['scheduled']));
    expect(await minutes(clock?.before ?? '')).toEqual([510]);
    expect(await minutes(clock?.today ?? '')).toEqual([240]);
  });
});

test('a row whose raw rows went with their retention stands; a late row does not undo it', async () => {
  await inWorks(async (works) => {
    await stateOf(works, 0, 'running');
    await stateOf(works, 4, 'idle');
    await refreshAll(shiftAt + 24 * hourMs);
    const before = await shiftRow(works);
    await owner.query('ALTER TABLE equipment.status_history DISABLE TRIGGER USER');
    await owner.query('DELETE FROM equipment.status_history WHERE machine_id = $1', [works.machineIds[0]]);
    await owner.query('ALTER TABLE equipment.status_history ENABLE TRIGGER USER');
    await stateOf(works, 6, 'down');
    await owner.query(
      `UPDATE app.table_rules SET retention = '2 months' WHERE target = 'equipment.status_history'::regclass`,
    );
    await refreshAll(shiftAt + 120 * 24 * hourMs);
    expect(await shiftRow(works)).toEqual(before);
  });
}, 120_000);

test('what is as it should be is not written again', async () => {
  await inWorks(async (works) => {
    await stateOf(works, 0, 'running', 0);
    await stateOf(works, 4, 'idle', 50);
    await refreshAll(shiftAt + 24 * hourMs);
    const places = () => rowsOf('SELECT ctid, day FROM analytics.daily_oee ORDER BY 1', []);
    const before = await places();
    expect(before.length).toBeGreaterThan(0);
    await owner.query(`SELECT analytics.note_everything('daily_oee')`);
    expect(await refresh(shiftAt + 24 * hourMs)).toBeGreaterThan(0);
    expect(await places()).toEqual(before);
  });
});

test('rows that came in with triggers off are found again', async () => {
  await inWorks(async (works) => {
    await refreshAll(shiftAt + 24 * hourMs);
    await owner.query('SET LOCAL session_replication_role = replica');
    await works.ground.insert('production.logs', {
      operation_id: works.operationIds[0],
      event: 'report',
      good_quantity: 5,
      user_id: works.ground.userId,
      at: at(shiftAt),
    });
    await owner.query('SET LOCAL session_replication_role = origin');
    await refreshAll(shiftAt + 24 * hourMs);
    expect(await rowsOf('SELECT FROM analytics.daily_production', [])).toHaveLength(0);
    await owner.query('SELECT analytics.note_everything(name) FROM analytics.rollups');
    await refreshAll(shiftAt + 24 * hourMs);
    expect(await rowsOf('SELECT good_quantity FROM analytics.daily_production', [])).toEqual([
      { good_quantity: '5' },
    ]);
  });
});

describe('several at once', () => {
  let works: Works;
  let other: pg.Client;
  beforeAll(async () => {
    works = await buildWorks(owner, 'TOGETHER');
    other = await connect(database.ownerUrl);
  });
  afterAll(() => other.end());
  const log = (client: pg.Client, minutes: number) =>
    client.query(
      `INSERT INTO production.logs (organization_id, id, plant_id, operation_id, event, good_quantity, user_id, at)
       VALUES ($1, app.uuidv7(), $2, $3, 'report', 1, $4, $5)`,
      [
        works.ground.organizationId,
        works.ground.plantId,
        works.operationIds[0],
        works.ground.userId,
        at(shiftAt + minutes * minuteMs),
      ],
    );
  const made = async () =>
    (
      await rowsOf<{ good: string }>(
        'SELECT coalesce(sum(good_quantity), 0) AS good FROM analytics.daily_production WHERE organization_id = $1',
        [works.ground.organizationId],
      )
    )[0]?.good;

  test('a row that commits after the refresh has looked is in the next one', async () => {
    await log(owner, 0);
    await other.query('BEGIN');
    await log(other, 1);
    await refreshAll(shiftAt + 24 * hourMs);
    expect(await made()).toBe('1');
    await other.query('COMMIT');
    await refreshAll(shiftAt + 24 * hourMs);
    expect(await made()).toBe('2');
  });

  test('writers do not wait for each other, nor for a refresh', async () => {
    await owner.query('BEGIN');
    await log(owner, 2);
    await refreshAll(shiftAt + 24 * hourMs);
    await other.query(`SET statement_timeout = '5s'`);
    await log(other, 3);
    await owner.query('COMMIT');
    await refreshAll(shiftAt + 24 * hourMs);
    expect(await made()).toBe('4');
  });

  test('a rollup that somebody refreshes is passed over, and done later', async () => {
    await log(owner, 4);
    await other.query('BEGIN');
    await other.query('SELECT analytics.refresh_as_of(100, $1)', [at(shiftAt + 24 * hourMs)]);
    await log(owner, 5);
    await refresh(shiftAt + 24 * hourMs);
    expect(await made()).toBe('4');
    await other.query('COMMIT');
    await refreshAll(shiftAt + 24 * hourMs);
    expect(await made()).toBe('6');
  });

  test('refreshes among writers leave every rollup right', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => connect(database.ownerUrl)));
    await Promise.all(
      clients.map(async (client, index) => {
        for (let round = 0; round < 8; round++) {
          if (index % 2 === 0) await log(client, 10 + index + round * 90);
          else
            await client.query('SELECT analytics.refresh_as_of(50, $1)', [
              at(shiftAt + (24 + round) * hourMs),
            ]);
        }
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    await refreshAll(shiftAt + 48 * hourMs);
    expect(await made()).toBe('30');
    expect(await differences(works, shiftAt + 48 * hourMs)).toEqual({});
  });

  test('an older view of the data is refused', async () => {
    await owner.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const answer = await refresh(shiftAt).catch((error: unknown) => error);
    await owner.query('ROLLBACK');
    expect(answer).toMatchObject({ code: '25001' });
  });
});

describe('who sees what', () => {
  let works: Works;
  let desk: pg.Client;
  let administrator: Person;
  let operator: Person;
  /** By a person whose home is the other plant. */
  const log = () =>
    works.ground.insert('production.logs', {
      operation_id: works.operationIds[0],
      event: 'report',
      good_quantity: 1,
      user_id: works.userIds[1],
      at: at(shiftAt),
    });
  beforeAll(async () => {
    works = await buildWorks(owner, 'SEEN');
    desk = await connect(database.appUrl);
    const { organizationId, plantId, otherPlantId } = works.ground;
    administrator = await addPerson(
      owner,
      organizationId,
      ['admin:read', 'report:write'],
      [plantId, otherPlantId],
    );
    operator = await addPerson(owner, organizationId, ['production:report', 'report:write'], [otherPlantId]);
    await log();
    await refreshAll(shiftAt + 24 * hourMs);
  });
  afterAll(() => desk.end());
  const as = <T extends pg.QueryResultRow>(
    person: Person,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> => actAs(desk, person, async () => (await desk.query<T>(sql, [...values])).rows);

  test('rollups of the plants that one may read, and activity of people for administrators', async () => {
    expect(await as(administrator, 'SELECT FROM analytics.daily_production')).toHaveLength(1);
    expect(await as(operator, 'SELECT FROM analytics.daily_production')).toHaveLength(0);
    expect((await as(administrator, 'SELECT FROM analytics.user_activity')).length).toBeGreaterThan(0);
    expect(await as(operator, 'SELECT FROM analytics.user_activity')).toHaveLength(0);
    expect((await as(operator, 'SELECT FROM analytics.dates LIMIT 1')).length).toBe(1);
  });

  test('a desk refreshes, and writes rollups in no other way', async () => {
    expect(await as(operator, 'SELECT analytics.refresh(10) AS done')).toHaveLength(1);
    const refused = { code: '42501' };
    for (const sql of [
      'UPDATE analytics.daily_production SET good_quantity = 0',
      'DELETE FROM analytics.daily_oee',
      'SELECT FROM analytics.dirty',
      `SELECT analytics.refresh_as_of(1, '2000-01-01')`,
      `SELECT analytics.note_everything('daily_oee')`,
    ]) {
      await expect(as(administrator, sql)).rejects.toMatchObject(refused);
    }
  });

  test('a table of the caller that is named like the catalogue misleads no refresh', async () => {
    await log();
    await actAs(desk, operator, async () => {
      await desk.query(`CREATE TEMPORARY TABLE pg_index ON COMMIT DROP AS SELECT * FROM pg_catalog.pg_index`);
      await desk.query(`CREATE TEMPORARY TABLE pg_attribute (attname text) ON COMMIT DROP`);
      const { rows } = await desk.query<{ done: number }>('SELECT analytics.refresh(100) AS done');
      expect(rows[0]?.done).toBeGreaterThan(0);
    });
  });

  test('checks of the data are for administrators, and look no further than they may', async () => {
    await expect(as(operator, 'SELECT * FROM analytics.check_data_quality()')).rejects.toMatchObject({
      code: '42501',
    });
    const found = await as<{ check_name: string; problem_count: string }>(
      administrator,
      `SELECT check_name, problem_count FROM analytics.check_data_quality('2026-01-01')`,
    );
    expect(found.length).toBeGreaterThan(15);
    const differing = found.find(({ check_name }) => check_name === 'quantities_differ');
    expect(differing?.problem_count).toBe('0');
  });

  test('a dashboard of one person is theirs, and its widgets have a place', async () => {
    const values = (layout: unknown, personId: string | null) => [
      works.ground.organizationId,
      JSON.stringify(layout),
      personId,
    ];
    const add = `INSERT INTO analytics.dashboards (organization_id, id, code, name, layout, owner_id)
      VALUES ($1, app.uuidv7(), 'd' || substr(md5(random()::text), 1, 8), 'Mine', $2, $3)`;
    const widget = { kind: 'oee', x: 0, y: 0, width: 4, height: 2 };
    await as(administrator, add, values({ widgets: [widget] }, administrator.id));
    expect(await as(administrator, 'SELECT FROM analytics.dashboards')).toHaveLength(1);
    expect(await as(operator, 'SELECT FROM analytics.dashboards')).toHaveLength(0);
    for (const wrong of [
      {},
      { widgets: {} },
      { widgets: [{ ...widget, width: 0 }] },
      { widgets: [{ x: 1 }] },
    ]) {
      await expect(as(administrator, add, values(wrong, null))).rejects.toMatchObject({ code: '23514' });
    }
  });

  test('a report is seen by whom it is for, and is not complete without its file', async () => {
    const definition = await works.ground.insert('analytics.report_definitions', {
      plant_id: null,
      code: 'oee',
      name: 'OEE',
      kind: 'oee',
    });
    const add = `INSERT INTO analytics.report_runs (organization_id, id, report_definition_id, title, format, requested_by, readers, status)
      VALUES ($1, app.uuidv7(), $2, 'OEE of the week', 'pdf', $3, $4, $5)`;
    const { organizationId } = works.ground;
    await as(operator, add, [organizationId, definition, operator.id, '{}', 'queued']);
    expect(await as(operator, 'SELECT FROM analytics.report_runs')).toHaveLength(1);
    expect(await as(administrator, 'SELECT FROM analytics.report_runs')).toHaveLength(1);
    await as(administrator, add, [organizationId, definition, administrator.id, '{}', 'queued']);
    expect(await as(operator, 'SELECT FROM analytics.report_runs')).toHaveLength(1);
    await expect(
      as(operator, add, [organizationId, definition, administrator.id, null, 'queued']),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      as(operator, add, [organizationId, definition, operator.id, null, 'completed']),
    ).rejects.toMatchObject({ code: '23514' });
  });
});

test('each check finds what it is there for, and nothing in works that are in order', async () => {
  await inWorks(async (works) => {
    const { ground } = works;
    const since = at(firstAt - 24 * hourMs);
    const person = await addPerson(
      owner,
      ground.organizationId,
      ['admin:read'],
      [ground.plantId, ground.otherPlantId],
    );
    const asAdministrator = async <T extends pg.QueryResultRow>(sql: string): Promise<T[]> => {
      await owner.query('SET LOCAL ROLE lanewright_app');
      await owner.query('SELECT identity.begin($1)', [person.token]);
      const rows = await rowsOf<T>(sql, [since]);
      await owner.query('RESET ROLE');
      return rows;
    };
    const failed = async () =>
      (
        await asAdministrator<{ check_name: string }>(
          'SELECT check_name FROM analytics.check_data_quality($1) WHERE NOT passed ORDER BY 1',
        )
      ).map(({ check_name }) => check_name);
    expect(await failed()).toEqual([]);
    const machine = { machine_id: works.machineIds[0] };
    await ground.insert('production.shifts', {
      code: 'LATE',
      name: 'Late',
      starts_at: '14:00',
      ends_at: '20:00',
      weekdays: [1],
    });
    await owner.query(`UPDATE production.lanes SET shift_codes = '{DAY,NIGHT,LATE}' WHERE id = $1`, [
      ground.laneId,
    ]);
    await stateOf(works, 0, 'running', 100);
    await stateOf(works, 1, 'running', 90_000);
    await stateOf(works, 2, 'running', 50);
    await stateOf(works, 24 * 365, 'idle');
    await ground.insert('equipment.downtime_events', { ...machine, started_at: at(shiftAt - hourMs) });
    const log = { operation_id: works.operationIds[0], user_id: ground.userId };
    await ground.insert('production.logs', { ...log, event: 'pause', at: at(shiftAt) });
    await ground.insert('production.logs', {
      ...log,
      event: 'start',
      at: at(shiftAt + hourMs),
      good_quantity: 3,
    });
    await owner.query('UPDATE production.operations SET started_at = $2 WHERE id = $1', [
      works.operationIds[0],
      at(shiftAt),
    ]);
    const planned = { lane_id: ground.laneId, starts_at: at(shiftAt), ends_at: at(shiftAt + 2 * hourMs) };
    await owner.query(
      'UPDATE production.operations SET lane_id = $2, starts_at = $3, ends_at = $4 WHERE organization_id = $1',
      [ground.organizationId, planned.lane_id, planned.starts_at, planned.ends_at],
    );
    const judged = await ground.insert('quality.characteristics', {
      material_id: ground.materialId,
      operation_number: 10,
      code: 'V1',
      name: 'Colour',
      unit: '1',
      kind: 'visual',
    });
    const measurement = {
      operation_id: works.operationIds[0],
      source: 'typed',
      user_id: ground.userId,
      at: at(shiftAt),
    };
    await ground.insert('quality.measurements', {
      ...measurement,
      characteristic_id: judged,
      value: 7.5,
      inside: true,
    });
    await ground.insert('quality.measurements', {
      ...measurement,
      characteristic_id: works.characteristicIds[0],
      value: 99,
      inside: true,
    });
    await owner.query('DELETE FROM equipment.machine_versions WHERE machine_id = $1', [works.machineIds[1]]);
    await owner.query('DELETE FROM material.material_versions WHERE organization_id = $1', [
      ground.organizationId,
    ]);
    await owner.query(
      `UPDATE analytics.dirty SET noted_at = now() - interval '1 hour' WHERE organization_id = $1`,
      [ground.organizationId],
    );
    expect(await failed()).toContain('rollups_late');
    await ground.insert('trace.lots', {
      number: 'LOT-1',
      material_id: ground.materialId,
      quantity: 1,
      unit: 'pcs',
      status: 'active',
      made_at: at(shiftAt),
      expires_at: at(shiftAt + hourMs),
    });
    await owner.query('UPDATE equipment.sensors SET upper_limit = 100 WHERE organization_id = $1', [
      ground.organizationId,
    ]);
    await owner.query(
      `INSERT INTO equipment.sensor_readings (organization_id, plant_id, sensor_no, at, value) VALUES ($1, $2, $3, $4, 900)`,
      [ground.organizationId, ground.plantId, ground.sensorNo, at(shiftAt)],
    );
    await refreshAll(shiftAt + 72 * hourMs);
    expect(await failed()).toEqual([
      'counters_backwards',
      'downtimes_unclosed',
      'downtimes_without_reason',
      'effectiveness_above_one',
      'facts_without_version',
      'judgements_contradict_limits',
      'lots_expired',
      'measurements_without_limits',
      'oee_out_of_range',
      'operations_left_running',
      'plan_overlaps',
      'quantities_differ',
      'recorded_before_it_happened',
      'sensors_implausible',
      'shifts_overlap',
      'stops_without_start',
      'times_in_future',
      'versions_missing',
    ]);
    const [sample] = await asAdministrator(
      `SELECT samples, problem_count FROM analytics.check_data_quality($1) WHERE check_name = 'counters_backwards'`,
    );
    expect(sample).toMatchObject({
      problem_count: '1',
      samples: [{ good_count: 50, counted_before: 90_000 }],
    });
  });
});
