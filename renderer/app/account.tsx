/** One's own account: the e-mail address that is on file, and the password. */
import { useState } from 'react';
import { Button, Modal, PasswordInput } from '@mantine/core';
import { useCoreMutation, useCoreQuery } from '../client/hooks.ts';
import { Fact, Facts, Loading } from '../ui/blocks.tsx';
import { ErrorNotice, useErrorText } from '../ui/error-notice.tsx';
import { useText } from '../ui/messages.ts';
import { useNotify } from '../ui/notify.tsx';
import { useInstantText } from '../ui/time.tsx';
import { MailCodeField } from './mail-code-field.tsx';
import { NewPasswordField, fits } from './new-password-field.tsx';

export function AccountDialog({ login, onClose }: { readonly login: string; readonly onClose: () => void }) {
  const text = useText();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={text('credentials.account')}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <div className="lw-account">
        <Address />
        <ChangePassword login={login} onChanged={onClose} />
      </div>
    </Modal>
  );
}

function Address() {
  const text = useText();
  const errorText = useErrorText();
  const instant = useInstantText();
  const account = useCoreQuery('session.account', {}, { staleMs: 0 });
  const ask = useCoreMutation('session.requestVerification');
  if (account.error) return <ErrorNotice error={account.error} onRetry={() => account.refetch()} />;
  if (!account.data) return <Loading rows={2} />;
  const { login, email, emailProblem, emailVerifiedAt } = account.data;
  return (
    <section aria-label={text('credentials.account.email')}>
      <Facts>
        <Fact name={text('credentials.account.login')}>{login}</Fact>
        <Fact name={text('credentials.account.email')}>
          {email !== null && (
            <>
              {email} ·{' '}
              {emailVerifiedAt === null
                ? text('credentials.account.unconfirmed')
                : text('credentials.account.confirmed', { at: instant(emailVerifiedAt) })}
            </>
          )}
          {email === null && (emailProblem ? errorText(emailProblem) : text('credentials.account.no-email'))}
        </Fact>
      </Facts>
      {email !== null && emailVerifiedAt === null && !ask.isSuccess && (
        <div>
          <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate({})}>
            {text('credentials.account.confirm')}
          </Button>
        </div>
      )}
      {ask.error && <ErrorNotice error={ask.error} compact />}
      {email !== null && emailVerifiedAt === null && ask.isSuccess && <ConfirmAddress email={email} />}
    </section>
  );
}

function ConfirmAddress({ email }: { readonly email: string }) {
  const text = useText();
  const notify = useNotify();
  const [code, setCode] = useState('');
  const verify = useCoreMutation('session.verifyEmail', {
    stale: ['session.account'],
    onSuccess: () => notify.done(text('credentials.verify.done')),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim()) verify.mutate({ code: code.trim() });
      }}
    >
      <p role="status">{text('credentials.account.mailed', { email })}</p>
      <MailCodeField value={code} onChange={setCode} />
      {verify.error && <ErrorNotice error={verify.error} compact />}
      <div>
        <Button type="submit" loading={verify.isPending} disabled={!code.trim()}>
          {text('credentials.verify.submit')}
        </Button>
      </div>
    </form>
  );
}

function ChangePassword({ login, onChanged }: { readonly login: string; readonly onChanged: () => void }) {
  const text = useText();
  const notify = useNotify();
  const [oldPassword, setOldPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const change = useCoreMutation('session.changePassword', {
    onSuccess() {
      notify.done(text('credentials.account.changed'));
      onChanged();
    },
  });
  const ready = oldPassword !== '' && fits(newPassword, login);
  return (
    <form
      aria-labelledby="change-password"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) change.mutate({ oldPassword, newPassword });
      }}
    >
      <h3 id="change-password">{text('credentials.account.password')}</h3>
      {/* Password managers want to know whose it is. */}
      <input type="hidden" name="username" autoComplete="username" value={login} readOnly />
      <PasswordInput
        label={text('credentials.account.old-password')}
        name="password"
        autoComplete="current-password"
        size="md"
        value={oldPassword}
        required
        withAsterisk={false}
        maxLength={500}
        visibilityToggleButtonProps={{ 'aria-label': text('credentials.account.show-old'), tabIndex: 0 }}
        onChange={(event) => setOldPassword(event.currentTarget.value)}
      />
      <NewPasswordField value={newPassword} login={login} onChange={setNewPassword} />
      {change.error && <ErrorNotice error={change.error} compact />}
      <div>
        <Button type="submit" loading={change.isPending} disabled={!ready}>
          {text('credentials.account.change')}
        </Button>
      </div>
    </form>
  );
}
