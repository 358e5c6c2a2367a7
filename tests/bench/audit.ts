/** What the audit log costs a batch of 1,000 inserts: beside the same batch with its triggers off. */
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase, startTestPostgres } from '../support/postgres.ts';
import { fillSmallPlant, tokenOf } from '../support/small-plant.ts';
import type { SmallPlant } from '../support/small-plant.ts';
import type { Bench, Figure } from './figure.ts';
import { median } from './statistics.ts';

const batchRows = 1000;
const promisedRatio = 1.3;

/** How the batch comes: in one statement, or as a client that writes a row at a time. Milliseconds with its COMMIT. */
type Writing = (desk: pg.Client, plant: SmallPlant, first: number) => Promise<number>;

const numberOf = (index: number) => `SN-B${String(index).padStart(7, '0')}`;
const columns = 'organization_id, id, plant_id, number, material_id, lot_id, status, made_at';

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
      `INSERT INTO trace.serials (${columns})
       SELECT $1, row.id, $2, row.number, $3, $4, 'in_process', now() FROM unnest($5::uuid[], $6::text[]) AS row (id, number)`,
      [plant.organizationId, plant.pumps, plant.materials.pump50, plant.lots['LOT-PUMP-1'], ids, numbers],
    );
  });
};

const rowByRow: Writing = (desk, plant, first) =>
  transaction(desk, async () => {
    for (let index = 0; index < batchRows; index += 1) {
      await desk.query({
        name: 'insert-serial',
        text: `INSERT INTO trace.serials (${columns}) VALUES ($1, $2, $3, $4, $5, $6, 'in_process', now())`,
        values: [
          plant.organizationId,
          uuidv7(),
          plant.pumps,
          numberOf(first + index),
          plant.materials.pump50,
          plant.lots['LOT-PUMP-1'],
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
        const ratios: number[] = [];
        const audited: number[] = [];
        // A batch is dearer than the one before it, for all the indexes: on, off, off, on takes that out of the comparison.
        for (let round = 0; round < rounds; round += 1) {
          const spent = { on: 0, off: 0 };
          for (const state of ['on', 'off', 'off', 'on'] as const) {
            await owner.query(
              `ALTER TABLE trace.serials ${state === 'on' ? 'ENABLE' : 'DISABLE'} TRIGGER audit_on_insert`,
            );
            // The first plans anew.
            await write(writing);
            for (let run = 0; run < 2; run += 1) spent[state] += (await write(writing)) / 4;
          }
          ratios.push(spent.on / spent.off);
          audited.push(spent.on);
        }
        await owner.query('ALTER TABLE trace.serials ENABLE TRIGGER audit_on_insert');
        const [value, ratio] = [median(audited), median(ratios)];
        say(`    ${figure}: x ${ratio.toFixed(2)} (promised: at most ${promisedRatio})`);
        return {
          figure,
          value,
          unit: 'ms',
          floor: value / ratio,
          floorIs: 'the same with its audit trigger off',
          notes: [
            `${batchRows} serials by a signed-in person, with COMMIT; median ratio of ${rounds} rounds`,
          ],
        };
      };
      return [
        await measure('audit.one-statement', 9, inOneStatement),
        await measure('audit.row-by-row', 3, rowByRow),
      ];
    } finally {
      await desk.end();
      await owner.end();
      await database.drop();
      await server.stop();
    }
  },
};
