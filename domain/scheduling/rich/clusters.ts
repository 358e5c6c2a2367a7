/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Compiled } from './compile.ts';

/**
 * Operations that maximum lags tie together, with whatever lies between them on a path of links. Put into the
 * plan one right after the other they can always wait for each other: nothing else has been put behind them.
 * The clusters come back in an order that respects the links; most are a single operation.
 */
export function clustersOf(compiled: Compiled, order: Int32Array): number[][] {
  const { operationCount, linkFrom, linkTo, linkMax, outOf, into } = compiled;
  const root = Int32Array.from({ length: operationCount }, (_, i) => i);
  const find = (i: number): number => {
    let top = i;
    while (root[top] !== top) top = root[top]!;
    while (root[i] !== top) [i, root[i]] = [root[i]!, top];
    return top;
  };
  for (let link = 0; link < linkFrom.length; link += 1) {
    if (linkMax[link]! < Infinity) root[find(linkFrom[link]!)] = find(linkTo[link]!);
  }
  if (compiled.hasMaxLag) joinWhatLiesBetween(compiled, order, root, find);
  const members = new Map<number, number[]>();
  for (const operation of order) {
    const list = members.get(find(operation));
    if (list === undefined) members.set(find(operation), [operation]);
    else list.push(operation);
  }
  // The clusters, now without cycles, in the order of their first member that is ready.
  const waiting = new Map<number, number>();
  for (const [cluster, list] of members) {
    let count = 0;
    for (const i of list) {
      for (let at = into.from[i]!; at < into.from[i + 1]!; at += 1) {
        if (find(linkFrom[into.items[at]!]!) !== cluster) count += 1;
      }
    }
    waiting.set(cluster, count);
  }
  const ready = [...members.keys()].filter((cluster) => waiting.get(cluster) === 0);
  const result: number[][] = [];
  for (let cluster = ready.shift(); cluster !== undefined; cluster = ready.shift()) {
    const list = members.get(cluster)!;
    result.push(list);
    for (const i of list) {
      for (let at = outOf.from[i]!; at < outOf.from[i + 1]!; at += 1) {
        const other = find(linkTo[outOf.items[at]!]!);
        if (other === cluster) continue;
        const left = waiting.get(other)! - 1;
        waiting.set(other, left);
        if (left === 0) ready.push(other);
      }
    }
  }
  return result;
}

/** Joins clusters that lie on a cycle of clusters, until there is none: strongly connected ones become one. */
function joinWhatLiesBetween(
  compiled: Compiled,
  order: Int32Array,
  root: Int32Array,
  find: (i: number) => number,
): void {
  const { outOf, linkTo } = compiled;
  const members = new Map<number, number[]>();
  for (const operation of order) {
    const cluster = find(operation);
    const list = members.get(cluster);
    if (list === undefined) members.set(cluster, [operation]);
    else list.push(operation);
  }
  // Tarjan's algorithm over clusters, with a stack of its own: chains may be long.
  const number = new Map<number, number>();
  const low = new Map<number, number>();
  const onStack = new Set<number>();
  const stack: number[] = [];
  const followers = (cluster: number) =>
    members
      .get(cluster)!
      .flatMap((i) =>
        [...outOf.items.subarray(outOf.from[i], outOf.from[i + 1])].map((link) => find(linkTo[link]!)),
      )
      .filter((other) => other !== cluster);
  const groups: number[][] = [];
  for (const start of members.keys()) {
    if (number.has(start)) continue;
    const calls: { cluster: number; next: number[] }[] = [];
    const enter = (cluster: number) => {
      number.set(cluster, number.size);
      low.set(cluster, number.get(cluster)!);
      stack.push(cluster);
      onStack.add(cluster);
      calls.push({ cluster, next: followers(cluster) });
    };
    enter(start);
    while (calls.length > 0) {
      const { cluster, next } = calls.at(-1)!;
      const other = next.pop();
      if (other !== undefined) {
        if (!number.has(other)) enter(other);
        else if (onStack.has(other)) low.set(cluster, Math.min(low.get(cluster)!, number.get(other)!));
        continue;
      }
      calls.pop();
      const parent = calls.at(-1)?.cluster;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(cluster)!));
      if (low.get(cluster) !== number.get(cluster)) continue;
      const group: number[] = [];
      for (let member = stack.pop()!; ; member = stack.pop()!) {
        onStack.delete(member);
        group.push(member);
        if (member === cluster) break;
      }
      groups.push(group);
    }
  }
  for (const group of groups) for (const cluster of group) root[find(cluster)] = find(group[0]!);
}
