import { useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconDeviceFloppy, IconRuler2 } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { v7 as uuidv7 } from 'uuid';
import { judge } from '#domain/quality/judge';
import { parseMeasured } from '#domain/quality/parse-measured';
import type { Characteristic } from '#contract/stations';
import { useCoreMutation } from '../../client/hooks.ts';
import { Acknowledged } from '../../ui/acknowledgement.tsx';
import { Badge } from '../../ui/badges.tsx';
import { ErrorNotice, useErrorText } from '../../ui/error-notice.tsx';
import { locale, useText } from '../../ui/messages.ts';
import type { GaugeReading } from './measurements.tsx';
import { RunChart } from './run-chart.tsx';

/** One characteristic: its limits, its last values, and the field for the next one, judged while it is typed. */
export function CharacteristicCard({
  operationCode,
  characteristic,
  atHand,
  mayRecord,
  reading,
  onChoose,
  onSaved,
  inputRef,
}: {
  readonly operationCode: string;
  readonly characteristic: Characteristic;
  readonly atHand: boolean;
  readonly mayRecord: boolean;
  readonly reading: GaugeReading | null;
  readonly onChoose: () => void;
  readonly onSaved: () => void;
  readonly inputRef: (input: HTMLInputElement | null) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const errorText = useErrorText();
  const [typed, setTyped] = useState('');
  const [source, setSource] = useState<'typed' | 'gauge'>('typed');
  const { unit, decimals, lowerLimit, upperLimit, nominal } = characteristic;
  const number = (value: number) =>
    intl.formatNumber(value, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: Math.max(decimals, 6),
    });

  // A reading is taken over once, when it comes; what is typed afterwards stands.
  const [taken, setTaken] = useState<GaugeReading | null>(null);
  const [wrongUnit, setWrongUnit] = useState<string | null>(null);
  if (reading !== taken) {
    setTaken(reading);
    if (reading?.unit && reading.unit !== unit) {
      setWrongUnit(reading.unit);
    } else if (reading) {
      setWrongUnit(null);
      setTyped(String(reading.value));
      setSource('gauge');
    }
  }

  const save = useCoreMutation('stations.recordMeasurement', {
    stale: ['stations.operation'],
    onSuccess: () => {
      setTyped('');
      setSource('typed');
      onSaved();
    },
  });
  const measured = typed.trim() === '' ? null : parseMeasured(typed, source === 'typed' ? locale : undefined);
  const foreignUnit =
    measured?.ok && measured.value.unit && measured.value.unit !== unit ? measured.value.unit : null;
  const value = measured?.ok && !foreignUnit ? measured.value.value : null;
  const judgement =
    value === null
      ? null
      : judge(value, {
          ...(lowerLimit === null ? {} : { lsl: lowerLimit }),
          ...(upperLimit === null ? {} : { usl: upperLimit }),
          ...(nominal === null ? {} : { target: nominal }),
        });
  const outside = judgement?.verdict === 'outside' ? judgement : null;
  const problem =
    measured && !measured.ok
      ? errorText(measured.refusal)
      : foreignUnit || wrongUnit
        ? text('stations.wrong-unit', { given: foreignUnit ?? wrongUnit, expected: unit })
        : null;
  const due = Math.max(0, characteristic.due - characteristic.taken);
  const limits =
    lowerLimit !== null && upperLimit !== null
      ? text('stations.limits', { lower: number(lowerLimit), upper: number(upperLimit), unit })
      : lowerLimit !== null
        ? text('stations.limit-lower', { lower: number(lowerLimit), unit })
        : upperLimit !== null
          ? text('stations.limit-upper', { upper: number(upperLimit), unit })
          : text('stations.no-limits');

  return (
    <article className="stations-card" data-at-hand={atHand || undefined} aria-label={characteristic.name}>
      <header>
        <h3>{characteristic.name}</h3>
        <span className="lw-dim">{characteristic.code}</span>
        {due > 0 ? (
          <Badge tone="info" icon={<IconRuler2 aria-hidden size={14} />}>
            {text('stations.due-count', { due, taken: characteristic.taken })}
          </Badge>
        ) : (
          <Badge tone="good" icon={<IconCheck aria-hidden size={14} />}>
            {text('stations.taken-count', { taken: characteristic.taken })}
          </Badge>
        )}
      </header>
      <div className="stations-card-body">
        <div className="stations-limits">
          <span>{limits}</span>
          {nominal !== null && (
            <span className="lw-dim">{text('stations.nominal', { nominal: number(nominal), unit })}</span>
          )}
        </div>
        <RunChart characteristic={characteristic} candidate={value} />
      </div>
      {mayRecord && (
        <form
          className="stations-entry"
          onSubmit={(event) => {
            event.preventDefault();
            if (value === null || save.isPending) return;
            save.mutate({
              commandId: uuidv7(),
              operationCode,
              characteristicId: characteristic.id,
              value,
              source,
            });
          }}
        >
          <TextInput
            ref={inputRef}
            size="lg"
            inputMode="decimal"
            aria-label={text('stations.value', { characteristic: characteristic.name, unit })}
            rightSection={<span className="lw-dim">{unit}</span>}
            rightSectionWidth={52}
            value={typed}
            maxLength={60}
            autoComplete="off"
            aria-invalid={problem !== null || outside !== null}
            data-verdict={judgement?.verdict}
            onFocus={onChoose}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setSource('typed');
              setWrongUnit(null);
            }}
          />
          <Button
            type="submit"
            size="lg"
            leftSection={<IconDeviceFloppy aria-hidden size={22} />}
            loading={save.isPending}
            disabled={value === null}
            aria-label={text('stations.save-value', { characteristic: characteristic.name })}
          >
            {text('stations.save')}
          </Button>
        </form>
      )}
      <output className="stations-verdict">
        {problem && <span data-tone="warn">{problem}</span>}
        {judgement?.verdict === 'inside' && (
          <span data-tone="good">
            <IconCheck aria-hidden size={20} /> {text('stations.inside')}
            {judgement.deviation !== undefined &&
              ` (${intl.formatNumber(judgement.deviation, { signDisplay: 'exceptZero', maximumFractionDigits: Math.max(decimals, 4) })} ${unit})`}
          </span>
        )}
        {outside && (
          <span data-tone="bad">
            <IconAlertTriangle aria-hidden size={20} />{' '}
            {text(`stations.outside.${outside.side}`, { distance: number(outside.distance), unit })}
          </span>
        )}
        {!typed && save.data && (
          <span data-tone={save.data.inside ? 'good' : 'bad'}>
            <IconCheck aria-hidden size={20} /> <Acknowledged acknowledgement={save.data} />{' '}
            {!save.data.inside && text('stations.saved-outside')}
          </span>
        )}
      </output>
      {save.error && <ErrorNotice error={save.error} compact />}
    </article>
  );
}
