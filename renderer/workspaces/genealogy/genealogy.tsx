/** Where a lot or serial came from and where it went. */
import './genealogy.css';
import { useState } from 'react';
import { NativeSelect, SegmentedControl, UnstyledButton } from '@mantine/core';
import { IconBinaryTree } from '@tabler/icons-react';
import { useLocation, useRoute } from 'wouter';
import { traceDirections } from '#contract/genealogy';
import { useCoreQuery } from '../../client/hooks.ts';
import { useScans } from '../../client/scans.ts';
import { EmptyState, Loading, WorkspaceHead } from '../../ui/blocks.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { NodePanel } from './node-panel.tsx';
import { TraceGraph } from './trace-graph.tsx';
import { TraceList } from './trace-list.tsx';

const depths = [1, 2, 3, 5, 10, 20, 50] as const;
const views = ['graph', 'list'] as const;
const mostInGraph = 1_500;

export function Genealogy() {
  const text = useText();
  const { plant } = useSession();
  const [, navigate] = useLocation();
  const [opened, parameters] = useRoute('/genealogy/:code');
  const code = opened ? decodeURIComponent(parameters.code) : '';
  const [direction, setDirection] = useState<(typeof traceDirections)[number]>('both');
  const [maxDepth, setMaxDepth] = useState<number>(10);
  const [view, setView] = useState<(typeof views)[number]>('graph');
  const [nodeId, setNodeId] = useState<string | null>(null);
  const suggestions = useCoreQuery('genealogy.suggestions', { plantId: plant.id });
  const trace = useCoreQuery(
    'genealogy.trace',
    { code, direction, maxDepth, maxNodes: mostInGraph },
    { enabled: code !== '', keep: code !== '' },
  );
  const go = (next: string) => {
    setNodeId(null);
    navigate(`/genealogy/${encodeURIComponent(next)}`);
  };
  useScans((outcome) => {
    if (outcome.kind === 'operation' || outcome.kind === 'unknown') return;
    go(outcome.identifier);
  });

  const data = code ? trace.data : undefined;
  const node = data?.nodes.find((each) => each.id === (nodeId ?? data.startId));
  return (
    <>
      <WorkspaceHead title={text('app.workspace.genealogy')} freshness={data}>
        <CodeField
          onCode={go}
          label={text('genealogy.code')}
          placeholder={text('genealogy.code')}
          suggestions={(suggestions.data ?? []).map((each) => ({
            code: each.code,
            label: each.materialName,
          }))}
        />
      </WorkspaceHead>
      {code && (
        <div className="genealogy-bar">
          <SegmentedControl
            aria-label={text('genealogy.direction')}
            value={direction}
            onChange={(value) => setDirection(traceDirections.find((each) => each === value) ?? 'both')}
            data={traceDirections.map((value) => ({ value, label: text(`genealogy.direction.${value}`) }))}
          />
          <NativeSelect
            aria-label={text('genealogy.depth')}
            value={String(maxDepth)}
            data={depths.map((value) => ({
              value: String(value),
              label: text('genealogy.steps', { steps: value }),
            }))}
            onChange={(event) => setMaxDepth(Number(event.currentTarget.value))}
          />
          <SegmentedControl
            aria-label={text('genealogy.view')}
            value={view}
            onChange={(value) => setView(views.find((each) => each === value) ?? 'graph')}
            data={views.map((value) => ({ value, label: text(`genealogy.view.${value}`) }))}
          />
          {data && (
            <output className="lw-dim">
              {data.reached > data.nodes.length
                ? text('genealogy.cut', { shown: data.nodes.length, reached: data.reached })
                : text('genealogy.reached', { reached: data.nodes.length, edges: data.edges.length })}
            </output>
          )}
        </div>
      )}
      {trace.error && code && (
        <div className="genealogy-error">
          <ErrorNotice error={trace.error} onRetry={() => trace.refetch()} />
        </div>
      )}
      {!code && (
        <div className="lw-page">
          <EmptyState icon={IconBinaryTree} title={text('genealogy.start')}>
            {text('genealogy.start-detail')}
          </EmptyState>
          {suggestions.data && suggestions.data.length > 0 && (
            <section className="genealogy-suggestions" aria-label={text('genealogy.suggestions')}>
              <h2 className="lw-section-title">{text('genealogy.suggestions')}</h2>
              <ul>
                {suggestions.data.map((each) => (
                  <li key={each.code}>
                    <UnstyledButton className="genealogy-suggestion" onClick={() => go(each.code)}>
                      <strong>{each.code}</strong>
                      <span className="lw-dim">
                        {text(`genealogy.kind.${each.kind}`)} · {each.materialName}
                      </span>
                    </UnstyledButton>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      )}
      {code && trace.isPending && <Loading rows={8} />}
      {data && (
        <div className="genealogy">
          {view === 'graph' ? (
            <TraceGraph trace={data} chosenId={node?.id ?? data.startId} onChoose={setNodeId} />
          ) : (
            <TraceList trace={data} onChoose={setNodeId} />
          )}
          {node && <NodePanel node={node} trace={data} onTrace={go} onChoose={setNodeId} />}
        </div>
      )}
    </>
  );
}
