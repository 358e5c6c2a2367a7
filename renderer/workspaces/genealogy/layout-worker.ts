/** ELK beside the screen's own thread: 300 nodes take a few hundred milliseconds. */
import ELK from 'elkjs/lib/elk-api.js';
import elkWorkerUrl from 'elkjs/lib/elk-worker.min.js?url';
import { nodeHeight, nodeWidth } from './layout.ts';
import type { LayoutAnswer, LayoutRequest } from './layout.ts';

const elk = new ELK({ workerFactory: () => new Worker(elkWorkerUrl) });

self.addEventListener('message', (event: MessageEvent<LayoutRequest>) => {
  const { id, nodes, edges } = event.data;
  const answer = (places: LayoutAnswer['places']) => self.postMessage({ id, places } satisfies LayoutAnswer);
  elk
    .layout({
      id: 'trace',
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.layered.spacing.nodeNodeBetweenLayers': '84',
        'elk.spacing.nodeNode': '22',
        'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
        'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      },
      children: nodes.map((node) => ({ id: node, width: nodeWidth, height: nodeHeight })),
      edges: edges.map((edge, index) => ({ id: `e${index}`, sources: [edge.from], targets: [edge.to] })),
    })
    .then(
      (graph) => answer((graph.children ?? []).map((each) => [each.id, { x: each.x ?? 0, y: each.y ?? 0 }])),
      () => answer(null),
    );
});
