/** What a gauge said. `unit` is absent where the gauge does not tell: then the characteristic's own holds. */
export interface GaugeValue {
  readonly value: number;
  readonly unit?: string;
  /** Decimals as sent: the resolution of the gauge, which a rounded number no longer shows. */
  readonly decimals: number;
}

export type GaugeLine =
  | { readonly ok: true; readonly reading: GaugeValue }
  /** `gauge-error`: the gauge itself reports that it has no value. */
  | { readonly ok: false; readonly reason: 'not-a-reading' | 'gauge-error' | 'unknown-unit' };

/** Units as gauges write them (in NFKC, which makes one of the several µ, Ω and °C), and as they are written here. */
const unitBySpelling: Readonly<Record<string, string>> = {
  mm: 'mm',
  cm: 'cm',
  m: 'm',
  um: 'µm',
  '\u03bcm': 'µm',
  nm: 'nm',
  in: 'in',
  inch: 'in',
  '"': 'in',
  g: 'g',
  kg: 'kg',
  mg: 'mg',
  N: 'N',
  kN: 'kN',
  Nm: 'Nm',
  'N.m': 'Nm',
  '°': '°',
  deg: '°',
  '°C': '°C',
  C: '°C',
  bar: 'bar',
  mbar: 'mbar',
  Pa: 'Pa',
  kPa: 'kPa',
  MPa: 'MPa',
  V: 'V',
  mV: 'mV',
  A: 'A',
  mA: 'mA',
  Ohm: 'Ω',
  '\u03a9': 'Ω',
  '%': '%',
  s: 's',
  ms: 'ms',
  pH: 'pH',
  HRC: 'HRC',
  HV: 'HV',
  HB: 'HB',
};

// "01A+00012.345": two digits of channel, a letter for the kind of data, sign, digits (Mitutoyo's
// interface boxes for Digimatic output). No unit: the box does not pass it on.
const digimaticReading = /^\d{2}[A-Z]([+-]\d+(?:\.\d+)?)$/u;
// "911": 9 marks an error, then the channel; 1 is "no data", 2 "data not in Digimatic form".
const digimaticError = /^9\d[12]$/u;
const plainReading = /^([+-]?\s*\d+(?:[.,]\d+)?|[+-]?[.,]\d+)\s*([^\d\s+\-.,][^\s]*)?$/u;

/** How a gauge writes. With `any`, a bare `911` is taken for a Digimatic error: no value beats a wrong one. */
export type GaugeForm = 'any' | 'digimatic' | 'plain';

/**
 * Reads one line of a gauge: Digimatic (`01A+00012.345`) or plain (`12.345 mm`, `-0,012`, `12.345`).
 * A comma is a decimal comma; gauges send no thousands separators.
 */
export function parseGaugeLine(line: string, form: GaugeForm = 'any'): GaugeLine {
  const text = line.trim();
  if (form !== 'plain') {
    if (digimaticError.test(text)) return { ok: false, reason: 'gauge-error' };
    const digimatic = digimaticReading.exec(text)?.[1];
    if (digimatic !== undefined) return { ok: true, reading: numberOf(digimatic) };
    if (form === 'digimatic') return { ok: false, reason: 'not-a-reading' };
  }
  const plain = plainReading.exec(text);
  const digits = plain?.[1];
  if (digits === undefined) return { ok: false, reason: 'not-a-reading' };
  const spelling = plain?.[2];
  if (spelling === undefined) return { ok: true, reading: numberOf(digits) };
  const key = spelling.normalize('NFKC');
  const unit = Object.hasOwn(unitBySpelling, key) ? unitBySpelling[key] : undefined;
  // A value in a unit we do not know is not a value: millimetres read as something else pass as good.
  if (unit === undefined) return { ok: false, reason: 'unknown-unit' };
  return { ok: true, reading: { ...numberOf(digits), unit } };
}

function numberOf(digits: string): GaugeValue {
  const text = digits.replace(/\s/gu, '').replace(',', '.');
  return { value: Number(text), decimals: text.split('.')[1]?.length ?? 0 };
}
