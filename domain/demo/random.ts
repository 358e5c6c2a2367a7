/**
 * Randomness that is the same on every machine: integer arithmetic and exact divisions only, no
 * `Math.sin` or `Math.log`, whose last digit engines may disagree on.
 */
export interface Random {
  /** `0 <= x < 1`, 32 bits. */
  next(): number;
  /** `low <= x < high`. */
  between(low: number, high: number): number;
  /** Whole number, both ends included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  /** Throws RangeError for an empty list. */
  pick<Item>(items: readonly Item[]): Item;
  /** Mean 0, standard deviation 1, never beyond 6 (sum of twelve uniform numbers). */
  normal(): number;
  shuffled<Item>(items: readonly Item[]): Item[];
}

/**
 * A stream of its own for each `key`, so that one more number drawn for one work order changes
 * nothing in another. The key is hashed with FNV-1a and mixed, the stream is sfc32 (PractRand).
 */
export function randomStream(seed: number, key: string): Random {
  let hash = 0x811c9dc5 ^ Math.trunc(seed);
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  const mixed = () => {
    hash = (hash + 0x9e3779b9) | 0;
    let value = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
    return value ^ (value >>> 15);
  };
  let a = mixed();
  let b = mixed();
  let c = mixed();
  let counter = 1;

  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4294967296;
  };
  // The first numbers still show how alike the keys are.
  for (let round = 0; round < 8; round += 1) next();

  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new RangeError('Nothing to pick from');
      return item;
    },
    normal: () => {
      let sum = -6;
      for (let count = 0; count < 12; count += 1) sum += next();
      return sum;
    },
    shuffled: (items) => {
      const tagged = items.map((item) => ({ item, order: next() }));
      return tagged.sort((one, other) => one.order - other.order).map(({ item }) => item);
    },
  };
}

/** Makes ids in the shape of UUIDv7 (RFC 9562, 5.7): 48 bits of time, the rest from the stream. */
export function idMaker(random: Random): (at: number) => string {
  const hex = (digits: number) =>
    Math.floor(random.next() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return (at) => {
    const time = Math.max(0, Math.trunc(at)).toString(16).padStart(12, '0');
    const variant = (8 + Math.floor(random.next() * 4)).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
  };
}
