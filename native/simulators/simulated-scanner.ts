import { startSimulatedLine } from '#native/simulators/simulated-line';
import type { SimulatedLine, SimulatedLineOptions } from '#native/simulators/simulated-line';

/** A hand scanner that sends each code with a carriage return, as scanners leave the factory. */
export interface SimulatedScanner extends Pick<SimulatedLine, 'transport' | 'setPlugged' | 'stop'> {
  /** False when it is unplugged or nobody is connected. */
  scan: (code: string) => Promise<boolean>;
}

/** A gauge that sends its reading when its button is pressed. */
export interface SimulatedGauge extends Pick<SimulatedLine, 'transport' | 'setPlugged' | 'stop'> {
  /** With a unit, `12.345 mm`; without one, as a Digimatic box does, `01A+00012.345`. */
  measure: (value: number, unit?: string) => Promise<boolean>;
}

type DeviceOptions = Omit<SimulatedLineOptions, 'name'> & { readonly name?: string };

export async function startSimulatedScanner(options: DeviceOptions): Promise<SimulatedScanner> {
  const { transport, send, setPlugged, stop } = await startSimulatedLine({ name: 'scanner', ...options });
  return { transport, setPlugged, stop, scan: (code) => send(Buffer.from(`${code}\r`, 'utf8')) };
}

export async function startSimulatedGauge(options: DeviceOptions): Promise<SimulatedGauge> {
  const { transport, send, setPlugged, stop } = await startSimulatedLine({ name: 'gauge', ...options });
  return {
    transport,
    setPlugged,
    stop,
    measure: (value, unit) => send(Buffer.from(`${unit ? `${plain(value)} ${unit}` : digimatic(value)}\r`)),
  };
}

/** Never in powers of ten, which no gauge writes; at most nine decimals. */
function plain(value: number): string {
  return value.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 9 });
}

function digimatic(value: number): string {
  const [whole = '0', decimals] = plain(Math.abs(value)).split('.');
  const digits = decimals === undefined ? whole.padStart(8, '0') : `${whole.padStart(5, '0')}.${decimals}`;
  return `01A${value < 0 ? '-' : '+'}${digits}`;
}
