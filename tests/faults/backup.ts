/** Promise 25: a backup while stations and people write, each restored and looked through. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { backup as saveTo } from '#main/care/backup';
import { compareWithBackup } from '#main/care/compare';
import { checkConstraints } from '#main/care/constraints';
import { restore } from '#main/care/restore';
import { appRoot, createEmptyDatabase } from '../support/postgres.ts';
import { arrivedIn, balance, makeTrialPlant } from './trial-plant.ts';
import type { TrialPlant } from './trial-plant.ts';
import type { Trial } from './trial.ts';
import { openTrialStation } from './trial-station.ts';

const sizes = { short: 1, full: 50 };
const stations = 2;
/** Moved to and fro between lots; whatever moment a backup shows, there are as many. */
const movedPieces = 1000;

export const backup: Trial = {
  name: 'backup',
  promise: 'backup while writing, each restored: every restore passes its checks',
  async run(size, tell) {
    const plant = await makeTrialPlant();
    const folder = mkdtempSync(join(tmpdir(), 'lanewright-trial-backup-'));
    const broken: string[] = [];
    let losses = 0;
    let duplicates = 0;
    let longestRecoveryMs = 0;
    const writers = await startWriting(plant);
    try {
      for (let round = 0; round < sizes[size]; round++) {
        await writers.atLeast(20);
        const file = join(folder, `${round}.backup`);
        const before = [...(await plant.arrived()).keys()];
        // In turn our own COPY, and what would be taken by itself.
        const method = round % 2 === 0 ? 'copy' : 'auto';
        const saved = await saveTo({ ownerUrl: plant.ownerUrl, appRoot, file, version: 'trial', method });
        const after = (await plant.arrived()).size;
        if (after === before.length && round === 0) broken.push('nothing was written meanwhile');

        const empty = await createEmptyDatabase();
        try {
          const began = performance.now();
          await restore({ ownerUrl: empty.ownerUrl, appRoot, file });
          longestRecoveryMs = Math.max(longestRecoveryMs, performance.now() - began);
          const found = await lookThrough(empty.ownerUrl, file, writers.lots);
          broken.push(...found.broken.map((line) => `round ${round}: ${line}`));
          const count = balance(before, found.arrived);
          losses += count.losses + found.halves;
          duplicates += count.duplicates;
          tell(`round ${round}: ${saved.rows} rows by ${saved.method}, ${found.arrived.size} commands`);
        } finally {
          await empty.drop();
        }
        rmSync(file);
      }
      return {
        trial: 'backup',
        runs: sizes[size],
        commands: writers.written(),
        losses,
        duplicates,
        longestRecoveryMs,
        broken,
      };
    } finally {
      await writers.stop();
      await plant.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Stations scan through their outbox, and pieces are moved between two lots in one transaction, until it is stopped. */
async function startWriting(plant: TrialPlant) {
  const lots = Object.values(plant.plant.lots).slice(0, 2);
  await plant.owner.query('UPDATE trace.lots SET quantity = $1 WHERE id = ANY ($2)', [movedPieces / 2, lots]);
  const opened = await Promise.all(
    Array.from({ length: stations }, async () => openTrialStation(await plant.station())),
  );
  const mover = new pg.Client({ connectionString: plant.ownerUrl });
  await mover.connect();
  let stopped = false;
  let failure: unknown;
  let scans = 0;

  const scanning = opened.map(async (station, at) => {
    while (!stopped) {
      await station.scan({ subject: `operation-${at}` }, uuidv7());
      scans++;
      await sleep(5);
    }
  });
  const moving = (async () => {
    for (let turn = 0; !stopped; turn++) {
      const [from, to] = turn % 2 === 0 ? lots : lots.toReversed();
      await mover.query('BEGIN');
      await mover.query('UPDATE trace.lots SET quantity = quantity - 7 WHERE id = $1', [from]);
      await sleep(2);
      await mover.query('UPDATE trace.lots SET quantity = quantity + 7 WHERE id = $1', [to]);
      await mover.query('COMMIT');
    }
  })();
  const all = Promise.all([...scanning, moving]).catch((cause: unknown) => {
    failure = cause;
    stopped = true;
  });
  return {
    lots,
    written: () => scans,
    async atLeast(more: number): Promise<void> {
      const until = scans + more;
      while (scans < until) {
        if (failure) throw failure;
        await sleep(10);
      }
    },
    async stop(): Promise<void> {
      stopped = true;
      await all;
      await mover.end();
      for (const station of opened) await station.stop();
    },
  };
}

/** What must hold of any one moment: the file's own rows, the schema's rules, no half transaction. */
async function lookThrough(ownerUrl: string, file: string, lots: readonly string[]) {
  const broken: string[] = [];
  const compared = await compareWithBackup({ ownerUrl, appRoot, file });
  for (const { table, kind } of compared.differences) broken.push(`${table} differs (${kind})`);
  if (!compared.sameMigrations) broken.push('another version');
  const { findings } = await checkConstraints({ ownerUrl, appRoot });
  for (const { check, table, name, count } of findings) broken.push(`${check} ${table} ${name} ${count}`);

  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const arrived = await arrivedIn(client);
    const halves = [...arrived.values()].filter(
      ({ effects, applied }) => effects === 0 || applied === 0,
    ).length;
    const { rows } = await client.query<{ pieces: string }>(
      'SELECT sum(quantity) AS pieces FROM trace.lots WHERE id = ANY ($1)',
      [lots],
    );
    if (Number(rows[0]?.pieces) !== movedPieces) broken.push(`${rows[0]?.pieces} pieces of ${movedPieces}`);
    return { broken, arrived, halves };
  } finally {
    await client.end();
  }
}
