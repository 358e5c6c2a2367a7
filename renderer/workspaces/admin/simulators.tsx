import { useState } from 'react';
import { Button, NumberInput, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { IconRobotOff } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { machineStates } from '#contract/line';
import type { SimulatorView } from '#contract/simulators';
import { useCoreEvents, useCoreMutation, useCoreQuery, useInvalidate } from '../../client/hooks.ts';
import { MachineBadge } from '../../ui/badges.tsx';
import { EmptyState, Fact, Facts, Loading } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { LabelPreview } from '../../ui/label-preview.tsx';
import { useText } from '../../ui/messages.ts';
import { useNotify } from '../../ui/notify.tsx';

/** The simulated line, driven by hand: what it sends comes in by the same wires as from real devices. */
export function Simulators() {
  const text = useText();
  const view = useCoreQuery('simulators.view', {}, { staleMs: 0 });
  const invalidate = useInvalidate();
  // The simulators are no part of the plant's data: what the line says is what tells of them.
  useCoreEvents((event) => {
    const ofLine = event.type === 'changed' && (event.subject === 'machines' || event.subject === 'labels');
    // They come up after the core has: the status tells when.
    if (ofLine || event.type === 'status') invalidate('simulators.view');
  });
  if (view.isPending) return <Loading rows={6} />;
  if (view.error) {
    return (
      <div className="lw-page">
        <ErrorNotice error={view.error} onRetry={() => view.refetch()} />
      </div>
    );
  }
  if (!view.data.running) {
    return (
      <EmptyState icon={IconRobotOff} title={text('admin.sim.none')}>
        {text('admin.sim.none-detail')}
      </EmptyState>
    );
  }
  return (
    <div className="lw-page admin-sim">
      <div className="admin-sim-top">
        <ScanThis path={view.data.scannerPath} />
        <MeasureThis path={view.data.gaugePath} />
        <section className="lw-panel" aria-labelledby="sim-line">
          <h2 id="sim-line">{text('admin.sim.line')}</h2>
          <Facts>
            <Fact name={text('admin.sim.endpoint')}>
              <code>{view.data.opcUaEndpoint ?? '–'}</code>
            </Fact>
            <Fact name={text('admin.sim.machines')}>{view.data.machines.length}</Fact>
          </Facts>
        </section>
      </div>
      <div className="admin-sim-printers">
        {view.data.printers.map((printer) => (
          <PrinterPanel key={printer.code} printer={printer} />
        ))}
      </div>
      <Machines machines={view.data.machines} />
    </div>
  );
}

function ScanThis({ path }: { readonly path: string | null }) {
  const text = useText();
  const notify = useNotify();
  const [code, setCode] = useState('');
  const scan = useCoreMutation('simulators.scan', { onError: (error) => notify.failed(error) });
  return (
    <section className="lw-panel" aria-labelledby="sim-scan">
      <h2 id="sim-scan">{text('admin.sim.scanner')}</h2>
      <p className="lw-dim">{path}</p>
      <form
        className="admin-inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim()) scan.mutate({ code: code.trim() });
        }}
      >
        <TextInput
          aria-label={text('admin.sim.code')}
          placeholder={text('admin.sim.code')}
          value={code}
          maxLength={400}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={scan.isPending}>
          {text('admin.sim.scan')}
        </Button>
      </form>
    </section>
  );
}

function MeasureThis({ path }: { readonly path: string | null }) {
  const text = useText();
  const notify = useNotify();
  const [value, setValue] = useState<number | string>(25);
  const measure = useCoreMutation('simulators.measure', { onError: (error) => notify.failed(error) });
  return (
    <section className="lw-panel" aria-labelledby="sim-gauge">
      <h2 id="sim-gauge">{text('admin.sim.gauge')}</h2>
      <p className="lw-dim">{path}</p>
      <form
        className="admin-inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (value !== '' && Number.isFinite(Number(value))) measure.mutate({ value: Number(value) });
        }}
      >
        <NumberInput
          aria-label={text('admin.sim.value')}
          value={value}
          decimalScale={6}
          suffix=" mm"
          hideControls
          onChange={setValue}
        />
        <Button type="submit" loading={measure.isPending}>
          {text('admin.sim.measure')}
        </Button>
      </form>
    </section>
  );
}

function PrinterPanel({ printer }: { readonly printer: SimulatorView['printers'][number] }) {
  const text = useText();
  const intl = useIntl();
  const notify = useNotify();
  const set = useCoreMutation('simulators.printer', {
    stale: ['simulators.view', 'packing.printers'],
    onError: (error) => notify.failed(error),
  });
  const count = printer.printed.length;
  const [back, setBack] = useState(0);
  const shown = count - 1 - back;
  const label = printer.printed[shown];
  return (
    <section className="lw-panel admin-printer" aria-labelledby={`sim-${printer.code}`}>
      <h2 id={`sim-${printer.code}`}>
        {printer.code}{' '}
        <span className="lw-dim">{text('admin.sim.port', { port: String(printer.port) })}</span>
      </h2>
      <div className="admin-inline">
        <Switch
          label={text('admin.sim.paper-out')}
          aria-label={text('admin.sim.paper-out-of', { printer: printer.code })}
          checked={printer.paperOut}
          onChange={(event) => set.mutate({ code: printer.code, paperOut: event.currentTarget.checked })}
        />
        <Switch
          label={text('admin.sim.paused')}
          aria-label={text('admin.sim.paused-of', { printer: printer.code })}
          checked={printer.paused}
          onChange={(event) => set.mutate({ code: printer.code, paused: event.currentTarget.checked })}
        />
      </div>
      {label ? (
        <>
          <div className="admin-inline">
            <Button
              size="xs"
              variant="default"
              disabled={shown <= 0}
              aria-label={text('admin.sim.older-of', { printer: printer.code })}
              onClick={() => setBack(back + 1)}
            >
              {text('admin.sim.older')}
            </Button>
            <span className="lw-dim">
              {text('admin.sim.label-of', { label: shown + 1, count })} ·{' '}
              {intl.formatTime(label.at, { format: 'medium' })}
            </span>
            <Button
              size="xs"
              variant="default"
              disabled={shown >= count - 1}
              aria-label={text('admin.sim.newer-of', { printer: printer.code })}
              onClick={() => setBack(back - 1)}
            >
              {text('admin.sim.newer')}
            </Button>
          </div>
          <LabelPreview
            zpl={label.zpl}
            alt={text('admin.sim.printed-alt', { printer: printer.code, label: shown + 1 })}
          />
        </>
      ) : (
        <EmptyState title={text('admin.sim.nothing-printed')} />
      )}
    </section>
  );
}

function Machines({ machines }: { readonly machines: SimulatorView['machines'] }) {
  const text = useText();
  const notify = useNotify();
  const set = useCoreMutation('simulators.machine', {
    stale: ['simulators.view'],
    onError: (error) => notify.failed(error),
  });
  return (
    <section className="lw-panel" aria-labelledby="sim-machines">
      <h2 id="sim-machines">{text('admin.sim.machines')}</h2>
      <ul className="admin-machines">
        {machines.map((machine) => (
          <li key={machine.code}>
            <strong>{machine.code}</strong>
            <MachineBadge state={machine.state} />
            <SegmentedControl
              size="xs"
              aria-label={text('admin.sim.state-of', { machine: machine.code })}
              value={machine.byHand ? machine.state : 'schedule'}
              onChange={(value) =>
                set.mutate({
                  code: machine.code,
                  state: machineStates.find((state) => state === value) ?? null,
                })
              }
              data={[
                { value: 'schedule', label: text('admin.sim.schedule') },
                ...machineStates.map((state) => ({ value: state, label: text(`line.state.${state}`) })),
              ]}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
