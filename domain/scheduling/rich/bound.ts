/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Objective, ObjectiveTerm } from '../model/problem.ts';
import { finishFinish, startStart, type Compiled } from './compile.ts';
import type { Score } from './judge.ts';
import { leastRuns, orderByKey } from './ordering.ts';

/**
 * The score that no schedule can be better than: everything placed, and weighted, the sum of the bounds of
 * the terms; lexicographic, each term at its own bound. Orders are followed through calendars and links as if
 * every lane were empty; lanes that some operations cannot do without are filled with their work as one heap.
 */
export function boundOf(compiled: Compiled, objective: Objective): Score {
  const used = objective.terms.filter(({ weight }) => weight > 0);
  if (used.length === 0) return objective.mode === 'lexicographic' ? [0] : [0, 0];
  const bounds = boundsOf(compiled);
  const values = used.map(({ term, weight }) => weight * bounds[term]);
  return [
    0,
    ...(objective.mode === 'lexicographic' ? values : [values.reduce((sum, value) => sum + value, 0)]),
  ];
}

/** A bound for each term by itself. */
export function boundsOf(compiled: Compiled): Readonly<Record<ObjectiveTerm, number>> {
  const ends = earliestEnds(compiled);
  const orderEnds = new Float64Array(compiled.orderCount).fill(-Infinity);
  for (let i = 0; i < compiled.operationCount; i += 1) {
    const order = compiled.orderOf[i]!;
    orderEnds[order] = Math.max(orderEnds[order]!, ends.end[i]!);
  }
  let tardiness = 0;
  let lateOrders = 0;
  let makespan = 0;
  for (let order = 0; order < compiled.orderCount; order += 1) {
    const late = orderEnds[order]! - compiled.due[order]!;
    if (late > 0) {
      tardiness += late * compiled.weight[order]!;
      lateOrders += 1;
    }
    makespan = Math.max(makespan, orderEnds[order]!);
  }
  for (const heap of heapsOf(compiled, ends.run)) {
    tardiness = Math.max(tardiness, heap.tardiness);
    makespan = Math.max(makespan, heap.end);
  }
  return {
    tardiness,
    'late-orders': lateOrders,
    makespan,
    'setup-time': leastSetups(compiled, 'time'),
    'setup-cost': leastSetups(compiled, 'cost') + leastChoiceCosts(compiled),
    changes: 0,
    'work-in-progress': leastWorkInProgress(compiled),
  };
}

/** Earliest start and end of each operation if it had every lane to itself. */
function earliestEnds(compiled: Compiled): { run: Float64Array; end: Float64Array } {
  const { operationCount, into, linkFrom, linkKind, linkMin, choiceFrom, choiceLane, choiceRun } = compiled;
  const run = new Float64Array(operationCount);
  const end = new Float64Array(operationCount);
  for (const pin of compiled.pins) {
    run[pin.operation] = pin.run;
    end[pin.operation] = pin.end;
  }
  for (const i of orderByKey(compiled, (one) => one)) {
    let headRun = Math.max(compiled.headRun[i]!, compiled.now);
    let headEnd = compiled.headEnd[i]!;
    for (let at = into.from[i]!; at < into.from[i + 1]!; at += 1) {
      const link = into.items[at]!;
      const from = linkFrom[link]!;
      const since = (linkKind[link] === startStart ? run[from]! : end[from]!) + linkMin[link]!;
      if (linkKind[link] === finishFinish) headEnd = Math.max(headEnd, since);
      else headRun = Math.max(headRun, since);
    }
    run[i] = Infinity;
    end[i] = Infinity;
    for (let choice = choiceFrom[i]!; choice < choiceFrom[i + 1]!; choice += 1) {
      const calendar = compiled.calendars[choiceLane[choice]!]!;
      const work = choiceRun[choice]!;
      const from = compiled.interruptible[i] === 0 ? calendar.fitting(headRun, work) : calendar.next(headRun);
      run[i] = Math.min(run[i]!, from);
      end[i] = Math.min(end[i]!, Math.max(headEnd, calendar.finish(from, work)));
    }
    // What fits nowhere has no place in any schedule, and adds nothing to what is counted.
    if (end[i] === Infinity) {
      run[i] = headRun;
      end[i] = headRun;
    }
  }
  return { run, end };
}

/** Work that some set of lanes has to do, whoever does what: how long that takes at least. */
function heapsOf(compiled: Compiled, heads: Float64Array): { end: number; tardiness: number }[] {
  const { choiceFrom, choiceLane, free, orderOf } = compiled;
  const least = leastRuns(compiled);
  const sets = new Map<string, number[]>();
  for (const i of free) {
    const lanes = [...new Set(choiceLane.subarray(choiceFrom[i]!, choiceFrom[i + 1]!))].sort((a, b) => a - b);
    sets.set(lanes.join(), lanes);
  }
  return [...sets.values()].slice(0, 200).map((lanes) => {
    const within = new Set(lanes);
    let first = Infinity;
    const perOrder = new Map<number, number>();
    for (const i of free) {
      let inside = choiceFrom[i + 1]! > choiceFrom[i]!;
      for (let at = choiceFrom[i]!; at < choiceFrom[i + 1]!; at += 1) inside &&= within.has(choiceLane[at]!);
      if (!inside) continue;
      first = Math.min(first, heads[i]!);
      perOrder.set(orderOf[i]!, (perOrder.get(orderOf[i]!) ?? 0) + least[i]!);
    }
    const filled = fillingOf(compiled, lanes, first);
    const loads = [...perOrder.values()].sort((a, b) => a - b);
    const dues = [...perOrder.keys()].map((order) => compiled.due[order]!).sort((a, b) => a - b);
    const weight = Math.min(...[...perOrder.keys()].map((order) => compiled.weight[order]!));
    // The k orders that are done first take at least the k smallest loads; late by the k-th due date at best.
    let load = 0;
    let tardiness = 0;
    let end = 0;
    for (const [at, one] of loads.entries()) {
      load += one;
      end = filled(load);
      tardiness += Math.max(0, end - dues[at]!);
    }
    return Number.isFinite(end) ? { end, tardiness: tardiness * weight } : { end: 0, tardiness: 0 };
  });
}

/** When lanes together can have worked a number of seconds since an instant. */
function fillingOf(compiled: Compiled, lanes: readonly number[], since: number): (work: number) => number {
  const capacity = (lane: number) => compiled.problem.lanes[lane]!.capacity;
  const done = (at: number) =>
    lanes.reduce((sum, lane) => sum + compiled.calendars[lane]!.between(since, at) * capacity(lane), 0);
  let low = since;
  return (work) => {
    let high = Math.max(low, since + 1);
    for (let width = 1; done(high) < work; width *= 2) {
      high += width;
      if (width > 1e12) return Infinity;
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (done(middle) >= work) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Every family that has to be made is set up for at least once, unless a lane stands in it already. */
function leastSetups(compiled: Compiled, what: 'time' | 'cost'): number {
  const { familyCount, familyOf, isPinned, choiceFrom, choiceLane, laneState, slots } = compiled;
  const least = new Float64Array(familyCount).fill(Infinity);
  for (let i = 0; i < compiled.operationCount; i += 1) {
    const family = familyOf[i]!;
    if (family < 0) continue;
    if (isPinned[i] === 1) {
      least[family] = 0;
      continue;
    }
    for (let at = choiceFrom[i]!; at < choiceFrom[i + 1]!; at += 1) {
      const lane = choiceLane[at]!;
      const table = compiled.setups[lane]!;
      if (slots[lane] !== 1 || laneState[lane] === family) least[family] = 0;
      for (let from = 0; from <= familyCount; from += 1) {
        if (from === family) continue;
        const index = from * familyCount + family;
        if (table.time[index]! >= 0) least[family] = Math.min(least[family]!, table[what][index]!);
      }
    }
  }
  return least.reduce((sum, one) => sum + (one === Infinity ? 0 : one), 0);
}

function leastChoiceCosts(compiled: Compiled): number {
  let sum = 0;
  for (const i of compiled.free) {
    const costs = compiled.choiceCost.subarray(compiled.choiceFrom[i]!, compiled.choiceFrom[i + 1]!);
    if (costs.length > 0) sum += costs.reduce((least, cost) => Math.min(least, cost), Infinity);
  }
  return sum;
}

/** The longest run of each order: it is in progress for as long. */
function leastWorkInProgress(compiled: Compiled): number {
  const least = leastRuns(compiled);
  const longest = new Float64Array(compiled.orderCount);
  for (const i of compiled.free) {
    const order = compiled.orderOf[i]!;
    longest[order] = Math.max(longest[order]!, least[i]!);
  }
  return longest.reduce((sum, one) => sum + one, 0);
}
