import type { TraceNodeKind } from '#contract/genealogy';
import { compressGraph, search } from '#domain/genealogy/compressed-graph';
import type { CompressedGraph, SearchLimits } from '#domain/genealogy/compressed-graph';
import type { DatabaseTransaction } from '#main/services/core';
import { readEdgePages } from '#main/services/genealogy/queries';

const kinds: readonly TraceNodeKind[] = ['lot', 'serial', 'carton', 'shipment'];

/** The genealogy that some people may see, as numbers: a few bytes an edge, and one string a thing. */
export interface GenealogyGraph {
  readonly ids: readonly string[];
  readonly indexById: ReadonlyMap<string, number>;
  readonly kindOf: (index: number) => TraceNodeKind;
  readonly graph: CompressedGraph;
}

export async function loadGraph(transaction: DatabaseTransaction): Promise<GenealogyGraph> {
  const ids: string[] = [];
  const nodeKinds: number[] = [];
  const indexById = new Map<string, number>();
  const from: number[] = [];
  const to: number[] = [];
  const indexOf = (id: string, kind: TraceNodeKind): number => {
    const known = indexById.get(id);
    if (known !== undefined) return known;
    indexById.set(id, ids.length);
    nodeKinds.push(kinds.indexOf(kind));
    return ids.push(id) - 1;
  };
  await readEdgePages(transaction, (edges) => {
    for (const edge of edges) {
      from.push(indexOf(edge.parent_id, edge.parent_kind));
      to.push(indexOf(edge.child_id, edge.child_kind));
    }
  });
  const graph = compressGraph(ids.length, Int32Array.from(from), Int32Array.from(to));
  const compactKinds = Uint8Array.from(nodeKinds);
  return { ids, indexById, kindOf: (index) => kinds[compactKinds[index] ?? 0] ?? 'lot', graph };
}

export interface Reached {
  readonly id: string;
  readonly kind: TraceNodeKind;
  /** Negative upstream, positive downstream. */
  readonly depth: number;
}

/** What a thing was made from, what became of it, or both; nearest first, at most `maxNodes` in all. */
export function reachFrom(
  genealogy: GenealogyGraph,
  start: number,
  direction: 'backward' | 'forward' | 'both',
  limits: Required<SearchLimits> & { readonly maxNodes: number },
): { readonly nodes: readonly Reached[]; readonly reached: number } {
  const ways = direction === 'both' ? (['backward', 'forward'] as const) : [direction];
  const found = new Map<number, number>();
  let reached = 1;
  for (const way of ways) {
    const reach = search(genealogy.graph[way], start, limits);
    reached += reach.reached - 1;
    const sign = way === 'backward' ? -1 : 1;
    for (const [place, index] of reach.nodes.entries()) {
      // What lies both ways (a rework loop) stands where it was found first.
      const depth = reach.depths[place] ?? 0;
      if (!found.has(index)) found.set(index, depth === 0 ? 0 : sign * depth);
    }
  }
  const nodes = [...found]
    .sort(([, a], [, b]) => Math.abs(a) - Math.abs(b))
    .slice(0, limits.maxNodes)
    .map(([index, depth]) => ({ id: genealogy.ids[index] ?? '', kind: genealogy.kindOf(index), depth }));
  return { nodes, reached };
}
