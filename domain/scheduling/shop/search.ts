import { lowerBound } from './bound.ts';
import { dispatch } from './dispatch.ts';
import { ShopGraph } from './graph.ts';
import { isFlexible } from './instance.ts';
import type { ShopInstance, ShopPlan } from './instance.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { distance, eliteOf, relink } from './relink.ts';
import type { Elite } from './relink.ts';
import { scheduleOf } from './schedule.ts';
import type { ShopOperation } from './schedule.ts';
import { TabuSearch } from './tabu.ts';
import type { Tenure } from './tabu-list.ts';

export interface SearchSettings {
  readonly tenure: Tenure;
  /** Plans that are kept and crossed. */
  readonly population: number;
  /** Moves without a better plan after which a tabu search is given up. */
  readonly patience: number;
  /** Plans nearer than this to each other, as a share of decisions, count as one. */
  readonly nearest: number;
  /** Crossed plans in a row, as a multiple of the population, that were not kept: begin anew. */
  readonly stagnation: number;
  /** How far a child stands from its first parent, least and most. */
  readonly share: readonly [number, number];
  readonly blur: number;
}

const jobShop: SearchSettings = {
  tenure: { least: 4, spread: 2 },
  population: 8,
  patience: 12_000,
  nearest: 0.02,
  stagnation: 5,
  share: [0.3, 0.7],
  blur: 1,
};

const flexible: SearchSettings = { ...jobShop, tenure: { least: 2, spread: 2 } };

export interface ShopSolution {
  readonly makespan: number;
  readonly operations: readonly ShopOperation[];
}

/**
 * A search for a short schedule that can be stopped after any step. Tabu searches from dispatched starts fill
 * a small population; then two of it are crossed by relinking, the child is improved, and takes the place of
 * the worst (Peng, Lü and Cheng, "A tabu search/path relinking algorithm to solve the job shop scheduling
 * problem", 2015). A population that yields nothing more is begun anew; the best of all is kept.
 *
 * The same seed, the same moves and the same adopted plans give the same result; there is no clock in it.
 */
export class ShopSearch {
  readonly instance: ShopInstance;
  /** No schedule is shorter. */
  readonly bound: number;
  /** Moves made so far. */
  moves = 0;
  makespan: number;
  readonly #settings: SearchSettings;
  readonly #random: Random;
  readonly #graph: ShopGraph;
  readonly #tabu: TabuSearch;
  #plan: ShopPlan;
  #population: Elite[] = [];
  #adopted: ShopPlan[] = [];
  #unkept = 0;
  #isRunning = false;

  constructor(instance: ShopInstance, seed: number, settings?: Partial<SearchSettings>) {
    this.instance = instance;
    this.#settings = { ...(isFlexible(instance) ? flexible : jobShop), ...settings };
    this.#random = createRandom(seed);
    this.#graph = new ShopGraph(instance);
    this.#tabu = new TabuSearch(this.#graph, this.#random, this.#settings.tenure);
    this.bound = lowerBound(instance);
    this.#plan = dispatch(instance, this.#random, 0);
    this.#tabu.start(this.#plan);
    this.#isRunning = true;
    this.makespan = this.#tabu.best;
  }

  /** Moves that were judged, made or not. */
  get evaluations(): number {
    return this.#tabu.evaluations;
  }

  get isOptimal(): boolean {
    return this.makespan <= this.bound;
  }

  best(): ShopSolution {
    return { makespan: this.makespan, operations: scheduleOf(this.instance, this.#plan) };
  }

  /** The best plan, to be adopted by another search of the same instance. */
  plan(): ShopPlan {
    return { order: this.#plan.order.slice(), chosen: this.#plan.chosen.slice() };
  }

  /** Makes up to `moves` moves, fewer only at the bound. @returns whether a better schedule was found. */
  step(moves: number): boolean {
    const { patience } = this.#settings;
    const tabu = this.#tabu;
    const before = this.makespan;
    let left = moves;
    while (left > 0 && !this.isOptimal) {
      if (!this.#isRunning) {
        tabu.start(this.#nextStart());
        this.#isRunning = true;
        // A start counts as a move, so that a plan in which nothing can move ends the step too.
        left -= 1;
        this.moves += 1;
      }
      const made = tabu.run(left, patience, this.bound);
      left -= made;
      this.moves += made;
      if (tabu.best < this.makespan) {
        this.makespan = tabu.best;
        this.#plan = { order: tabu.bestPlan.order.slice(), chosen: tabu.bestPlan.chosen.slice() };
      }
      if (left > 0) {
        this.#isRunning = false;
        for (const plan of [tabu.bestPlan, ...this.#adopted.splice(0)])
          this.#admit(eliteOf(this.#graph, plan));
      }
    }
    return this.makespan < before;
  }

  /** Takes a plan of another search of the same instance into the population, once the run in hand has ended. */
  adopt(plan: ShopPlan): void {
    this.#adopted.push(plan);
  }

  #nextStart(): ShopPlan {
    const { population, share, blur } = this.#settings;
    const random = this.#random;
    if (this.#population.length < population) return dispatch(this.instance, random, blur);
    const at = random.below(population);
    const other = (at + 1 + random.below(population - 1)) % population;
    const [first, second] = [this.#population[at], this.#population[other]];
    if (!first || !second) return this.plan();
    return relink(first, second, share[0] + random.fraction() * (share[1] - share[0]), random);
  }

  #admit(elite: Elite): void {
    const { population: size, nearest, stagnation } = this.#settings;
    const population = this.#population;
    if (population.length < size) {
      population.push(elite);
      return;
    }
    let worst = 0;
    let closest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [at, other] of population.entries()) {
      if (other.makespan >= (population[worst]?.makespan ?? 0)) worst = at;
      const apart = distance(this.instance, other.plan, elite.plan);
      if (apart >= least) continue;
      least = apart;
      closest = at;
    }
    const place = least < nearest ? closest : worst;
    const replaced = population[place]?.makespan ?? 0;
    if (elite.makespan <= replaced) population[place] = elite;
    this.#unkept = elite.makespan < replaced ? 0 : this.#unkept + 1;
    if (this.#unkept < stagnation * size) return;
    this.#unkept = 0;
    this.#population = [];
  }
}
