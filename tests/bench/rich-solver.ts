/** The scheduler for plants: how soon there is a plan, how soon one is repaired, and how good plans become. */
import { checkSchedule } from '#domain/scheduling/checker/check-schedule';
import { figuresOf } from '#domain/scheduling/checker/figures';
import { generateProblem } from '#domain/scheduling/model/generated.fixture';
import type { Problem, Schedule, SetupRule } from '#domain/scheduling/model/problem';
import { repair } from '#domain/scheduling/rich/repair';
import { createRichSearch } from '#domain/scheduling/rich/search';
import { solveRich } from '#main/solver/solve-rich';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { solveRichByChuffed } from './minizinc-rich.ts';
import { median } from './statistics.ts';

const tardiness = { mode: 'weighted' as const, terms: [{ term: 'tardiness' as const, weight: 1 }] };
const day = 86_400;

export const richSolver: Bench = {
  name: 'rich-solver',
  measures: 'first plans, repairs, and weighted tardiness with set-ups beside Chuffed in WebAssembly',
  async run(say, options) {
    return [firstPlan(say), repairs(say), await smallOnes(say, options), await largeOnes(say, options)];
  },
};

function firstPlan(say: (line: string) => void): Figure {
  const problem = plant(200);
  const times: number[] = [];
  let objective = 0;
  for (let round = 0; round < 7; round += 1) {
    const began = performance.now();
    const search = createRichSearch(problem, { seed: 1 });
    times.push(performance.now() - began);
    const best = search.best();
    objective = best.objective;
    must(problem, best.schedule);
  }
  const notes = [
    `first of all, with nothing compiled yet: ${(times[0] ?? 0).toFixed(0)} ms`,
    `objective ${objective}`,
  ];
  for (const note of notes) say(`    ${note}`);
  return {
    figure: 'first plan, 1,000 operations',
    value: median(times),
    unit: 'ms',
    floor: 200,
    floorIs: 'target; 20 lanes with shifts, set-ups and people',
    notes,
  };
}

/** Three days of a lane fall away. */
function repairs(say: (line: string) => void): Figure {
  const problem = plant(400);
  const search = createRichSearch(problem, { seed: 1 });
  search.step(20_000);
  const planned = search.best().schedule;
  const notes: string[] = [];
  const times: number[] = [];
  for (const lane of ['L3', 'L11', 'L27']) {
    const broken = {
      ...problem,
      lanes: problem.lanes.map((one) =>
        one.id === lane
          ? { ...one, windows: (one.windows ?? []).filter(({ start }) => start < day || start >= 4 * day) }
          : one,
      ),
    };
    const pushed = repair(broken, planned, { seed: 1, moves: 0 });
    const began = performance.now();
    const used = process.cpuUsage();
    const repaired = repair(broken, planned, { seed: 1 });
    times.push(performance.now() - began);
    const work = process.cpuUsage(used).user / 1000;
    must(broken, repaired.schedule);
    const late = (schedule: Schedule) => figuresOf(broken, schedule)['late-orders'];
    notes.push(
      `${lane} down for three days: ${repaired.moved.length} of 2,000 moved, ${late(repaired.schedule)} late` +
        ` (${late(planned)} before); pushed back only: ${pushed.moved.length} moved, ${late(pushed.schedule)} late;` +
        ` ${work.toFixed(0)} ms of a core`,
    );
    say(`    ${notes.at(-1)}`);
  }
  return {
    figure: 'repair, 2,000 operations',
    value: Math.max(...times),
    unit: 'ms',
    floor: 2000,
    floorIs: 'target; the slowest of three breakdowns',
    notes,
  };
}

/** So small that Chuffed can prove what is best. */
async function smallOnes(say: (line: string) => void, { instances, seconds }: BenchOptions): Promise<Figure> {
  const gaps: number[] = [];
  const notes: string[] = [];
  for (let seed = 1; seed <= Math.max(6, instances); seed += 1) {
    const problem = withTriangles(
      generateProblem({
        seed,
        orders: 4,
        operationsPerOrder: 2,
        lanes: 2,
        lanesPerOperation: 2,
        families: 3,
        slackFactor: 0.6,
        objective: tardiness,
      }),
    );
    const peer = await solveRichByChuffed(problem, Math.max(seconds, 20));
    const search = createRichSearch(problem, { seed: 1 });
    search.step(30_000);
    const { objective, schedule } = search.best();
    must(problem, schedule);
    const proof = peer.isOptimal ? 'proved' : 'not proved';
    notes.push(
      `8 operations, seed ${seed}: ours ${objective}, Chuffed ${peer.tardiness ?? 'nothing'} (${proof})`,
    );
    say(`    ${notes.at(-1)}`);
    if (peer.isOptimal && peer.tardiness !== null) gaps.push(gap(objective, peer.tardiness));
  }
  return {
    figure: 'gap to the proved optimum',
    value: gaps.reduce((sum, one) => sum + one, 0) / Math.max(1, gaps.length),
    unit: '%',
    floor: 1,
    floorIs: `${gaps.length} of ${notes.length} instances proved by Chuffed; 30,000 moves`,
    notes,
  };
}

/** Beside the peer in the same time, and beside the best dispatching rule. */
async function largeOnes(say: (line: string) => void, { instances, seconds }: BenchOptions): Promise<Figure> {
  const ratios: number[] = [];
  const notes: string[] = [];
  for (let seed = 1; seed <= instances; seed += 1) {
    const problem = withTriangles(
      generateProblem({
        seed,
        orders: 50,
        operationsPerOrder: 3,
        lanes: 6,
        lanesPerOperation: 2,
        families: 6,
        objective: tardiness,
      }),
    );
    const rules = createRichSearch(problem, { seed: 1 });
    rules.step(1);
    const rule = rules.best().objective;
    const ours = await solveRich(problem, { seconds, threads: 2, seed: 1, mode: 'optimise' });
    must(problem, ours.schedule);
    const peer = await solveRichByChuffed(problem, seconds);
    const theirs = peer.tardiness ?? rule;
    ratios.push((100 * ours.objective) / Math.max(1, Math.min(rule, theirs)));
    notes.push(
      `150 operations, seed ${seed}: ours ${ours.objective} (bound ${ours.bound}), best rule ${rule},` +
        ` Chuffed ${peer.tardiness ?? 'nothing'}`,
    );
    say(`    ${notes.at(-1)}`);
  }
  return {
    figure: `weighted tardiness, ${seconds} s`,
    value: ratios.reduce((sum, one) => sum + one, 0) / Math.max(1, ratios.length),
    unit: '%',
    floor: 100,
    floorIs: 'the better of the best dispatching rule and Chuffed in the same time',
    notes,
  };
}

const plant = (orders: number): Problem =>
  generateProblem({
    seed: 1,
    orders,
    operationsPerOrder: 5,
    lanes: orders / 10,
    lanesPerOperation: 3,
    families: 8,
    shifts: true,
    people: orders / 20,
    slackFactor: 2,
  });

/** No change of set-up is shorter by way of a third family. */
function withTriangles(problem: Problem): Problem {
  const families = [...new Set(problem.setups.map(({ to }) => to))];
  const time = new Map<string, number>();
  const key = (from: string, to: string) => `${from} ${to}`;
  for (const { from, to, time: seconds } of problem.setups)
    if (from !== undefined) time.set(key(from, to), seconds);
  for (const through of families) {
    for (const from of families) {
      for (const to of families) {
        const round = (time.get(key(from, through)) ?? 0) + (time.get(key(through, to)) ?? 0);
        if (from !== to && round < (time.get(key(from, to)) ?? 0)) time.set(key(from, to), round);
      }
    }
  }
  const shorter = (rule: SetupRule) =>
    rule.from === undefined ? rule : { ...rule, time: time.get(key(rule.from, rule.to)) ?? rule.time };
  return { ...problem, setups: problem.setups.map(shorter) };
}

const gap = (value: number, best: number) =>
  best === 0 ? (value === 0 ? 0 : 100) : 100 * (value / best - 1);

function must(problem: Problem, schedule: Schedule): void {
  const [first] = checkSchedule(problem, schedule);
  if (first !== undefined)
    throw new Error(`the schedule is not valid: ${first.rule} ${first.operations.join(' ')}`);
}
