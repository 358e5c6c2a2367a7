import { openLineDevice } from '#native/devices/line-device';
import type { LineDevice, LineDeviceHandlers, LineDeviceOptions } from '#native/devices/line-device';
import { parseGaugeLine } from '#native/gauges/gauge-line';
import type { GaugeForm, GaugeLine, GaugeValue } from '#native/gauges/gauge-line';

export interface GaugeReading extends GaugeValue {
  /** The line as the gauge sent it, for the record. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

export interface GaugeHandlers extends Pick<LineDeviceHandlers, 'onState' | 'onMalformed'> {
  onReading: (reading: GaugeReading) => void;
  /** A whole line that is no reading. */
  onBadLine: (bad: {
    readonly text: string;
    readonly reason: Extract<GaugeLine, { ok: false }>['reason'];
    readonly receivedAt: number;
  }) => void;
}

/**
 * A gauge on a serial port or on the network. Two equal readings are two readings, so there is no
 * duplicate window; `write` asks those gauges for a value that send on request only.
 */
export function openGauge(
  options: Pick<LineDeviceOptions, 'transport' | 'framing'> & { readonly form?: GaugeForm },
  handlers: GaugeHandlers,
): LineDevice {
  return openLineDevice(options, {
    onState: handlers.onState,
    onMalformed: handlers.onMalformed,
    onCode({ code, receivedAt }) {
      const line = parseGaugeLine(code, options.form);
      if (line.ok) handlers.onReading({ ...line.reading, text: code, receivedAt });
      else handlers.onBadLine({ text: code, reason: line.reason, receivedAt });
    },
  });
}
