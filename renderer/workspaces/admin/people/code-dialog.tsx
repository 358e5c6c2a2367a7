import { Button, CopyButton, Modal } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { PasswordCode } from '#contract/people';
import { useText } from '../../../ui/messages.ts';

/** A code is shown here and never again. */
export function CodeDialog({
  name,
  code,
  onClose,
}: {
  readonly name: string;
  readonly code: PasswordCode;
  readonly onClose: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  const grouped = code.code.match(/.{1,5}/g)?.join('-') ?? code.code;
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      title={text('people.code.title', { name })}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <div className="admin-form">
        <p>{text('people.code.detail', { name })}</p>
        <output className="people-code" aria-label={text('people.code')}>
          {grouped}
        </output>
        <p className="lw-dim">
          {text('people.code.good-for', {
            until: `${intl.formatDate(code.expiresAt, { format: 'day' })} ${intl.formatTime(code.expiresAt, { format: 'short' })}`,
          })}
        </p>
        <div className="admin-form-actions">
          <CopyButton value={grouped}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                leftSection={
                  copied ? <IconCheck aria-hidden size={16} /> : <IconCopy aria-hidden size={16} />
                }
                onClick={copy}
              >
                {text(copied ? 'people.code.copied' : 'people.code.copy')}
              </Button>
            )}
          </CopyButton>
          <Button data-autofocus onClick={onClose}>
            {text('people.code.done')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
