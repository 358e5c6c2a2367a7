import { createRandom } from '../shop/random.ts';
import type { Objective, Problem, ProblemOperation, SetupRule, Span } from './problem.ts';

export interface Generated {
  readonly seed: number;
  readonly orders: number;
  readonly operationsPerOrder: number;
  readonly lanes: number;
  readonly lanesPerOperation: number;
  readonly families: number;
  /** Due dates: 1 has them all met by a lane that never waits, less is tighter. */
  readonly slackFactor?: number | undefined;
  readonly objective?: Objective | undefined;
  /** Two shifts on weekdays in place of always. */
  readonly shifts?: boolean | undefined;
  readonly people?: number | undefined;
}

const tardinessFirst: Objective = {
  mode: 'weighted',
  terms: [
    { term: 'tardiness', weight: 1 },
    { term: 'setup-time', weight: 0.1 },
  ],
};

const hour = 3600;
const day = 24 * hour;
const wholeMinutes = (seconds: number) => Math.round(seconds / 60) * 60;

/** A plant as benches and tests use it: flexible routes, families with set-ups that depend on the sequence, due dates. */
export function generateProblem(wish: Generated): Problem {
  const random = createRandom(wish.seed);
  const between = (low: number, high: number) => low + random.below(high - low + 1);
  const lanes = Array.from({ length: wish.lanes }, (_, i) => ({
    id: `L${i}`,
    name: `Lane ${i}`,
    capacity: 1,
    ...(wish.shifts === true ? { windows: twoShifts(120) } : {}),
  }));
  const orders = Array.from({ length: wish.orders }, (_, i) => ({
    id: `O${i}`,
    name: `WO-${String(i).padStart(6, '0')}`,
    weight: between(1, 5),
  }));
  const operations: ProblemOperation[] = [];
  const links: { from: string; to: string; kind: 'finish_start' }[] = [];
  for (const order of orders) {
    for (let number = 0; number < wish.operationsPerOrder; number += 1) {
      const first = random.below(wish.lanes);
      const base = between(10, 180) * 60;
      const count = 1 + random.below(wish.lanesPerOperation);
      const id = `${order.id}/${number}`;
      operations.push({
        id,
        name: `${order.name}/${(number + 1) * 10}`,
        order: order.id,
        choices: Array.from({ length: Math.min(count, wish.lanes) }, (_, at) => ({
          lane: `L${(first + at) % wish.lanes}`,
          run: wholeMinutes(base * (1 + at * 0.15)),
        })),
        ...(wish.families > 0 ? { family: `F${random.below(wish.families)}` } : {}),
        ...(wish.people !== undefined && random.below(4) === 0
          ? { needs: [{ skill: 'fitter', units: 1 }] }
          : {}),
      });
      if (number > 0) links.push({ from: `${order.id}/${number - 1}`, to: id, kind: 'finish_start' });
    }
  }
  const work = operations.reduce((sum, { choices }) => sum + (choices[0]?.run ?? 0), 0);
  const span = (work / wish.lanes) * 1.2 * (wish.shifts === true ? 2.1 : 1) * (wish.slackFactor ?? 0.8);
  const setups: SetupRule[] = [];
  for (let from = 0; from < wish.families; from += 1) {
    for (let to = 0; to < wish.families; to += 1) {
      if (from !== to)
        setups.push({ from: `F${from}`, to: `F${to}`, time: between(5, 90) * 60, cost: between(1, 20) });
    }
    setups.push({ to: `F${from}`, time: 15 * 60 });
  }
  return {
    lanes,
    orders: orders.map((order) => ({ ...order, due: wholeMinutes(span * (0.15 + random.fraction())) })),
    operations,
    links,
    resources:
      wish.people === undefined
        ? []
        : Array.from({ length: wish.people }, (_, i) => ({
            id: `P${i}`,
            name: `Fitter ${i}`,
            kind: 'person' as const,
            skills: ['fitter'],
            units: 1,
          })),
    setups,
    objective: wish.objective ?? tardinessFirst,
  };
}

/** 06:00 to 14:00 with a break, 14:00 to 22:00, Monday to Friday. */
function twoShifts(days: number): Span[] {
  return Array.from({ length: days }, (_, at) => at)
    .filter((at) => at % 7 < 5)
    .flatMap((at) => [
      { start: at * day + 6 * hour, end: at * day + 10 * hour },
      { start: at * day + 10 * hour + 1800, end: at * day + 22 * hour },
    ]);
}
