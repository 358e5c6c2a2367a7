import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Modal, TextInput } from '@mantine/core';
import type { ErrorShape } from '#contract/errors';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';

/** Asks why before something is thrown away; without a reason it is not. */
export function ReasonDialog({
  title,
  action,
  pending,
  error,
  onReason,
  onClose,
  children,
}: {
  readonly title: string;
  /** What the button does, in a word. */
  readonly action: string;
  readonly pending: boolean;
  readonly error: ErrorShape | null;
  readonly onReason: (reason: string) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const text = useText();
  const [typed, setTyped] = useState('');
  const reason = typed.trim();
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': text('app.close') }}>
      <form
        className="admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason) onReason(reason);
        }}
      >
        {children}
        <TextInput
          label={text('admin.commands.reason')}
          value={typed}
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {error && <ErrorNotice error={error} compact />}
        <div className="admin-form-actions">
          <Button variant="default" onClick={onClose}>
            {text('app.cancel')}
          </Button>
          <Button type="submit" color="red" loading={pending} disabled={!reason}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
