import { drawCriticalPath } from './critical-path.ts';
import type { ShopGraph } from './graph.ts';
import type { ShopPlan } from './instance.ts';
import type { Random } from './random.ts';
import { TabuList, type Tenure } from './tabu-list.ts';

const never = 1 << 30;

/**
 * Tabu search on one graph. A move takes an operation of a critical path elsewhere:
 *
 * - within its block, to an end of the block, or an end of the block to its inside (N7: Zhang, Li, Guan and
 *   Rao, "A tabu search algorithm with a new neighborhood structure for the job shop scheduling problem",
 *   2007, over N6 of Balas and Vazacopoulos, 1998), where heads or tails prove that no cycle can arise;
 * - onto another machine that may do it, between what must be before and what must be behind (Mastrolilli and
 *   Gambardella, "Effective neighbourhood functions for the flexible job shop problem", 2000).
 *
 * A move is judged by heads and tails over the operations that it touches. The best that is not forbidden is
 * made, worse ones too; then what it undid may not come back for a while: the arcs, or the machine.
 */
export class TabuSearch {
  readonly graph: ShopGraph;
  readonly bestPlan: ShopPlan;
  best = never;
  /** Moves since the best of this run was found. */
  idle = 0;
  /** Moves that were judged, in all runs. */
  evaluations = 0;
  readonly #random: Random;
  readonly #flexible: boolean;
  readonly #list: TabuList;
  readonly #path: Int32Array;
  readonly #window: Int32Array;
  // The best move so far of this step, and one of the forbidden, for when all are.
  #operation = 0;
  #behind = 0;
  #alternative = 0;
  #value = 0;
  #ties = 0;
  #forbiddenOperation = 0;
  #forbiddenBehind = 0;
  #forbiddenAlternative = 0;
  #forbiddenTies = 0;

  constructor(graph: ShopGraph, random: Random, tenure: Tenure) {
    const { operationCount, alternativeMachine } = graph.instance;
    this.graph = graph;
    this.#random = random;
    this.#flexible = alternativeMachine.length > operationCount;
    this.#list = new TabuList(graph, random, tenure);
    this.#path = new Int32Array(operationCount);
    this.#window = new Int32Array(operationCount);
    this.bestPlan = { order: new Int32Array(operationCount), chosen: new Int32Array(operationCount) };
  }

  /** Begins a run from a plan; nothing is forbidden. */
  start(plan: ShopPlan): void {
    this.graph.load(plan);
    this.#keep();
    this.#list.forget();
  }

  /**
   * Makes moves until `moves` are used, the best stood for `patience` moves or is at `target`.
   * @returns how many were made; none when no operation can go anywhere.
   */
  run(moves: number, patience: number, target: number): number {
    let made = 0;
    while (made < moves && this.idle < patience && this.best > target && this.#step()) made += 1;
    return made;
  }

  #keep(): void {
    this.best = this.graph.makespan;
    this.idle = 0;
    this.graph.save(this.bestPlan);
  }

  #step(): boolean {
    const { graph } = this;
    this.#list.now += 1;
    this.#value = never;
    this.#ties = 0;
    this.#forbiddenTies = 0;
    const length = drawCriticalPath(graph, this.#random, this.#path);
    this.#judgeBlocks(length);
    if (this.#flexible) for (let at = 0; at < length; at += 1) this.#judgeMachines(this.#path[at] ?? 0);
    if (this.#ties > 0) this.#make(this.#operation, this.#behind, this.#alternative);
    else if (this.#forbiddenTies > 0)
      this.#make(this.#forbiddenOperation, this.#forbiddenBehind, this.#forbiddenAlternative);
    else return false;
    return true;
  }

  #make(operation: number, behind: number, alternative: number): void {
    this.#list.forbid(operation, behind, alternative);
    this.graph.relocate(operation, alternative, behind);
    this.idle += 1;
    if (this.graph.makespan < this.best) this.#keep();
  }

  /** The path runs backwards: in `path[from .. to]`, all on one machine, `from` is the last operation. */
  #judgeBlocks(length: number): void {
    const { machine } = this.graph;
    const path = this.#path;
    let to = 0;
    for (let from = 0; from < length; from = to + 1) {
      const k = machine[path[from] ?? 0] ?? 0;
      to = from;
      while (to + 1 < length && machine[path[to + 1] ?? 0] === k) to += 1;
      // Nothing is gained behind the last block of all, nor before the first.
      const hasNext = from > 0;
      const hasPrevious = to < length - 1;
      if (to === from || !(hasNext || hasPrevious)) continue;
      const last = path[from] ?? 0;
      const first = path[to] ?? 0;
      if (to === from + 1) {
        this.#judgeBehind(first, last);
        continue;
      }
      if (hasNext) {
        for (let at = from + 1; at <= to; at += 1) this.#judgeBehind(path[at] ?? 0, last);
        for (let at = from + 1; at < to; at += 1) this.#judgeBefore(last, path[at] ?? 0);
      }
      if (hasPrevious) {
        for (let at = from; at < to; at += 1) this.#judgeBefore(path[at] ?? 0, first);
        for (let at = from + 1; at < to; at += 1) this.#judgeBehind(first, path[at] ?? 0);
      }
    }
  }

  #judgeBehind(u: number, v: number): void {
    const { end, tail, duration, routeBefore, routeAfter, machineBefore, machineAfter, chosen } = this.graph;
    // A path from u's next of the route to v would be longer than the tail of v.
    if ((tail[v] ?? 0) < (tail[routeAfter[u] ?? 0] ?? 0) || routeAfter[u] === v) return;
    this.evaluations += 1;
    const starts = this.#window;
    const { arcUntil, jobs, now } = this.#list;
    const job = this.graph.instance.jobOf[u] ?? 0;
    let isForbidden = false;
    let count = 0;
    let e = end[machineBefore[u] ?? 0] ?? 0;
    for (let w = machineAfter[u] ?? 0; ; w = machineAfter[w] ?? 0) {
      if ((arcUntil[w * jobs + job] ?? 0) > now) isForbidden = true;
      const byRoute = end[routeBefore[w] ?? 0] ?? 0;
      const start = byRoute > e ? byRoute : e;
      starts[count] = start;
      count += 1;
      e = start + (duration[w] ?? 0);
      if (w === v) break;
    }
    const byRoute = end[routeBefore[u] ?? 0] ?? 0;
    if (byRoute > e) e = byRoute;
    const after = tail[routeAfter[u] ?? 0] ?? 0;
    let t = tail[machineAfter[v] ?? 0] ?? 0;
    if (after > t) t = after;
    t += duration[u] ?? 0;
    let value = e + t;
    for (let w = v; count > 0; w = machineBefore[w] ?? 0) {
      const after = tail[routeAfter[w] ?? 0] ?? 0;
      if (after > t) t = after;
      t += duration[w] ?? 0;
      count -= 1;
      const through = (starts[count] ?? 0) + t;
      if (through > value) value = through;
    }
    this.#offer(u, v, chosen[u] ?? 0, value, isForbidden);
  }

  #judgeBefore(v: number, u: number): void {
    const { end, tail, duration, routeBefore, routeAfter, machineBefore, machineAfter, chosen } = this.graph;
    // A path from u to v's previous of the route would end after u.
    if ((end[u] ?? 0) < (end[routeBefore[v] ?? 0] ?? 0) || routeBefore[v] === u) return;
    this.evaluations += 1;
    const tails = this.#window;
    const { arcUntil, jobs, now } = this.#list;
    const row = v * jobs;
    const { jobOf } = this.graph.instance;
    let isForbidden = false;
    let count = 0;
    let t = tail[machineAfter[v] ?? 0] ?? 0;
    for (let w = machineBefore[v] ?? 0; ; w = machineBefore[w] ?? 0) {
      if ((arcUntil[row + (jobOf[w] ?? 0)] ?? 0) > now) isForbidden = true;
      const after = tail[routeAfter[w] ?? 0] ?? 0;
      t = (after > t ? after : t) + (duration[w] ?? 0);
      tails[count] = t;
      count += 1;
      if (w === u) break;
    }
    const after = tail[routeAfter[v] ?? 0] ?? 0;
    if (after > t) t = after;
    let e = end[machineBefore[u] ?? 0] ?? 0;
    const byRoute = end[routeBefore[v] ?? 0] ?? 0;
    if (byRoute > e) e = byRoute;
    e += duration[v] ?? 0;
    let value = e + t;
    for (let w = u; count > 0; w = machineAfter[w] ?? 0) {
      const byRoute = end[routeBefore[w] ?? 0] ?? 0;
      if (byRoute > e) e = byRoute;
      count -= 1;
      const through = e + (tails[count] ?? 0);
      if (through > value) value = through;
      e += duration[w] ?? 0;
    }
    this.#offer(v, machineBefore[u] ?? 0, chosen[v] ?? 0, value, isForbidden);
  }

  #judgeMachines(v: number): void {
    const { graph } = this;
    const { end, tail, duration, routeBefore, routeAfter, machineAfter, machine, firstOn, source, sink } =
      graph;
    const { firstAlternative, alternativeMachine, alternativeDuration, machineCount } = graph.instance;
    const { machineUntil, now } = this.#list;
    const ready = end[routeBefore[v] ?? 0] ?? 0;
    const rest = tail[routeAfter[v] ?? 0] ?? 0;
    const restBehind = rest - (duration[routeAfter[v] ?? 0] ?? 0);
    const own = machine[v] ?? 0;
    for (
      let alternative = firstAlternative[v] ?? 0;
      alternative < (firstAlternative[v + 1] ?? 0);
      alternative += 1
    ) {
      const k = alternativeMachine[alternative] ?? 0;
      if (k === own) continue;
      const isForbidden = (machineUntil[v * machineCount + k] ?? 0) > now;
      const d = alternativeDuration[alternative] ?? 0;
      if (ready + d + rest > (isForbidden ? this.best : this.#value)) continue;
      // Behind all that ends before v is ready: none of those can depend on v. Then on until no tail binds,
      // or what v leads to could come before it.
      let x = source;
      let y = firstOn[k] ?? 0;
      while (y !== sink && (end[y] ?? 0) <= ready) {
        x = y;
        y = machineAfter[y] ?? 0;
      }
      let behind = -1;
      let value = never;
      while (x === source || (tail[x] ?? 0) > restBehind) {
        const e = end[x] ?? 0;
        const t = tail[y] ?? 0;
        const through = (e > ready ? e : ready) + d + (t > rest ? t : rest);
        this.evaluations += 1;
        if (through < value) {
          value = through;
          behind = x;
        }
        if (t <= rest) break;
        x = y;
        y = machineAfter[y] ?? 0;
      }
      if (behind >= 0) this.#offer(v, behind, alternative, value, isForbidden);
    }
  }

  /** Ties are drawn by chance. What is forbidden counts only where it beats the best of the run. */
  #offer(operation: number, behind: number, alternative: number, value: number, isForbidden: boolean): void {
    if (isForbidden && value >= this.best) {
      this.#forbiddenTies += 1;
      if (this.#forbiddenTies > 1 && this.#random.below(this.#forbiddenTies) > 0) return;
      this.#forbiddenOperation = operation;
      this.#forbiddenBehind = behind;
      this.#forbiddenAlternative = alternative;
      return;
    }
    if (value > this.#value) return;
    if (value < this.#value) {
      this.#value = value;
      this.#ties = 1;
    } else {
      this.#ties += 1;
      if (this.#random.below(this.#ties) > 0) return;
    }
    this.#operation = operation;
    this.#behind = behind;
    this.#alternative = alternative;
  }
}
