import { checkSchedule } from '../checker/check-schedule.ts';
import type { Violation } from '../checker/violation.ts';
import type { Problem } from '../model/problem.ts';
import { constraintsOf } from './constraints.ts';
import { createRichSearch } from './search.ts';

export interface ExplainOptions {
  /** Changes that are tried on the whole problem before it counts as impossible. */
  readonly moves?: number | undefined;
}

const movesByDefault = 3000;
/** What is left is small: so many changes try every way of it that matters. */
const movesForSmall = 200;
const round = 100;

/**
 * The smallest set of rules that cannot hold together, as messages; empty when everything finds a place.
 * First operations are taken away as long as what is left still finds no place, then rule after rule: each
 * one that is left is needed for the conflict. Whether something finds a place is asked of the search, so
 * that a conflict among many operations may be told where a longer search would have found a way.
 *
 * @param problem one that `validateProblem` finds nothing wrong with.
 */
export function explainInfeasible(
  problem: Problem,
  { moves = movesByDefault }: ExplainOptions = {},
): Violation[] {
  const stuck = stuckIn(problem, moves);
  if (stuck.length === 0) return [];
  const ids = smallestStuck(problem, stuck);
  let left = keepOnly(problem, ids);
  const conflict: Violation[] = [];
  for (const { violation, without } of constraintsOf(left)) {
    const loosened = without(left);
    if (isStuck(loosened)) left = loosened;
    else conflict.push(violation);
  }
  return conflict;
}

/** Ids of operations that find no place, or break a rule where they are pinned; those waited for come first. */
function stuckIn(problem: Problem, moves: number): string[] {
  const search = createRichSearch(problem, { seed: 1 });
  for (let done = 0; done < moves && search.best().unplaced.length > 0; done += round) search.step(round);
  const { schedule, unplaced } = search.best();
  const waiting = new Set(unplaced);
  const blamed = new Set(
    problem.links.filter(({ from, to }) => waiting.has(from) && waiting.has(to)).map(({ to }) => to),
  );
  const roots = unplaced.filter((id) => !blamed.has(id));
  const broken = checkSchedule(problem, schedule)
    .filter(({ rule }) => rule !== 'missing')
    .flatMap(({ operations }) => operations);
  return [...new Set([...roots, ...unplaced, ...broken])];
}

const isStuck = (problem: Problem) => stuckIn(problem, movesForSmall).length > 0;

/** A set of operations that find no place, of which none can be left out. */
function smallestStuck(problem: Problem, stuck: readonly string[]): string[] {
  // Outward from one that is stuck, until what is around it is enough to be stuck.
  let around = stuck.slice(0, 1);
  for (;;) {
    if (isStuck(keepOnly(problem, around))) break;
    const wider = neighbours(problem, around);
    if (wider.length === around.length) {
      around = problem.operations.map(({ id }) => id);
      break;
    }
    around = wider;
  }
  // Halves first, then smaller pieces, down to single ones.
  for (let size = Math.ceil(around.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < around.length;) {
      const without = [...around.slice(0, at), ...around.slice(at + size)];
      if (without.length > 0 && isStuck(keepOnly(problem, without))) around = without;
      else at += size;
    }
  }
  return around;
}

/** With what is linked to them, and what is pinned or has to run on the same lanes. */
function neighbours(problem: Problem, ids: readonly string[]): string[] {
  const known = new Set(ids);
  for (const { from, to } of problem.links) {
    if (ids.includes(from)) known.add(to);
    if (ids.includes(to)) known.add(from);
  }
  if (known.size > ids.length) return [...known];
  const lanes = new Set(
    problem.operations
      .filter(({ id }) => known.has(id))
      .flatMap(({ choices, pin }) => [
        ...choices.map(({ lane }) => lane),
        ...(pin === undefined ? [] : [pin.lane]),
      ]),
  );
  for (const { id, pin } of problem.operations) if (pin !== undefined && lanes.has(pin.lane)) known.add(id);
  if (known.size > ids.length) return [...known];
  for (const { id, choices } of problem.operations)
    if (choices.some(({ lane }) => lanes.has(lane))) known.add(id);
  return [...known];
}

function keepOnly(problem: Problem, ids: readonly string[]): Problem {
  const kept = new Set(ids);
  const operations = problem.operations.filter(({ id }) => kept.has(id));
  const orders = new Set(operations.map(({ order }) => order));
  return {
    ...problem,
    operations,
    orders: problem.orders.filter(({ id }) => orders.has(id)),
    links: problem.links.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}
