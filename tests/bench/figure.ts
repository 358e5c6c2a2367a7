/** One measured figure, beside what was measured in the same run to compare it with. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: 'ms' | 'MiB' | 'B' | '%';
  /** The least that is possible, or a peer, measured in this run on this machine. */
  readonly floor: number;
  /** What the floor is, in a few words. */
  readonly floorIs: string;
  /** What else a reader should know, a line each. */
  readonly notes?: readonly string[];
}

/** For the solver: which families, how many instances of each, and how long for an instance. */
export interface BenchOptions {
  readonly families: readonly string[];
  readonly instances: number;
  readonly seconds: number;
}

export interface Bench {
  readonly name: string;
  readonly measures: string;
  /**
   * @param say progress for the console.
   * @param options what the command line asked for.
   * @throws Error that says what is missing on this machine.
   */
  run(say: (line: string) => void, options: BenchOptions): Promise<readonly Figure[]>;
}

const three = (value: number) => Number(value.toPrecision(3));

/** The line for programs: `npm run -s bench -- --json`. */
export function jsonLine({ figure, value, unit, floor }: Figure): string {
  return JSON.stringify({
    figure,
    value: three(value),
    unit,
    floor: three(floor),
    ratio: three(value / floor),
  });
}

/** The line for people. */
export function textLine({ figure, value, unit, floor, floorIs, notes }: Figure): string {
  const measured = `${figure.padEnd(26)} ${String(three(value)).padStart(8)} ${unit}`;
  const beside = `${String(three(floor)).padStart(8)} ${unit}  x ${three(value / floor)}  (${floorIs})`;
  return [`${measured}  floor ${beside}`, ...(notes ?? []).map((note) => `    ${note}`)].join('\n');
}
