/**
 * `npm run bench [-- NAME... --json]`: measures the product beside its floor, in the same run on the
 * same machine. Absolute times belong to the machine; the ratios travel. The solver takes `--family NAME`
 * (again for more), `--instances N` of each and `--seconds S` an instance.
 */
import { parseArgs } from 'node:util';
import { build, isStale } from '../../scripts/build.ts';
import { audit } from './audit.ts';
import { board } from './board.ts';
import { coldStart } from './cold-start.ts';
import { drag } from './drag.ts';
import type { Bench } from './figure.ts';
import { jsonLine, textLine } from './figure.ts';
import { memory } from './memory.ts';
import { packing } from './packing.ts';
import { planService } from './plan-service.ts';
import { richSolver } from './rich-solver.ts';
import { rowLevelSecurity } from './row-level-security.ts';
import { scan } from './scan.ts';
import { search } from './search.ts';
import { solver } from './solver.ts';

const benches: readonly Bench[] = [
  coldStart,
  memory,
  scan,
  board,
  drag,
  audit,
  packing,
  planService,
  search,
  rowLevelSecurity,
  solver,
  richSolver,
];
const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    family: { type: 'string', multiple: true, default: [] },
    instances: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
  },
  allowPositionals: true,
});
/** Results go to standard output, everything else to the console beside it. */
const say = (line: string) => console.error(line);

for (const name of positionals) {
  if (benches.some((bench) => bench.name === name)) continue;
  say(`There is no bench "${name}". There are: ${benches.map((bench) => bench.name).join(', ')}.`);
  process.exit(2);
}
if (isStale()) await build(say);
for (const bench of benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  say(`==> ${bench.name}: ${bench.measures}`);
  try {
    const figures = await bench.run(say, {
      families: values.family,
      instances: Number(values.instances),
      seconds: Number(values.seconds),
    });
    for (const figure of figures) console.log(values.json ? jsonLine(figure) : textLine(figure));
  } catch (cause) {
    say(`    ${bench.name} could not be measured: ${cause instanceof Error ? cause.message : String(cause)}`);
    process.exitCode = 1;
  }
}
