/** Random numbers of one state. */
export interface Random {
  /** A whole number from 0, less than `limit`. */
  below(limit: number): number;
  /** In [0, 1). */
  fraction(): number;
}

/** Random numbers for the search: mulberry32, the same ones for the same seed. */
export function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit) => Math.floor((next() / 4294967296) * limit),
    fraction: () => next() / 4294967296,
  };
}
