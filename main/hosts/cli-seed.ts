/** The command line's `seed`: a demo plant, a plant or a group of plants, for trying and measuring. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { refused, unavailable } from '#contract/errors';
import { seedSizes } from '#domain/seed/size';
import { demoDefinition } from '#main/demo/demo-definition';
import type { SeedProgress, SeedSummary } from '#main/seed/seed-database';
import { seedDatabase } from '#main/seed/seed-database';
import { seedDemo } from '#main/seed/seed-demo';
import { migrate, migrationStatus } from '#main/store/postgres/migrate';
import type { DatabaseCommandHost } from './cli-database.ts';
import { makeStationAccount } from './database-start.ts';

const scales = ['demo', 'plant', 'group'] as const;
type Scale = (typeof scales)[number];

export function registerSeedCommand(program: Command, host: DatabaseCommandHost): void {
  const { appRoot, texts, say, print, withOwner } = host;
  program
    .command('seed')
    .requiredOption('--scale <scale>', scales.join(', '))
    .option('--seed <number>', 'another number makes other rows', '1')
    .option('--now <time>', 'ISO 8601; what happened has happened by then (default: when it is begun)')
    .description('fill an empty database, or go on where an interrupted seed was')
    .action(async (given: { scale: string; seed: string; now?: string }) => {
      const scale = scaleOf(given.scale);
      const seed = numberOf(given.seed);
      const now = instantOf(given.now);
      const onProgress = slowly((progress) =>
        say(texts(progress.rows > 0 ? 'seed.progress' : 'seed.progress-briefly', figures(progress))),
      );
      const summary = await interruptible((signal) =>
        withOwner(async (ownerUrl) => {
          await prepare(ownerUrl, appRoot);
          return scale === 'demo'
            ? seedDemoPlant({ ownerUrl, seed, now, onProgress, signal }, host)
            : seedDatabase({ ownerUrl, size: seedSizes[scale], seed, now, onProgress, signal });
        }),
      );
      print({ scale, ...summary }, () => [
        texts('seed.done', {
          rows: summary.rows.toLocaleString('en'),
          seconds: Math.round(summary.seconds),
          seed: summary.seed,
          now: new Date(summary.now).toISOString(),
        }),
        texts('seed.sign-in', { logins: someOf(summary), password: demoDefinition.people.password }),
      ]);
    });
}

/** A new database gets its schema; one that is behind is left to whoever looks after it. */
async function prepare(ownerUrl: string, appRoot: string): Promise<void> {
  const { applied, waiting } = await migrationStatus(ownerUrl, appRoot);
  if (applied.length === 0) await migrate({ ownerUrl, appRoot });
  else if (waiting.length > 0) throw unavailable('error.database-not-migrated', { count: waiting.length });
}

/** The embedded database's station signs in with what stands on file here; one elsewhere gets a secret of its own. */
async function seedDemoPlant(
  options: Omit<Parameters<typeof seedDemo>[0], 'stationSecret'>,
  { dataDir, say, texts }: DatabaseCommandHost,
): Promise<SeedSummary> {
  const { login } = demoDefinition.people.station;
  const station = process.env['DATABASE_URL'] ? { login, secret: randomBytes(32).toString('hex') } : null;
  const stationSecret = async () => station?.secret ?? (await makeStationAccount(dataDir)).secret;
  const summary = await seedDemo({ ...options, stationSecret });
  if (station !== null && summary.piecesBefore === 0) say(texts('seed.station', station));
  return summary;
}

function scaleOf(text: string): Scale {
  const scale = scales.find((one) => one === text);
  if (scale === undefined) throw refused('error.seed-scale', { scale: text, scales: scales.join(', ') });
  return scale;
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!/^\d{1,9}$/.test(text)) throw refused('error.seed-number', { text });
  return number;
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw refused('error.seed-now', { text });
  return instant;
}

function figures({ piece, fraction, rows, rowsPerSecond, secondsLeft }: SeedProgress) {
  // From the first moments nothing can be told.
  const left = fraction > 0.005 && Number.isFinite(secondsLeft) ? Math.ceil(secondsLeft) : null;
  return {
    piece,
    percent: (fraction * 100).toFixed(1),
    rows: rows.toLocaleString('en'),
    pace: Math.round(rowsPerSecond).toLocaleString('en'),
    left: left === null ? '?' : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`,
  };
}

const quietMs = 2000;

function slowly(tell: (progress: SeedProgress) => void): (progress: SeedProgress) => void {
  let toldAt = -Infinity;
  return (progress) => {
    if (performance.now() - toldAt < quietMs) return;
    toldAt = performance.now();
    tell(progress);
  };
}

const loginsShown = 4;

function someOf({ logins }: SeedSummary): string {
  const shown = logins.slice(0, loginsShown).join(', ');
  return logins.length > loginsShown ? `${shown}, ...` : shown;
}

/** Ctrl-C leaves whole pieces, to be gone on with; a second one ends at once. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(refused('error.seed-interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await work(controller.signal);
  } catch (cause) {
    controller.signal.throwIfAborted();
    throw cause;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
