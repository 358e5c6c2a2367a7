/** What packing a day of readings saves, costs, and costs those who read them: beside the rows that it replaces. */
import pg from 'pg';
import { layGround } from '#main/store/postgres/ground.fixture';
import { createTestDatabase, startTestPostgres } from '../support/postgres.ts';
import type { Bench, Figure } from './figure.ts';
import { median } from './statistics.ts';

const mebibyte = 1024 * 1024;
const reads = 15;

/** Sensors that are read at one interval for a day: as plants have them. */
const rhythms = [
  { name: 'second', intervalS: 1, sensors: 6, daysAgo: 40 },
  { name: 'minute', intervalS: 60, sensors: 300, daysAgo: 50 },
] as const;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  await work();
  return performance.now() - begunAt;
}

async function one(owner: pg.Client, text: string, values: unknown[] = []): Promise<number> {
  const { rows } = await owner.query<{ value: number }>(text, values);
  return Number(rows[0]?.value);
}

const archiveBytes = `SELECT sum(pg_total_relation_size(part)) AS value FROM app.partitions_of('equipment.sensor_archive')`;

async function measure(
  owner: pg.Client,
  { name, intervalS, sensors, daysAgo }: (typeof rhythms)[number],
): Promise<readonly Figure[]> {
  const ground = await layGround(owner, `PACK-${name.toUpperCase()}`);
  const day = new Date(Math.floor(Date.now() / 86_400_000 - daysAgo) * 86_400_000);
  const raw = `equipment.sensor_readings_${day.toISOString().slice(0, 10).replaceAll('-', '_')}`;
  await owner.query('SELECT app.maintain_partitions($1)', [day]);
  await owner.query(
    `INSERT INTO equipment.sensors (organization_id, id, plant_id, code, name, kind, metric)
     SELECT $1, app.uuidv7(), $2, 'B-' || n, 'Bench', 'thermocouple', 'temperature' FROM generate_series(1, $3) AS n`,
    [ground.organizationId, ground.plantId, sensors],
  );
  // As they come: sensor beside sensor, with the jitter of a clock and the noise of a value that does not compress.
  await owner.query(
    `INSERT INTO equipment.sensor_readings (organization_id, plant_id, sensor_no, at, value)
     SELECT s.organization_id, s.plant_id, s.sensor_no,
            $2::timestamptz + t * interval '1 second' + random() * interval '20 milliseconds',
            20 + sin(t / 5000.0) + random() / 10
     FROM generate_series(0, 86399, $3::integer) AS t,
          (SELECT * FROM equipment.sensors WHERE organization_id = $1 AND code LIKE 'B-%') AS s`,
    [ground.organizationId, day, intervalS],
  );
  await owner.query(`VACUUM ANALYZE ${raw}`);
  const readings = await one(owner, `SELECT count(*) AS value FROM ${raw}`);
  const rawBytes = await one(owner, 'SELECT pg_total_relation_size($1::regclass) AS value', [raw]);
  const sensorNo = await one(
    owner,
    `SELECT min(sensor_no) AS value FROM equipment.sensors WHERE organization_id = $1 AND code LIKE 'B-%'`,
    [ground.organizationId],
  );
  const until = new Date(day.getTime() + 86_400_000);
  const read = async () => {
    const took: number[] = [];
    for (let run = 0; run < reads; run += 1) {
      took.push(
        await timed(() =>
          owner.query(
            `SELECT count(*), sum(value) FROM equipment.readings
             WHERE organization_id = $1 AND sensor_no = $2 AND hour_at >= $3 AND hour_at < $4 AND at >= $3 AND at < $4`,
            [ground.organizationId, sensorNo, day, until],
          ),
        ),
      );
    }
    return median(took);
  };
  const readRaw = await read();
  const deleting = await timed(async () => {
    await owner.query('BEGIN');
    await owner.query(`DELETE FROM ${raw}`);
    await owner.query('ROLLBACK');
  });
  const bytesBefore = await one(owner, archiveBytes);
  const packing = await timed(async () => {
    const packed = await one(owner, 'SELECT equipment.pack_sensor_readings($1, $2) AS value', [raw, until]);
    if (packed !== readings) throw new Error(`${packed} of ${readings} readings were packed`);
  });
  const packedBytes = (await one(owner, archiveBytes)) - bytesBefore;
  await owner.query('ANALYZE equipment.sensor_archive');
  const readPacked = await read();
  const perMillion = 1_000_000 / readings;
  return [
    {
      figure: `packing.${name}.size`,
      value: packedBytes / mebibyte,
      unit: 'MiB',
      floor: rawBytes / mebibyte,
      floorIs: 'the rows that it replaces, with their indexes',
      notes: [
        `${readings} readings, one each ${name}: ${(packedBytes / readings).toFixed(1)} bytes each, ` +
          `${(100 - (100 * packedBytes) / rawBytes).toFixed(1)} % saved`,
      ],
    },
    {
      figure: `packing.${name}.time`,
      value: packing * perMillion,
      unit: 'ms',
      floor: deleting * perMillion,
      floorIs: 'deleting the rows alone; both for 1,000,000 readings',
    },
    {
      figure: `packing.${name}.read`,
      value: readPacked,
      unit: 'ms',
      floor: readRaw,
      floorIs: 'the same day of one sensor before it was packed; both through the view',
    },
  ];
}

export const packing: Bench = {
  name: 'packing',
  measures: 'a day of sensor readings, packed',
  async run(say) {
    const server = await startTestPostgres();
    const database = await createTestDatabase();
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    try {
      const figures: Figure[] = [];
      for (const rhythm of rhythms) {
        say(`    ${rhythm.sensors} sensors, a reading each ${rhythm.name} …`);
        figures.push(...(await measure(owner, rhythm)));
      }
      return figures;
    } finally {
      await owner.end();
      await database.drop();
      await server.stop();
    }
  },
};
