/* oxlint-disable typescript/no-non-null-assertion -- one factor for each term */
import { objectiveTerms, type Objective, type ObjectiveTerm } from '../model/problem.ts';
import type { Plan } from './plan.ts';

/**
 * How good a plan is, for comparison: operations without a place first, then the sum of the weighted terms,
 * or one term after the other. Less is better.
 */
export type Score = readonly number[];

export function isBetter(score: Score, than: Score): boolean {
  for (let at = 0; at < score.length; at += 1) {
    const difference = score[at]! - than[at]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const readers: Readonly<Record<ObjectiveTerm, (plan: Plan) => number>> = {
  tardiness: (plan) => plan.terms.totalTardiness,
  'late-orders': (plan) => plan.terms.lateOrders,
  makespan: (plan) => plan.terms.makespan,
  'setup-time': (plan) => plan.setupTime,
  'setup-cost': (plan) => plan.costs,
  changes: (plan) => plan.changes,
  'work-in-progress': (plan) => plan.terms.workInProgress,
};

/** How much less the next term of a lexicographic objective counts while the search wanders. */
const step = 1e-3;

/** Judges plans by an objective: exactly for what is kept, as one number for what the search does next. */
export class Judge {
  readonly #weights: Float64Array;
  readonly #terms: readonly ObjectiveTerm[];
  readonly #read: readonly ((plan: Plan) => number)[];
  readonly lexicographic: boolean;
  #factors: Float64Array;
  /** What an operation without a place counts. */
  penalty = 1;

  constructor(objective: Objective) {
    const used = objective.terms.filter(({ weight }) => weight > 0);
    this.#weights = Float64Array.from(used, ({ weight }) => weight);
    this.#terms = used.map(({ term }) => term);
    this.#read = used.map(({ term }) => readers[term]);
    this.lexicographic = objective.mode === 'lexicographic';
    this.#factors = this.#weights.slice();
  }

  score(plan: Plan): Score {
    const values = this.#read.map((read, at) => read(plan) * this.#weights[at]!);
    if (this.lexicographic) return [plan.unplaced, ...values];
    return [plan.unplaced, values.reduce((sum, value) => sum + value, 0)];
  }

  /** Sets the size of things by a plan: from then on its energy is about 1. */
  calibrate(plan: Plan): void {
    const values = this.#read.map((read, at) => Math.max(1, read(plan) * this.#weights[at]!));
    const sum = values.reduce((total, value) => total + value, 0);
    this.#factors = this.#weights.map((weight, at) =>
      this.lexicographic ? (weight * step ** at) / values[at]! : weight / sum,
    );
    this.penalty = 10;
  }

  /** Lets a plan give up a change as soon as it costs too much in tardiness. */
  lend(plan: Plan): void {
    const { orderOf, outOf, linkTo, weight } = plan.compiled;
    const at = this.#terms.indexOf('tardiness');
    const factor = at < 0 ? 0 : this.#factors[at]!;
    const changes = this.#terms.indexOf('changes');
    plan.changeWeight = changes < 0 ? 0 : this.#factors[changes]!;
    for (const i of plan.compiled.free) {
      const links = outOf.items.subarray(outOf.from[i], outOf.from[i + 1]);
      const goesOn = links.some((link) => orderOf[linkTo[link]!] === orderOf[i]);
      plan.endWeight[i] = goesOn ? 0 : factor * weight[orderOf[i]!]!;
    }
  }

  energy(plan: Plan): number {
    let energy = plan.unplaced * this.penalty;
    for (let at = 0; at < this.#read.length; at += 1) energy += this.#read[at]!(plan) * this.#factors[at]!;
    return energy;
  }

  /** Whether a term counts at all. */
  static weighs(objective: Objective, term: ObjectiveTerm): boolean {
    return objective.terms.some((one) => one.term === term && one.weight > 0);
  }
}

/** The terms of a plan by name. */
export function termsOf(plan: Plan): Record<ObjectiveTerm, number> {
  const pairs = objectiveTerms.map((term) => [term, readers[term](plan)] as const);
  return Object.fromEntries(pairs) as Record<ObjectiveTerm, number>;
}
