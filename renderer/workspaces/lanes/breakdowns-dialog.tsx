/** What the planners of a plant take for a breakdown, and how long they plan around it. */
import { Modal, NativeSelect } from '@mantine/core';
import { Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useDurationText } from '../../ui/time.tsx';
import { choicesWith, useBreakdownSettings, usualChoicesS } from './breakdowns.ts';

export function BreakdownsDialog({
  plantId,
  onClose,
}: {
  readonly plantId: string;
  readonly onClose: () => void;
}) {
  const text = useText();
  const duration = useDurationText();
  const { settings, change, wanted, error } = useBreakdownSettings(plantId);
  return (
    <Modal
      opened
      onClose={onClose}
      title={text('lanes.breakdowns')}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <div className="lanes-form">
        <p>{text('lanes.breakdowns.lead')}</p>
        {settings.isPending && <Loading rows={2} />}
        {settings.error && <ErrorNotice error={settings.error} onRetry={() => settings.refetch()} compact />}
        {settings.data &&
          (['minorStopS', 'assumedRepairS'] as const).map((name) => (
            <NativeSelect
              key={name}
              label={text(`lanes.breakdowns.${name}`)}
              description={text(`lanes.breakdowns.${name}-detail`)}
              value={String(wanted?.[name] ?? settings.data[name])}
              data={choicesWith(usualChoicesS[name], settings.data[name]).map((seconds) => ({
                value: String(seconds),
                label: seconds === 0 ? text('lanes.breakdowns.at-once') : duration(seconds * 1000),
              }))}
              onChange={(event) => change({ [name]: Number(event.currentTarget.value) })}
            />
          ))}
        {error && <ErrorNotice error={error} compact />}
      </div>
    </Modal>
  );
}
