/** The command line's `solve`: a schedule for the problem in a file. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError, refused, unavailable } from '#contract/errors';
import type { Outcome } from '#domain/refusal';
import type { ShopInstance } from '#domain/scheduling/shop/instance';
import { parseFlexibleJobShop, parseJobShop } from '#domain/scheduling/shop/parse';
import type { ShopOperation } from '#domain/scheduling/shop/schedule';
import { verify } from '#domain/scheduling/shop/verify';
import { solveShop } from '#main/solver/solve-shop';
import type { ShopProgress, ShopResult, SolveShopOptions } from '#main/solver/solve-shop';
import type { Texts } from '#main/texts';
import { solveJson } from './cli-solve-json.ts';

export interface SolveCommandHost {
  readonly texts: Texts;
  readonly say: (line: string) => void;
  /** The result: as JSON where that is asked for, else the lines. */
  readonly print: (value: unknown, lines: () => readonly string[]) => void;
}

type SolveOptions = Pick<SolveShopOptions, 'seconds' | 'threads' | 'seed' | 'moves' | 'signal'>;

/** A way to read a file, solve what is in it and print the result; another format is another entry. */
type FormatSolver = (text: string, options: SolveOptions, host: SolveCommandHost) => Promise<void>;

const formats: Readonly<Record<string, FormatSolver>> = {
  jsplib: (text, options, host) => solveJobShop(parseJobShop(text), options, host),
  fjsp: (text, options, host) => solveJobShop(parseFlexibleJobShop(text), options, host),
  json: solveJson,
};

interface Given {
  readonly format: string;
  readonly seconds: string;
  readonly threads: string;
  readonly seed: string;
  readonly moves?: string;
}

export function registerSolveCommand(program: Command, host: SolveCommandHost): void {
  const names = Object.keys(formats).join(', ');
  program
    .command('solve')
    .argument('<file>', 'the problem')
    .requiredOption('--format <format>', names)
    .option('--seconds <number>', 'how long to search at most', '10')
    .option('--threads <number>', 'how many searches run side by side', String(availableParallelism()))
    .option('--seed <number>', 'another number searches in another order', '1')
    .option('--moves <number>', 'moves of each thread in place of seconds: the same give the same schedule')
    .description('find a short schedule; Ctrl-C stops and prints the best so far')
    .action(async (file: string, given: Given) => {
      const solve = Object.hasOwn(formats, given.format) ? formats[given.format] : undefined;
      if (!solve) throw refused('error.solve-format', { format: given.format, formats: names });
      const options = {
        seconds: number(given.seconds, '--seconds', 86_400, /^\d+(\.\d+)?$/),
        threads: Math.max(1, number(given.threads, '--threads', 256)),
        seed: number(given.seed, '--seed', 999_999_999),
        moves: given.moves === undefined ? undefined : number(given.moves, '--moves', 1e12),
      };
      const text = await read(resolve(file));
      await interruptible((signal) => solve(text, { ...options, signal }, host));
    });
}

async function solveJobShop(
  parsed: Outcome<ShopInstance>,
  options: SolveOptions,
  { texts, say, print }: SolveCommandHost,
): Promise<void> {
  if (!parsed.ok) throw refused(`refusal.${parsed.refusal.reason}`, parsed.refusal.values);
  const instance = parsed.value;
  let told = Number.POSITIVE_INFINITY;
  const onProgress = ({ elapsedMs, makespan, bound }: ShopProgress) => {
    if (makespan >= told) return;
    told = makespan;
    say(texts('solve.progress', { seconds: (elapsedMs / 1000).toFixed(1), makespan, bound }));
  };
  const result = await solveShop(instance, { ...options, onProgress });
  mustHold(instance, result.operations);
  print(asJson(result), () => [
    ...machineLines(instance, result.operations, texts),
    texts(result.makespan === result.bound ? 'solve.optimal' : 'solve.done', {
      makespan: result.makespan,
      bound: result.bound,
      gap: (100 * (result.makespan / Math.max(1, result.bound) - 1)).toFixed(1),
      seconds: (result.elapsedMs / 1000).toFixed(1),
      moves: result.moves.toLocaleString('en'),
    }),
  ]);
}

/**
 * Asks the checker, which knows nothing of how schedules are made, before anything is printed.
 *
 * @throws Internal `error.solve-invalid`: the solver made a schedule that breaks the problem.
 */
export function mustHold(instance: ShopInstance, operations: readonly ShopOperation[]): void {
  const [first, ...others] = verify(instance, operations);
  if (first === undefined) return;
  const values = { first: JSON.stringify(first), others: others.length };
  throw new AppError({ code: 'Internal', reason: 'error.solve-invalid', values });
}

function asJson({ makespan, bound, elapsedMs, moves, operations }: ShopResult) {
  return { makespan, bound, seconds: Math.round(elapsedMs) / 1000, moves, operations };
}

/** A line a machine: `job.operation` at the time that it begins. */
function machineLines(
  { machineCount }: ShopInstance,
  operations: readonly ShopOperation[],
  texts: Texts,
): string[] {
  const byStart = operations.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return Array.from({ length: machineCount }, (_, machine) =>
    texts('solve.machine', {
      machine,
      operations: byStart
        .filter((operation) => operation.machine === machine)
        .map(({ job, index, start }) => `${job}.${index}@${start}`)
        .join(' '),
    }),
  );
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unavailable('error.solve-file', { file, detail: cause instanceof Error ? cause.message : '' });
  }
}

function number(text: string, option: string, most: number, shape = /^\d+$/): number {
  const value = Number(text);
  if (!shape.test(text) || value > most) throw refused('error.solve-number', { option, text, most });
  return value;
}

/** Ctrl-C ends the search, and what was found so far is printed; a second one ends at once. */
async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
