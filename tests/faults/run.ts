/**
 * The fault trials in one table: `node tests/faults/run.ts [--short|--full] [name]`. Exits with 1 when a
 * promise is not kept. Without an option the short form runs.
 */
import { parseArgs } from 'node:util';
import { startTestPostgres } from '../support/postgres.ts';
import { backup } from './backup.ts';
import { audit } from './audit.ts';
import { killCore } from './kill-core.ts';
import { networkCut } from './network-cut.ts';
import { poison } from './poison.ts';
import { isKept } from './trial.ts';
import type { TrialResult } from './trial.ts';

const trials = [killCore, networkCut, poison, backup, audit];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean' }, full: { type: 'boolean' } },
});
const size = values.full ? 'full' : 'short';
const wanted = trials.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (wanted.length === 0) {
  console.error(`No such trial. There are: ${trials.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const server = await startTestPostgres();
const results: TrialResult[] = [];
try {
  for (const trial of wanted) {
    console.log(`${trial.name} (${size}): ${trial.promise}`);
    results.push(await trial.run(size, (line) => console.log(`  ${line}`)));
  }
} finally {
  await server.stop();
}
console.table(
  Object.fromEntries(
    results.map((result) => [
      result.trial,
      {
        runs: result.runs,
        commands: result.commands,
        losses: result.losses,
        duplicates: result.duplicates,
        'longest recovery (s)': (result.longestRecoveryMs / 1000).toFixed(1),
        kept: isKept(result) ? 'yes' : 'NO',
      },
    ]),
  ),
);
for (const { trial, broken } of results) for (const line of broken) console.error(`${trial}: ${line}`);
if (!results.every(isKept)) process.exitCode = 1;
