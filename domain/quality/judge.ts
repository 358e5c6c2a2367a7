/** Specification limits of a characteristic; one of them, or both. In the unit of the values. */
export interface SpecificationLimits {
  readonly lsl?: number | undefined;
  readonly usl?: number | undefined;
  readonly target?: number | undefined;
}

export type Judgement =
  | {
      readonly verdict: 'inside';
      /** Value less target, where there is one. */
      readonly deviation?: number;
    }
  | {
      readonly verdict: 'outside';
      readonly side: 'below' | 'above';
      /** How far beyond the limit; positive. */
      readonly distance: number;
      readonly deviation?: number;
    };

/**
 * Whether a measured value is within specification. A value on a limit is inside (ISO 3534-2, 3.1.3: limits
 * are the extreme permissible values). Without limits everything is. Throws RangeError for a value that is
 * no number and for limits the wrong way round: those are bugs of who asks.
 */
export function judge(value: number, { lsl, usl, target }: SpecificationLimits): Judgement {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be judged`);
  if (lsl !== undefined && usl !== undefined && lsl > usl) throw new RangeError(`Limits ${lsl} > ${usl}`);
  const deviation = target === undefined ? {} : { deviation: difference(value, target) };
  if (lsl !== undefined && value < lsl) {
    return { verdict: 'outside', side: 'below', distance: difference(lsl, value), ...deviation };
  }
  if (usl !== undefined && value > usl) {
    return { verdict: 'outside', side: 'above', distance: difference(value, usl), ...deviation };
  }
  return { verdict: 'inside', ...deviation };
}

export interface SubgroupSummary {
  readonly count: number;
  readonly mean: number;
  readonly range: number;
  readonly smallest: number;
  readonly largest: number;
}

/** What a station shows of the values taken together; undefined when there are none. */
export function summarize(values: readonly number[]): SubgroupSummary | undefined {
  if (values.length === 0) return undefined;
  let smallest = Infinity;
  let largest = -Infinity;
  let sum = 0;
  for (const value of values) {
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
    sum += value;
  }
  return {
    count: values.length,
    mean: sum / values.length,
    range: difference(largest, smallest),
    smallest,
    largest,
  };
}

/** a - b without the noise that binary fractions add (25.1 - 25 = 0.1, not 0.10000000000000142). */
function difference(a: number, b: number): number {
  return Number((a - b).toPrecision(12));
}
