import { useState } from 'react';
import { Button, NumberInput, TextInput } from '@mantine/core';
import { IconCheck, IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext } from '@tabler/icons-react';
import { v7 as uuidv7 } from 'uuid';
import type { OperationStatus } from '#domain/scheduling/types';
import type { OperationAction, StationOperation } from '#contract/stations';
import { useCoreMutation } from '../../client/hooks.ts';
import { tellScan } from '../../client/scans.ts';
import { Acknowledged } from '../../ui/acknowledgement.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';

/** Which buttons an operation has; the core has the last word. */
const actionsOf: Readonly<Record<OperationStatus, readonly OperationAction[]>> = {
  planned: ['start'],
  ready: ['start'],
  running: ['pause', 'complete'],
  paused: ['resume', 'complete'],
  completed: [],
  cancelled: [],
};

const icons = {
  start: IconPlayerPlay,
  pause: IconPlayerPause,
  resume: IconPlayerTrackNext,
  complete: IconCheck,
} as const;

/** Start, pause, resume, complete, with what was made since the last report. */
export function ReportPanel({ operation }: { readonly operation: StationOperation }) {
  const text = useText();
  const [good, setGood] = useState<number | string>('');
  const [scrap, setScrap] = useState<number | string>('');
  const [note, setNote] = useState('');
  const act = useCoreMutation('stations.act', {
    stale: ['stations.operation', 'stations.worklist'],
    onSuccess: (outcome) => {
      tellScan(outcome);
      if (outcome.refusal) return;
      setGood('');
      setScrap('');
      setNote('');
    },
  });
  const actions = actionsOf[operation.status];
  const counts = operation.status === 'running' || operation.status === 'paused';
  const send = (action: OperationAction) =>
    act.mutate({
      commandId: uuidv7(),
      operationCode: operation.code,
      action,
      goodQuantity: counts ? Number(good) || 0 : 0,
      scrapQuantity: counts ? Number(scrap) || 0 : 0,
      ...(note.trim() ? { note: note.trim() } : {}),
    });

  return (
    <section className="lw-panel stations-report" aria-labelledby="report-title">
      <h2 id="report-title">{text('stations.report')}</h2>
      {actions.length === 0 && <p className="lw-dim">{text('stations.finished')}</p>}
      {counts && (
        <div className="stations-quantities">
          <NumberInput
            label={text('stations.good', { unit: operation.unit })}
            size="lg"
            min={0}
            max={1e9}
            value={good}
            onChange={setGood}
            thousandSeparator=" "
          />
          <NumberInput
            label={text('stations.scrap', { unit: operation.unit })}
            size="lg"
            min={0}
            max={1e9}
            value={scrap}
            onChange={setScrap}
            thousandSeparator=" "
          />
          <TextInput
            label={text('stations.note')}
            size="lg"
            maxLength={200}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </div>
      )}
      <div className="stations-actions">
        {actions.map((action) => {
          const Icon = icons[action];
          return (
            <Button
              key={action}
              className="stations-action"
              variant={action === 'pause' ? 'default' : 'filled'}
              leftSection={<Icon aria-hidden size={26} />}
              loading={act.isPending && act.variables.action === action}
              disabled={act.isPending}
              onClick={() => send(action)}
            >
              {text(`stations.action.${action}`)}
            </Button>
          );
        })}
      </div>
      {act.error && <ErrorNotice error={act.error} compact />}
      {act.data?.refusal && <ErrorNotice error={act.data.refusal} compact />}
      {act.data?.acknowledgement && (
        <output className="stations-saved">
          <IconCheck aria-hidden size={18} /> <Acknowledged acknowledgement={act.data.acknowledgement} />
        </output>
      )}
    </section>
  );
}
