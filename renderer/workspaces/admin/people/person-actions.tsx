import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconKey, IconLockOpen, IconUserCheck, IconUserOff } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { PasswordCode, PersonDetail } from '#contract/people';
import { useCoreMutation } from '../../../client/hooks.ts';
import { Fact, Facts } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';
import { useSession } from '../../../ui/session.ts';
import { useInstantText } from '../../../ui/time.tsx';
import { ReasonDialog } from '../reason-dialog.tsx';
import { PersonBadge } from './person-badge.tsx';

const stale = ['people.list', 'people.person'] as const;

/** How a person stands, and what is done at once: let in again, a code for a password, suspend and readmit. */
export function PersonActions({
  person,
  mayChange,
  onCode,
}: {
  readonly person: PersonDetail;
  readonly mayChange: boolean;
  readonly onCode: (code: PasswordCode) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const notify = useNotify();
  const { identity, may } = useSession();
  const [suspending, setSuspending] = useState(false);
  const { id, displayName: name } = person;
  const unlock = useCoreMutation('people.unlock', {
    stale,
    onSuccess: () => notify.done(text('people.unlocked', { name })),
  });
  const newCode = useCoreMutation('people.newCode', { stale, onSuccess: onCode });
  const activate = useCoreMutation('people.activate', {
    stale,
    onSuccess: () => notify.done(text('people.activated', { name })),
  });
  const error = unlock.error ?? newCode.error ?? activate.error;
  return (
    <section className="admin-form" aria-label={text('people.standing')}>
      <Facts>
        <Fact name={text('people.login')}>{person.login}</Fact>
        <Fact name={text('people.state')}>
          <PersonBadge person={person} />
          {person.active && person.lockedUntil !== null && (
            <div className="lw-dim">
              {text('people.locked-until', { until: instant(person.lockedUntil) })}
            </div>
          )}
        </Fact>
        <Fact name={text('people.signed-in')}>
          {person.signedInAt === null ? text('people.never') : instant(person.signedInAt)}
        </Fact>
        <Fact name={text('people.email')}>
          {person.hasEmail
            ? person.emailVerifiedAt === null
              ? text('people.email-unverified')
              : text('people.email-verified', {
                  day: intl.formatDate(person.emailVerifiedAt, { format: 'long' }),
                })
            : text('people.email-none')}
        </Fact>
      </Facts>
      {error && <ErrorNotice error={error} compact />}
      <div className="admin-inline">
        {person.active && person.lockedUntil !== null && may('admin:write') && (
          <Button
            leftSection={<IconLockOpen aria-hidden size={16} />}
            loading={unlock.isPending}
            onClick={() => unlock.mutate({ id })}
          >
            {text('people.unlock')}
          </Button>
        )}
        {person.active && mayChange && (
          <Button
            variant="default"
            leftSection={<IconKey aria-hidden size={16} />}
            loading={newCode.isPending}
            onClick={() => newCode.mutate({ id })}
          >
            {text('people.new-code')}
          </Button>
        )}
        {person.active && mayChange && id !== identity.userId && (
          <Button
            variant="default"
            leftSection={<IconUserOff aria-hidden size={16} />}
            onClick={() => setSuspending(true)}
          >
            {text('people.deactivate')}
          </Button>
        )}
        {!person.active && mayChange && (
          <Button
            leftSection={<IconUserCheck aria-hidden size={16} />}
            loading={activate.isPending}
            onClick={() => activate.mutate({ id })}
          >
            {text('people.activate')}
          </Button>
        )}
      </div>
      {suspending && <DeactivateDialog person={person} onClose={() => setSuspending(false)} />}
    </section>
  );
}

function DeactivateDialog({
  person,
  onClose,
}: {
  readonly person: PersonDetail;
  readonly onClose: () => void;
}) {
  const text = useText();
  const notify = useNotify();
  const deactivate = useCoreMutation('people.deactivate', {
    stale,
    onSuccess: () => {
      notify.done(text('people.deactivated', { name: person.displayName }));
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={text('people.deactivate-title', { name: person.displayName })}
      action={text('people.deactivate')}
      pending={deactivate.isPending}
      error={deactivate.error}
      onReason={(reason) => deactivate.mutate({ id: person.id, reason })}
      onClose={onClose}
    >
      <p>{text('people.deactivate-detail')}</p>
    </ReasonDialog>
  );
}
