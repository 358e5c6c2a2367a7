import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconBan, IconCheck } from '@tabler/icons-react';
import type { ErrorShape } from '#contract/errors';
import { useErrorText } from './error-notice.tsx';
import { useText } from './messages.ts';

export interface Notify {
  done(message: string): void;
  failed(error: ErrorShape): void;
}

/** Short notices at the corner of the window, for what is not part of the screen at hand. */
export function useNotify(): Notify {
  const text = useText();
  const errorText = useErrorText();
  const closeButtonProps = { 'aria-label': text('app.close') };
  return {
    done: (message) =>
      void notifications.show({
        message,
        icon: <IconCheck aria-hidden size={18} />,
        className: 'lw-notice',
        color: 'petrol',
        closeButtonProps,
      }),
    failed: (error) =>
      void notifications.show({
        title: text(`error.title.${error.code}`),
        message: errorText(error),
        icon:
          error.code === 'Refused' ? (
            <IconBan aria-hidden size={18} />
          ) : (
            <IconAlertTriangle aria-hidden size={18} />
          ),
        color: error.code === 'Internal' ? 'red' : 'orange',
        autoClose: 10_000,
        role: 'alert',
        closeButtonProps,
      }),
  };
}
