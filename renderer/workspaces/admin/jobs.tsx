import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import type { DeadJob } from '#contract/jobs';
import { useCoreMutation, useCoreQuery } from '../../client/hooks.ts';
import { EmptyState, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useSession } from '../../ui/session.ts';
import { useInstantText } from '../../ui/time.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

/** Work that the queues gave up: kept until somebody decides. */
export function Jobs() {
  const text = useText();
  const instant = useInstantText();
  const notify = useNotify();
  const { may } = useSession();
  const dead = useCoreQuery('jobs.dead', {}, { staleMs: 0 });
  const [discarding, setDiscarding] = useState<DeadJob | null>(null);
  const retry = useCoreMutation('jobs.retry', {
    stale: ['jobs.dead'],
    onSuccess: () => notify.done(text('admin.jobs.back')),
    onError: (error) => notify.failed(error),
  });
  return (
    <div className="lw-page">
      <p className="lw-dim admin-lead">{text('admin.jobs.lead')}</p>
      <MailLine />
      {dead.error && <ErrorNotice error={dead.error} onRetry={() => dead.refetch()} />}
      {dead.isPending && <Loading rows={5} />}
      {dead.data?.length === 0 && (
        <EmptyState icon={IconCircleCheck} title={text('admin.jobs.none')}>
          {text('admin.jobs.none-detail')}
        </EmptyState>
      )}
      {dead.data && dead.data.length > 0 && (
        <table className="lw-table admin-commands">
          <caption className="lw-visually-hidden">{text('admin.tab.jobs')}</caption>
          <thead>
            <tr>
              <th scope="col">{text('admin.jobs.what')}</th>
              <th scope="col">{text('admin.jobs.person')}</th>
              <th scope="col">{text('admin.jobs.given-up')}</th>
              <th scope="col">{text('admin.jobs.problem')}</th>
              <th scope="col">
                <span className="lw-visually-hidden">{text('admin.commands.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {dead.data.map((job) => (
              <tr key={job.id}>
                <td>
                  {job.kind}
                  <div className="lw-dim">{job.queue}</div>
                </td>
                <td>{job.ofScheduler ? text('admin.jobs.schedule') : job.person}</td>
                <td>{instant(job.givenUpAt)}</td>
                <td>
                  {job.problem}
                  <div className="lw-dim">{text('admin.jobs.retries', { count: job.retries })}</div>
                </td>
                <td>
                  {!job.ofScheduler && may('admin:write') && (
                    <div className="admin-row-actions">
                      <Button
                        size="xs"
                        loading={retry.isPending && retry.variables.id === job.id}
                        aria-label={text('admin.jobs.retry-one', { kind: job.kind })}
                        onClick={() => retry.mutate({ id: job.id })}
                      >
                        {text('admin.jobs.retry')}
                      </Button>
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={text('admin.jobs.discard-one', { kind: job.kind })}
                        onClick={() => setDiscarding(job)}
                      >
                        {text('admin.jobs.discard')}
                      </Button>
                    </div>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {discarding && <DiscardDialog job={discarding} onClose={() => setDiscarding(null)} />}
    </div>
  );
}

/** Whether the mails of the queues go out, and from where. */
function MailLine() {
  const text = useText();
  const instant = useInstantText();
  const mail = useCoreQuery('session.mail', {}, { staleMs: 0 });
  if (!mail.data) return null;
  const { state, stationCode, seenAt } = mail.data;
  return (
    <p className="lw-dim admin-lead">
      {text(`admin.jobs.mail.${state}`, {
        station: stationCode,
        at: seenAt === null ? null : instant(seenAt),
      })}
    </p>
  );
}

function DiscardDialog({ job, onClose }: { readonly job: DeadJob; readonly onClose: () => void }) {
  const text = useText();
  const discard = useCoreMutation('jobs.discard', { stale: ['jobs.dead'], onSuccess: onClose });
  return (
    <ReasonDialog
      title={text('admin.jobs.discard-title')}
      action={text('admin.jobs.discard')}
      pending={discard.isPending}
      error={discard.error}
      onReason={(reason) => discard.mutate({ id: job.id, reason })}
      onClose={onClose}
    >
      <p>{text('admin.jobs.discard-detail', { kind: job.kind, queue: job.queue })}</p>
    </ReasonDialog>
  );
}
