/** Reads the reports of the test runners. */
import { readFileSync } from 'node:fs';
import type { Ran } from './run.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of those that passed, how many did only at the second try. */
  readonly unsteady?: number;
}

/** A check that counts as one: it passes or it does not. */
export function single({ code }: Ran): Counts {
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** Numbers of a report; a runner that failed without naming a test, or left no report, counts as one failure. */
function counted({ code }: Ran, file: string, read: (report: unknown) => Counts): Counts {
  let counts: Counts;
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function numbers(report: unknown, names: readonly string[]): number[] {
  if (typeof report !== 'object' || report === null) throw new Error('no report');
  return names.map((name) => {
    const value: unknown = Reflect.get(report, name);
    if (typeof value !== 'number') throw new Error(`no ${name} in the report`);
    return value;
  });
}

export function vitestCounts(ran: Ran, file: string): Counts {
  return counted(ran, file, (report) => {
    const [passed = 0, failed = 0, pending = 0] = numbers(report, [
      'numPassedTests',
      'numFailedTests',
      'numPendingTests',
    ]);
    return { passed, failed, skipped: pending };
  });
}

export function playwrightCounts(ran: Ran, file: string): Counts {
  return counted(ran, file, (report) => {
    const stats: unknown =
      typeof report === 'object' && report !== null ? Reflect.get(report, 'stats') : undefined;
    const [expected = 0, unexpected = 0, flaky = 0, skipped = 0] = numbers(stats, [
      'expected',
      'unexpected',
      'flaky',
      'skipped',
    ]);
    return { passed: expected + flaky, failed: unexpected, skipped, unsteady: flaky };
  });
}
