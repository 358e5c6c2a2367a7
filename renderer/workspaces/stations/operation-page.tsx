import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { useCoreQuery } from '../../client/hooks.ts';
import { OperationBadge } from '../../ui/badges.tsx';
import { EmptyState, Fact, Facts, FreshnessTag, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { useInstantText } from '../../ui/time.tsx';
import { Measurements } from './measurements.tsx';
import { ReportPanel } from './report-panel.tsx';

export function OperationPage({ code, onBack }: { readonly code: string; readonly onBack: () => void }) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const { may } = useSession();
  const operation = useCoreQuery('stations.operation', { code }, { keep: true });
  const data = operation.data;
  return (
    <div className="lw-page stations-page">
      <div className="stations-back">
        <Button
          variant="default"
          size="md"
          leftSection={<IconArrowLeft aria-hidden size={18} />}
          onClick={onBack}
        >
          {text('stations.back')}
        </Button>
        {data && <FreshnessTag freshness={data} />}
      </div>
      {operation.error && <ErrorNotice error={operation.error} onRetry={() => operation.refetch()} />}
      {operation.isPending && <Loading rows={4} height={110} />}
      {data && (
        <div className="stations-columns">
          <div className="stations-column">
            <section className="lw-panel" aria-labelledby="operation-title">
              <header className="stations-title">
                <h2 id="operation-title">{data.code}</h2>
                <OperationBadge status={data.status} />
              </header>
              <p className="stations-name">{data.name}</p>
              <p className="stations-make">
                {text('stations.make', {
                  quantity: intl.formatNumber(data.quantity),
                  unit: data.unit,
                  material: data.materialName,
                })}
              </p>
              <Progress
                good={data.goodQuantity}
                scrap={data.scrapQuantity}
                quantity={data.quantity}
                unit={data.unit}
              />
            </section>
            <ReportPanel operation={data} />
            <section className="lw-panel" aria-label={text('stations.facts')}>
              <Facts>
                <Fact name={text('stations.material')}>{data.materialCode}</Fact>
                <Fact name={text('stations.work-order')}>{data.workOrderNumber}</Fact>
                <Fact name={text('stations.lane')}>{data.laneName ?? text('stations.no-lane')}</Fact>
                {data.plannedStartsAt !== null && data.plannedEndsAt !== null && (
                  <Fact name={text('stations.planned-name')}>
                    {instant(data.plannedStartsAt)} – {instant(data.plannedEndsAt)}
                  </Fact>
                )}
                <Fact name={text('stations.due-name')}>{instant(data.dueAt)}</Fact>
              </Facts>
            </section>
          </div>
          <div className="stations-column">
            {data.characteristics.length === 0 ? (
              <section className="lw-panel">
                <EmptyState title={text('stations.nothing-to-measure')}>
                  {text('stations.nothing-to-measure-detail')}
                </EmptyState>
              </section>
            ) : (
              <Measurements operation={data} mayRecord={may('quality:record')} />
            )}
          </div>
        </div>
      )}
    </div>
  );
}

function Progress({
  good,
  scrap,
  quantity,
  unit,
}: {
  readonly good: number;
  readonly scrap: number;
  readonly quantity: number;
  readonly unit: string;
}) {
  const text = useText();
  const intl = useIntl();
  const share = quantity > 0 ? Math.min(1, good / quantity) : 0;
  return (
    <div className="stations-progress">
      <div className="lw-meter" aria-hidden>
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <p>
        {text('stations.progress', {
          good: intl.formatNumber(good),
          quantity: intl.formatNumber(quantity),
          scrap: intl.formatNumber(scrap),
          unit,
        })}
      </p>
    </div>
  );
}
