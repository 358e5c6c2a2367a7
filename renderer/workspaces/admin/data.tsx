import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconDatabaseSearch } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { DataCheck } from '#contract/system';
import { useCoreQuery } from '../../client/hooks.ts';
import { Badge } from '../../ui/badges.tsx';
import { EmptyState, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../ui/messages.ts';

/** Checks of the data itself. They read a lot, so they run when somebody asks. */
export function Data() {
  const text = useText();
  const [asked, setAsked] = useState(false);
  const checks = useCoreQuery('system.checkData', {}, { enabled: asked, staleMs: Number.POSITIVE_INFINITY });
  const run = () => {
    if (asked) void checks.refetch();
    else setAsked(true);
  };
  const failed = checks.data?.filter(({ problems }) => problems > 0).length ?? 0;
  return (
    <div className="lw-page">
      <div className="admin-inline">
        <p className="lw-dim admin-lead">{text('admin.data.lead')}</p>
        <Button loading={checks.isFetching} onClick={run}>
          {text(checks.data ? 'admin.data.again' : 'admin.data.run')}
        </Button>
      </div>
      {checks.error && <ErrorNotice error={checks.error} onRetry={() => checks.refetch()} />}
      {!asked && (
        <EmptyState icon={IconDatabaseSearch} title={text('admin.data.not-run')}>
          {text('admin.data.not-run-detail')}
        </EmptyState>
      )}
      {asked && checks.isPending && <Loading rows={8} />}
      {checks.data && (
        <>
          <p role="status">{text('admin.data.result', { count: checks.data.length, failed })}</p>
          <table className="lw-table admin-commands">
            <caption className="lw-visually-hidden">{text('admin.tab.data')}</caption>
            <thead>
              <tr>
                <th scope="col">{text('admin.data.state')}</th>
                <th scope="col">{text('admin.data.check')}</th>
                <th scope="col">{text('admin.data.samples')}</th>
              </tr>
            </thead>
            <tbody>
              {checks.data.map((check) => (
                <Check key={check.name} check={check} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

function Check({ check }: { readonly check: DataCheck }) {
  const text = useText();
  const intl = useIntl();
  const good = check.problems === 0;
  return (
    <tr>
      <td>
        <Badge
          tone={good ? 'good' : 'bad'}
          icon={good ? <IconCheck aria-hidden size={14} /> : <IconAlertTriangle aria-hidden size={14} />}
        >
          {good ? text('admin.data.good') : text('admin.data.problems', { count: check.problems })}
        </Badge>
      </td>
      <td>
        {textOfKey(intl, `data-check.${check.name}`, {}, ['data-check.'], 'error.unknown')}
        <div className="lw-dim">{check.target}</div>
      </td>
      <td>
        {check.samples.map((sample) => {
          const line = Object.entries(sample)
            .map(([name, value]) => `${name} ${String(value)}`)
            .join(', ');
          return (
            <div key={line} className="admin-code">
              {line}
            </div>
          );
        })}
      </td>
    </tr>
  );
}
