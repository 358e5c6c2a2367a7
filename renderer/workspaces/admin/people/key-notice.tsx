import { Alert } from '@mantine/core';
import { IconKeyOff } from '@tabler/icons-react';
import type { PersonalDataProblem } from '#contract/people';
import { useErrorText } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';

/** Why e-mail addresses and telephone numbers are not there; everything else is. */
export function KeyNotice({ problem }: { readonly problem: PersonalDataProblem }) {
  const text = useText();
  const errorText = useErrorText();
  return (
    <Alert
      className="lw-error"
      data-tone="warn"
      role="status"
      icon={<IconKeyOff aria-hidden size={20} />}
      title={text('people.key-problem')}
    >
      {errorText(problem)}
    </Alert>
  );
}
