/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Compiled } from './compile.ts';

/**
 * All free operations in an order that respects the links: of those that may come next always the one
 * with the least key, the first in the problem between equals. Links make no cycle, or it throws.
 */
export function orderByKey(compiled: Compiled, key: (operation: number) => number): Int32Array {
  const { free, into, outOf, linkTo } = compiled;
  const waiting = new Int32Array(compiled.operationCount);
  const keys = new Float64Array(compiled.operationCount);
  const heap: number[] = [];
  const less = (a: number, b: number) => keys[a]! < keys[b]! || (keys[a] === keys[b] && a < b);
  const push = (operation: number) => {
    let at = heap.push(operation) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!less(operation, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = operation;
  };
  const pop = () => {
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && less(heap[child + 1]!, heap[child]!)) child += 1;
      if (!less(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  };
  for (const operation of free) {
    keys[operation] = key(operation);
    waiting[operation] = into.from[operation + 1]! - into.from[operation]!;
    if (waiting[operation] === 0) push(operation);
  }
  const order = new Int32Array(free.length);
  let count = 0;
  while (heap.length > 0) {
    const operation = pop();
    order[count] = operation;
    count += 1;
    for (let at = outOf.from[operation]!; at < outOf.from[operation + 1]!; at += 1) {
      const follower = linkTo[outOf.items[at]!]!;
      waiting[follower] = waiting[follower]! - 1;
      if (waiting[follower] === 0) push(follower);
    }
  }
  if (count < free.length) throw new Error('links make a cycle');
  return order;
}

/** Quickest run of each operation, in seconds of working time. */
export function leastRuns(compiled: Compiled): Float64Array {
  const { choiceFrom, choiceRun, operationCount } = compiled;
  const least = new Float64Array(operationCount);
  for (let i = 0; i < operationCount; i += 1) {
    let run = Infinity;
    for (let at = choiceFrom[i]!; at < choiceFrom[i + 1]!; at += 1) run = Math.min(run, choiceRun[at]!);
    least[i] = run === Infinity ? 0 : run;
  }
  return least;
}
