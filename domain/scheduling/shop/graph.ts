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
  readonly lastOfJob: Int32Array;
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
      const first = instance.firstOperation[job] ?? 0;
      const next = instance.firstOperation[job + 1] ?? 0;
      for (let i = first; i < next; i += 1) {
        if (i > first) this.routeBefore[i] = i - 1;
        if (i + 1 < next) this.routeAfter[i] = i + 1;
      }
      if (next > first) lasts.push(next - 1);
    }
    this.lastOfJob = Int32Array.from(lasts);
    this.#mark = new Int32Array(count + 2);
    this.#deferred = new Int32Array(count);
    this.#scratch = new Int32Array(instance.machineCount);
  }

  load(plan: ShopPlan): void {
    const { alternativeMachine, alternativeDuration } = this.instance;
    const { machineBefore, machineAfter, machine, duration, chosen, order, place, firstOn, source, sink } =
      this;
    const lastOn = this.#scratch.fill(source);
    firstOn.fill(sink);
    for (let at = 0; at < order.length; at += 1) {
      const i = plan.order[at] ?? 0;
      const alternative = plan.chosen[i] ?? 0;
      const k = alternativeMachine[alternative] ?? 0;
      order[at] = i;
      place[i] = at;
      chosen[i] = alternative;
      machine[i] = k;
      duration[i] = alternativeDuration[alternative] ?? 0;
      const previous = lastOn[k] ?? 0;
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
      const i = order[at] ?? 0;
      end[i] = Math.max(end[routeBefore[i] ?? 0] ?? 0, end[machineBefore[i] ?? 0] ?? 0) + (duration[i] ?? 0);
    }
    for (let at = order.length - 1; at >= 0; at -= 1) {
      const i = order[at] ?? 0;
      tail[i] = Math.max(tail[routeAfter[i] ?? 0] ?? 0, tail[machineAfter[i] ?? 0] ?? 0) + (duration[i] ?? 0);
    }
    this.#computeMakespan();
  }

  #computeMakespan(): void {
    const lasts = this.lastOfJob;
    const end = this.end;
    let makespan = 0;
    for (let at = 0; at < lasts.length; at += 1) {
      const e = end[lasts[at] ?? 0] ?? 0;
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
    const a = machineBefore[u] ?? 0;
    const b = machineAfter[u] ?? 0;
    const from = this.machine[u] ?? 0;
    const to = this.instance.alternativeMachine[alternative] ?? 0;
    if (a === source) firstOn[from] = b;
    else machineAfter[a] = b;
    if (b !== sink) machineBefore[b] = a;
    const y = x === source ? (firstOn[to] ?? 0) : (machineAfter[x] ?? 0);
    machineBefore[u] = x;
    machineAfter[u] = y;
    if (x === source) firstOn[to] = u;
    else machineAfter[x] = u;
    if (y !== sink) machineBefore[y] = u;
    let whole = true;
    const at = place[u] ?? 0;
    if (x !== source && (place[x] ?? 0) > at) whole = this.#defer(u, x);
    else if (y !== sink && (place[y] ?? 0) < at) whole = this.#advance(u, y);
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
    this.duration[u] = this.instance.alternativeDuration[alternative] ?? 0;

    const { routeBefore, routeAfter, duration, end, tail } = this;
    // Heads: u, what now follows it, and what followed it before have new predecessors.
    let start = place[u] ?? 0;
    let last = start;
    if (y !== sink) {
      const p = place[y] ?? 0;
      if (p < start) start = p;
      if (p > last) last = p;
    }
    if (b !== sink) {
      const p = place[b] ?? 0;
      if (p < start) start = p;
      if (p > last) last = p;
    }
    for (let p = start; p <= last; p += 1) {
      const i = order[p] ?? 0;
      const byRoute = end[routeBefore[i] ?? 0] ?? 0;
      const byMachine = end[machineBefore[i] ?? 0] ?? 0;
      const e = (byRoute > byMachine ? byRoute : byMachine) + (duration[i] ?? 0);
      if (e !== end[i]) {
        end[i] = e;
        const route = place[routeAfter[i] ?? 0] ?? 0;
        const next = place[machineAfter[i] ?? 0] ?? 0;
        if (route > last) last = route;
        if (next > last) last = next;
      }
    }
    start = place[u] ?? 0;
    last = start;
    if (x !== source) {
      const p = place[x] ?? 0;
      if (p > start) start = p;
      if (p < last) last = p;
    }
    if (a !== source) {
      const p = place[a] ?? 0;
      if (p > start) start = p;
      if (p < last) last = p;
    }
    for (let p = start; p >= last; p -= 1) {
      const i = order[p] ?? 0;
      const byRoute = tail[routeAfter[i] ?? 0] ?? 0;
      const byMachine = tail[machineAfter[i] ?? 0] ?? 0;
      const t = (byRoute > byMachine ? byRoute : byMachine) + (duration[i] ?? 0);
      if (t !== tail[i]) {
        tail[i] = t;
        const route = place[routeBefore[i] ?? 0] ?? 0;
        const previous = place[machineBefore[i] ?? 0] ?? 0;
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
    const from = place[u] ?? 0;
    const to = place[x] ?? 0;
    mark[u] = stamp;
    deferred[0] = u;
    let waiting = 1;
    // Nothing is written before x is known to stay: the scan only marks.
    for (let p = from + 1; p <= to; p += 1) {
      const i = order[p] ?? 0;
      if (mark[routeBefore[i] ?? 0] === stamp || mark[machineBefore[i] ?? 0] === stamp) {
        if (i === x) return false;
        mark[i] = stamp;
        deferred[waiting] = i;
        waiting += 1;
      }
    }
    let write = from;
    for (let p = from + 1; p <= to; p += 1) {
      const i = order[p] ?? 0;
      if (mark[i] === stamp) continue;
      order[write] = i;
      place[i] = write;
      write += 1;
    }
    for (let at = 0; at < waiting; at += 1) {
      const i = deferred[at] ?? 0;
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
    const from = place[u] ?? 0;
    const to = place[y] ?? 0;
    mark[u] = stamp;
    deferred[0] = u;
    let waiting = 1;
    for (let p = from - 1; p >= to; p -= 1) {
      const i = order[p] ?? 0;
      if (mark[routeAfter[i] ?? 0] === stamp || mark[machineAfter[i] ?? 0] === stamp) {
        if (i === y) return false;
        mark[i] = stamp;
        deferred[waiting] = i;
        waiting += 1;
      }
    }
    let write = from;
    for (let p = from - 1; p >= to; p -= 1) {
      const i = order[p] ?? 0;
      if (mark[i] === stamp) continue;
      order[write] = i;
      place[i] = write;
      write -= 1;
    }
    for (let at = 0; at < waiting; at += 1) {
      const i = deferred[at] ?? 0;
      order[write] = i;
      place[i] = write;
      write -= 1;
    }
    return true;
  }
}
