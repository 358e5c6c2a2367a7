import { useEffect, useRef, useState } from 'react';
import { Alert, Anchor, Button, TextInput } from '@mantine/core';
import { IconInfoCircle, IconMailForward } from '@tabler/icons-react';
import type { MailState } from '#contract/session';
import { useFeed } from '../client/feed.ts';
import { useCoreMutation, useCoreQuery } from '../client/hooks.ts';
import { Loading } from '../ui/blocks.tsx';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { useText } from '../ui/messages.ts';
import { SignInFrame } from './sign-in-frame.tsx';

const askAgainMs = 5000;

/** Asks for a code by mail, or says why there will be none. */
export function ForgottenPassword() {
  const text = useText();
  const [asked, setAsked] = useState(false);
  const mail = useCoreQuery('session.mail', {}, { staleMs: 0 });
  const databaseState = useFeed((feed) => feed.status?.database.state);
  const { refetch } = mail;
  useEffect(() => {
    if (databaseState === 'online') void refetch();
  }, [databaseState, refetch]);
  // Who sends the mails tells the database so by itself, also after this page was opened.
  const mayAsk = mail.data === undefined || mail.data.state === 'ready';
  useEffect(() => {
    if (mayAsk) return undefined;
    const timer = setInterval(() => void refetch(), askAgainMs);
    return () => clearInterval(timer);
  }, [mayAsk, refetch]);
  return (
    <SignInFrame title={text('credentials.forgotten.title')}>
      {mail.isPending && <Loading rows={3} />}
      {mail.error && <ErrorNotice error={mail.error} onRetry={() => mail.refetch()} />}
      {mail.data && (mail.data.state === 'ready' ? <Ask onAsked={setAsked} /> : <NoMail mail={mail.data} />)}
      <nav className="lw-sign-in-actions" aria-label={text('credentials.forgotten.title')}>
        {!asked && (
          <Anchor className="lw-sign-in-link" href="#/password">
            {text('credentials.have-code')}
          </Anchor>
        )}
        <Anchor className="lw-sign-in-link" href="#/">
          {text('credentials.back')}
        </Anchor>
      </nav>
    </SignInFrame>
  );
}

function NoMail({ mail }: { readonly mail: MailState }) {
  const text = useText();
  return (
    <Alert
      role="status"
      className="lw-error"
      data-tone="warn"
      icon={<IconInfoCircle aria-hidden size={18} />}
      p="sm"
    >
      {mail.state === 'none'
        ? text('refusal.mail-none')
        : text('refusal.mail-away', {
            station: mail.stationCode,
            since: mail.seenAt === null ? null : new Date(mail.seenAt),
          })}
    </Alert>
  );
}

/** @param onAsked the form gives way to what comes next, or is there again. */
function Ask({ onAsked }: { readonly onAsked: (asked: boolean) => void }) {
  const text = useText();
  const [login, setLogin] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const ask = useCoreMutation('session.requestReset', { onSuccess: () => onAsked(true) });
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (login.trim()) ask.mutate({ login: login.trim() });
      }}
    >
      <p>{text('credentials.forgotten.lead')}</p>
      <TextInput
        ref={field}
        label={text('app.sign-in.login')}
        name="username"
        autoComplete="username"
        size="md"
        value={login}
        required
        withAsterisk={false}
        maxLength={200}
        onChange={(event) => {
          setLogin(event.currentTarget.value);
          ask.reset();
          onAsked(false);
        }}
      />
      {ask.error && <ErrorNotice error={ask.error} compact />}
      {ask.isSuccess && (
        <Alert
          role="status"
          className="lw-error"
          data-tone="good"
          icon={<IconMailForward aria-hidden size={18} />}
          p="sm"
        >
          {text('credentials.forgotten.asked', { login: ask.variables.login })}{' '}
          {text('credentials.forgotten.no-mail')}
        </Alert>
      )}
      {ask.isSuccess ? (
        <Button component="a" href="#/password" size="md" fullWidth>
          {text('credentials.have-code')}
        </Button>
      ) : (
        <Button type="submit" size="md" fullWidth loading={ask.isPending}>
          {text('credentials.forgotten.submit')}
        </Button>
      )}
    </form>
  );
}
