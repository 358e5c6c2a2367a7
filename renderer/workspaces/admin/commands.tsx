import { useState } from 'react';
import { Button, Modal, Textarea } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconClock, IconInbox } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { OutboxEntry } from '#contract/system';
import { useCoreMutation, useCoreQuery } from '../../client/hooks.ts';
import { Badge } from '../../ui/badges.tsx';
import type { Tone } from '../../ui/badges.tsx';
import { EmptyState, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../ui/messages.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useInstantText } from '../../ui/time.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

const look = {
  waiting: { tone: 'info', icon: IconClock },
  quarantined: { tone: 'bad', icon: IconAlertTriangle },
  discarded: { tone: 'off', icon: IconBan },
} as const satisfies Record<OutboxEntry['state'], { tone: Tone; icon: typeof IconBan }>;

const mostShown = 200;

/** This station's commands that are not in the database: those that wait, and those that a person must look at. */
export function Commands() {
  const text = useText();
  const outbox = useCoreQuery('system.outbox', {}, { staleMs: 0 });
  const [mending, setMending] = useState<OutboxEntry | null>(null);
  const [discarding, setDiscarding] = useState<OutboxEntry | null>(null);
  const order = { quarantined: 0, waiting: 1, discarded: 2 } as const;
  const entries = [...(outbox.data ?? [])].sort(
    (a, b) => order[a.state] - order[b.state] || a.sequence - b.sequence,
  );
  return (
    <div className="lw-page">
      <p className="lw-dim admin-lead">{text('admin.commands.lead')}</p>
      {outbox.error && <ErrorNotice error={outbox.error} onRetry={() => outbox.refetch()} />}
      {outbox.isPending && <Loading rows={5} />}
      {outbox.data?.length === 0 && (
        <EmptyState icon={IconInbox} title={text('admin.commands.none')}>
          {text('admin.commands.none-detail')}
        </EmptyState>
      )}
      {entries.length > 0 && (
        <table className="lw-table admin-commands">
          <caption className="lw-visually-hidden">{text('admin.tab.commands')}</caption>
          <thead>
            <tr>
              <th scope="col">{text('admin.commands.state')}</th>
              <th scope="col">{text('admin.commands.what')}</th>
              <th scope="col">{text('admin.commands.person')}</th>
              <th scope="col">{text('admin.commands.captured')}</th>
              <th scope="col">{text('admin.commands.problem')}</th>
              <th scope="col">
                <span className="lw-visually-hidden">{text('admin.commands.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.slice(0, mostShown).map((entry) => (
              <Row
                key={entry.commandId}
                entry={entry}
                onMend={() => setMending(entry)}
                onDiscard={() => setDiscarding(entry)}
              />
            ))}
          </tbody>
        </table>
      )}
      {entries.length > mostShown && (
        <p className="lw-dim">{text('admin.commands.more', { count: entries.length - mostShown })}</p>
      )}
      {mending && <MendDialog entry={mending} onClose={() => setMending(null)} />}
      {discarding && <DiscardDialog entry={discarding} onClose={() => setDiscarding(null)} />}
    </div>
  );
}

function Row({
  entry,
  onMend,
  onDiscard,
}: {
  readonly entry: OutboxEntry;
  readonly onMend: () => void;
  readonly onDiscard: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const { tone, icon: Icon } = look[entry.state];
  return (
    <tr>
      <td>
        <Badge tone={tone} icon={<Icon aria-hidden size={14} />}>
          {text(`admin.commands.state.${entry.state}`)}
        </Badge>
      </td>
      <td>
        {entry.summary}
        <div className="lw-dim">
          {entry.kind} · {text('admin.commands.sequence', { sequence: entry.sequence })}
        </div>
      </td>
      <td>{entry.person}</td>
      <td>{instant(entry.capturedAt)}</td>
      <td>
        {entry.problem &&
          textOfKey(
            intl,
            entry.problem.reason,
            entry.problem.values,
            ['refusal.', 'error.', 'printer.'],
            'error.unknown',
          )}
        {entry.attempts > 0 && (
          <div className="lw-dim">{text('admin.commands.attempts', { attempts: entry.attempts })}</div>
        )}
      </td>
      <td>
        {entry.state === 'quarantined' && (
          <div className="admin-row-actions">
            <Button
              size="xs"
              aria-label={text('admin.commands.mend-one', { summary: entry.summary })}
              onClick={onMend}
            >
              {text('admin.commands.mend')}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={text('admin.commands.discard-one', { summary: entry.summary })}
              onClick={onDiscard}
            >
              {text('admin.commands.discard')}
            </Button>
          </div>
        )}
      </td>
    </tr>
  );
}

function MendDialog({ entry, onClose }: { readonly entry: OutboxEntry; readonly onClose: () => void }) {
  const text = useText();
  const notify = useNotify();
  const before = JSON.stringify(entry.payload, null, 2);
  const [payload, setPayload] = useState(before);
  const retry = useCoreMutation('system.retry', {
    stale: ['system.outbox'],
    onSuccess: () => {
      notify.done(text('admin.commands.sent-again'));
      onClose();
    },
  });
  const parsed = parseJson(payload);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={text('admin.commands.mend-title')}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <form
        className="admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!parsed.ok) return;
          retry.mutate({
            commandId: entry.commandId,
            ...(payload === before ? {} : { payload: parsed.value }),
          });
        }}
      >
        <p>{entry.summary}</p>
        <Textarea
          label={text('admin.commands.payload')}
          autosize
          minRows={8}
          maxRows={20}
          classNames={{ input: 'admin-code' }}
          spellCheck={false}
          value={payload}
          error={parsed.ok ? null : text('admin.commands.payload-broken', { detail: parsed.detail })}
          onChange={(event) => setPayload(event.currentTarget.value)}
        />
        {retry.error && <ErrorNotice error={retry.error} compact />}
        <div className="admin-form-actions">
          <Button variant="default" onClick={onClose}>
            {text('app.cancel')}
          </Button>
          <Button type="submit" loading={retry.isPending} disabled={!parsed.ok}>
            {text('admin.commands.send-again')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function DiscardDialog({ entry, onClose }: { readonly entry: OutboxEntry; readonly onClose: () => void }) {
  const text = useText();
  const discard = useCoreMutation('system.discard', { stale: ['system.outbox'], onSuccess: onClose });
  return (
    <ReasonDialog
      title={text('admin.commands.discard-title')}
      action={text('admin.commands.discard')}
      pending={discard.isPending}
      error={discard.error}
      onReason={(reason) => discard.mutate({ commandId: entry.commandId, reason })}
      onClose={onClose}
    >
      <p>{entry.summary}</p>
      <p className="lw-dim">{text('admin.commands.discard-detail')}</p>
    </ReasonDialog>
  );
}

function parseJson(
  source: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string } {
  try {
    return { ok: true, value: JSON.parse(source) };
  } catch (cause) {
    return { ok: false, detail: cause instanceof Error ? cause.message : '' };
  }
}
