/** A whole core on a database of its own, filled with the demo plant, for the contract suite. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDemoPlant } from '#main/demo/load-demo';
import { startCore } from '#main/hosts/core';
import type { RunningCore } from '#main/hosts/core';
import { appRoot, createTestDatabase } from '../support/postgres.ts';

export interface ContractCore {
  readonly core: RunningCore;
  /** Of the planner's session. */
  readonly token: string;
  readonly password: string;
  readonly plantId: string;
  nudge(): void;
  stop(): Promise<void>;
}

const seed = 7;

export async function startContractCore(): Promise<ContractCore> {
  const database = await createTestDatabase();
  await loadDemoPlant({
    database: { ownerUrl: database.ownerUrl },
    seed,
    now: Date.now(),
    stationSecret: 'a secret of the test',
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'lanewright-contract-'));
  const core = await startCore(
    { appRoot, dataDir, logDir: join(dataDir, 'logs'), databaseUrl: database.appUrl, simulate: false },
    { simulatorsEntry: new URL(import.meta.url), onProgress: () => {} },
  );
  const problem = await core.settled;
  if (problem) throw problem;
  const password = (await core.demoPeople()).find(({ login }) => login === 'planner')?.password ?? '';
  const { token, identity } = await core.signIn('planner', password);
  return {
    core,
    token,
    password,
    plantId: identity.homePlantId,
    nudge: () => core.announce(),
    async stop() {
      await core.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
