import { Drawer } from '@mantine/core';
import { useIntl } from 'react-intl';
import type { MachineTile } from '#contract/line';
import { useCoreQuery } from '../../client/hooks.ts';
import { MachineBadge } from '../../ui/badges.tsx';
import { EmptyState, Fact, Facts, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useDurationText, useInstantText, useNow } from '../../ui/time.tsx';

/** A machine's last states, newest first. */
export function HistoryDrawer({
  tile,
  onClose,
}: {
  readonly tile: MachineTile | undefined;
  readonly onClose: () => void;
}) {
  const text = useText();
  return (
    <Drawer
      opened={tile !== undefined}
      onClose={onClose}
      position="right"
      size={440}
      title={tile ? `${tile.name} (${tile.code})` : ''}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      {tile && <History tile={tile} />}
    </Drawer>
  );
}

function History({ tile }: { readonly tile: MachineTile }) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const duration = useDurationText();
  const now = useNow(10_000);
  const history = useCoreQuery('line.history', { machineId: tile.machineId, limit: 100 }, { keep: true });
  return (
    <div className="line-history">
      <Facts>
        <Fact name={text('line.state')}>
          <MachineBadge state={tile.state} />
        </Fact>
        <Fact name={text('line.lane')}>{tile.laneCode}</Fact>
        <Fact name={text('line.operation')}>{tile.operationCode ?? text('line.no-operation')}</Fact>
        <Fact name={text('line.good-count')}>{intl.formatNumber(tile.goodCount)}</Fact>
        <Fact name={text('line.reject-count')}>{intl.formatNumber(tile.rejectCount)}</Fact>
        <Fact name={text('line.heard')}>
          {tile.sourceAt === null ? text('line.never') : instant(tile.sourceAt)}
        </Fact>
      </Facts>
      <h3 className="lw-section-title">{text('line.history')}</h3>
      {history.error && <ErrorNotice error={history.error} onRetry={() => history.refetch()} />}
      {history.isPending && <Loading rows={6} height={30} />}
      {history.data?.length === 0 && <EmptyState title={text('line.no-history')} />}
      {history.data && history.data.length > 0 && (
        <table className="lw-table">
          <thead>
            <tr>
              <th scope="col">{text('line.state')}</th>
              <th scope="col">{text('line.from')}</th>
              <th scope="col">{text('line.for')}</th>
            </tr>
          </thead>
          <tbody>
            {history.data.map((change) => (
              <tr key={`${change.startedAt} ${change.state}`}>
                <td>
                  <MachineBadge state={change.state} />
                  {change.faultCode && <div className="line-fault">{change.faultCode}</div>}
                </td>
                <td>{instant(change.startedAt)}</td>
                <td>{duration((change.endedAt ?? now) - change.startedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
