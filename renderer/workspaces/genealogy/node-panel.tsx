import { Button, UnstyledButton } from '@mantine/core';
import { IconFocus2 } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { Trace, TraceEdge, TraceNode } from '#contract/genealogy';
import { Fact, Facts } from '../../ui/blocks.tsx';
import { textOfKey, useText } from '../../ui/messages.ts';
import { useInstantText } from '../../ui/time.tsx';
import { kindIcon } from './trace-graph.tsx';

const mostNeighbours = 40;

/** The chosen node and its neighbours, both ways. */
export function NodePanel({
  node,
  trace,
  onTrace,
  onChoose,
}: {
  readonly node: TraceNode;
  readonly trace: Trace;
  readonly onTrace: (code: string) => void;
  readonly onChoose: (nodeId: string) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const Icon = kindIcon[node.kind];
  const from = trace.edges.filter((edge) => edge.to === node.id);
  const to = trace.edges.filter((edge) => edge.from === node.id);
  return (
    <aside className="genealogy-panel" aria-label={text('genealogy.details')}>
      <header>
        <Icon aria-hidden size={24} stroke={1.6} />
        <h2>{node.code}</h2>
      </header>
      <Facts>
        <Fact name={text('genealogy.kind')}>{text(`genealogy.kind.${node.kind}`)}</Fact>
        {node.materialName && (
          <Fact name={text('genealogy.material')}>
            {node.materialName} <span className="lw-dim">{node.materialCode}</span>
          </Fact>
        )}
        <Fact name={text('genealogy.status')}>
          {textOfKey(intl, `genealogy.status.${node.status}`, {}, [], 'app.as-is', node.status)}
        </Fact>
        {node.quantity !== null && (
          <Fact name={text('genealogy.quantity')}>
            {intl.formatNumber(node.quantity)} {node.unit}
          </Fact>
        )}
        {node.at !== null && <Fact name={text('genealogy.at')}>{instant(node.at)}</Fact>}
        {node.expiresAt !== null && (
          <Fact name={text('genealogy.expires')}>{intl.formatDate(node.expiresAt, { format: 'long' })}</Fact>
        )}
        {node.partner && <Fact name={text('genealogy.partner')}>{node.partner}</Fact>}
      </Facts>
      {node.id !== trace.startId && (
        <Button
          variant="default"
          leftSection={<IconFocus2 aria-hidden size={16} />}
          onClick={() => onTrace(node.code)}
        >
          {text('genealogy.trace-this')}
        </Button>
      )}
      <Neighbours
        title={text('genealogy.made-from')}
        edges={from}
        end="from"
        trace={trace}
        onChoose={onChoose}
      />
      <Neighbours title={text('genealogy.went-into')} edges={to} end="to" trace={trace} onChoose={onChoose} />
    </aside>
  );
}

function Neighbours({
  title,
  edges,
  end,
  trace,
  onChoose,
}: {
  readonly title: string;
  readonly edges: readonly TraceEdge[];
  readonly end: 'from' | 'to';
  readonly trace: Trace;
  readonly onChoose: (nodeId: string) => void;
}) {
  const text = useText();
  const intl = useIntl();
  if (edges.length === 0) return null;
  return (
    <section>
      <h3 className="lw-section-title">
        {title} <span className="lw-dim">{intl.formatNumber(edges.length)}</span>
      </h3>
      <ul>
        {edges.slice(0, mostNeighbours).map((edge) => {
          const node = trace.nodes.find((each) => each.id === edge[end]);
          if (!node) return null;
          return (
            <li key={`${edge.from} ${edge.to} ${edge.kind}`}>
              <UnstyledButton className="genealogy-neighbour" onClick={() => onChoose(node.id)}>
                <strong>{node.code}</strong>
                <span className="lw-dim">
                  {text(`genealogy.edge.${edge.kind}`)}
                  {edge.quantity !== null && ` · ${intl.formatNumber(edge.quantity)} ${edge.unit ?? ''}`}
                  {node.materialName && ` · ${node.materialName}`}
                </span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
      {edges.length > mostNeighbours && (
        <p className="lw-dim">{text('genealogy.more', { count: edges.length - mostNeighbours })}</p>
      )}
    </section>
  );
}
