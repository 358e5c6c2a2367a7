import { useState } from 'react';
import { Button, Modal, Radio, TextInput } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconPrinter,
  IconPrinterOff,
  IconTag,
} from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { v7 as uuidv7 } from 'uuid';
import type { Carton, CartonLabel, LabelOutcome, Printer } from '#contract/packing';
import { useCoreMutation, useCoreQuery } from '../../client/hooks.ts';
import { Badge } from '../../ui/badges.tsx';
import type { Tone } from '../../ui/badges.tsx';
import { EmptyState, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { LabelPreview } from '../../ui/label-preview.tsx';
import { textOfKey, useText } from '../../ui/messages.ts';
import { useSession } from '../../ui/session.ts';
import { useInstantText } from '../../ui/time.tsx';

const printerKey = 'lanewright.printer';

/** The label of a carton: as it will look, on which printer, what became of it. */
export function LabelPanel({ carton }: { readonly carton: Carton }) {
  const text = useText();
  const { plant } = useSession();
  const closed = carton.status !== 'open' && carton.sscc !== null;
  const printers = useCoreQuery('packing.printers', { plantId: plant.id });
  const preview = useCoreQuery('packing.labelPreview', { cartonId: carton.cartonId }, { enabled: closed });
  const [chosen, setChosen] = useState(() => localStorage.getItem(printerKey));
  const [asking, setAsking] = useState(false);
  const print = useCoreMutation('packing.printLabel', { stale: ['packing.cartons', 'packing.printers'] });

  const list = printers.data ?? [];
  const printer =
    list.find((each) => each.code === chosen) ?? list.find((each) => each.state === 'ready') ?? list[0];
  const unknown = carton.labels.find((label) => label.outcome === 'unknown');
  const valid = carton.labels.some((label) => label.outcome === 'printed');
  const send = (reprintReason?: string) => {
    if (!printer) return;
    setAsking(false);
    print.mutate({
      commandId: uuidv7(),
      cartonId: carton.cartonId,
      printerCode: printer.code,
      ...(reprintReason ? { reprintReason } : {}),
    });
  };

  return (
    <section className="lw-panel packing-label" aria-labelledby="label-title">
      <h2 id="label-title">{text('packing.label')}</h2>
      {!closed && (
        <EmptyState icon={IconTag} title={text('packing.label-later')}>
          {text('packing.label-later-detail')}
        </EmptyState>
      )}
      {closed && preview.isPending && <Loading rows={1} height={300} />}
      {preview.error && <ErrorNotice error={preview.error} onRetry={() => preview.refetch()} compact />}
      {preview.data && (
        <LabelPreview
          zpl={preview.data.zpl}
          widthMm={preview.data.widthMm}
          heightMm={preview.data.heightMm}
          dotsPerMm={preview.data.dotsPerMm}
          alt={text('packing.label-alt', { carton: carton.number, sscc: carton.sscc ?? '' })}
        />
      )}
      {unknown && <UnknownOutcome label={unknown} />}
      {closed && !unknown && (
        <>
          {printers.error && (
            <ErrorNotice error={printers.error} onRetry={() => printers.refetch()} compact />
          )}
          {printers.data?.length === 0 && <p>{text('packing.no-printers')}</p>}
          {list.length > 0 && (
            <Radio.Group
              label={text('packing.printer')}
              value={printer?.code ?? ''}
              onChange={(code) => {
                setChosen(code);
                localStorage.setItem(printerKey, code);
              }}
            >
              <div className="packing-printers">
                {list.map((each) => (
                  <PrinterChoice key={each.code} printer={each} />
                ))}
              </div>
            </Radio.Group>
          )}
          <Button
            size="lg"
            leftSection={<IconPrinter aria-hidden size={24} />}
            loading={print.isPending}
            disabled={!printer || !plant.mayWrite || carton.status === 'voided'}
            onClick={() => (valid ? setAsking(true) : send())}
          >
            {text(valid ? 'packing.reprint' : 'packing.print')}
          </Button>
        </>
      )}
      {print.error && <ErrorNotice error={print.error} compact />}
      {carton.labels.length > 0 && (
        <ul className="packing-labels" aria-label={text('packing.labels')}>
          {carton.labels.toReversed().map((label) => (
            <Outcome key={label.labelId} label={label} />
          ))}
        </ul>
      )}
      <ReprintDialog opened={asking} onClose={() => setAsking(false)} onReprint={send} />
    </section>
  );
}

function PrinterChoice({ printer }: { readonly printer: Printer }) {
  const text = useText();
  const intl = useIntl();
  const why = printer.reason && textOfKey(intl, printer.reason, {}, ['printer.'], 'status.reason-unknown');
  const Icon =
    printer.state === 'offline' ? IconPrinterOff : printer.state === 'ready' ? IconCheck : IconAlertTriangle;
  return (
    <Radio.Card
      value={printer.code}
      className="packing-printer"
      aria-label={`${printer.name}, ${text(`packing.printer.${printer.state}`)}${why ? `, ${why}` : ''}`}
    >
      <Radio.Indicator />
      <span className="packing-printer-text">
        <strong>{printer.name}</strong>
        {why && <span className="lw-dim">{why}</span>}
      </span>
      <Badge
        tone={printer.state === 'ready' ? 'good' : printer.state === 'offline' ? 'bad' : 'warn'}
        icon={<Icon aria-hidden size={14} />}
      >
        {text(`packing.printer.${printer.state}`)}
      </Badge>
    </Radio.Card>
  );
}

const outcomeLook = {
  queued: { tone: 'info', icon: IconClock },
  printed: { tone: 'good', icon: IconCheck },
  refused: { tone: 'bad', icon: IconAlertTriangle },
  unknown: { tone: 'warn', icon: IconAlertTriangle },
  voided: { tone: 'off', icon: IconBan },
} as const satisfies Record<LabelOutcome, { tone: Tone; icon: typeof IconBan }>;

function Outcome({ label }: { readonly label: CartonLabel }) {
  const text = useText();
  const intl = useIntl();
  const instant = useInstantText();
  const { tone, icon: Icon } = outcomeLook[label.outcome];
  return (
    <li>
      <Badge tone={tone} icon={<Icon aria-hidden size={14} />}>
        {text(`packing.outcome.${label.outcome}`)}
      </Badge>
      <span>
        {text('packing.copy', { copy: label.copy, printer: label.printerCode, at: instant(label.printedAt) })}
        {label.person && ` · ${label.person}`}
        {label.reason && (
          <span className="packing-reason">
            {textOfKey(intl, label.reason, {}, ['printer.', 'error.'], 'status.reason-unknown')}
          </span>
        )}
      </span>
    </li>
  );
}

/** The printer went away in the middle: only a person who looks can say whether a label lies there. */
function UnknownOutcome({ label }: { readonly label: CartonLabel }) {
  const text = useText();
  const resolve = useCoreMutation('packing.resolveLabel', { stale: ['packing.cartons'] });
  const answer = (cameOut: boolean) =>
    resolve.mutate({ commandId: uuidv7(), labelId: label.labelId, cameOut });
  return (
    <div
      className="packing-unknown"
      role="alertdialog"
      aria-labelledby="unknown-title"
      aria-describedby="unknown-text"
    >
      <IconAlertTriangle aria-hidden size={30} />
      <div>
        <h3 id="unknown-title">{text('packing.unknown.title')}</h3>
        <p id="unknown-text">{text('packing.unknown.detail', { printer: label.printerCode })}</p>
        <div className="packing-unknown-actions">
          <Button size="md" loading={resolve.isPending} onClick={() => answer(true)}>
            {text('packing.unknown.yes')}
          </Button>
          <Button size="md" variant="default" loading={resolve.isPending} onClick={() => answer(false)}>
            {text('packing.unknown.no')}
          </Button>
        </div>
        {resolve.error && <ErrorNotice error={resolve.error} compact />}
      </div>
    </div>
  );
}

function ReprintDialog({
  opened,
  onClose,
  onReprint,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onReprint: (reason: string) => void;
}) {
  const text = useText();
  const [reason, setReason] = useState('');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={text('packing.reprint')}
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <form
        className="packing-dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!reason.trim()) return;
          onReprint(reason.trim());
          setReason('');
        }}
      >
        <p>{text('packing.reprint-detail')}</p>
        <TextInput
          label={text('packing.reprint-reason')}
          value={reason}
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
          size="md"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div className="packing-unknown-actions">
          <Button variant="default" size="md" onClick={onClose}>
            {text('app.cancel')}
          </Button>
          <Button type="submit" size="md" disabled={!reason.trim()}>
            {text('packing.reprint')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
