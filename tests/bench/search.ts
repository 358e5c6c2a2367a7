/** `app.search` on a million indexed rows, beside one look-up of a code in the same index. */
import type { Bench } from './figure.ts';
import { makeLargePlant } from './large-plant.ts';
import { quantile } from './statistics.ts';

/** What people type, by kind; each is asked for many different rows. */
const queries: Readonly<Record<string, (n: number) => string>> = {
  'whole code': (n) =>
    `SN-${String(n * 7919)
      .padStart(9, '0')
      .slice(-9)}`,
  'beginning of a code': (n) => `SN-${String(n % 1000).padStart(6, '0')}`,
  'two letters': () => 'SN',
  number: (n) => String((n * 7919) % 850_000),
  'code with a mistake': (n) => `WO-${String(100_000 + ((n * 31) % 50_000)).replace(/\d$/, '')}x`,
  'two words': (n) => `${['pump', 'valve', 'shaft', 'seal'][n % 4]} ${['berlin', 'lyon', 'porto'][n % 3]}`,
  'beginnings, other order': (n) =>
    `${['ber', 'lyo', 'por'][n % 3]} ${['imp', 'hou', 'bea'][n % 3]} ${['ste', 'bra'][n % 2]}`,
  'one word of thousands': (n) => ['pump', 'valve', 'motor', 'steel', 'gdansk'][n % 5] ?? '',
  'mistyped word': (n) => ['impelller', 'housng', 'bering', 'flnage', 'plastc'][n % 5] ?? '',
  'nothing there': (n) => `zzqx ${n}`,
};

export const search: Bench = {
  name: 'search',
  measures: 'app.search over a million entries, p95, within a session',
  async run(say) {
    const plant = await makeLargePlant(say);
    try {
      const { rows } = await plant.owner.query<{ entries: string }>(
        'SELECT count(*) AS entries FROM app.search_entries',
      );
      const all: number[] = [];
      const floor: number[] = [];
      const notes = [`${Number(rows[0]?.entries).toLocaleString('en')} entries`];
      await plant.asDesk(async (desk) => {
        for (const [name, make] of Object.entries(queries)) {
          const took: number[] = [];
          for (let n = 0; n < 60; n++) {
            const began = performance.now();
            await desk.query('SELECT * FROM app.search($1, 20)', [make(n)]);
            if (n >= 10) took.push(performance.now() - began);
          }
          all.push(...took);
          notes.push(
            `${name}: p50 ${quantile(took, 0.5).toFixed(1)} ms, p95 ${quantile(took, 0.95).toFixed(1)} ms`,
          );
        }
      });
      for (let n = 0; n < 200; n++) {
        const began = performance.now();
        await plant.owner.query(
          'SELECT * FROM app.search_entries WHERE organization_id = $1 AND code_key = $2',
          [plant.organizationId, `sn${String(n * 7919).padStart(9, '0')}`],
        );
        floor.push(performance.now() - began);
      }
      return [
        {
          figure: 'search.p95',
          value: quantile(all, 0.95),
          unit: 'ms',
          floor: quantile(floor, 0.95),
          floorIs: 'one look-up of a code as the owner',
          notes,
        },
      ];
    } finally {
      await plant.close();
    }
  },
};
