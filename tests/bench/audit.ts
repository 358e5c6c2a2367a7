/** What the audit log costs a batch of 1,000 inserts: beside the same batch with its triggers off. */
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase, startTestPostgres } from '../support/postgres.ts';
import { fillSmallPlant, tokenOf } from '../support/small-plant.ts';
import type { SmallPlant } from '../support/small-plant.ts';
import type { Bench, Figure } from './figure.ts';
import { quantile } from './statistics.ts';

const batchRows = 1000;
const promisedRatio = 1.3;

/** How the batch comes: in one statement, or as a client that writes a row at a time. Milliseconds with its COMMIT. */
type Writing = (desk: pg.Client, plant: SmallPlant, first: number) => Promise<number>;

const numberOf = (index: number) => `WO-${String(index).padStart(6, '0')}`;

async function transaction(desk: pg.Client, work: () => Promise<void>): Promise<number> {
  const begunAt = performance.now();
  await desk.query('BEGIN');
  await desk.query('SELECT identity.begin($1)', [tokenOf('pumps')]);
  await work();
  await desk.query('COMMIT');
  return performance.now() - begunAt;
}

const inOneStatement: Writing = (desk, plant, first) => {
  const ids = Array.from({ length: batchRows }, () => uuidv7());
  const numbers = ids.map((_, index) => numberOf(first + index));
  return transaction(desk, async () => {
    await desk.query(
      `INSERT INTO production.work_orders (organization_id, id, plant_id, number, material_id, quantity, unit, status, due_at)
       SELECT $1, row.id, $2, row.number, $3, 10, 'pcs', 'released', '2027-01-01' FROM unnest($4::uuid[], $5::text[]) AS row (id, number)`,
      [plant.organizationId, plant.pumps, plant.materials.pump50, ids, numbers],
    );
  });
};

const rowByRow: Writing = (desk, plant, first) =>
  transaction(desk, async () => {
    for (let index = 0; index < batchRows; index += 1) {
      await desk.query({
        name: 'insert-order',
        text: `INSERT INTO production.work_orders (organization_id, id, plant_id, number, material_id, quantity, unit, status, due_at)
               VALUES ($1, $2, $3, $4, $5, 10, 'pcs', 'released', '2027-01-01')`,
        values: [
          plant.organizationId,
          uuidv7(),
          plant.pumps,
          numberOf(first + index),
          plant.materials.pump50,
        ],
      });
    }
  });

export const audit: Bench = {
  name: 'audit',
  measures: 'a batch of 1,000 inserts with the audit log, beside the same without',
  async run(say) {
    const server = await startTestPostgres();
    const database = await createTestDatabase();
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    const desk = new pg.Client({ connectionString: database.appUrl, options: '-c role=lanewright_app' });
    try {
      const plant = await fillSmallPlant(database.ownerUrl);
      await owner.connect();
      await desk.connect();
      let first = 1000;
      const write = async (writing: Writing) => {
        const took = await writing(desk, plant, first);
        first += batchRows;
        return took;
      };
      const measure = async (figure: string, rounds: number, writing: Writing): Promise<Figure> => {
        const samples: { on: number[]; off: number[] } = { on: [], off: [] };
        for (let round = 0; round < rounds; round += 1) {
          for (const state of round % 2 === 0 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
            await owner.query(
              `ALTER TABLE production.work_orders ${state === 'on' ? 'ENABLE' : 'DISABLE'} TRIGGER audit_on_insert`,
            );
            // The first plans anew.
            await write(writing);
            for (let run = 0; run < 3; run += 1) samples[state].push(await write(writing));
          }
        }
        await owner.query('ALTER TABLE production.work_orders ENABLE TRIGGER audit_on_insert');
        // What either costs shows where nothing else got in its way.
        const [value, floor] = [quantile(samples.on, 0.1), quantile(samples.off, 0.1)];
        say(`    ${figure}: x ${(value / floor).toFixed(2)} (promised: at most ${promisedRatio})`);
        return {
          figure,
          value,
          unit: 'ms',
          floor,
          floorIs: 'the same with its audit trigger off',
          notes: [
            `${batchRows} work orders by a signed-in person, with COMMIT; fastest tenth of ${samples.on.length}`,
          ],
        };
      };
      return [
        await measure('audit.one-statement', 10, inOneStatement),
        await measure('audit.row-by-row', 2, rowByRow),
      ];
    } finally {
      await desk.end();
      await owner.end();
      await database.drop();
      await server.stop();
    }
  },
};
