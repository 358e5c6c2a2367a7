import type { ShopInstance, ShopPlan } from './instance.ts';

const beforeAll = 1 << 30;

/**
 * The disjunctive graph of a plan, kept exact under moves. Node N stands for "nothing before", node N + 1
 * for "nothing after", so that the loops need no branches: their ends, tails and durations are 0.
 *
 * `end[i]` is the longest path from the start through i, `tail[i]` from the start of i to the end of all;
 * i is critical where `end[i] - duration[i] + tail[i]` is the makespan. A topological order is kept beside
 * them, so that a move recomputes only what stands behind it (heads) and before it (tails), and stops where
 * nothing changes any more.
 */
export class ShopGraph {
  readonly instance: ShopInstance;
  readonly source: number;
  readonly sink: number;
  readonly routeBefore: Int32Array;
  readonly routeAfter: Int32Array;
  readonly machineBefore: Int32Array;
  readonly machineAfter: Int32Array;
  readonly duration: Int32Array;
  readonly machine: Int32Array;
  readonly chosen: Int32Array;
  readonly end: Int32Array;
  readonly tail: Int32Array;
  readonly order: Int32Array;
  readonly place: Int32Array;
  readonly firstOn: Int32Array;
  makespan = 0;
  readonly #lastOfJob: Int32Array;
  readonly #mark: Int32Array;
  readonly #deferred: Int32Array;
  readonly #scratch: Int32Array;
  #stamp = 0;

  constructor(instance: ShopInstance) {
    const count = instance.operationCount;
    this.instance = instance;
    this.source = count;
    this.sink = count + 1;
    this.routeBefore = new Int32Array(count + 2).fill(count);
    this.routeAfter = new Int32Array(count + 2).fill(count + 1);
    this.machineBefore = new Int32Array(count + 2).fill(count);
    this.machineAfter = new Int32Array(count + 2).fill(count + 1);
    this.duration = new Int32Array(count + 2);
    this.machine = new Int32Array(count + 2).fill(-1);
    this.chosen = new Int32Array(count);
    this.end = new Int32Array(count + 2);
    this.tail = new Int32Array(count + 2);
    this.order = new Int32Array(count);
    this.place = new Int32Array(count + 2);
    this.place[count] = beforeAll;
    this.place[count + 1] = -1;
    this.firstOn = new Int32Array(instance.machineCount);
    const lasts: number[] = [];
    for (let job = 0; job < instance.jobCount; job += 1) {
      const first = instance.firstOperation[job]!;
      const next = instance.firstOperation[job + 1]!;
      for (let i = first; i < next; i += 1) {
        if (i > first) this.routeBefore[i] = i - 1;
        if (i + 1 < next) this.routeAfter[i] = i + 1;
      }
      if (next > first) lasts.push(next - 1);
    }
    this.#lastOfJob = Int32Array.from(lasts);
    this.#mark = new Int32Array(count + 2);
    this.#deferred = new Int32Array(count);
    this.#scratch = new Int32Array(instance.machineCount);
  }

  load(plan: ShopPlan): void {
    const { alternativeMachine, alternativeDuration } = this.instance;
    const { machineBefore, machineAfter, machine, duration, chosen, order, place, firstOn, source, sink } = this;
    const lastOn = this.#scratch.fill(source);
    firstOn.fill(sink);
    for (let at = 0; at < order.length; at += 1) {
      const i = plan.order[at]!;
      const alternative = plan.chosen[i]!;
      const k = alternativeMachine[alternative]!;
      order[at] = i;
      place[i] = at;
      chosen[i] = alternative;
      machine[i] = k;
      duration[i] = alternativeDuration[alternative]!;
      const previous = lastOn[k]!;
      machineBefore[i] = previous;
      machineAfter[i] = sink;
      if (previous === source) firstOn[k] = i;
      else machineAfter[previous] = i;
      lastOn[k] = i;
    }
    this.#computeAll();
  }

  save(plan: ShopPlan): void {
    plan.order.set(this.order);
    plan.chosen.set(this.chosen);
  }

  #computeAll(): void {
    const { order, routeBefore, routeAfter, machineBefore, machineAfter, duration, end, tail } = this;
    for (let at = 0; at < order.length; at += 1) {
      const i = order[at]!;
      end[i] = Math.max(end[routeBefore[i]!]!, end[machineBefore[i]!]!) + duration[i]!;
    }
    for (let at = order.length - 1; at >= 0; at -= 1) {
      const i = order[at]!;
      tail[i] = Math.max(tail[routeAfter[i]!]!, tail[machineAfter[i]!]!) + duration[i]!;
    }
    this.#computeMakespan();
  }

  #computeMakespan(): void {
    const lasts = this.#lastOfJob;
    const end = this.end;
    let makespan = 0;
    for (let at = 0; at < lasts.length; at += 1) {
      const e = end[lasts[at]!]!;
      if (e > makespan) makespan = e;
    }
    this.makespan = makespan;
  }

  /**
   * Takes u out of its machine and puts it, by `alternative`, right after `x` on that alternative's machine
   * (`source`: at its head). Everything is exact again afterwards.
   * @returns false, with the graph as it was, when that would close a cycle.
   */
  relocate(u: number, alternative: number, x: number): boolean {
    const { machineBefore, machineAfter, place, firstOn, source, sink, order } = this;
    const a = machineBefore[u]!;
    const b = machineAfter[u]!;
    const from = this.machine[u]!;
    const to = this.instance.alternativeMachine[alternative]!;
    if (a === source) firstOn[from] = b;
    else machineAfter[a] = b;
    if (b !== sink) machineBefore[b] = a;
    const y = x === source ? firstOn[to]! : machineAfter[x]!;
    machineBefore[u] = x;
    machineAfter[u] = y;
    if (x === source) firstOn[to] = u;
    else machineAfter[x] = u;
    if (y !== sink) machineBefore[y] = u;
    let whole = true;
    const at = place[u]!;
    if (x !== source && place[x]! > at) whole = this.#defer(u, x);
    else if (y !== sink && place[y]! < at) whole = this.#advance(u, y);
    if (!whole) {
      if (x === source) firstOn[to] = y;
      else machineAfter[x] = y;
      if (y !== sink) machineBefore[y] = x;
      machineBefore[u] = a;
      machineAfter[u] = b;
      if (a === source) firstOn[from] = u;
      else machineAfter[a] = u;
      if (b !== sink) machineBefore[b] = u;
      return false;
    }
    this.machine[u] = to;
    this.chosen[u] = alternative;
    this.duration[u] = this.instance.alternativeDuration[alternative]!;

    const { routeBefore, routeAfter, duration, end, tail } = this;
    // Heads: u, what now follows it, and what followed it before have new predecessors.
    let start = place[u]!;
    let last = start;
    if (y !== sink) {
      const p = place[y]!;
      if (p < start) start = p;
      if (p > last) last = p;
    }
    if (b !== sink) {
      const p = place[b]!;
      if (p < start) start = p;
      if (p > last) last = p;
    }
    for (let p = start; p <= last; p += 1) {
      const i = order[p]!;
      const byRoute = end[routeBefore[i]!]!;
      const byMachine = end[machineBefore[i]!]!;
      const e = (byRoute > byMachine ? byRoute : byMachine) + duration[i]!;
      if (e !== end[i]) {
        end[i] = e;
        const route = place[routeAfter[i]!]!;
        const next = place[machineAfter[i]!]!;
        if (route > last) last = route;
        if (next > last) last = next;
      }
    }
    start = place[u]!;
    last = start;
    if (x !== source) {
      const p = place[x]!;
      if (p > start) start = p;
      if (p < last) last = p;
    }
    if (a !== source) {
      const p = place[a]!;
      if (p > start) start = p;
      if (p < last) last = p;
    }
    for (let p = start; p >= last; p -= 1) {
      const i = order[p]!;
      const byRoute = tail[routeAfter[i]!]!;
      const byMachine = tail[machineAfter[i]!]!;
      const t = (byRoute > byMachine ? byRoute : byMachine) + duration[i]!;
      if (t !== tail[i]) {
        tail[i] = t;
        const route = place[routeBefore[i]!]!;
        const previous = place[machineBefore[i]!]!;
        if (route < last) last = route;
        if (previous < last) last = previous;
      }
    }
    this.#computeMakespan();
    return true;
  }

  /** Puts u, and what depends on it up to there, behind x in the topological order. False: x depends on u. */
  #defer(u: number, x: number): boolean {
    const { order, place, routeBefore, machineBefore } = this;
    const mark = this.#mark;
    const deferred = this.#deferred;
    const stamp = (this.#stamp += 1);
    const from = place[u]!;
    const to = place[x]!;
    mark[u] = stamp;
    deferred[0] = u;
    let waiting = 1;
    // Nothing is written before x is known to stay: the scan only marks.
    for (let p = from + 1; p <= to; p += 1) {
      const i = order[p]!;
      if (mark[routeBefore[i]!] === stamp || (mark[machineBefore[i]!] === stamp)) {
        if (i === x) return false;
        mark[i] = stamp;
        deferred[waiting] = i;
        waiting += 1;
      }
    }
    let write = from;
    for (let p = from + 1; p <= to; p += 1) {
      const i = order[p]!;
      if (mark[i] === stamp) continue;
      order[write] = i;
      place[i] = write;
      write += 1;
    }
    for (let at = 0; at < waiting; at += 1) {
      const i = deferred[at]!;
      order[write] = i;
      place[i] = write;
      write += 1;
    }
    return true;
  }

  /** Puts u, and what it depends on from there, before y in the topological order. False: u depends on y. */
  #advance(u: number, y: number): boolean {
    const { order, place, routeAfter, machineAfter } = this;
    const mark = this.#mark;
    const deferred = this.#deferred;
    const stamp = (this.#stamp += 1);
    const from = place[u]!;
    const to = place[y]!;
    mark[u] = stamp;
    deferred[0] = u;
    let waiting = 1;
    for (let p = from - 1; p >= to; p -= 1) {
      const i = order[p]!;
      if (mark[routeAfter[i]!] === stamp || mark[machineAfter[i]!] === stamp) {
        if (i === y) return false;
        mark[i] = stamp;
        deferred[waiting] = i;
        waiting += 1;
      }
    }
    let write = from;
    for (let p = from - 1; p >= to; p -= 1) {
      const i = order[p]!;
      if (mark[i] === stamp) continue;
      order[write] = i;
      place[i] = write;
      write -= 1;
    }
    for (let at = 0; at < waiting; at += 1) {
      const i = deferred[at]!;
      order[write] = i;
      place[i] = write;
      write -= 1;
    }
    return true;
  }
}
