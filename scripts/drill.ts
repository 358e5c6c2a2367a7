/**
 * `npm run drill`: what docs/operations.md promises, done with real servers on the demo plant, and measured.
 * Base backup and log archive, a standby, somebody who writes all the time; then an accident undone by a restore
 * to the moment before it, a killed primary replaced by its standby, and a loss of both, restored from the archive.
 * `--archive-timeout 60` is how long a written log file may wait for the archive (s); `--programs DIR` holds initdb
 * and pg_basebackup. Ends with 1 when a target is missed.
 */
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadDemoPlant } from '#main/demo/load-demo';
import { migrate } from '#main/store/postgres/migrate';
import { appRoot } from './build.ts';
import { findPgBouncer, findPrograms, makeFolder, makeServers, startPgBouncer } from './drill/cluster.ts';
import type { Cluster, Pooler } from './drill/cluster.ts';
import { countKept, prepareMarks, startMarking } from './drill/marks.ts';
import type { Kept, Marker } from './drill/marks.ts';
import { run } from './testing/run.ts';

const targets = { lossS: 300, downS: 1800 };
const limitMs = 300_000;

interface Measured extends Kept {
  /** From the failure to the first row written again, seconds. */
  readonly downS: number;
}

const { values: given } = parseArgs({
  options: {
    'archive-timeout': { type: 'string', default: '60' },
    programs: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const archiveTimeoutS = Number(given['archive-timeout']);
const programs = given.programs ?? findPrograms();
if (programs === null) {
  console.error(
    'No PostgreSQL programs found: install PostgreSQL 15 or later, or name their folder with --programs.',
  );
  process.exit(2);
}

const say = (line: string) => console.log(line);
const home = mkdtempSync(join(tmpdir(), 'lanewright-drill-'));
chmodSync(home, 0o755);
const archive = makeFolder(join(home, 'archive'));
const servers = makeServers(programs, home);
let pooler: Pooler | undefined;
let marker: Marker | undefined;

const settings = [
  'wal_level = replica',
  'archive_mode = on',
  // Under another name until it is whole and on the disk; never over one that is there. One that is there already
  // is fine when it is the same: after a failover the standby offers what the lost primary had archived.
  `archive_command = 'cmp -s %p ${archive}/%f || (test ! -f ${archive}/%f && cp %p ${archive}/%f.part && sync ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f)'`,
  `archive_timeout = ${archiveTimeoutS}`,
  'max_wal_senders = 10',
  "max_slot_wal_keep_size = '4GB'",
  'wal_compression = on',
  'shared_buffers = 64MB',
];

function seconds(fromMs: number): number {
  return (Date.now() - fromMs) / 1000;
}

async function seed(primary: Cluster): Promise<void> {
  await migrate({ ownerUrl: primary.url, appRoot });
  const loaded = await loadDemoPlant({
    database: { ownerUrl: primary.url },
    seed: 20_260_101,
    now: Date.now(),
    stationSecret: 'drill',
  });
  if (!loaded.ok) throw new Error('the demo plant was not loaded');
  await prepareMarks(primary);
}

/** A new server from the base backup and the archive; waits until it takes writes. */
async function restoreFromArchive(name: string, from: string, target: readonly string[]): Promise<Cluster> {
  cpSync(join(home, 'base'), makeFolder(join(home, name)), { recursive: true, preserveTimestamps: true });
  await own(join(home, name));
  const cluster = await servers.at(name, [
    `restore_command = 'cp ${from}/%f %p'`,
    "recovery_target_action = 'promote'",
    // What it writes itself must not go among the files of the server that it replaces.
    'archive_mode = off',
    ...target,
  ]);
  writeFileSync(join(cluster.directory, 'recovery.signal'), '');
  await cluster.start();
  await cluster.untilPrimary(limitMs);
  return cluster;
}

/** Copied by root, the files are given to the servers' account. */
async function own(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const ran = await run('chown', ['-R', 'postgres:postgres', folder]);
  if (ran.code !== 0) throw new Error(ran.output);
  chmodSync(folder, 0o700);
}

async function workOrders(cluster: Cluster): Promise<number> {
  const [found] = await cluster.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM production.work_orders',
  );
  return found?.count ?? 0;
}

/** All work orders are deleted by mistake; a restore beside the living server brings the moment before it back. */
async function undoAccident(primary: Cluster, marking: Marker): Promise<Measured> {
  await sleep(3000);
  const orders = await workOrders(primary);
  const before = Date.now();
  const [moment] = await primary.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
  await sleep(500);
  await primary.query('TRUNCATE production.work_orders CASCADE');
  const failedAt = Date.now();
  await archiveNow(primary);
  const restored = await restoreFromArchive('point-in-time', archive, [
    `recovery_target_time = '${moment?.at ?? ''}'`,
  ]);
  const downS = seconds(failedAt);
  if (orders === 0 || (await workOrders(restored)) !== orders)
    throw new Error('the work orders did not come back');
  const kept = await countKept(restored, marking.acknowledged, before);
  await restored.stop();
  return { ...kept, downS };
}

/** Closes the file of the log that is written now, and waits for the archive instead of for the timeout. */
async function archiveNow(server: Cluster): Promise<void> {
  const began = Date.now();
  const [file] = await server.query<{ name: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS name');
  for (;;) {
    const [found] = await server.query<{ last: string | null }>(
      'SELECT last_archived_wal AS last FROM pg_stat_archiver',
    );
    if ((found?.last ?? '') >= (file?.name ?? '')) return;
    if (seconds(began) > 60) throw new Error('the log was not archived within a minute');
    await sleep(50);
  }
}

/** The primary is gone from one moment to the next; its standby is promoted, and whoever writes is sent there. */
async function failOver(
  primary: Cluster,
  standby: Cluster,
  marking: Marker,
): Promise<Measured & { readonly deadAt: number }> {
  const failedAt = Date.now();
  await primary.kill();
  // What was still on its way from the dead server has arrived then; what comes later is the standby's.
  const deadAt = Date.now() + 50;
  await standby.promote();
  pooler?.pointAt(standby.port);
  const first = await marking.firstAfter(deadAt, limitMs);
  if (!first) throw new Error('nobody writes again');
  const kept = await countKept(standby, marking.acknowledged, deadAt);
  // Without its archive the new primary would be the only copy.
  await archiveNow(standby);
  return { ...kept, downS: (first.at - failedAt) / 1000, deadAt };
}

/** Primary and standby are gone: what the archive had at that moment is all there is. */
async function loseBoth(files: string, marking: Marker, failedAt: number): Promise<Measured> {
  const began = Date.now();
  const restored = await restoreFromArchive('from-archive', files, []);
  const downS = seconds(began);
  const kept = await countKept(restored, marking.acknowledged, failedAt);
  await restored.stop();
  return { ...kept, downS };
}

async function drill(): Promise<boolean> {
  say(`Servers: ${programs}; log archived at the latest after ${archiveTimeoutS} s`);
  const primary = await servers.initialize('primary', settings);
  await seed(primary);
  say('Primary runs, migrated, with the demo plant');
  await servers.copy(primary, 'base', []);
  await servers.copy(primary, 'standby', ['--write-recovery-conf', '--create-slot', '--slot=standby']);
  const standby = await servers.at('standby', settings);
  await standby.start();
  say('Base backup taken, standby follows');

  const program = findPgBouncer();
  pooler = program === null ? undefined : await startPgBouncer(program, home, primary.port);
  const several = `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/lanewright`;
  const url = pooler ? `postgres://postgres@127.0.0.1:${pooler.port}/lanewright` : several;
  say(
    pooler
      ? 'Writing through PgBouncer, transaction mode'
      : 'Writing by the list of servers; PgBouncer is not installed',
  );
  marker = startMarking(url, 1);

  const accident = await undoAccident(primary, marker);
  // Long enough that the archive is as far behind as it may be.
  say(`Point in time restored; writing on for ${archiveTimeoutS + 10} s`);
  await sleep((archiveTimeoutS + 10) * 1000);
  const failover = await failOver(primary, standby, marker);
  await marker.stop();
  const files = join(home, 'archive-then');
  makeFolder(files);
  // The promoted server archives on its own timeline: only what the lost one had written counts.
  cpSync(archive, files, {
    recursive: true,
    filter: (path) => !/\/0000000[2-9A-F][0-9A-F]{16}|\.history$/.test(path),
  });
  await own(files);
  const both = await loseBoth(files, marker, failover.deadAt);

  const line = ({ lost, lossS, downS }: Measured) => ({
    'rows lost': lost,
    'RPO (s)': lossS.toFixed(2),
    'RTO (s)': downS.toFixed(1),
    'within targets': lossS <= targets.lossS && downS <= targets.downS ? 'yes' : 'NO',
  });
  console.table({
    'accident undone (point in time)': line(accident),
    'primary killed, standby promoted': line(failover),
    'both lost, restored from archive': line(both),
  });
  say(
    `Targets: RPO ${targets.lossS} s, RTO ${targets.downS} s; ${marker.acknowledged.length} rows acknowledged in all`,
  );
  return [accident, failover, both].every(
    ({ lossS, downS }) => lossS <= targets.lossS && downS <= targets.downS,
  );
}

const clearAway = async () => {
  await marker?.stop().catch(() => {});
  pooler?.stop();
  await servers.stopAll();
  if (given.keep) say(`Left in ${home}`);
  else rmSync(home, { recursive: true, force: true });
};
process.once('SIGINT', () => void clearAway().finally(() => process.exit(130)));
try {
  process.exitCode = (await drill()) ? 0 : 1;
} finally {
  await clearAway();
}
