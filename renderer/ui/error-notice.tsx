import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCloudOff, IconRefresh } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { ErrorShape } from '#contract/errors';
import { worthRetrying } from '../client/errors.ts';
import { textOfKey, useText } from './messages.ts';

/** Gives a function that says what went wrong and what to do next. */
export function useErrorText(): (
  error: Pick<ErrorShape, 'reason' | 'values'> & Partial<ErrorShape>,
) => string {
  const intl = useIntl();
  return (error) => {
    const said = textOfKey(
      intl,
      error.reason,
      error.values,
      ['refusal.', 'error.', 'printer.'],
      'error.unknown',
    );
    return error.incident
      ? `${said} ${intl.formatMessage({ id: 'error.incident' }, { incident: error.incident })}`
      : said;
  };
}

/** The one way in which a screen shows an error in place of, or above, what it could not do. */
export function ErrorNotice({
  error,
  onRetry,
  compact = false,
}: {
  readonly error: ErrorShape;
  readonly onRetry?: (() => unknown) | undefined;
  readonly compact?: boolean;
}) {
  const text = useText();
  const errorText = useErrorText();
  const away = error.code === 'Unavailable';
  const no = error.code === 'Refused' || error.code === 'NotAllowed' || error.code === 'Invalid';
  const Icon = away ? IconCloudOff : no ? IconBan : IconAlertTriangle;
  return (
    <Alert
      role="alert"
      className="lw-error"
      data-tone={away || no ? 'warn' : 'bad'}
      icon={<Icon aria-hidden size={20} />}
      title={compact ? undefined : text(`error.title.${error.code}`)}
      p={compact ? 'xs' : 'md'}
    >
      {errorText(error)}
      {onRetry && worthRetrying(error.code) && (
        <div className="lw-error-actions">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh aria-hidden size={14} />}
            onClick={() => void onRetry()}
          >
            {text('app.retry')}
          </Button>
        </div>
      )}
    </Alert>
  );
}
