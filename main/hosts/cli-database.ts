/** The command line's `db`: status, migrate, check, backup, restore, doctor. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { refused } from '#contract/errors';
import { backup } from '#main/care/backup';
import type { BackupMethod } from '#main/care/backup';
import { compareWithBackup } from '#main/care/compare';
import { checkConstraints } from '#main/care/constraints';
import { examine } from '#main/care/doctor';
import type { Diagnoses } from '#main/care/diagnosis';
import { noteBackup, readLastBackup } from '#main/care/last-backup';
import type { CareProgress } from '#main/care/progress';
import { restore } from '#main/care/restore';
import { migrate, migrationStatus } from '#main/store/postgres/migrate';
import type { Texts } from '#main/texts';

export interface DatabaseCommandHost {
  readonly appRoot: string;
  readonly dataDir: string;
  readonly version: string;
  readonly texts: Texts;
  /** A line beside the result. */
  readonly say: (line: string) => void;
  /** The result: as JSON where that is asked for, else the lines. */
  readonly print: (value: unknown, lines: () => readonly string[]) => void;
  /** The owner's way into the database, open for the length of the work. */
  readonly withOwner: <T>(work: (ownerUrl: string) => Promise<T>) => Promise<T>;
}

export function registerDatabaseCommands(program: Command, host: DatabaseCommandHost): void {
  const { appRoot, dataDir, version, texts, say, print } = host;
  const db = program.command('db').description('look after the database');
  const central = process.env['DATABASE_URL'] || undefined;
  const onProgress = slowly(texts, say);
  const work = <T>(does: (ownerUrl: string, signal: AbortSignal) => Promise<T>) =>
    interruptible((signal) => host.withOwner((ownerUrl) => does(ownerUrl, signal)));

  db.command('status')
    .description('which migrations are applied and which wait')
    .action(async () => {
      const status = await host.withOwner((ownerUrl) => migrationStatus(ownerUrl, appRoot));
      print(status, () => [
        texts('care.migrations', { applied: status.applied.length, waiting: status.waiting.length }),
        ...status.waiting.map((name) => texts('care.migration-waits', { name })),
      ]);
    });
  db.command('migrate')
    .description('bring the database up to date (DATABASE_URL: a login that may create schemas and roles)')
    .action(async () => {
      const status = await host.withOwner((ownerUrl) =>
        migrate({ ownerUrl, appRoot, onProgress: (name) => say(texts('care.applying', { name })) }),
      );
      print(status, () => [texts('care.migrated', { applied: status.applied.length })]);
    });

  db.command('backup')
    .argument('<file>', 'a new file')
    .option(
      '--with <method>',
      'auto (pg_dump where it is installed and fits the server), copy or pg_dump',
      'auto',
    )
    .description('save every row of this moment in one file, while people work')
    .action(async (name: string, given: { with: string }) => {
      const file = resolve(name);
      const method = methodOf(given.with);
      const saved = await work((ownerUrl, signal) =>
        backup({ ownerUrl, appRoot, file, version, method, onProgress, signal }),
      );
      await noteBackup(dataDir, central, saved);
      print(saved, () => [
        texts('care.saved', {
          file,
          tables: saved.tables,
          rows: grouped(saved.rows),
          megabytes: (saved.bytes / (1 << 20)).toFixed(1),
          method: saved.method,
        }),
        ...saved.leftOut.map(({ name: table, reason }) =>
          texts('care.left-out', { table, reason: texts(`care.left-out.${reason}`) }),
        ),
      ]);
    });
  db.command('restore')
    .argument('<file>', 'written by backup')
    .description('load a backup into an empty database')
    .action(async (name: string) => {
      const file = resolve(name);
      const restored = await work((ownerUrl, signal) =>
        restore({ ownerUrl, appRoot, file, onProgress, signal }),
      );
      if (restored.unknown.length > 0) process.exitCode = 1;
      print(restored, () => [
        texts('care.restored', {
          file,
          tables: restored.tables,
          rows: grouped(restored.rows),
          madeAt: restored.madeAt,
        }),
        ...restored.unknown.map((table) => texts('care.restored-without', { table })),
      ]);
    });

  db.command('check')
    .argument('[file]', 'a backup to compare with')
    .description('whether the database keeps its own rules, or holds what a backup holds')
    .action(async (name: string | undefined) => {
      if (name === undefined) await checkRules();
      else await checkFile(resolve(name));
    });
  const checkRules = async () => {
    const report = await work((ownerUrl, signal) =>
      checkConstraints({ ownerUrl, appRoot, onProgress, signal }),
    );
    if (report.findings.length > 0) process.exitCode = 1;
    print(report, () => [
      ...report.findings.map(({ check, table, name, count }) =>
        texts(`care.finding.${check}`, { table, name, count: grouped(count) }),
      ),
      texts('care.checked', {
        keys: report.foreignKeys,
        checks: report.checks,
        tables: report.tables,
        findings: report.findings.length,
      }),
    ]);
  };
  const checkFile = async (file: string) => {
    const found = await work((ownerUrl, signal) =>
      compareWithBackup({ ownerUrl, appRoot, file, onProgress, signal }),
    );
    const { differences, sameMigrations, tables, rows, madeAt } = found;
    if (differences.length > 0 || !sameMigrations) process.exitCode = 1;
    print(found, () => [
      ...(sameMigrations ? [] : [texts('care.other-migrations')]),
      ...differences.map(({ kind, table, saved, found: now }) =>
        texts(`care.differs.${kind}`, { table, saved: grouped(saved), found: grouped(now) }),
      ),
      texts('care.compared', { file, madeAt, tables, rows: grouped(rows), differences: differences.length }),
    ]);
  };

  db.command('doctor')
    .description('how the database is, and what to do where it is not well')
    .action(async () => {
      const lastBackup = await readLastBackup(dataDir, central);
      const found = await work((ownerUrl, signal) =>
        examine({ ownerUrl, appRoot, lastBackup, now: Date.now(), signal }),
      );
      if (found.level === 'problem') process.exitCode = 1;
      const checks = found.checks.map(({ check, level, figures }) => ({
        check,
        level,
        figures,
        found: texts(`doctor.${check}.found`, figures),
        ...(level === 'ok' ? {} : { advice: texts(`doctor.${check}.do`, figures) }),
      }));
      print({ level: found.level, checks }, () => asTable(found, texts));
    });
}

function methodOf(text: string): BackupMethod | 'auto' {
  if (text === 'auto' || text === 'copy' || text === 'pg_dump') return text;
  throw refused('error.backup-method', { method: text });
}

/** Name, level and finding in columns; what to do on a line below. */
function asTable({ checks, level }: Diagnoses, texts: Texts): readonly string[] {
  const title = (check: string) => texts(`doctor.${check}`);
  const wide = Math.max(...checks.map(({ check }) => title(check).length));
  const levelWide = Math.max(...checks.map(({ level: each }) => texts(`doctor.level.${each}`).length));
  return [
    ...checks.flatMap(({ check, level: each, figures }) => [
      `${title(check).padEnd(wide)}  ${texts(`doctor.level.${each}`).padEnd(levelWide)}  ${texts(`doctor.${check}.found`, figures)}`,
      ...(each === 'ok'
        ? []
        : [`${' '.repeat(wide + levelWide + 4)}${texts(`doctor.${check}.do`, figures)}`]),
    ]),
    texts('doctor.all', { level: texts(`doctor.level.${level}`) }),
  ];
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

const quietMs = 2000;

/** A line every two seconds, and none for what is done before. */
function slowly(texts: Texts, say: (line: string) => void): CareProgress {
  let saidAt = performance.now();
  let last = '';
  return ({ work, table, tables, of, rows }) => {
    const now = performance.now();
    if (work !== last) {
      last = work;
      // What comes after long work is itself announced soon.
      saidAt = Math.max(saidAt, now - quietMs / 2);
    }
    if (now - saidAt < quietMs) return;
    saidAt = now;
    say(texts(`care.progress.${work}`, { table, tables, of, rows: grouped(rows) }));
  };
}

/** Ctrl-C once ends the work and clears away what it had begun; twice ends at once. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(refused('error.interrupted'));
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
