/** Set-ups and weighted tardiness as a constraint model, for MiniZinc's solvers as peers of ours. */
import type { Problem } from '#domain/scheduling/model/problem';
import { runMinizinc } from './minizinc.ts';

/** Set-ups keep the triangle inequality, so that what holds between neighbours holds between any two. */
const model = `
int: operations; int: choices; int: lanes; int: families; int: orders; int: links; int: horizon;
array[1..operations] of int: first;
array[1..operations] of int: last;
array[1..choices] of int: lane;
array[1..choices] of int: run;
array[1..operations] of int: family;
array[1..operations] of int: order_of;
array[1..orders] of int: due;
array[1..orders] of int: weight;
array[1..links] of int: from;
array[1..links] of int: to;
array[1..families] of int: cold;
array[1..families, 1..families] of int: setup;
array[1..operations] of var 0..horizon: start;
array[1..operations] of var 1..choices: chosen;
array[1..operations] of var 0..horizon: end;
array[1..operations] of var 1..lanes: on;
array[1..orders] of var 0..horizon: late;
var 0..horizon * sum(weight): makespan;
constraint forall(i in 1..operations)(
  chosen[i] >= first[i] /\\ chosen[i] <= last[i] /\\ on[i] = lane[chosen[i]] /\\ end[i] = start[i] + run[chosen[i]]
  /\\ start[i] >= cold[family[i]] /\\ late[order_of[i]] >= end[i] - due[order_of[i]]);
constraint forall(k in 1..links)(start[to[k]] >= end[from[k]]);
constraint forall(i, j in 1..operations where i < j)(
  on[i] != on[j] \\/ start[j] >= end[i] + setup[family[i], family[j]] \\/ start[i] >= end[j] + setup[family[j], family[i]]);
constraint makespan = sum(o in 1..orders)(weight[o] * late[o]);
solve :: int_search(start, smallest, indomain_min) minimize makespan;
`;

const minute = 60;

export interface PeerAnswer {
  /** Weighted tardiness of the best that was found; null: nothing was. */
  readonly tardiness: number | null;
  /** It was proved that nothing is better. */
  readonly isOptimal: boolean;
}

/**
 * What Chuffed finds for weighted tardiness within the time, from a loaded solver on.
 * @param problem without calendars, people, pins and lags, with a family at every operation.
 */
export async function solveRichByChuffed(problem: Problem, seconds: number): Promise<PeerAnswer> {
  const data = dataOf(problem);
  const { makespan, isOptimal } = await runMinizinc({ model, data, solver: 'chuffed', seconds });
  return { tardiness: makespan === null ? null : makespan * minute, isOptimal };
}

/** In minutes, of which all that the generator makes is whole: smaller numbers are easier for the peer. */
function dataOf(problem: Problem) {
  const { lanes, orders, operations, links, setups } = problem;
  const families = [...new Set(setups.map(({ to }) => to))];
  const number = (ids: readonly string[], id: string | undefined) => ids.indexOf(id ?? '') + 1;
  const laneIds = lanes.map(({ id }) => id);
  const operationIds = operations.map(({ id }) => id);
  const orderIds = orders.map(({ id }) => id);
  const time = (from: string | undefined, to: string) =>
    (setups.find((rule) => rule.from === from && rule.to === to)?.time ?? 0) / minute;
  const counts = operations.map(({ choices }) => choices.length);
  const ends = counts.map((_, at) => counts.slice(0, at + 1).reduce((sum, count) => sum + count, 0));
  return {
    operations: operations.length,
    choices: ends.at(-1) ?? 0,
    lanes: lanes.length,
    families: families.length,
    orders: orders.length,
    links: links.length,
    horizon: operations.reduce(
      (sum, { choices }) => sum + Math.max(...choices.map(({ run }) => run / minute)) + 90,
      0,
    ),
    first: ends.map((end, at) => end - (counts[at] ?? 0) + 1),
    last: ends,
    lane: operations.flatMap(({ choices }) => choices.map(({ lane }) => number(laneIds, lane))),
    run: operations.flatMap(({ choices }) => choices.map(({ run }) => run / minute)),
    family: operations.map(({ family }) => number(families, family)),
    order_of: operations.map(({ order }) => number(orderIds, order)),
    due: orders.map(({ due }) => (due ?? 0) / minute),
    weight: orders.map(({ weight }) => weight),
    from: links.map(({ from }) => number(operationIds, from)),
    to: links.map(({ to }) => number(operationIds, to)),
    cold: families.map((to) => time(undefined, to)),
    setup: families.map((from) => families.map((to) => (from === to ? 0 : time(from, to)))),
  };
}
