/** The job-shop solver on published instances, beside the targets and beside MiniZinc's solvers. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ShopInstance } from '#domain/scheduling/shop/instance';
import { parseFlexibleJobShop, parseJobShop } from '#domain/scheduling/shop/parse';
import { verify } from '#domain/scheduling/shop/verify';
import { solveShop } from '#main/solver/solve-shop';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { solveByMinizinc } from './minizinc-shop.ts';

interface Family {
  readonly name: string;
  readonly kind: 'job-shop' | 'flexible';
  readonly members: RegExp;
  /** Mean gap to the best known, in percent, by the seconds that an instance takes. */
  readonly targets: Readonly<Record<number, number>>;
}

const families: readonly Family[] = [
  { name: 'ft', kind: 'job-shop', members: /^ft/, targets: { 10: 0.2 } },
  { name: 'la', kind: 'job-shop', members: /^la/, targets: { 10: 0.2 } },
  { name: 'abz5-6', kind: 'job-shop', members: /^abz[56]$/, targets: { 10: 0.2 } },
  { name: 'orb', kind: 'job-shop', members: /^orb/, targets: { 10: 0.2 } },
  { name: 'ta01-10', kind: 'job-shop', members: /^ta(0\d|10)$/, targets: { 10: 0.4 } },
  { name: 'ta21-40', kind: 'job-shop', members: /^ta(2[1-9]|3\d|40)$/, targets: { 10: 1.2, 60: 0.7 } },
  { name: 'ta41-50', kind: 'job-shop', members: /^ta(4[1-9]|50)$/, targets: { 10: 2.5, 60: 2 } },
  { name: 'swv', kind: 'job-shop', members: /^swv/, targets: { 60: 2 } },
  { name: 'mk01-10', kind: 'flexible', members: /^mk(0\d|10)$/, targets: { 10: 0.2 } },
  { name: 'hurink', kind: 'flexible', members: /data$/, targets: { 60: 0.5 } },
];

const folder = join(import.meta.dirname, 'instances');
const peers = ['chuffed', 'gecode'] as const;

export const solver: Bench = {
  name: 'solver',
  measures: 'mean gap to the best known schedules, beside the targets and beside MiniZinc in WebAssembly',
  async run(say, options) {
    const unknown = options.families.find((name) => families.every((family) => family.name !== name));
    if (unknown !== undefined)
      throw new Error(
        `there is no family ${unknown}; there are ${families.map(({ name }) => name).join(', ')}`,
      );
    const chosen = families.filter(
      ({ name }) => options.families.length === 0 || options.families.includes(name),
    );
    const figures: Figure[] = [];
    for (const family of chosen) figures.push(await measure(family, options, say));
    return figures;
  },
};

async function measure(
  family: Family,
  { instances, seconds }: BenchOptions,
  say: (line: string) => void,
): Promise<Figure> {
  const known = bestKnown()[family.kind];
  const names = Object.keys(known)
    .filter((name) => family.members.test(name))
    .slice(0, instances);
  const gaps = new Map<string, number[]>();
  const notes: string[] = [];
  for (const name of names) {
    const instance = read(family.kind, name);
    const best = known[name]?.[1] ?? 0;
    const threads = availableParallelism();
    const result = await solveShop(instance, { seconds, threads, seed: 1 });
    if (verify(instance, result.operations).length > 0)
      throw new Error(`the schedule of ${name} is not valid`);
    const makespans: [string, number | null][] = [['ours', result.makespan]];
    for (const peer of peers) makespans.push([peer, await solveByMinizinc(instance, peer, seconds)]);
    const parts = makespans.map(([who, makespan]) => {
      // A peer that found nothing counts as twice the best known.
      const gap = makespan === null ? 100 : 100 * (makespan / best - 1);
      gaps.set(who, [...(gaps.get(who) ?? []), gap]);
      return `${who} ${makespan ?? 'nothing'} (${gap.toFixed(2)} %)`;
    });
    const pace = Math.round(result.moves / result.elapsedMs);
    notes.push(`${name}: best known ${best}, bound ${result.bound}, ${parts.join(', ')}, ${pace}k moves/s`);
    say(`    ${notes.at(-1)}`);
  }
  const [atSeconds, target] = targetFor(family, seconds);
  const means = peers.map((peer) => `${peer} ${mean(gaps.get(peer) ?? []).toFixed(2)} %`).join(', ');
  return {
    figure: `gap of ${family.name}, ${seconds} s`,
    value: mean(gaps.get('ours') ?? []),
    unit: '%',
    floor: target,
    floorIs: `target in ${atSeconds} s; ${means}; ${names.length} instances`,
    notes,
  };
}

/** The target for the longest time that was given, else the one for the shortest. */
function targetFor({ targets }: Family, seconds: number): [number, number] {
  const known = Object.entries(targets).map(([at, target]): [number, number] => [Number(at), target]);
  return known.findLast(([at]) => at <= seconds) ?? known[0] ?? [0, 0];
}

type Bounds = Readonly<Record<string, readonly [lower: number, best: number]>>;

function bestKnown(): Readonly<Record<Family['kind'], Bounds>> {
  return JSON.parse(readFileSync(join(folder, 'best-known.json'), 'utf8')) as ReturnType<typeof bestKnown>;
}

function read(kind: Family['kind'], name: string): ShopInstance {
  const text = readFileSync(join(folder, kind, `${name}.txt`), 'utf8');
  const parsed = kind === 'flexible' ? parseFlexibleJobShop(text) : parseJobShop(text);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.refusal.reason}`);
  return parsed.value;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
