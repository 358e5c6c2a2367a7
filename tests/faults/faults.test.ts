/** The short forms of the trials. The full ones: `node tests/faults/run.ts --full`. */
import { expect, test } from 'vitest';
import { backup } from './backup.ts';
import { audit } from './audit.ts';
import { killCore } from './kill-core.ts';
import { networkCut } from './network-cut.ts';
import { poison } from './poison.ts';

test.for([killCore, networkCut, poison, backup, audit])('$name', { timeout: 240_000 }, async (trial) => {
  const result = await trial.run('short', () => {});
  expect(result).toMatchObject({ losses: 0, duplicates: 0, broken: [] });
});
