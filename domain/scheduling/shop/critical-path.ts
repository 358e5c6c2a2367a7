import type { ShopGraph } from './graph.ts';
import type { Random } from './random.ts';

/**
 * Writes one critical path, drawn by chance where there are several, from its last operation to its first.
 * @param path room for every operation. @returns how many operations it has.
 */
export function drawCriticalPath(graph: ShopGraph, random: Random, path: Int32Array): number {
  const { end, duration, routeBefore, machineBefore, lastOfJob, makespan, source } = graph;
  let i = source;
  let ties = 0;
  for (let at = 0; at < lastOfJob.length; at += 1) {
    const last = lastOfJob[at] ?? 0;
    if (end[last] !== makespan) continue;
    ties += 1;
    if (ties === 1 || random.below(ties) === 0) i = last;
  }
  let length = 0;
  while (i !== source) {
    path[length] = i;
    length += 1;
    const start = (end[i] ?? 0) - (duration[i] ?? 0);
    if (start === 0) break;
    const byRoute = routeBefore[i] ?? 0;
    const byMachine = machineBefore[i] ?? 0;
    if (end[byRoute] !== start) i = byMachine;
    else if (end[byMachine] !== start) i = byRoute;
    else i = random.below(2) === 0 ? byRoute : byMachine;
  }
  return length;
}
