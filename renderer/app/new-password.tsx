import { useEffect, useRef, useState } from 'react';
import { Anchor, Button } from '@mantine/core';
import { useCoreMutation } from '../client/hooks.ts';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { useText } from '../ui/messages.ts';
import { MailCodeField } from './mail-code-field.tsx';
import { NewPasswordField, fits } from './new-password-field.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import { useLinkedCode } from './use-linked-code.ts';

/** Sets a password with a code. @param onSet it is set, and whoever had it is signed out everywhere. */
export function NewPassword({ onSet }: { readonly onSet: () => void }) {
  const text = useText();
  const [code, setCode] = useLinkedCode('password');
  const [password, setPassword] = useState('');
  const codeField = useRef<HTMLInputElement>(null);
  const reset = useCoreMutation('session.resetPassword', { onSuccess: onSet });
  useEffect(() => codeField.current?.focus(), []);
  return (
    <SignInFrame title={text('credentials.new.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() && fits(password, '')) reset.mutate({ code: code.trim(), password });
        }}
      >
        <p>{text('credentials.new.lead')}</p>
        <MailCodeField value={code} inputRef={codeField} onChange={setCode} />
        <NewPasswordField value={password} login="" onChange={setPassword} />
        {reset.error && <ErrorNotice error={reset.error} compact />}
        <Button
          type="submit"
          size="md"
          fullWidth
          loading={reset.isPending}
          disabled={!code.trim() || !fits(password, '')}
        >
          {text('credentials.new.submit')}
        </Button>
      </form>
      <nav className="lw-sign-in-actions" aria-label={text('credentials.new.title')}>
        <Anchor className="lw-sign-in-link" href="#/forgotten-password">
          {text('credentials.new.another-code')}
        </Anchor>
        <Anchor className="lw-sign-in-link" href="#/">
          {text('credentials.back')}
        </Anchor>
      </nav>
    </SignInFrame>
  );
}
