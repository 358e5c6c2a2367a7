/** The queries that screens ask most, with row-level security and as the owner with the same condition written out. */
import type { Bench, Figure } from './figure.ts';
import { makeLargePlant } from './large-plant.ts';
import { quantile } from './statistics.ts';

interface Query {
  readonly name: string;
  /** With {scope} where the owner has to say what the policies say by themselves. */
  readonly text: string;
  readonly value?: (n: number) => unknown;
}

const queries: readonly Query[] = [
  {
    name: 'operation by code',
    text: 'SELECT * FROM production.operations t WHERE {scope} code = $1',
    value: (n) => `WO-${100_000 + n}/10`,
  },
  {
    name: 'serial by number',
    text: 'SELECT * FROM trace.serials t WHERE {scope} number = $1',
    value: (n) => `SN-${String(n * 4001).padStart(9, '0')}`,
  },
  {
    name: 'lot by number',
    text: 'SELECT * FROM trace.lots t WHERE {scope} number = $1',
    value: (n) => `LOT-${String(n * 97).padStart(7, '0')}`,
  },
  {
    name: 'work order by number',
    text: 'SELECT * FROM production.work_orders t WHERE {scope} number = $1',
    value: (n) => `WO-${100_000 + n * 7}`,
  },
  {
    name: 'board of a week',
    text: `SELECT * FROM production.operations t WHERE {scope} lane_id IS NOT NULL AND starts_at < now() + $1 * interval '1 day' AND ends_at > now() + ($1 - 1) * interval '1 day' LIMIT 2000`,
    value: (n) => 1 + (n % 7),
  },
  {
    name: 'open operations',
    text: `SELECT * FROM production.operations t WHERE {scope} status IN ('planned', 'ready', 'running', 'paused') ORDER BY starts_at LIMIT $1`,
    value: () => 200,
  },
  {
    name: 'log of an operation',
    text: `SELECT l.* FROM production.logs l JOIN production.operations t ON t.organization_id = l.organization_id AND t.id = l.operation_id WHERE {scope} t.code = $1`,
    value: (n) => `WO-${100_000 + n}/20`,
  },
  {
    name: 'newest log entries',
    text: "SELECT * FROM production.logs t WHERE {scope} at > now() - $1 * interval '1 minute' ORDER BY at DESC LIMIT 100",
    value: () => 60,
  },
  {
    name: 'serials of a lot',
    text: 'SELECT t.* FROM trace.serials t JOIN trace.lots l ON l.organization_id = t.organization_id AND l.id = t.lot_id WHERE {scope} l.number = $1',
    value: (n) => `LOT-${String(n * 97).padStart(7, '0')}`,
  },
  {
    name: 'materials of a list',
    text: 'SELECT * FROM material.materials t WHERE {scope} code >= $1 ORDER BY code LIMIT 100',
    value: (n) => `M-${String(n * 37).padStart(6, '0')}`,
  },
];

const warmUpRounds = 2;
const rounds = 30;

export const rowLevelSecurity: Bench = {
  name: 'row-level-security',
  measures:
    'the ten most used queries on a million rows, p95, beside the same with the condition written out by the owner',
  async run(say) {
    const plant = await makeLargePlant(say);
    try {
      const secured = new Map<string, number[]>();
      const written = new Map<string, number[]>();
      const scope = `t.organization_id = '${plant.organizationId}' AND t.plant_id = ANY (ARRAY['${plant.plantId}'::uuid]) AND`;
      const ask = async (client: typeof plant.owner, query: Query, text: string, round: number) => {
        const into = client === plant.owner ? written : secured;
        for (let n = 0; n < 10; n++) {
          const began = performance.now();
          await client.query({
            name: `${query.name} ${text.length}`,
            text,
            values: [query.value?.(round * 10 + n)],
          });
          const tookMs = performance.now() - began;
          if (round >= warmUpRounds) into.set(query.name, [...(into.get(query.name) ?? []), tookMs]);
        }
      };
      for (let round = 0; round < warmUpRounds + rounds; round++) {
        for (const query of queries) {
          const asDesk = () =>
            plant.asDesk((desk) => ask(desk, query, query.text.replace('{scope}', ''), round));
          const asOwner = () =>
            plant.asOwner((owner) => ask(owner, query, query.text.replace('{scope}', scope), round));
          // In turns, so that what else the machine does meets both; who asks second finds the pages in memory.
          for (const turn of round % 2 === 0 ? [asDesk, asOwner] : [asOwner, asDesk]) await turn();
        }
      }
      const p95 = (of: Map<string, number[]>, name: string) => quantile(of.get(name) ?? [], 0.95);
      const together = (of: Map<string, number[]>) =>
        queries.reduce((sum, { name }) => sum + p95(of, name), 0);
      const figure: Figure = {
        figure: 'row-level-security.p95',
        value: together(secured),
        unit: 'ms',
        floor: together(written),
        floorIs: 'the owner, with the condition written out; sums of ten p95',
        notes: queries.map(({ name }) => {
          const [a, b] = [p95(secured, name), p95(written, name)];
          return `${name}: ${a.toFixed(2)} ms against ${b.toFixed(2)} ms, x ${(a / b).toFixed(2)}`;
        }),
      };
      return [figure];
    } finally {
      await plant.close();
    }
  },
};
