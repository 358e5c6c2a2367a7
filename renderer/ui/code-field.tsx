import { useState } from 'react';
import type { Ref } from 'react';
import { Button, TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useText } from './messages.ts';

/** "Scan or type a code": for those who type; a scanner needs no field. */
export function CodeField({
  onCode,
  busy = false,
  label,
  placeholder,
  suggestions,
  ref,
}: {
  readonly onCode: (code: string) => void;
  readonly busy?: boolean;
  readonly label?: string;
  readonly placeholder?: string;
  readonly suggestions?: readonly { readonly code: string; readonly label: string }[];
  readonly ref?: Ref<HTMLInputElement>;
}) {
  const text = useText();
  const [code, setCode] = useState('');
  return (
    <form
      className="lw-code-field"
      onSubmit={(event) => {
        event.preventDefault();
        const trimmed = code.trim();
        if (!trimmed || busy) return;
        onCode(trimmed);
        setCode('');
      }}
    >
      <TextInput
        ref={ref ?? null}
        aria-label={label ?? text('app.code-field')}
        placeholder={placeholder ?? text('app.code-field')}
        leftSection={<IconBarcode aria-hidden size={22} />}
        size="md"
        value={code}
        maxLength={400}
        autoComplete="off"
        spellCheck={false}
        list={suggestions ? 'lw-code-suggestions' : undefined}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      {suggestions && (
        <datalist id="lw-code-suggestions">
          {suggestions.map((each) => (
            <option key={each.code} value={each.code}>
              {each.label}
            </option>
          ))}
        </datalist>
      )}
      <Button type="submit" size="md" variant="default" loading={busy}>
        {text('app.code-field.submit')}
      </Button>
    </form>
  );
}
