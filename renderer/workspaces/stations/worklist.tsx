import { UnstyledButton } from '@mantine/core';
import { IconChecklist, IconChevronRight, IconRuler2 } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { StationOperation } from '#contract/stations';
import { useCoreQuery } from '../../client/hooks.ts';
import { Badge, OperationBadge } from '../../ui/badges.tsx';
import { EmptyState, FreshnessTag, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { useInstantText } from '../../ui/time.tsx';

/** Running and next operations, lane by lane. */
export function Worklist({ onOpen }: { readonly onOpen: (code: string) => void }) {
  const text = useText();
  const { plant } = useSession();
  const worklist = useCoreQuery('stations.worklist', { plantId: plant.id }, { keep: true });
  const byLane = Map.groupBy(worklist.data?.operations ?? [], (operation) => operation.laneName ?? '');
  return (
    <div className="lw-page">
      {worklist.data && <FreshnessTag freshness={worklist.data} />}
      {worklist.error && <ErrorNotice error={worklist.error} onRetry={() => worklist.refetch()} />}
      {worklist.isPending && <Loading rows={6} height={72} />}
      {worklist.data?.operations.length === 0 && (
        <EmptyState icon={IconChecklist} title={text('stations.none')}>
          {text('stations.none-detail')}
        </EmptyState>
      )}
      <div className="stations-lanes">
        {[...byLane].map(([lane, operations]) => (
          <section
            key={lane}
            className="lw-panel stations-lane"
            aria-label={lane || text('stations.no-lane')}
          >
            <h2>{lane || text('stations.no-lane')}</h2>
            <ul>
              {operations.map((operation) => (
                <li key={operation.operationId}>
                  <Row operation={operation} onOpen={() => onOpen(operation.code)} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

function Row({ operation, onOpen }: { readonly operation: StationOperation; readonly onOpen: () => void }) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const due = operation.characteristics.reduce((sum, each) => sum + Math.max(0, each.due - each.taken), 0);
  return (
    <UnstyledButton
      className="stations-row"
      aria-label={text('stations.open', {
        operation: operation.code,
        status: text(`app.operation.${operation.status}`),
      })}
      onClick={onOpen}
    >
      <span className="stations-row-main">
        <span className="stations-row-code">
          <strong>{operation.code}</strong>
          <OperationBadge status={operation.status} />
          {due > 0 && (
            <Badge tone="info" icon={<IconRuler2 aria-hidden size={14} />}>
              {text('stations.measurements-due', { due })}
            </Badge>
          )}
        </span>
        <span>
          {operation.name} · {operation.materialName}
        </span>
      </span>
      <span className="stations-row-side">
        <span>
          {intl.formatNumber(operation.goodQuantity)} / {intl.formatNumber(operation.quantity)}{' '}
          {operation.unit}
        </span>
        <span className="lw-dim">
          {operation.plannedStartsAt === null
            ? text('stations.due', { due: instant(operation.dueAt) })
            : text('stations.planned', { start: instant(operation.plannedStartsAt) })}
        </span>
      </span>
      <IconChevronRight aria-hidden size={20} />
    </UnstyledButton>
  );
}
