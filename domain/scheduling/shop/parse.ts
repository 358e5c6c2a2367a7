import { accept, refuse } from '../../refusal.ts';
import type { Outcome } from '../../refusal.ts';
import { createShopInstance } from './instance.ts';
import type { Alternative, Route, ShopInstance } from './instance.ts';

export type ShopTextRefusal =
  | 'shop-text-empty'
  | 'shop-text-header'
  | 'shop-text-jobs-missing'
  | 'shop-text-line-too-many'
  | 'shop-text-machine'
  | 'shop-text-no-alternative'
  | 'shop-text-not-a-number'
  | 'shop-text-number-missing'
  | 'shop-text-number-too-many'
  | 'shop-text-too-long';

type Parsed = Outcome<ShopInstance, ShopTextRefusal>;
type Refused = Extract<Parsed, { ok: false }>;

/** The heads and tails are 32-bit numbers, and estimates add two of them. */
const longestTotal = 2 ** 29;

interface Line {
  /** From 1, as an editor shows it. */
  readonly line: number;
  readonly words: readonly string[];
}

/**
 * A job shop in the text of JSPLIB: lines that begin with `#` are comments; then the numbers of jobs and of
 * machines; then a line a job, a pair an operation: machine (from 0) and duration (a whole number).
 * A refusal names the line and what it should hold.
 */
export function parseJobShop(text: string): Parsed {
  return parse(text, (numbers, machineCount) => {
    const route: Route[number][] = [];
    for (let at = 0; at < machineCount; at += 1) route.push([alternative(numbers, `operation ${at + 1}`)]);
    return route;
  });
}

/**
 * A flexible job shop in the text of Brandimarte: the numbers of jobs and of machines (a third number, the
 * mean of the alternatives, is passed over); then a line a job: the number of its operations, and for each
 * the number of its alternatives and that many pairs of machine (from 0) and duration.
 * A refusal names the line and what it should hold.
 */
export function parseFlexibleJobShop(text: string): Parsed {
  return parse(text, (numbers) => {
    const route: Route[number][] = [];
    const operations = numbers.next('the number of operations');
    for (let operation = 1; operation <= operations; operation += 1) {
      const count = numbers.next(`the number of machines for operation ${operation}`);
      if (count === 0)
        throw new Refusal(refuse('shop-text-no-alternative', { line: numbers.line, operation }));
      const choices: Alternative[] = [];
      for (let at = 0; at < count; at += 1) choices.push(alternative(numbers, `operation ${operation}`));
      route.push(choices);
    }
    return route;
  });
}

/** Ends the reading of a text from within; never leaves this file. */
class Refusal extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.refusal.reason);
    this.refused = refused;
  }
}

interface Numbers {
  readonly line: number;
  /** @param expected what stands there, for the refusal. */
  next(expected: string): number;
  machine(expected: string): number;
  end(): void;
}

function alternative(numbers: Numbers, of: string): Alternative {
  return {
    machine: numbers.machine(`the machine of ${of}`),
    duration: numbers.next(`the duration of ${of}`),
  };
}

function parse(text: string, routeOf: (numbers: Numbers, machineCount: number) => Route): Parsed {
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((content, index): Line => ({ line: index + 1, words: content.trim().split(/\s+/) }))
    .filter(({ words: [first = ''] }) => first !== '' && !first.startsWith('#'));
  const [header, ...rows] = lines;
  if (!header) return refuse('shop-text-empty');
  try {
    const [jobs = '', machines = '', mean = '0', ...more] = header.words;
    const [jobCount, machineCount] = [whole(jobs), whole(machines)];
    if (!(jobCount > 0 && machineCount > 0 && Number(mean) >= 0) || more.length > 0)
      return refuse('shop-text-header', { line: header.line });
    const routes = rows.slice(0, jobCount).map((row) => {
      const numbers = readNumbers(row, machineCount);
      const route = routeOf(numbers, machineCount);
      numbers.end();
      return route;
    });
    if (routes.length < jobCount)
      return refuse('shop-text-jobs-missing', { jobs: jobCount, found: routes.length });
    const surplus = rows[jobCount];
    if (surplus) return refuse('shop-text-line-too-many', { line: surplus.line, jobs: jobCount });
    const longest = routes.flat().map((choices) => Math.max(...choices.map(({ duration }) => duration)));
    if (longest.reduce((sum, duration) => sum + duration, 0) > longestTotal)
      return refuse('shop-text-too-long', { longest: longestTotal });
    return accept(createShopInstance(routes, machineCount));
  } catch (cause) {
    if (cause instanceof Refusal) return cause.refused;
    throw cause;
  }
}

function readNumbers({ line, words }: Line, machineCount: number): Numbers {
  let at = 0;
  const next = (expected: string) => {
    const word = words[at];
    if (word === undefined) throw new Refusal(refuse('shop-text-number-missing', { line, expected }));
    const value = whole(word);
    if (Number.isNaN(value))
      throw new Refusal(refuse('shop-text-not-a-number', { line, found: word, expected }));
    at += 1;
    return value;
  };
  return {
    line,
    next,
    machine(expected) {
      const machine = next(expected);
      if (machine < machineCount) return machine;
      throw new Refusal(refuse('shop-text-machine', { line, machine, last: machineCount - 1 }));
    },
    end() {
      const word = words[at];
      if (word !== undefined) throw new Refusal(refuse('shop-text-number-too-many', { line, found: word }));
    },
  };
}

/** A whole number from 0, of at most nine digits; NaN for anything else. */
function whole(word: string): number {
  return /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN;
}
