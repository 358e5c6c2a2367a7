import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { layGround, openSession } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let database: TestDatabase;
let owner: pg.Client;
let ground: Ground;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connect(database.ownerUrl);
  ground = await layGround(owner);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

interface Step {
  table_name: string;
  action: string;
  part: string | null;
  row_count: number | null;
  detail: string | null;
}

/** What the care of partitions did, of the tables named. */
async function care(at?: Date, client = owner): Promise<readonly Step[]> {
  const { rows } = await client.query<Step>(
    `SELECT table_name, action, part, row_count::integer, detail FROM app.maintain_partitions(${at ? '$1' : ''})`,
    at ? [at] : [],
  );
  return rows;
}
const of = (steps: readonly Step[], table: string) =>
  steps
    .filter(({ table_name }) => table_name === table)
    .map(({ action, part, row_count }) => [action, part, row_count]);

/** In which partition each row of a condition stands. */
async function places(table: string, where: string, values: unknown[] = []): Promise<readonly string[]> {
  const { rows } = await owner.query<{ place: string }>(
    `SELECT tableoid::regclass::text AS place FROM ${table} WHERE ${where} ORDER BY 1`,
    values,
  );
  return rows.map(({ place }) => place);
}
const month = (at: Date) => at.toISOString().slice(0, 7).replace('-', '_');
const monthsFromNow = (months: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 15, 12));
};
const stop = (started_at: Date, hours = 1) =>
  ground.insert('equipment.downtime_events', {
    machine_id: ground.machineId,
    started_at,
    ended_at: new Date(started_at.getTime() + hours * hourMs),
  });
const state = (at: Date) =>
  ground.insert('equipment.status_history', { machine_id: ground.machineId, state: 'idle', at });

describe('the care of partitions', () => {
  beforeEach(async () => void (await care()));

  test('makes what a day and the three months after it need, and does nothing twice', async () => {
    const then = monthsFromNow(100);
    const made = of(await care(then), 'equipment.status_history');
    expect(made).toEqual(
      [0, 1, 2, 3].map((ahead) => [
        'made',
        `equipment.status_history_${month(monthsFromNow(100 + ahead))}`,
        0,
      ]),
    );
    expect(await care(then)).toEqual([]);
  });

  test('guards a new partition as the others are', async () => {
    const then = monthsFromNow(110);
    await care(then);
    for (const part of ['default', month(new Date()), month(then)]) {
      await expect(owner.query(`TRUNCATE audit.log_${part}`)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('run late, finds what waited in the default partition and tells nobody that it moved', async () => {
    const far = monthsFromNow(8);
    const id = await stop(far);
    expect(await places('equipment.downtime_events', 'id = $1', [id])).toEqual([
      'equipment.downtime_events_default',
    ]);
    const changes = async () => (await owner.query('SELECT FROM app.changes')).rowCount;
    const triggers = async () =>
      (
        await owner.query(
          `SELECT tgname, tgenabled FROM pg_trigger
           WHERE tgrelid = 'equipment.downtime_events_default'::regclass AND NOT tgisinternal ORDER BY 1`,
        )
      ).rows;
    const [changesBefore, triggersBefore] = [await changes(), await triggers()];
    const place = `equipment.downtime_events_${month(far)}`;
    expect(of(await care(far), 'equipment.downtime_events')).toContainEqual(['made', place, 1]);
    expect(await places('equipment.downtime_events', 'id = $1', [id])).toEqual([place]);
    expect(await changes()).toBe(changesBefore);
    expect(await triggers()).toEqual(triggersBefore);
    // It still stands in the way of another.
    await expect(stop(far)).rejects.toMatchObject({ code: '23P01' });
    await expect(stop(new Date(far.getTime() - hourMs / 2))).rejects.toMatchObject({ code: '23P01' });
  });

  test('gives a late row of a missing month its partition', async () => {
    const late = monthsFromNow(-14);
    const id = await state(late);
    expect(await places('equipment.status_history', 'id = $1', [id])).toEqual([
      'equipment.status_history_default',
    ]);
    const place = `equipment.status_history_${month(late)}`;
    expect(of(await care(), 'equipment.status_history')).toEqual([['made', place, 1]]);
    expect(await places('equipment.status_history', 'id = $1', [id])).toEqual([place]);
  });

  test('drops what is past retention, by the clock: never by the time it is asked for', async () => {
    const past = monthsFromNow(-30);
    await care(past);
    const old = await stop(past);
    const young = await stop(monthsFromNow(-2));
    const place = `equipment.downtime_events_${month(past)}`;
    expect(await places('equipment.downtime_events', 'id = $1', [old])).toEqual([place]);
    await care(monthsFromNow(600));
    expect(await places('equipment.downtime_events', 'id = $1', [young])).toHaveLength(1);
    await care(past);
    const again = await stop(new Date(past.getTime() + dayMs));
    expect(of(await care(), 'equipment.downtime_events')).toContainEqual(['dropped', place, null]);
    expect(await places('equipment.downtime_events', 'id = ANY($1)', [[old, again]])).toEqual([]);
    const { rows } = await owner.query('SELECT FROM equipment.downtime_spans WHERE id = ANY($1)', [
      [old, again],
    ]);
    expect(rows).toEqual([]);
  });

  test('keeps a row that comes after its time until the next run', async () => {
    const id = await stop(monthsFromNow(-40));
    expect(await places('equipment.downtime_events', 'id = $1', [id])).toEqual([
      'equipment.downtime_events_default',
    ]);
    expect(of(await care(), 'equipment.downtime_events')).toEqual([
      ['expired', 'equipment.downtime_events_default', 1],
    ]);
    expect(await places('equipment.downtime_events', 'id = $1', [id])).toEqual([]);
    await stop(monthsFromNow(-40));
  });

  test('is left to the one who began it first', async () => {
    const other = await connect(database.ownerUrl);
    try {
      await other.query('BEGIN');
      await care(undefined, other);
      expect((await care()).map(({ action }) => action)).toEqual(['left to another']);
      await other.query('COMMIT');
      expect(await care()).toEqual([]);
    } finally {
      await other.end();
    }
  });

  test('of a table that is locked waits for the next run; the others are cared for', async () => {
    const late = monthsFromNow(-15);
    const [event, history] = [await stop(late), await state(late)];
    const other = await connect(database.ownerUrl);
    try {
      await other.query('BEGIN');
      await other.query('LOCK TABLE equipment.downtime_events_default IN ACCESS SHARE MODE');
      const steps = await care();
      expect(of(steps, 'equipment.downtime_events')).toEqual([['busy', null, null]]);
      expect(of(steps, 'equipment.status_history')).toHaveLength(1);
      await other.query('COMMIT');
    } finally {
      await other.end();
    }
    expect(await places('equipment.status_history', 'id = $1', [history])).toEqual([
      `equipment.status_history_${month(late)}`,
    ]);
    await care();
    expect(await places('equipment.downtime_events', 'id = $1', [event])).toEqual([
      `equipment.downtime_events_${month(late)}`,
    ]);
  });
});

describe('packed readings', () => {
  /** The beginning of the day some days ago, UTC. */
  const day = (daysAgo: number) => Math.floor(Date.now() / dayMs) * dayMs - daysAgo * dayMs;

  /** All readings as anybody reads them, values by their bits. */
  const readings = async (from: number, to: number) => {
    const { rows } = await owner.query<{ bits: string }>(
      `SELECT sensor_no, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS at,
              encode(float8send(value), 'hex') AS bits, quality
       FROM equipment.readings WHERE organization_id = $1 AND at >= $2 AND at < $3
       ORDER BY sensor_no, readings.at`,
      [ground.organizationId, new Date(from), new Date(to)],
    );
    return rows;
  };
  const add = (
    readings: readonly (readonly [string, string | number, number?])[],
    sensorNo = ground.sensorNo,
  ) =>
    owner.query(
      `INSERT INTO equipment.sensor_readings (organization_id, plant_id, sensor_no, at, value, quality)
       SELECT $1, $2, $3, r.at, r.value, r.quality
       FROM unnest($4::timestamptz[], $5::text[]::float8[], $6::smallint[]) AS r(at, value, quality)`,
      [
        ground.organizationId,
        ground.plantId,
        sensorNo,
        readings.map(([at]) => at),
        readings.map(([, value]) => String(value)),
        readings.map(([, , quality]) => quality ?? 0),
      ],
    );
  const at = (time: number, micros = '000') => new Date(time).toISOString().replace('Z', `${micros}Z`);
  const archived = async (from: number) => {
    const { rows } = await owner.query(
      `SELECT readings, qualities FROM equipment.sensor_archive
       WHERE organization_id = $1 AND hour_at >= $2 AND hour_at < $2 + interval '1 hour'`,
      [ground.organizationId, new Date(from)],
    );
    return rows;
  };

  test('are the same bit for bit: not a number, infinities, minus zero, microseconds, gaps and qualities', async () => {
    const from = day(40);
    await care(new Date(from));
    await add([
      [at(from), 'NaN'],
      [at(from, '001'), '-0'],
      [at(from, '002'), '0', 1],
      [at(from + 1), 'Infinity', 2],
      [at(from + 2), '-Infinity'],
      [at(from + 3), '0.1'],
      [at(from + 4), '5e-324'],
      // More microseconds further than 31 bits hold.
      [at(from + hourMs - 1, '999'), '1.7976931348623157e308'],
      [at(from + 5 * hourMs + 59 * 60_000), '21.5'],
      [at(from + dayMs - 1, '999'), '22'],
    ]);
    const before = await readings(from, from + dayMs);
    expect(before).toHaveLength(10);
    const steps = of(await care(), 'equipment.sensor_readings');
    const place = `equipment.sensor_readings_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '_')}`;
    expect(steps).toContainEqual(['packed', place, 10]);
    expect(steps).toContainEqual(['dropped', place, null]);
    expect(await places('equipment.sensor_readings', 'at < $1', [new Date(from + dayMs)])).toEqual([]);
    expect(await readings(from, from + dayMs)).toEqual(before);
    expect(await archived(from)).toEqual([{ readings: 8, qualities: [0, 0, 1, 2, 0, 0, 0, 0] }]);
    expect(await archived(from + 23 * hourMs)).toEqual([{ readings: 1, qualities: null }]);
  });

  test('take in what comes late for a packed hour; of two of one instant the first stays', async () => {
    const from = day(45);
    await add([
      [at(from + 1000), 1],
      [at(from + 3000), 3],
    ]);
    await care();
    await add([
      [at(from), 0, 1],
      [at(from + 2000), 2],
      [at(from + 3000), 33],
      [at(from + 2 * hourMs), 4],
    ]);
    expect(of(await care(), 'equipment.sensor_readings')).toEqual([
      ['packed', 'equipment.sensor_readings_default', 4],
    ]);
    const { rows } = await owner.query(
      'SELECT value, quality FROM equipment.readings WHERE organization_id = $1 AND at >= $2 AND at < $3 ORDER BY at',
      [ground.organizationId, new Date(from), new Date(from + dayMs)],
    );
    expect(rows.map(({ value, quality }) => [value, quality])).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
    expect(await archived(from)).toEqual([{ readings: 4, qualities: [1, 0, 0, 0] }]);
  });

  test('younger ones stay as they are', async () => {
    const from = day(28);
    await add([[at(from), 1]]);
    await care();
    expect(await archived(from)).toEqual([]);
    expect(await places('equipment.sensor_readings', 'at = $1', [new Date(from)])).toEqual([
      `equipment.sensor_readings_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '_')}`,
    ]);
  });

  test('one that is written while its day is packed is in one place, once', async () => {
    const from = day(50);
    await care(new Date(from));
    await add([[at(from), 1]]);
    const other = await connect(database.ownerUrl);
    try {
      await other.query('BEGIN');
      await other.query(
        `INSERT INTO equipment.sensor_readings (organization_id, plant_id, sensor_no, at, value) VALUES ($1, $2, $3, $4, 2)`,
        [ground.organizationId, ground.plantId, ground.sensorNo, at(from + 1000)],
      );
      expect(of(await care(), 'equipment.sensor_readings')).toEqual([['busy', null, null]]);
      expect(await readings(from, from + dayMs)).toHaveLength(1);
      await other.query('COMMIT');
    } finally {
      await other.end();
    }
    await care();
    expect(await readings(from, from + dayMs)).toHaveLength(2);
    expect(await archived(from)).toMatchObject([{ readings: 2 }]);
  });

  test.each([
    ['a second', 1],
    ['a minute', 60],
    ['five minutes', 300],
  ])('take at most a quarter of the room, one each %s', async (_, seconds) => {
    const from = day(60 + seconds);
    const sensor = await owner.query<{ sensor_no: number }>(
      `INSERT INTO equipment.sensors (organization_id, id, plant_id, code, name, kind, metric)
       SELECT $1, app.uuidv7(), $2, 'SIZE-' || $3 || '-' || n, 'Size', 'any', 'any'
       FROM generate_series(1, $4::integer) AS n RETURNING sensor_no`,
      [ground.organizationId, ground.plantId, seconds, seconds === 1 ? 1 : 20],
    );
    await care(new Date(from));
    const raw = `equipment.sensor_readings_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '_')}`;
    await owner.query(
      `INSERT INTO equipment.sensor_readings (organization_id, plant_id, sensor_no, at, value)
       SELECT $1, $2, s, $3::timestamptz + t * interval '1 second' + random() * interval '900 microseconds', 20 + random()
       FROM generate_series(0, 86399, $5::integer) AS t, unnest($4::integer[]) AS s`,
      [
        ground.organizationId,
        ground.plantId,
        new Date(from),
        sensor.rows.map((row) => row.sensor_no),
        seconds,
      ],
    );
    const size = async (relations: string) => {
      const { rows } = await owner.query<{ bytes: number }>(
        `SELECT coalesce(sum(pg_total_relation_size(part)), 0)::float8 AS bytes FROM ${relations}`,
      );
      return rows[0]?.bytes ?? 0;
    };
    const rawBytes = await size(`(VALUES ('${raw}'::regclass)) AS raw(part)`);
    await owner.query('DELETE FROM equipment.sensor_archive WHERE organization_id = $1', [
      ground.organizationId,
    ]);
    await owner.query('VACUUM FULL equipment.sensor_archive');
    const packedBefore = await size(`app.partitions_of('equipment.sensor_archive')`);
    await care();
    const packedBytes = (await size(`app.partitions_of('equipment.sensor_archive')`)) - packedBefore;
    expect(packedBytes / rawBytes).toBeLessThan(0.25);
  });

  test('are read by whoever may read the plant, and by nobody else', async () => {
    const from = day(55);
    await add([[at(from), 7]]);
    await care();
    await add([[at(Date.now()), 8]]);
    const seen = async (plantId: string) => {
      const token = await openSession(owner, ground, plantId);
      const desk = await connect(database.appUrl);
      try {
        await desk.query('BEGIN');
        await desk.query('SELECT identity.begin($1)', [token]);
        const view = await desk.query(
          'SELECT value FROM equipment.readings WHERE value IN (7, 8) ORDER BY value',
        );
        const between = await desk.query(
          'SELECT value FROM equipment.readings_between($1, $2, now()) WHERE value IN (7, 8)',
          [ground.sensorNo, new Date(from)],
        );
        expect(between.rows).toEqual(view.rows);
        return view.rows.map(({ value }) => value);
      } finally {
        await desk.end();
      }
    };
    expect(await seen(ground.plantId)).toEqual([7, 8]);
    expect(await seen(ground.otherPlantId)).toEqual([]);
  });
});
