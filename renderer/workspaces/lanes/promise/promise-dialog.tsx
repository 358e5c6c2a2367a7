/** Capable-to-promise: by when can so much of a product be ready, and hold that while the customer decides. */
import { useState } from 'react';
import { Button, Modal, NativeSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useIntl } from 'react-intl';
import { v7 as uuidv7 } from 'uuid';
import type { Lane } from '#domain/scheduling/types';
import { useCoreMutation, useCoreQuery } from '../../../client/hooks.ts';
import { Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';
import { useInstantText } from '../../../ui/time.tsx';

const dayMs = 86_400_000;
const holdDays = [1, 3, 7, 14] as const;

export function PromiseDialog({
  plantId,
  lanes,
  readOnly,
  onClose,
}: {
  readonly plantId: string;
  readonly lanes: readonly Lane[];
  readonly readOnly: boolean;
  readonly onClose: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const notify = useNotify();
  const materials = useCoreQuery('schedules.promisable', { plantId });
  const reservations = useCoreQuery('schedules.reservations', { plantId });
  const [materialId, setMaterialId] = useState<string | null>(null);
  const [quantity, setQuantity] = useState<number | null>(null);
  const [note, setNote] = useState('');
  const [days, setDays] = useState<number>(3);
  const [asked, setAsked] = useState<{ materialId: string; quantity: number } | null>(null);
  const answer = useCoreQuery(
    'schedules.promise',
    { plantId, materialId: asked?.materialId ?? '', quantity: asked?.quantity ?? 1, notBefore: null },
    { enabled: asked !== null, staleMs: 0 },
  );
  const reserve = useCoreMutation('schedules.reserve', {
    stale: ['schedules.reservations', 'schedules.promise', 'lanes.board'],
    onSuccess: ({ readyAt }) => {
      setNote('');
      notify.done(text('lanes.promise.reserved', { at: instant(readyAt) }));
    },
  });
  const release = useCoreMutation('schedules.releaseReservation', {
    stale: ['schedules.reservations', 'schedules.promise', 'lanes.board'],
    onError: (error) => notify.failed(error),
  });
  const laneName = (laneId: string) => lanes.find(({ id }) => id === laneId)?.name ?? '';
  const unit = materials.data?.find(({ id }) => id === materialId)?.unit ?? '';
  const ready = materialId !== null && quantity !== null && quantity > 0;
  const found = asked && answer.data;

  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={text('lanes.promise')}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <form
        className="lanes-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) setAsked({ materialId, quantity });
        }}
      >
        <p className="lw-dim">{text('lanes.promise.lead', { zone: intl.timeZone ?? '' })}</p>
        {materials.error && (
          <ErrorNotice error={materials.error} onRetry={() => materials.refetch()} compact />
        )}
        <div className="lanes-promise-ask">
          <Select
            label={text('lanes.material')}
            searchable
            // The field has the focus at first; the list would lie over what is held.
            openOnFocus={false}
            value={materialId}
            data={(materials.data ?? []).map(({ id, code, name }) => ({
              value: id,
              label: `${code} ${name}`,
            }))}
            onChange={setMaterialId}
            data-autofocus
          />
          <NumberInput
            label={text('lanes.quantity')}
            suffix={unit ? ` ${unit}` : ''}
            min={0}
            value={quantity ?? ''}
            onChange={(value) => setQuantity(value === '' ? null : Number(value))}
          />
          <Button type="submit" disabled={!ready}>
            {text('lanes.promise.ask')}
          </Button>
        </div>
      </form>
      {asked && answer.isPending && <Loading rows={2} />}
      {answer.error && <ErrorNotice error={answer.error} onRetry={() => answer.refetch()} compact />}
      {found && (
        <section className="lanes-promise" aria-live="polite">
          <h3>
            {found.readyAt === null
              ? text('lanes.promise.never')
              : text('lanes.promise.ready', { at: instant(found.readyAt) })}
          </h3>
          {found.binding && (
            <p>
              {textOfKey(
                intl,
                found.binding.cause,
                found.binding.values,
                ['promise.binding.'],
                'lanes.promise.unknown',
              )}
            </p>
          )}
          {found.steps.length > 0 && (
            <table className="lw-table">
              <caption className="lw-visually-hidden">{text('lanes.promise.steps')}</caption>
              <thead>
                <tr>
                  <th scope="col">{text('lanes.dispatch.what')}</th>
                  <th scope="col">{text('lanes.lane')}</th>
                  <th scope="col">{text('lanes.starts')}</th>
                  <th scope="col">{text('lanes.ends')}</th>
                </tr>
              </thead>
              <tbody>
                {found.steps.map((step, index) => (
                  <tr key={index}>
                    <td>{step.operationName}</td>
                    <td>{laneName(step.laneId)}</td>
                    <td>{instant(step.startsAt)}</td>
                    <td>{instant(step.endsAt)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {found.materials.some(({ needed, available }) => available < needed) && (
            <ul className="lanes-shortages" aria-label={text('lanes.shortages')}>
              {found.materials
                .filter(({ needed, available }) => available < needed)
                .map((material) => (
                  <li key={material.code}>
                    {text('lanes.shortage', {
                      material: `${material.code} ${material.name}`,
                      missing: `${intl.formatNumber(material.needed - material.available)} ${material.unit}`,
                      when: material.availableAt === null ? '' : instant(material.availableAt),
                      expected: material.availableAt === null ? 'no' : 'yes',
                    })}
                  </li>
                ))}
            </ul>
          )}
          {found.readyAt !== null && !readOnly && (
            <div className="lanes-promise-hold">
              <TextInput
                label={text('lanes.promise.note')}
                value={note}
                maxLength={200}
                onChange={(event) => setNote(event.currentTarget.value)}
              />
              <NativeSelect
                label={text('lanes.promise.hold-for')}
                value={String(days)}
                data={holdDays.map((each) => ({
                  value: String(each),
                  label: text('lanes.dispatch.days', { days: each }),
                }))}
                onChange={(event) => setDays(Number(event.currentTarget.value))}
              />
              <Button
                variant="default"
                loading={reserve.isPending}
                onClick={() =>
                  reserve.mutate({
                    commandId: uuidv7(),
                    plantId,
                    materialId: asked.materialId,
                    quantity: asked.quantity,
                    notBefore: null,
                    expiresAt: Date.now() + days * dayMs,
                    note,
                  })
                }
              >
                {text('lanes.promise.hold')}
              </Button>
            </div>
          )}
          {reserve.error && <ErrorNotice error={reserve.error} compact />}
        </section>
      )}
      <section className="lanes-promise" aria-label={text('lanes.promise.reservations')}>
        <h3>{text('lanes.promise.reservations')}</h3>
        {reservations.data?.length === 0 && <p className="lw-dim">{text('lanes.promise.no-reservations')}</p>}
        <ul className="lanes-reservations">
          {reservations.data?.map((each) => (
            <li key={each.id}>
              <span>
                {text('lanes.promise.reservation', {
                  material: each.materialCode,
                  quantity: intl.formatNumber(each.quantity),
                  at: instant(each.readyAt),
                  until: instant(each.expiresAt),
                })}{' '}
                <span className="lw-dim">{[each.note, each.reservedBy].filter(Boolean).join(' · ')}</span>
              </span>
              {!readOnly && (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={text('lanes.promise.release-one', { material: each.materialCode })}
                  onClick={() => release.mutate({ commandId: uuidv7(), reservationId: each.id })}
                >
                  {text('lanes.promise.release')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </section>
    </Modal>
  );
}
