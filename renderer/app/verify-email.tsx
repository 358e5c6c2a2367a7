import { useEffect, useRef } from 'react';
import { Alert, Anchor, Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useCoreMutation } from '../client/hooks.ts';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { useText } from '../ui/messages.ts';
import { MailCodeField } from './mail-code-field.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import { useLinkedCode } from './use-linked-code.ts';

/** Where the link of a mail leads; nobody needs to be signed in. A button, since mail programs open links by themselves. */
export function VerifyEmail() {
  const text = useText();
  const [code, setCode] = useLinkedCode('verify-email');
  const field = useRef<HTMLInputElement>(null);
  const verify = useCoreMutation('session.verifyEmail', { stale: ['session.account'] });
  useEffect(() => field.current?.focus(), []);
  return (
    <SignInFrame title={text('credentials.verify.title')}>
      {verify.isSuccess ? (
        <Alert
          role="status"
          className="lw-error"
          data-tone="good"
          icon={<IconCircleCheck aria-hidden size={18} />}
          p="sm"
        >
          {text('credentials.verify.done')}
        </Alert>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (code.trim()) verify.mutate({ code: code.trim() });
          }}
        >
          <p>{text('credentials.verify.lead')}</p>
          <MailCodeField value={code} inputRef={field} onChange={setCode} />
          {verify.error && <ErrorNotice error={verify.error} compact />}
          <Button type="submit" size="md" fullWidth loading={verify.isPending} disabled={!code.trim()}>
            {text('credentials.verify.submit')}
          </Button>
        </form>
      )}
      <Anchor className="lw-sign-in-link" href="#/">
        {text('credentials.back-in')}
      </Anchor>
    </SignInFrame>
  );
}
