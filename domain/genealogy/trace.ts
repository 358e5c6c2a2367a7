import { compressGraph, type CompressedGraph, search, type SearchLimits } from './compressed-graph.ts';
import type { GenealogyEdge, GenealogyNode, TraceDirection } from './types.ts';

/** Nodes and edges of a genealogy with their compressed adjacency. */
export interface Genealogy<
  Node extends GenealogyNode = GenealogyNode,
  Edge extends GenealogyEdge = GenealogyEdge,
> {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly indexById: ReadonlyMap<string, number>;
  readonly graph: CompressedGraph;
}

/**
 * Prepares a genealogy for tracing. An edge to a node that is not there (of another plant, say) is left out.
 * The order of `nodes` is the order in which a trace lists those of equal depth.
 */
export function buildGenealogy<Node extends GenealogyNode, Edge extends GenealogyEdge>(
  nodes: readonly Node[],
  edges: readonly Edge[],
): Genealogy<Node, Edge> {
  const indexById = new Map(nodes.map((node, index) => [node.id, index]));
  const kept = edges.filter((edge) => indexById.has(edge.from) && indexById.has(edge.to));
  const from = Int32Array.from(kept, (edge) => indexById.get(edge.from) ?? 0);
  const to = Int32Array.from(kept, (edge) => indexById.get(edge.to) ?? 0);
  return { nodes, edges: kept, indexById, graph: compressGraph(nodes.length, from, to) };
}

export interface TracedNode<Node> {
  readonly node: Node;
  /** Steps from the start: negative upstream, positive downstream, 0 for the start. */
  readonly depth: number;
}

export interface TraceResult<Node, Edge> {
  readonly nodes: readonly TracedNode<Node>[];
  /** Those between listed nodes, along the direction of the trace, in the order of the genealogy. */
  readonly edges: readonly Edge[];
  /** How many nodes there are within the depth, listed or not. */
  readonly reached: number;
}

/**
 * What a lot, serial or carton was made from (`backward`) or what became of it (`forward`), nearest first.
 * Undefined when the genealogy does not know it.
 */
export function trace<Node extends GenealogyNode, Edge extends GenealogyEdge>(
  genealogy: Genealogy<Node, Edge>,
  startId: string,
  direction: TraceDirection,
  limits: SearchLimits = {},
): TraceResult<Node, Edge> | undefined {
  const start = genealogy.indexById.get(startId);
  if (start === undefined) return undefined;
  const adjacency = genealogy.graph[direction];
  const reach = search(adjacency, start, limits);
  const sign = direction === 'backward' ? -1 : 1;
  const listed = new Set(reach.nodes);
  const nodes: TracedNode<Node>[] = [];
  const edgeIndexes: number[] = [];
  for (const [place, index] of reach.nodes.entries()) {
    const node = genealogy.nodes[index];
    if (node === undefined) continue;
    const depth = reach.depths[place] ?? 0;
    nodes.push({ node, depth: depth === 0 ? 0 : sign * depth });
    // What lies beyond the depth is not listed, so edges to it are not either.
    for (let at = adjacency.offsets[index] ?? 0; at < (adjacency.offsets[index + 1] ?? 0); at += 1) {
      if (listed.has(adjacency.targets[at] ?? -1)) edgeIndexes.push(adjacency.edges[at] ?? 0);
    }
  }
  edgeIndexes.sort((a, b) => a - b);
  const edges = edgeIndexes.flatMap((index) => genealogy.edges[index] ?? []);
  return { nodes, edges, reached: reach.reached };
}
