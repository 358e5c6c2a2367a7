/**
 * How long to wait before the next try: doubling, up to a limit, anywhere between half of it and all of
 * it, so that stations that lost the network together do not come back together.
 *
 * @param failures consecutive ones so far, 1 or more.
 * @param random in [0, 1).
 */
export function backOffMs(
  failures: number,
  limits: { firstMs: number; longestMs: number },
  random: number,
): number {
  const full = Math.min(limits.longestMs, limits.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (random * full) / 2);
}
