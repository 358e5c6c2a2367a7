/** Makes a draft the plan that holds: checked, signed, with a reason and a horizon that stands still. */
import { useState } from 'react';
import { Button, List, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { v7 as uuidv7 } from 'uuid';
import type { ScheduleVersion } from '#contract/schedules';
import { useCoreMutation, useCoreQuery } from '../../../client/hooks.ts';
import { Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';
import { FigureList } from './figures.tsx';

const hourMs = 3_600_000;
/** How long after now nothing may be moved any more, hours; 0: no frozen horizon. */
const frozenHours = [0, 4, 8, 24, 48, 72, 168] as const;
const mostViolations = 8;

export function PublishDialog({
  version,
  holding,
  onPublished,
  onClose,
}: {
  readonly version: ScheduleVersion;
  readonly holding: ScheduleVersion | null;
  readonly onPublished: () => void;
  readonly onClose: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  const notify = useNotify();
  const [reason, setReason] = useState('');
  const [password, setPassword] = useState('');
  const [frozen, setFrozen] = useState<number>(8);
  const check = useCoreQuery('schedules.check', { versionId: version.id }, { staleMs: 0 });
  const publish = useCoreMutation('schedules.publish', {
    stale: ['schedules.versions', 'lanes.board'],
    onSuccess: (published) => {
      notify.done(text('lanes.publish.done', { number: published.number }));
      onPublished();
    },
    onError: () => setPassword(''),
  });
  const violations = check.data ?? [];
  const ready = check.data?.length === 0 && reason.trim() !== '' && password !== '';
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={text('lanes.publish.title', { name: version.name })}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <form
        className="lanes-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready || publish.isPending) return;
          publish.mutate({
            commandId: uuidv7(),
            versionId: version.id,
            version: version.version,
            password,
            reason: reason.trim(),
            frozenUntil: frozen === 0 ? null : Date.now() + frozen * hourMs,
          });
        }}
      >
        <FigureList figures={version.figures} beside={holding?.figures} />
        {check.isPending && <Loading rows={1} />}
        {check.error && <ErrorNotice error={check.error} onRetry={() => check.refetch()} compact />}
        {check.data && violations.length === 0 && (
          <p className="lanes-checked">
            <IconCircleCheck aria-hidden size={18} /> {text('lanes.publish.checked')}
          </p>
        )}
        {violations.length > 0 && (
          <div role="alert" className="lanes-violations">
            <strong>{text('lanes.publish.broken', { count: violations.length })}</strong>
            <List size="sm">
              {violations.slice(0, mostViolations).map((violation, index) => (
                <List.Item key={`${violation.rule} ${index}`}>
                  {textOfKey(
                    intl,
                    violation.rule,
                    violation.values,
                    ['violation.'],
                    'lanes.violation.unknown',
                  )}
                </List.Item>
              ))}
            </List>
            {violations.length > mostViolations && (
              <p>{text('lanes.publish.more-broken', { count: violations.length - mostViolations })}</p>
            )}
          </div>
        )}
        <NativeSelect
          label={text('lanes.publish.frozen')}
          description={text('lanes.publish.frozen-detail')}
          value={String(frozen)}
          data={frozenHours.map((hours) => ({
            value: String(hours),
            label:
              hours === 0 ? text('lanes.publish.not-frozen') : text('lanes.publish.frozen-hours', { hours }),
          }))}
          onChange={(event) => setFrozen(Number(event.currentTarget.value))}
        />
        <TextInput
          label={text('lanes.publish.reason')}
          value={reason}
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <PasswordInput
          label={text('lanes.publish.password')}
          description={text('lanes.publish.meaning')}
          autoComplete="current-password"
          value={password}
          visibilityToggleButtonProps={{ 'aria-label': text('lanes.publish.show-password') }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {publish.error && <ErrorNotice error={publish.error} compact />}
        <div className="lanes-form-actions">
          <Button variant="default" onClick={onClose}>
            {text('app.cancel')}
          </Button>
          <Button type="submit" loading={publish.isPending} disabled={!ready}>
            {text('lanes.publish.sign')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
