/** What the doctor says of one thing, and how figures become a judgement. */

export type Level = 'ok' | 'warning' | 'problem';

export interface Diagnosis {
  /** A name under `doctor.` in the texts: `<check>` its title, `<check>.found` what was found, `<check>.do` what to do. */
  readonly check: string;
  readonly level: Level;
  /** Fill the texts; units are in the names. */
  readonly figures: Readonly<Record<string, number | string>>;
}

export interface Diagnoses {
  readonly level: Level;
  readonly checks: readonly Diagnosis[];
}

export function worst(levels: readonly Level[]): Level {
  return levels.includes('problem') ? 'problem' : levels.includes('warning') ? 'warning' : 'ok';
}

/** `ok` below the first figure, `warning` from it on, `problem` from the second on. */
export function judge(value: number, warningFrom: number, problemFrom: number): Level {
  return value >= problemFrom ? 'problem' : value >= warningFrom ? 'warning' : 'ok';
}
