/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Objective, Problem, Schedule } from '../model/problem.ts';
import type { Random } from '../shop/random.ts';
import { compile, type Compiled } from './compile.ts';
import { imageOf, imageOfSchedule, planOf, type PlanImage } from './convert.ts';
import { bestInsertions } from './insert.ts';
import { dispatch, dispatchBasis, type Waiting } from './dispatch.ts';
import { Judge } from './judge.ts';
import type { Proposal } from './moves.ts';
import { orderByKey } from './ordering.ts';
import type { Plan } from './plan.ts';
import { searchFrom, type Best, type RichSearch } from './search.ts';

/** A change is worth an hour of tardiness of a common order, where the objective does not say. */
const changeWorthS = 3600;
/** Places that are tried in all for operations that have none. */
const mostInsertions = 6000;
const movesByDefault = 16_000;

export interface RepairOptions {
  readonly seed: number;
  /** How many changes are looked at after the plan holds again. */
  readonly moves?: number | undefined;
}

export interface Repaired extends Best {
  /** Ids of operations that stand elsewhere or at another time than in `current`, new ones left out. */
  readonly moved: readonly string[];
}

/**
 * Makes a schedule hold again after a breakdown, a late delivery or a rush order, and moves as little as it
 * can: what may stay stays to the second, what may not is pushed back or put elsewhere, whichever costs less.
 * Moves weigh what the term `changes` of the objective says, counted against `current`; without that term
 * one counts as an hour of tardiness.
 *
 * @param problem as it is now, one that `validateProblem` finds nothing wrong with.
 * @param current as it was; what it lacks is put in.
 */
export function repair(problem: Problem, current: Schedule, options: RepairOptions): Repaired {
  const search = createRepairSearch(problem, current, options);
  search.step(options.moves ?? movesByDefault);
  const best = search.best();
  const before = new Map(current.assignments.map((assignment) => [assignment.operation, assignment]));
  const moved = best.schedule.assignments.filter(({ operation, lane, start }) => {
    const old = before.get(operation);
    return old !== undefined && (old.lane !== lane || old.start !== start);
  });
  return { ...best, moved: moved.map(({ operation }) => operation) };
}

/** The same as a search that can go on. Its changes are counted against `current`. */
export function createRepairSearch(
  problem: Problem,
  current: Schedule,
  options: RepairOptions & { readonly start?: PlanImage | undefined },
): RichSearch {
  const before = new Map(current.assignments.map((assignment) => [assignment.operation, assignment]));
  const objective = repairObjective(problem);
  const compiled = compile({
    ...problem,
    objective,
    operations: problem.operations.map((operation) => {
      const { lane, start } = before.get(operation.id) ?? {};
      return {
        ...operation,
        published: lane === undefined || start === undefined ? undefined : { lane, start },
      };
    }),
  });
  const home = imageOfSchedule(compiled, current, true);
  const start = options.start ?? replayed(compiled, home, withMissing(compiled, home, objective), objective);
  return searchFrom(compiled, {
    seed: options.seed,
    start,
    cycle: options.moves ?? movesByDefault,
    heat: 0.01,
    moves: (propose, random) => homeward(compiled, home, propose, random),
  });
}

function repairObjective({ objective, orders }: Problem): Objective {
  if (objective.terms.some(({ term, weight }) => term === 'changes' && weight > 0)) return objective;
  const mean = orders.reduce((sum, { weight }) => sum + weight, 0) / Math.max(1, orders.length);
  const tardiness = objective.terms.find(({ term }) => term === 'tardiness');
  const weight = changeWorthS * mean * (tardiness?.weight ?? 1);
  if (objective.mode === 'weighted') {
    return { ...objective, terms: [...objective.terms, { term: 'changes', weight }] };
  }
  // Where the first term alone decides nothing would keep a plan in place: the two are weighed instead.
  return {
    mode: 'weighted',
    terms: [
      { term: 'tardiness', weight: tardiness?.weight ?? 1 },
      { term: 'changes', weight },
      ...objective.terms
        .filter(({ term }) => term !== 'tardiness')
        .map(({ term }) => ({ term, weight: 0.001 })),
    ],
  };
}

/** The schedule with what it lacks put where it does least harm, the most urgent first. */
function withMissing(compiled: Compiled, home: PlanImage, objective: Objective): PlanImage {
  const missing = [...home.order].filter((i) => home.choice[i]! < 0);
  if (missing.length === 0) return home;
  const choice = home.choice.slice();
  for (const i of missing) choice[i] = compiled.choiceFrom[i]!;
  const plan = planOf(compiled, { ...home, choice });
  plan.begin();
  for (const i of missing) plan.detach(i);
  plan.settle();
  const judge = new Judge(objective);
  judge.calibrate(plan);
  const dueOf = (i: number) => Math.min(compiled.due[compiled.orderOf[i]!]!, compiled.dueEnd[i]!);
  const rank = new Map([...orderByKey(compiled, dueOf)].map((i, at) => [i, at]));
  missing.sort((a, b) => rank.get(a)! - rank.get(b)!);
  const tries = Math.max(3, Math.min(40, Math.floor(mostInsertions / (missing.length * 2))));
  for (const i of missing) {
    const [best] = bestInsertions(plan, judge, i, tries);
    plan.begin();
    plan.attach(i, best?.choice ?? choice[i]!, best?.position ?? plan.position[i]!);
    plan.settle();
  }
  return imageOf(plan);
}

/**
 * The same lanes, each served in the order in which things can begin now: what waits for a late delivery
 * or a lane that is down lets others pass that stood behind it. Or the order as it was, if that is better.
 */
function replayed(compiled: Compiled, home: PlanImage, image: PlanImage, objective: Objective): PlanImage {
  const plan = planOf(compiled, image);
  const judge = new Judge(objective);
  judge.calibrate(plan);
  const wanted = image.anchor.map((anchor, i) =>
    home.choice[i]! < 0 && plan.placed[i] === 1 ? plan.run[i]! : anchor,
  );
  const soonest = ({ at }: Waiting) => -at;
  const other = dispatch(compiled, dispatchBasis(compiled), soonest, {
    choice: image.choice,
    anchor: wanted,
  });
  if (other.length < plan.length || !(judge.energy(other) < judge.energy(plan))) return image;
  return { ...imageOf(other), anchor: image.anchor };
}

/** One proposal in four brings something that was moved back to where it stood. */
function homeward(compiled: Compiled, home: PlanImage, propose: Proposal, random: Random): Proposal {
  const { free, publishedLane, publishedStart } = compiled;
  const isAway = (plan: Plan, i: number) =>
    home.choice[i]! >= 0 && (plan.lane[i] !== publishedLane[i] || plan.start[i] !== publishedStart[i]);
  return (plan) => {
    if (random.below(4) !== 0) return propose(plan);
    let operation = -1;
    for (let round = 0; round < 30 && operation < 0; round += 1) {
      const i = free[random.below(free.length)]!;
      if (isAway(plan, i)) operation = i;
    }
    if (operation < 0) return propose(plan);
    const wanted = home.anchor[operation]!;
    let low = plan.earliestPosition(operation);
    let high = plan.latestPosition(operation);
    if (low > high) return false;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (plan.run[plan.order[middle]!]! >= wanted) high = middle;
      else low = middle + 1;
    }
    plan.relocate(operation, home.choice[operation]!, low, wanted);
    return true;
  };
}
