/* oxlint-disable typescript/no-non-null-assertion -- a list that is never empty */
import type { Objective, Problem, Schedule } from '../model/problem.ts';
import { createRandom, type Random } from '../shop/random.ts';
import { boundOf } from './bound.ts';
import { compile, type Compiled } from './compile.ts';
import { imageOf, planOf, scheduleOf, unplacedOf, type PlanImage } from './convert.ts';
import { dispatch, dispatchBasis, dispatchRules } from './dispatch.ts';
import { isBetter, Judge, type Score } from './judge.ts';
import { createMoves, type Proposal } from './moves.ts';
import { orderByKey } from './ordering.ts';
import type { Plan } from './plan.ts';
import { ruinAndRecreate } from './ruin.ts';

/** The best plan of a search so far. */
export interface Best {
  readonly schedule: Schedule;
  /** Ids of operations that found no place. */
  readonly unplaced: readonly string[];
  /** Weighted: the sum of the terms; lexicographic: the first term, weighted. */
  readonly objective: number;
  /** To compare with the best of another search for the same problem. */
  readonly score: Score;
}

export interface RichSearch {
  /** Looks at that many neighbours of the present plan. @returns whether the best has become better. */
  step(moves: number): boolean;
  best(): Best;
  /** What no score can be better than. */
  bound(): Score;
  /** The best as positions, to hand to a search of the same problem on another thread. */
  image(): PlanImage;
  /** Takes what another search found, if it is better than the best of this one. */
  adopt(image: PlanImage): void;
  /** Moves looked at since the beginning. */
  readonly moves: number;
}

export interface RichSearchOptions {
  readonly seed: number;
  /** Where to begin, in place of a plan built from nothing. */
  readonly start?: PlanImage | undefined;
  readonly objective?: Objective | undefined;
  /** How freely it takes what is worse at first: the part of a common rise. */
  readonly heat?: number | undefined;
  /** Moves of the first cycle of cooling. */
  readonly cycle?: number | undefined;
  /** How far above what may be taken a change may cost half way, in temperatures. */
  readonly patience?: number | undefined;
  /** Changes what is proposed. */
  readonly moves?: ((propose: Proposal, random: Random) => Proposal) | undefined;
}

const nothing: PlanImage = {
  order: new Int32Array(),
  choice: new Int32Array(),
  anchor: new Float64Array(),
};
/** Above this many operations fewer rules are tried for the first plan. */
const manyOperations = 3000;
const shortestCycle = 20_000;
/** Moves between two ruins: seldom, for annealing alone does nearly as well; often while something has no place. */
const ruinEvery = 5000;
const ruinWhileUnplaced = 200;
/** Moves after which the order is put into the order of the times. */
const tidyEvery = 4000;

/**
 * Simulated annealing over the positions of a plan, in cycles that become longer, each from the best so far.
 * The same seed and the same number of moves give the same schedule. The first plan, that of one dispatching rule, is there at once.
 *
 * @param problem one that `validateProblem` finds nothing wrong with.
 */
export function createRichSearch(problem: Problem, options: RichSearchOptions): RichSearch {
  return searchFrom(compile(problem), options);
}

export function searchFrom(compiled: Compiled, options: RichSearchOptions): RichSearch {
  const objective = options.objective ?? compiled.problem.objective;
  const random = createRandom(options.seed);
  const judge = new Judge(objective);
  const rules = options.start === undefined ? rulePlans(compiled) : undefined;
  let plan = rules?.next().value ?? planOf(compiled, options.start ?? nothing);
  judge.calibrate(plan);
  const ownMoves = createMoves(compiled, objective, random);
  const propose = options.moves?.(ownMoves, random) ?? ownMoves;
  const heat = options.heat ?? 0.06;
  // What comes later may still make up for what a change costs half way.
  const patience = options.patience ?? 3;
  const frozen = compiled.free.length < 1;

  let energy = judge.energy(plan);
  let bestImage = imageOf(plan);
  let bestScore = judge.score(plan);
  let bestEnergy = energy;
  let bestPlan: Plan | undefined;
  let moves = 0;
  let cycleEnds = 0;
  let cycleLength = options.cycle ?? Math.max(shortestCycle, 20 * compiled.free.length);
  let coldest = 0;
  let temperature = 0;
  let cooling = 0;
  /** Moves that were asked for in all; a ruin may go beyond, and the next step does as many less. */
  let target = 0;
  let nextTidy = tidyEvery;
  let nextRuin = ruinWhileUnplaced;

  const keepIfBest = (): boolean => {
    if (energy > bestEnergy * 1.001 + 1e-9) return false;
    const score = judge.score(plan);
    if (!isBetter(score, bestScore)) return false;
    bestScore = score;
    bestEnergy = energy;
    bestImage = imageOf(plan);
    bestPlan = undefined;
    return true;
  };
  /** What the rules say that were not asked for the first plan: the first step begins from the best of them. */
  const hearRules = (): boolean => {
    let better = false;
    for (const other of rules ?? []) {
      const score = judge.score(other);
      if (!isBetter(score, bestScore)) continue;
      [bestScore, bestImage, bestPlan] = [score, imageOf(other), other];
      better = true;
    }
    if (better) {
      judge.calibrate(bestPlan ?? plan);
      bestEnergy = judge.energy(bestPlan ?? plan);
    }
    return better;
  };
  /** What a change costs on average, of those that cost something. */
  const measureHeat = (): number => {
    let sum = 0;
    let count = 0;
    for (let round = 0; round < 200; round += 1) {
      plan.begin();
      if (propose(plan)) {
        plan.settle();
        const rise = judge.energy(plan) - energy;
        if (rise > 0 && rise < judge.penalty / 2) {
          sum += rise;
          count += 1;
        }
      }
      plan.undo();
    }
    return count === 0 ? 1e-3 : sum / count;
  };
  const beginCycle = () => {
    plan = planOf(compiled, bestImage);
    judge.lend(plan);
    energy = judge.energy(plan);
    const hottest = measureHeat() * (moves === 0 ? heat : heat / 2);
    coldest = hottest * 1e-3;
    cooling = Math.log(1e3) / cycleLength;
    cycleEnds = moves + cycleLength;
    cycleLength = Math.ceil(cycleLength * 1.6);
  };
  /** Puts the order into the order of the times, where that leaves the plan as good as it is. */
  const tidy = () => {
    const { order } = plan;
    const still = imageOf(plan);
    const sorted = orderByKey(compiled, (i) =>
      plan.placed[i] === 1 ? plan.run[i]! : plan.position[i]! * 1e9,
    );
    if (sorted.every((operation, at) => order[at] === operation)) return;
    const tidied = planOf(compiled, { ...still, order: sorted });
    const tidiedEnergy = judge.energy(tidied);
    if (tidiedEnergy > energy + 1e-12) return;
    plan = tidied;
    judge.lend(plan);
    energy = tidiedEnergy;
  };

  /** A larger change, taken when it is as good as what is taken at this temperature. */
  const ruin = (): boolean => {
    const before = imageOf(plan);
    const { free } = compiled;
    const stuck = plan.unplaced > 0 ? free.filter((i) => plan.placed[i] === 0) : free;
    const seed = stuck[random.below(stuck.length)] ?? free[0]!;
    moves += ruinAndRecreate(plan, judge, random, seed);
    const next = judge.energy(plan);
    if (next - energy <= -temperature * Math.log(1 - random.fraction())) {
      energy = next;
      return keepIfBest();
    }
    plan = planOf(compiled, before);
    judge.lend(plan);
    return false;
  };

  return {
    get moves() {
      return moves;
    },
    step(count) {
      if (frozen || count <= 0) return false;
      let better = moves === 0 && hearRules();
      target += count;
      while (moves < target) {
        if (moves >= cycleEnds) beginCycle();
        moves += 1;
        temperature = coldest * Math.exp(cooling * (cycleEnds - moves));
        if (moves >= nextTidy) {
          nextTidy = moves + tidyEvery;
          tidy();
          better = keepIfBest() || better;
        }
        if (moves >= nextRuin) {
          nextRuin = moves + (plan.unplaced > 0 ? ruinWhileUnplaced : ruinEvery);
          better = ruin() || better;
          continue;
        }
        plan.begin();
        if (!propose(plan)) {
          plan.undo();
          continue;
        }
        // Drawn beforehand, so that what will not be taken need not be computed to its end.
        const allowed = -temperature * Math.log(1 - random.fraction());
        if (!plan.settle(allowed + patience * temperature)) {
          plan.undo();
          continue;
        }
        const next = judge.energy(plan);
        const rise = next - energy;
        if (rise <= allowed) {
          energy = next;
          if (rise < 0 || judge.lexicographic) better = keepIfBest() || better;
        } else plan.undo();
      }
      return better;
    },
    best() {
      bestPlan ??= planOf(compiled, bestImage);
      return {
        schedule: scheduleOf(bestPlan),
        unplaced: unplacedOf(bestPlan),
        objective: bestScore[1] ?? 0,
        score: bestScore,
      };
    },
    bound: () => boundOf(compiled, objective),
    image: () => bestImage,
    adopt(image) {
      const other = planOf(compiled, image);
      const score = judge.score(other);
      if (!isBetter(score, bestScore)) return;
      bestScore = score;
      bestEnergy = judge.energy(other);
      bestImage = image;
      bestPlan = other;
    },
  };
}

/** The plans of the dispatching rules, one after the other. */
function* rulePlans(compiled: Compiled): Generator<Plan, undefined> {
  const basis = dispatchBasis(compiled);
  const rules = compiled.free.length > manyOperations ? dispatchRules.slice(0, 3) : dispatchRules;
  for (const rule of rules) yield dispatch(compiled, basis, rule);
}
