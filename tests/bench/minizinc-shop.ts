/** The job shop as a constraint model, for MiniZinc's solvers as peers of ours. */
import { isFlexible } from '#domain/scheduling/shop/instance';
import type { ShopInstance } from '#domain/scheduling/shop/instance';
import { runMinizinc } from './minizinc.ts';
import type { MinizincSolver } from './minizinc.ts';

const given = `
int: operations; int: machines; int: alternatives; int: horizon;
array[1..operations] of bool: follows;
array[1..operations] of int: first;
array[1..operations] of int: last;
array[1..alternatives] of int: operation;
array[1..alternatives] of int: machine;
array[1..alternatives] of int: duration;
array[1..operations] of var 0..horizon: start;
var 0..horizon: makespan;
`;

/** With a choice of machines: each is a cumulative resource of one, and what is not used takes nothing of it. */
const flexibleModel = `
include "cumulative.mzn";
${given}array[1..alternatives] of var 0..1: uses;
array[1..operations] of var 0..horizon: takes =
  [sum(a in first[i]..last[i])(duration[a] * uses[a]) | i in 1..operations];
constraint forall(i in 1..operations)(sum(a in first[i]..last[i])(uses[a]) = 1);
constraint forall(i in 2..operations where follows[i])(start[i] >= start[i - 1] + takes[i - 1]);
constraint forall(i in 1..operations)(start[i] + takes[i] <= makespan);
constraint forall(m in 1..machines)(let { array[int] of int: own = [a | a in 1..alternatives where machine[a] = m] } in
  cumulative([start[operation[a]] | a in own], [duration[a] | a in own], [uses[a] | a in own], 1));
solve :: seq_search([int_search(start, smallest, indomain_min), int_search(uses, input_order, indomain_max)])
  minimize makespan;
`;

const jobShopModel = `
include "disjunctive.mzn";
${given}constraint forall(i in 2..operations where follows[i])(start[i] >= start[i - 1] + duration[i - 1]);
constraint forall(i in 1..operations)(start[i] + duration[i] <= makespan);
constraint forall(m in 1..machines)(let { array[int] of int: own = [i | i in 1..operations where machine[i] = m] } in
  disjunctive([start[i] | i in own], [duration[i] | i in own]));
solve :: int_search(start, smallest, indomain_min) minimize makespan;
`;

/**
 * The least makespan found within the time, from a loaded solver on; null when it found none.
 * @throws Error with what MiniZinc said.
 */
export async function solveByMinizinc(
  instance: ShopInstance,
  solver: MinizincSolver,
  seconds: number,
): Promise<number | null> {
  const model = isFlexible(instance) ? flexibleModel : jobShopModel;
  const { makespan } = await runMinizinc({ model, data: dataOf(instance), solver, seconds });
  return makespan;
}

function dataOf(instance: ShopInstance) {
  const { operationCount, machineCount, jobOf, firstAlternative, alternativeMachine, alternativeDuration } =
    instance;
  const operations = [...jobOf.keys()];
  const of = (operation: number) => [firstAlternative[operation] ?? 0, firstAlternative[operation + 1] ?? 0];
  return {
    operations: operationCount,
    machines: machineCount,
    alternatives: alternativeMachine.length,
    horizon: operations.reduce((sum, i) => sum + Math.max(...alternativeDuration.subarray(...of(i))), 0),
    follows: operations.map((i) => i > 0 && jobOf[i] === jobOf[i - 1]),
    first: operations.map((i) => (firstAlternative[i] ?? 0) + 1),
    last: operations.map((i) => firstAlternative[i + 1] ?? 0),
    operation: operations.flatMap((i) => [...alternativeMachine.subarray(...of(i))].map(() => i + 1)),
    machine: [...alternativeMachine].map((machine) => machine + 1),
    duration: [...alternativeDuration],
  };
}
