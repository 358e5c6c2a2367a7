import { useState } from 'react';
import { Alert, Anchor, Button, PasswordInput, TextInput, UnstyledButton } from '@mantine/core';
import { IconArrowRight, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import type { ErrorShape } from '#contract/errors';
import type { DemoSignIn, Identity } from '#contract/session';
import { errorShapeOf } from '../client/errors.ts';
import { useFeed } from '../client/feed.ts';
import { useConnection } from '../client/hooks.ts';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { textOfKey, useText } from '../ui/messages.ts';
import type { MessageKey } from '../ui/messages.ts';
import { SignInFrame } from './sign-in-frame.tsx';

interface Credentials {
  readonly login: string;
  readonly password: string;
}

export function SignIn({
  demo,
  endedBy,
  done = null,
  onSignedIn,
}: {
  readonly demo: readonly DemoSignIn[];
  /** Message key: why the session before this page ended; null when there was none. */
  readonly endedBy: string | null;
  /** What was just done on the page before this one. */
  readonly done?: MessageKey | null;
  readonly onSignedIn: (identity: Identity) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const connection = useConnection();
  const status = useFeed((feed) => feed.status);
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation<Identity, ErrorShape, Credentials>({
    mutationFn: (credentials) =>
      connection.signIn(credentials).catch((thrown: unknown) => {
        throw errorShapeOf(thrown);
      }),
    onSuccess: onSignedIn,
  });
  const offline = status && status.database.state !== 'online' ? status.database : null;
  const trying = signIn.isPending ? signIn.variables.login : null;

  return (
    <SignInFrame title={text('app.sign-in.title')}>
      {offline && (
        <Alert className="lw-error" data-tone="warn" icon={<IconInfoCircle aria-hidden size={18} />} p="sm">
          {text(offline.state === 'starting' ? 'app.sign-in.database-starting' : 'app.sign-in.offline')}
          {offline.reason && (
            <> {textOfKey(intl, offline.reason, offline.values, ['error.'], 'error.unknown')}</>
          )}
        </Alert>
      )}
      {done && !signIn.error && (
        <Alert
          role="status"
          className="lw-error"
          data-tone="good"
          icon={<IconCircleCheck aria-hidden size={18} />}
          p="sm"
        >
          {text(done)}
        </Alert>
      )}
      {endedBy && !done && !signIn.error && (
        <Alert className="lw-error" data-tone="warn" icon={<IconInfoCircle aria-hidden size={18} />} p="sm">
          {textOfKey(intl, endedBy, {}, ['error.'], 'error.signed-out')}
        </Alert>
      )}
      {signIn.error && <ErrorNotice error={signIn.error} compact />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (login.trim() && password) signIn.mutate({ login: login.trim(), password });
        }}
      >
        <TextInput
          label={text('app.sign-in.login')}
          name="username"
          autoComplete="username"
          size="md"
          value={login}
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <PasswordInput
          label={text('app.sign-in.password')}
          name="password"
          autoComplete="current-password"
          size="md"
          value={password}
          required
          withAsterisk={false}
          maxLength={500}
          visibilityToggleButtonProps={{ 'aria-label': text('app.sign-in.show-password'), tabIndex: 0 }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="md" fullWidth loading={trying === login.trim() && trying !== ''}>
          {text('app.sign-in.submit')}
        </Button>
        <Anchor className="lw-sign-in-link" href="#/forgotten-password">
          {text('credentials.forgotten.link')}
        </Anchor>
      </form>
      {demo.length > 0 && (
        <section aria-labelledby="demo-people">
          <h2 id="demo-people">{text('app.sign-in.demo')}</h2>
          <p>{text('app.sign-in.demo-detail')}</p>
          <ul className="lw-demo-people">
            {demo.map((person) => (
              <li key={person.login}>
                <UnstyledButton
                  className="lw-demo-person"
                  disabled={signIn.isPending}
                  aria-label={text('app.sign-in.demo-person', {
                    name: person.displayName,
                    role: person.role,
                  })}
                  onClick={() => signIn.mutate({ login: person.login, password: person.password })}
                >
                  <span aria-hidden className="lw-avatar">
                    {initials(person.displayName)}
                  </span>
                  <span className="lw-demo-name">
                    <strong>{person.displayName}</strong>
                    <span>{trying === person.login ? text('app.sign-in.trying') : person.role}</span>
                  </span>
                  <IconArrowRight aria-hidden size={16} />
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </section>
      )}
    </SignInFrame>
  );
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '').join('');
}
