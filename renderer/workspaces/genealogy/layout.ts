/** Where the nodes of a trace stand: by ELK up to a few hundred, on a layered grid of our own above. */
import type { TraceEdge, TraceNode } from '#contract/genealogy';

export interface Place {
  readonly x: number;
  readonly y: number;
}
export type Places = ReadonlyMap<string, Place>;

export interface LayoutRequest {
  readonly id: number;
  readonly nodes: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}
export interface LayoutAnswer {
  readonly id: number;
  readonly places: readonly (readonly [string, Place])[] | null;
}

export const nodeWidth = 212;
export const nodeHeight = 66;
const gapX = 84;
const gapY = 22;

/** ELK takes seconds at 1,000 nodes and minutes at 5,000; the grid takes milliseconds. */
export const mostForElk = 300;

/**
 * Columns by depth (what it was made from at the left), rows in the order of their neighbours' means: two
 * sweeps forth and back untangle most crossings. O((n + e) log n).
 */
export function layeredGrid(nodes: readonly TraceNode[], edges: readonly TraceEdge[]): Places {
  const columns = new Map<number, string[]>();
  const depthOf = new Map<string, number>();
  for (const node of nodes) {
    depthOf.set(node.id, node.depth);
    const column = columns.get(node.depth);
    if (column) column.push(node.id);
    else columns.set(node.depth, [node.id]);
  }
  const neighbours = new Map<string, string[]>();
  const join = (one: string, other: string) => {
    const list = neighbours.get(one);
    if (list) list.push(other);
    else neighbours.set(one, [other]);
  };
  for (const edge of edges) {
    if (!depthOf.has(edge.from) || !depthOf.has(edge.to)) continue;
    join(edge.from, edge.to);
    join(edge.to, edge.from);
  }

  const depths = [...columns.keys()].sort((a, b) => a - b);
  const rowOf = new Map<string, number>();
  const number = (column: readonly string[]) => {
    for (const [row, id] of column.entries()) rowOf.set(id, row - (column.length - 1) / 2);
  };
  for (const column of columns.values()) number(column);
  const sweep = (order: readonly number[], from: -1 | 1) => {
    for (const depth of order) {
      const column = columns.get(depth) ?? [];
      const mean = new Map<string, number>();
      for (const id of column) {
        const rows = (neighbours.get(id) ?? [])
          .filter((each) => Math.sign((depthOf.get(each) ?? depth) - depth) === from)
          .map((each) => rowOf.get(each) ?? 0);
        mean.set(id, rows.length > 0 ? rows.reduce((a, b) => a + b, 0) / rows.length : (rowOf.get(id) ?? 0));
      }
      column.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
      number(column);
    }
  };
  for (let round = 0; round < 2; round += 1) {
    sweep(depths, -1);
    sweep(depths.toReversed(), 1);
  }

  const places = new Map<string, Place>();
  for (const [column, depth] of depths.entries()) {
    for (const id of columns.get(depth) ?? []) {
      places.set(id, { x: column * (nodeWidth + gapX), y: (rowOf.get(id) ?? 0) * (nodeHeight + gapY) });
    }
  }
  return places;
}
