import { useState } from 'react';
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconLock, IconPackage, IconTrash } from '@tabler/icons-react';
import { v7 as uuidv7 } from 'uuid';
import type { Acknowledgement } from '#contract/common';
import type { ErrorShape } from '#contract/errors';
import type { Carton } from '#contract/packing';
import { useCoreMutation } from '../../client/hooks.ts';
import { useScans } from '../../client/scans.ts';
import { Acknowledged } from '../../ui/acknowledgement.tsx';
import { EmptyState, Fact, Facts } from '../../ui/blocks.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { useInstantText } from '../../ui/time.tsx';
import { CartonBadge } from './carton-list.tsx';
import { LabelPanel } from './label-panel.tsx';

interface Said {
  readonly what: string;
  readonly acknowledgement: Acknowledgement;
}

/** One carton: what is in it, scanned in and out, and its label. */
export function CartonPage({ carton }: { readonly carton: Carton }) {
  const text = useText();
  const instant = useInstantText();
  const { plant } = useSession();
  const [said, setSaid] = useState<Said | null>(null);
  const [error, setError] = useState<{ readonly shape: ErrorShape; readonly subject: string } | null>(null);
  const [removed, setRemoved] = useState<string | null>(null);
  const isOpen = carton.status === 'open' && plant.mayWrite;

  const failed = (subject: string) => (shape: ErrorShape) => {
    setSaid(null);
    setError({ shape, subject });
  };
  const succeeded = (what: string, acknowledgement: Acknowledgement) => {
    setError(null);
    setSaid({ what, acknowledgement });
  };
  const add = useCoreMutation('packing.addSerial', {
    stale: ['packing.cartons'],
    onSuccess: (answer, input) => {
      setRemoved((before) => (before === input.serialNumber ? null : before));
      succeeded(text('packing.added', { serial: input.serialNumber }), answer);
    },
    onError: (shape, input) => failed(input.serialNumber)(shape),
  });
  const remove = useCoreMutation('packing.removeSerial', {
    stale: ['packing.cartons'],
    onSuccess: (answer, input) => {
      setRemoved(input.serialNumber);
      succeeded(text('packing.removed', { serial: input.serialNumber }), answer);
    },
    onError: (shape, input) => failed(input.serialNumber)(shape),
  });
  const close = useCoreMutation('packing.closeCarton', {
    stale: ['packing.cartons', 'packing.labelPreview'],
    onSuccess: (answer) => succeeded(text('packing.closed', { carton: carton.number }), answer),
    onError: failed(carton.number),
  });
  const addSerial = (serialNumber: string) =>
    add.mutate({ commandId: uuidv7(), cartonId: carton.cartonId, serialNumber });

  useScans((outcome) => {
    const serial =
      outcome.kind === 'serial' || (outcome.kind === 'gs1' && outcome.identifier.startsWith('SN-'));
    if (!serial || !isOpen || outcome.refusal || document.visibilityState === 'hidden') return;
    addSerial(outcome.identifier);
  });

  const full = carton.capacity !== null && carton.serials.length >= carton.capacity;
  return (
    <div className="packing-carton">
      <section className="lw-panel packing-content" aria-labelledby="carton-title">
        <header>
          <h2 id="carton-title">{carton.number}</h2>
          <CartonBadge status={carton.status} />
          {isOpen && (
            <Button
              size="md"
              leftSection={<IconLock aria-hidden size={20} />}
              loading={close.isPending}
              disabled={carton.serials.length === 0}
              variant={full ? 'filled' : 'default'}
              onClick={() => close.mutate({ commandId: uuidv7(), cartonId: carton.cartonId })}
            >
              {text('packing.close')}
            </Button>
          )}
        </header>
        <Facts>
          <Fact name={text('packing.material')}>
            {carton.materialName ?? text('packing.by-first-serial')}{' '}
            {carton.materialCode && <span className="lw-dim">{carton.materialCode}</span>}
          </Fact>
          <Fact name={text('packing.content')}>
            {carton.capacity === null
              ? text('packing.count', { count: carton.serials.length })
              : text('packing.count-of', { count: carton.serials.length, capacity: carton.capacity })}
          </Fact>
          {carton.sscc && (
            <Fact name={text('packing.sscc')}>
              <code>{carton.sscc}</code>
            </Fact>
          )}
          <Fact name={text('packing.opened')}>{instant(carton.openedAt)}</Fact>
          {carton.closedAt !== null && (
            <Fact name={text('packing.closed-at')}>{instant(carton.closedAt)}</Fact>
          )}
        </Facts>
        {isOpen && (
          <CodeField
            label={text('packing.scan-serial')}
            placeholder={text('packing.scan-serial')}
            busy={add.isPending}
            onCode={addSerial}
          />
        )}
        <output className="packing-said">
          {said && (
            <span>
              <IconCheck aria-hidden size={18} /> {said.what}{' '}
              <Acknowledged acknowledgement={said.acknowledgement} />
            </span>
          )}
          {removed && isOpen && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArrowBackUp aria-hidden size={14} />}
              onClick={() => addSerial(removed)}
            >
              {text('packing.put-back', { serial: removed })}
            </Button>
          )}
        </output>
        {error && (
          <div>
            <p className="packing-error-subject">{error.subject}</p>
            <ErrorNotice error={error.shape} compact />
          </div>
        )}
        {carton.serials.length === 0 ? (
          <EmptyState icon={IconPackage} title={text('packing.empty')}>
            {isOpen ? text('packing.empty-detail') : null}
          </EmptyState>
        ) : (
          <ol className="packing-serials" aria-label={text('packing.serials')}>
            {carton.serials.map((serial) => (
              <li key={serial.serialNumber}>
                <code>{serial.serialNumber}</code>
                <span className="lw-dim">{instant(serial.packedAt)}</span>
                {isOpen && (
                  <ActionIcon
                    size={44}
                    aria-label={text('packing.remove', { serial: serial.serialNumber })}
                    disabled={remove.isPending}
                    onClick={() =>
                      remove.mutate({
                        commandId: uuidv7(),
                        cartonId: carton.cartonId,
                        serialNumber: serial.serialNumber,
                      })
                    }
                  >
                    <IconTrash aria-hidden size={20} />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ol>
        )}
      </section>
      <LabelPanel carton={carton} />
    </div>
  );
}
