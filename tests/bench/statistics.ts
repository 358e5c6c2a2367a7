/**
 * The sample quantile by linear interpolation between closest ranks (type 7 of Hyndman and Fan, 1996).
 * @param fraction 0..1; 0.5 is the median. @throws RangeError without a sample.
 */
export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('no samples');
  return below + (above - below) * (at - Math.floor(at));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
