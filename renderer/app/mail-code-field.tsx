import type { Ref } from 'react';
import { TextInput } from '@mantine/core';
import { groupedMailCode, readMailCode } from '#domain/credentials/mail-code';
import { useText } from '../ui/messages.ts';

/** A code of a mail, typed or pasted; shown in its groups as soon as it is whole. */
export function MailCodeField({
  value,
  inputRef,
  onChange,
}: {
  readonly value: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly onChange: (value: string) => void;
}) {
  const text = useText();
  return (
    <TextInput
      {...(inputRef ? { ref: inputRef } : {})}
      className="lw-code-input"
      label={text('credentials.code')}
      description={text('credentials.code.hint')}
      name="one-time-code"
      autoComplete="one-time-code"
      spellCheck={false}
      size="md"
      value={value}
      required
      withAsterisk={false}
      maxLength={100}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        const code = readMailCode(typed);
        onChange(code === null ? typed : groupedMailCode(code));
      }}
    />
  );
}
