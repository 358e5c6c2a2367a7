import '@xyflow/react/dist/style.css';
import { memo, useEffect, useMemo, useRef } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  BackgroundVariant,
  Controls,
  Handle,
  MarkerType,
  MiniMap,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import type { Edge, Node, NodeProps } from '@xyflow/react';
import { IconBarcode, IconBox, IconCube, IconTruck } from '@tabler/icons-react';
import type { Trace, TraceNode, TraceNodeKind } from '#contract/genealogy';
import { Loading } from '../../ui/blocks.tsx';
import { useText } from '../../ui/messages.ts';
import { nodeHeight, nodeWidth } from './layout.ts';
import type { Places } from './layout.ts';
import { useLayout } from './use-layout.ts';

interface TraceNodeData extends Record<string, unknown> {
  readonly node: TraceNode;
  readonly isStart: boolean;
}
type FlowNode = Node<TraceNodeData, 'trace'>;

export const kindIcon = {
  lot: IconBox,
  serial: IconBarcode,
  carton: IconCube,
  shipment: IconTruck,
} as const satisfies Record<TraceNodeKind, typeof IconBox>;

const readableAtOnce = 24;
const nodeTypes = { trace: memo(TraceNodeView) };

export function TraceGraph(props: {
  readonly trace: Trace;
  readonly chosenId: string;
  readonly onChoose: (nodeId: string) => void;
}) {
  const places = useLayout(props.trace);
  if (!places) return <Loading rows={6} height={60} />;
  return (
    <ReactFlowProvider>
      <Graph {...props} places={places} />
    </ReactFlowProvider>
  );
}

function Graph({
  trace,
  places,
  chosenId,
  onChoose,
}: {
  readonly trace: Trace;
  readonly places: Places;
  readonly chosenId: string;
  readonly onChoose: (nodeId: string) => void;
}) {
  const text = useText();
  const scheme = useComputedColorScheme('light');
  const flow = useReactFlow();
  const graph = useRef<HTMLElement>(null);
  const nodes = useMemo<FlowNode[]>(
    () =>
      trace.nodes.map((node) => ({
        id: node.id,
        type: 'trace',
        position: places.get(node.id) ?? { x: 0, y: 0 },
        width: nodeWidth,
        height: nodeHeight,
        selected: node.id === chosenId,
        data: { node, isStart: node.id === trace.startId },
        ariaLabel: text('genealogy.node', {
          kind: text(`genealogy.kind.${node.kind}`),
          code: node.code,
          material: node.materialName ?? '',
        }),
      })),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `text` is made anew each time and always says the same.
    [trace, places, chosenId],
  );
  const edges = useMemo<Edge[]>(
    () =>
      trace.edges.map((edge) => ({
        id: `${edge.from} ${edge.to} ${edge.kind}`,
        source: edge.from,
        target: edge.to,
        markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
        className: edge.from === chosenId || edge.to === chosenId ? 'genealogy-edge-near' : '',
        focusable: false,
        selectable: false,
      })),
    [trace, chosenId],
  );
  useEffect(() => {
    const start = places.get(trace.startId);
    // All of it when it can still be read so; the start with its neighbours otherwise.
    if (places.size <= readableAtOnce || !start) void flow.fitView({ padding: 0.1, maxZoom: 1.1 });
    else {
      const columns = [...places.values()].map((each) => each.x);
      const left = Math.min(...columns);
      const widthPx = Math.max(...columns) + nodeWidth - left;
      const zoom = Math.min(0.9, Math.max(0.55, (graph.current?.clientWidth ?? 900) / (widthPx + 80)));
      void flow.setCenter(left + widthPx / 2, start.y + nodeHeight / 2, { zoom });
    }
  }, [flow, places, trace.startId]);

  return (
    <section ref={graph} className="genealogy-graph" aria-label={text('genealogy.graph')}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onNodeClick={(_event, node) => onChoose(node.id)}
        onNodesChange={(changes) => {
          // Enter or Space on a focused node selects it.
          for (const change of changes) if (change.type === 'select' && change.selected) onChoose(change.id);
        }}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements={trace.nodes.length > 200}
        minZoom={0.05}
        maxZoom={2}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={{
          'controls.ariaLabel': text('genealogy.controls'),
          'controls.zoomIn.ariaLabel': text('genealogy.zoom-in'),
          'controls.zoomOut.ariaLabel': text('genealogy.zoom-out'),
          'controls.fitView.ariaLabel': text('genealogy.fit'),
          'minimap.ariaLabel': text('genealogy.map'),
          'node.a11yDescription.default': text('genealogy.node-help'),
          'node.a11yDescription.keyboardDisabled': text('genealogy.node-help'),
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1} />
        <Controls showInteractive={false} />
        {trace.nodes.length > 30 && <MiniMap pannable zoomable nodeStrokeWidth={3} />}
      </ReactFlow>
    </section>
  );
}

function TraceNodeView({ data }: NodeProps<FlowNode>) {
  const { node, isStart } = data;
  const Icon = kindIcon[node.kind];
  return (
    <div className="genealogy-node" data-kind={node.kind} data-start={isStart || undefined}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Icon aria-hidden size={20} stroke={1.6} />
      <div>
        <strong>{node.code}</strong>
        <span>{node.materialName ?? node.partner ?? node.status}</span>
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
