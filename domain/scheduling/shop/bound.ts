import type { ShopInstance } from './instance.ts';

/** Sets of machines are looked at one by one up to this many machines; beyond, only all of them together. */
const mostMachinesInSets = 14;

/**
 * No schedule ends before this. The largest of: the longest job; for each machine, the best preemptive
 * schedule of the operations that only it can do, with their heads and tails (Jackson's rule, as in
 * Carlier and Pinson, "An algorithm for solving the job-shop problem", 1989); for each set of machines, the
 * work that cannot leave it, spread evenly, behind the least head and before the least tail.
 */
export function lowerBound(instance: ShopInstance): number {
  const { shortest, heads, tails, longestJob } = headsAndTails(instance);
  let bound = longestJob;
  for (let machine = 0; machine < instance.machineCount; machine += 1) {
    const own = [...shortest.keys()].filter((operation) => onlyOn(instance, operation, machine));
    bound = Math.max(
      bound,
      preemptiveBound(
        own.map((i) => ({ head: heads[i] ?? 0, duration: shortest[i] ?? 0, tail: tails[i] ?? 0 })),
      ),
    );
  }
  return Math.max(bound, loadBound(instance, shortest, heads, tails));
}

/** What the routes alone say: the least time before and behind each operation. */
function headsAndTails(instance: ShopInstance) {
  const { operationCount, jobCount, firstOperation, firstAlternative, alternativeDuration } = instance;
  const shortest = new Int32Array(operationCount).map((_, operation) =>
    Math.min(...alternativeDuration.subarray(firstAlternative[operation], firstAlternative[operation + 1])),
  );
  const heads = new Int32Array(operationCount);
  const tails = new Int32Array(operationCount);
  let longestJob = 0;
  for (let job = 0; job < jobCount; job += 1) {
    const [first = 0, next = 0] = firstOperation.subarray(job, job + 2);
    let sum = 0;
    for (let i = first; i < next; i += 1) {
      heads[i] = sum;
      sum += shortest[i] ?? 0;
    }
    longestJob = Math.max(longestJob, sum);
    for (let i = first; i < next; i += 1) {
      sum -= shortest[i] ?? 0;
      tails[i] = sum;
    }
  }
  return { shortest, heads, tails, longestJob };
}

function onlyOn(instance: ShopInstance, operation: number, machine: number): boolean {
  const [from, to] = instance.firstAlternative.subarray(operation, operation + 2);
  return instance.alternativeMachine.subarray(from, to).every((other) => other === machine);
}

/**
 * One machine that may interrupt: always work on what has the longest tail of all that is ready. That is
 * optimal with interruptions, and so no schedule without them ends earlier.
 */
export function preemptiveBound(
  operations: readonly { readonly head: number; readonly duration: number; readonly tail: number }[],
): number {
  const waiting = operations.toSorted((a, b) => a.head - b.head);
  const ready: { tail: number; left: number }[] = [];
  let at = 0;
  let now = 0;
  let bound = 0;
  while (at < waiting.length || ready.length > 0) {
    if (ready.length === 0) now = Math.max(now, waiting[at]?.head ?? now);
    for (; at < waiting.length; at += 1) {
      const { head = 0, duration = 0, tail = 0 } = waiting[at] ?? {};
      if (head > now) break;
      const before = ready.findIndex((other) => other.tail >= tail);
      ready.splice(before < 0 ? ready.length : before, 0, { tail, left: duration });
    }
    const first = ready.at(-1);
    if (!first) break;
    const until = Math.min(now + first.left, waiting[at]?.head ?? Number.POSITIVE_INFINITY);
    first.left -= until - now;
    now = until;
    if (first.left === 0) {
      bound = Math.max(bound, now + first.tail);
      ready.pop();
    }
  }
  return bound;
}

function loadBound(
  instance: ShopInstance,
  shortest: Int32Array,
  heads: Int32Array,
  tails: Int32Array,
): number {
  const { machineCount, operationCount, firstAlternative, alternativeMachine } = instance;
  const bySets = machineCount <= mostMachinesInSets;
  const size = bySets ? 1 << machineCount : 1;
  // Sums and least values over all subsets of each set, one machine after the other.
  const load = new Float64Array(size);
  const head = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const tail = head.slice();
  for (let i = 0; i < operationCount; i += 1) {
    let set = 0;
    const [from = 0, to = 0] = firstAlternative.subarray(i, i + 2);
    if (bySets) for (let at = from; at < to; at += 1) set |= 1 << (alternativeMachine[at] ?? 0);
    load[set] = (load[set] ?? 0) + (shortest[i] ?? 0);
    head[set] = Math.min(head[set] ?? 0, heads[i] ?? 0);
    tail[set] = Math.min(tail[set] ?? 0, tails[i] ?? 0);
  }
  for (let machine = 0; bySets && machine < machineCount; machine += 1) {
    const bit = 1 << machine;
    for (let set = 0; set < size; set += 1) {
      if ((set & bit) === 0) continue;
      const without = set ^ bit;
      load[set] = (load[set] ?? 0) + (load[without] ?? 0);
      head[set] = Math.min(head[set] ?? 0, head[without] ?? 0);
      tail[set] = Math.min(tail[set] ?? 0, tail[without] ?? 0);
    }
  }
  let bound = 0;
  for (let set = 0; set < size; set += 1) {
    if ((load[set] ?? 0) === 0) continue;
    const machines = bySets ? countBits(set) : machineCount;
    bound = Math.max(bound, (head[set] ?? 0) + Math.ceil((load[set] ?? 0) / machines) + (tail[set] ?? 0));
  }
  return bound;
}

function countBits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
