import { useState } from 'react';
import { Button, Modal, TextInput } from '@mantine/core';
import { useText } from '../../../ui/messages.ts';

/** Asks for the name of a draft; without `initial` it only asks whether. */
export function NameDialog({
  title,
  lead,
  action,
  initial,
  danger = false,
  onName,
  onClose,
}: {
  readonly title: string;
  readonly lead?: string | undefined;
  readonly action: string;
  readonly initial?: string | undefined;
  readonly danger?: boolean;
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
}) {
  const text = useText();
  const [typed, setTyped] = useState(initial ?? '');
  const name = typed.trim();
  const asksName = initial !== undefined;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': text('app.close') }}>
      <form
        className="lanes-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!asksName || name) onName(name);
        }}
      >
        {lead && <p>{lead}</p>}
        {asksName && (
          <TextInput
            label={text('lanes.version.name')}
            value={typed}
            maxLength={200}
            data-autofocus
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <div className="lanes-form-actions">
          <Button variant="default" onClick={onClose}>
            {text('app.cancel')}
          </Button>
          <Button type="submit" disabled={asksName && !name} {...(danger ? { color: 'red' } : {})}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
