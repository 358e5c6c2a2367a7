import type { ShopGraph } from './graph.ts';
import type { Random } from './random.ts';

export interface Tenure {
  /** Moves for which an arc or a machine stays forbidden, at least; the jobs for each machine come on top. */
  readonly least: number;
  /** The most, as a multiple of the least. */
  readonly spread: number;
}

/** Beyond this the count of moves begins anew. */
const latest = 1 << 30;

/** What the moves of a tabu search undid and may not come back for a while: arcs, and machines. */
export class TabuList {
  /** Counts moves, over all runs. */
  now = 0;
  readonly jobs: number;
  /** Until when operation a may not come before one of job j again: [a * jobs + j]. */
  readonly arcUntil: Int32Array;
  /** Until when operation a may not return to machine k: [a * machines + k]; empty without a choice of machines. */
  readonly machineUntil: Int32Array;
  readonly #graph: ShopGraph;
  readonly #random: Random;
  readonly #least: number;
  readonly #span: number;

  constructor(graph: ShopGraph, random: Random, tenure: Tenure) {
    const { operationCount, jobCount, machineCount, alternativeMachine } = graph.instance;
    this.#graph = graph;
    this.#random = random;
    this.jobs = jobCount;
    const least = tenure.least + jobCount / machineCount;
    this.#least = Math.round(least);
    this.#span = Math.round(least * (tenure.spread - 1)) + 1;
    const isFlexible = alternativeMachine.length > operationCount;
    this.arcUntil = new Int32Array((operationCount + 2) * jobCount);
    this.machineUntil = new Int32Array(isFlexible ? operationCount * machineCount : 0);
  }

  /** Nothing is forbidden any more. */
  forget(): void {
    this.now += this.#least + this.#span;
    if (this.now < latest) return;
    this.now = 1;
    this.arcUntil.fill(0);
    this.machineUntil.fill(0);
  }

  /** Forbids what a move is about to undo: of `u` behind another operation, or onto another machine. */
  forbid(u: number, behind: number, alternative: number): void {
    const { machineBefore, machineAfter, machine, chosen, place, source, instance } = this.#graph;
    const until = this.now + this.#least + this.#random.below(this.#span);
    if (alternative !== chosen[u]) {
      this.machineUntil[u * instance.machineCount + (machine[u] ?? 0)] = until;
      return;
    }
    const { arcUntil, jobs } = this;
    const { jobOf } = instance;
    if (behind !== source && (place[behind] ?? 0) > (place[u] ?? 0)) {
      for (let w = machineAfter[u] ?? 0; ; w = machineAfter[w] ?? 0) {
        arcUntil[u * jobs + (jobOf[w] ?? 0)] = until;
        if (w === behind) break;
      }
    } else {
      const job = jobOf[u] ?? 0;
      for (let w = machineBefore[u] ?? 0; w !== behind; w = machineBefore[w] ?? 0)
        arcUntil[w * jobs + job] = until;
    }
  }
}
