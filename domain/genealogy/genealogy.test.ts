import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressGraph, search } from './compressed-graph.ts';
import { buildGenealogy, trace } from './trace.ts';
import type { GenealogyEdge, GenealogyNode } from './types.ts';

const node = (id: string, kind: GenealogyNode['kind'] = 'lot'): GenealogyNode => ({ id, kind });
const edge = (from: string, to: string, kind: GenealogyEdge['kind'] = 'consumed'): GenealogyEdge => ({
  from,
  to,
  kind,
  quantity: null,
  unit: null,
});

/** Flour and salt into dough, dough into two breads, one bread in a carton, the carton in a shipment. */
const bakery = buildGenealogy(
  [
    node('flour'),
    node('salt'),
    node('dough'),
    node('bread-1', 'serial'),
    node('bread-2', 'serial'),
    node('box', 'carton'),
    node('truck', 'shipment'),
    node('stranger'),
  ],
  [
    edge('flour', 'dough'),
    edge('salt', 'dough'),
    edge('dough', 'bread-1', 'produced'),
    edge('dough', 'bread-2', 'produced'),
    edge('bread-1', 'box', 'packed_into'),
    edge('box', 'truck', 'shipped_to'),
    edge('elsewhere', 'box', 'packed_into'),
  ],
);
const shown = (result: ReturnType<typeof trace>) =>
  result?.nodes.map(({ node: { id }, depth }) => `${id} ${depth}`);

describe('tracing', () => {
  test('which customers got that flour', () => {
    const result = trace(bakery, 'flour', 'forward');
    expect(shown(result)).toEqual(['flour 0', 'dough 1', 'bread-1 2', 'bread-2 2', 'box 3', 'truck 4']);
    expect(result?.edges.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'flour>dough',
      'dough>bread-1',
      'dough>bread-2',
      'bread-1>box',
      'box>truck',
    ]);
  });
  test('which lots are in this truck', () => {
    expect(shown(trace(bakery, 'truck', 'backward'))).toEqual([
      'truck 0',
      'box -1',
      'bread-1 -2',
      'dough -3',
      'flour -4',
      'salt -4',
    ]);
  });
  test('cut by depth and by number, and how many there are', () => {
    expect(shown(trace(bakery, 'flour', 'forward', { maxDepth: 2 }))).toEqual([
      'flour 0',
      'dough 1',
      'bread-1 2',
      'bread-2 2',
    ]);
    const cut = trace(bakery, 'flour', 'forward', { maxNodes: 3 });
    expect(shown(cut)).toEqual(['flour 0', 'dough 1', 'bread-1 2']);
    expect([cut?.reached, cut?.edges.length]).toEqual([6, 2]);
  });
  test('what is not known, and what stands alone', () => {
    expect(trace(bakery, 'nobody', 'forward')).toBeUndefined();
    expect(shown(trace(bakery, 'stranger', 'backward'))).toEqual(['stranger 0']);
  });
  test('a circle (rework) ends, and two edges between the same two both count', () => {
    const rework = buildGenealogy(
      [node('a'), node('b')],
      [edge('a', 'b'), edge('b', 'a'), edge('a', 'b', 'produced')],
    );
    expect(shown(trace(rework, 'a', 'forward'))).toEqual(['a 0', 'b 1']);
    expect(trace(rework, 'a', 'forward')?.edges).toHaveLength(3);
  });
});

const someGraph = fc.integer({ min: 1, max: 25 }).chain((nodeCount) =>
  fc.record({
    nodeCount: fc.constant(nodeCount),
    pairs: fc.array(fc.tuple(fc.nat(nodeCount - 1), fc.nat(nodeCount - 1)), { maxLength: 80 }),
    start: fc.nat(nodeCount - 1),
  }),
);

test('reach and depth are those of a plain search, forward and backward, whatever the order of edges', () => {
  fc.assert(
    fc.property(someGraph, ({ nodeCount, pairs, start }) => {
      const build = (list: [number, number][]) =>
        compressGraph(
          nodeCount,
          Int32Array.from(list, ([from]) => from),
          Int32Array.from(list, ([, to]) => to),
        );
      const graph = build(pairs);
      for (const direction of ['forward', 'backward'] as const) {
        const expected = new Map([[start, 0]]);
        for (const [at, depth] of expected) {
          for (const [from, to] of direction === 'forward' ? pairs : pairs.map(([a, b]) => [b, a] as const)) {
            if (from === at && !expected.has(to)) expected.set(to, depth + 1);
          }
        }
        const found = search(graph[direction], start);
        const depthOf = [...found.nodes].map((one, place): [number, number] => [
          one,
          found.depths[place] ?? -1,
        ]);
        expect(depthOf.toSorted((a, b) => a[0] - b[0])).toEqual(
          [...expected].toSorted((a, b) => a[0] - b[0]),
        );
        expect([...found.depths]).toEqual([...found.depths].toSorted((a, b) => a - b));
        expect(search(build(pairs.toReversed())[direction], start)).toEqual(found);
      }
    }),
  );
});

test('an edge into nowhere is a bug that is told', () => {
  expect(() => compressGraph(2, Int32Array.of(0), Int32Array.of(2))).toThrow(RangeError);
});

test('a lot with 40,000 descendants among 400,000 edges is traced in milliseconds', () => {
  const count = 200_000;
  const from = new Int32Array(2 * count);
  const to = new Int32Array(2 * count);
  for (let n = 0; n < count; n += 1) {
    // Each node goes into two others further on; five families that do not mix.
    const family = n % 5;
    from[2 * n] = from[2 * n + 1] = n;
    const ahead = (steps: number) => Math.min(count - 5 + family, n + 5 * steps);
    to[2 * n] = ahead(n / 5 + 1 > count ? 1 : Math.floor(n / 5) + 1);
    to[2 * n + 1] = ahead(1);
  }
  const graph = compressGraph(count, from, to);
  const startedAt = performance.now();
  const reach = search(graph.forward, 0);
  const tookMs = performance.now() - startedAt;
  expect(reach.reached).toBe(count / 5);
  // 1 to 3 ms here; the bound only catches a change of order.
  expect(tookMs).toBeLessThan(200);
});
