import { expect, test } from 'vitest';
import type { TraceNode } from '#contract/genealogy';
import { layeredGrid } from './layout.ts';

const node = (id: string, depth: number): TraceNode => ({
  id,
  kind: 'lot',
  code: id,
  materialCode: null,
  materialName: null,
  status: 'released',
  quantity: null,
  unit: null,
  at: null,
  expiresAt: null,
  partner: null,
  depth,
});
const edge = (from: string, to: string) => ({
  from,
  to,
  kind: 'consumed' as const,
  quantity: null,
  unit: null,
});

test('what it was made from stands left of it, and links that can be untangled do not cross', () => {
  const nodes = [node('s', 0), node('a', 1), node('b', 1), node('a2', 2), node('b2', 2), node('up', -1)];
  const edges = [edge('up', 's'), edge('s', 'a'), edge('s', 'b'), edge('a', 'b2'), edge('b', 'a2')];
  const places = layeredGrid(nodes, edges);
  const x = (id: string) => places.get(id)?.x ?? 0;
  const y = (id: string) => places.get(id)?.y ?? 0;
  expect(x('up')).toBeLessThan(x('s'));
  expect(x('s')).toBeLessThan(x('a'));
  expect(Math.sign(y('a') - y('b'))).toBe(Math.sign(y('b2') - y('a2')));
});

test('five thousand nodes are placed without two on one spot, within a blink', () => {
  const nodes = Array.from({ length: 5_000 }, (_, index) => node(`n${index}`, Math.floor(index / 100)));
  const edges = nodes.slice(100).map((each, index) => edge(`n${index}`, each.id));
  const startedAt = performance.now();
  const places = layeredGrid(nodes, edges);
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(5_000);
});
