/**
 * Remembers which mirrored things hold effects of this station that the database may not show yet, so
 * that neither a refresh nor an answer from the database takes them back.
 */
export interface Unsettled {
  /** The mirror's body of this key was just changed by a command of this station. */
  touch(key: string): void;
  /**
   * Call before reading the database; what comes back says for a key whether the mirror's body must stand
   * against what was read. A command delivered while the read ran is in neither of the two for certain.
   */
  beginRead(): (key: string) => boolean;
  /** What was touched and may not be in the database yet. */
  keys(): readonly string[];
}

/** @param isPending whether commands on this key still wait (or are quarantined). */
export function createUnsettled(isPending: (key: string) => boolean): Unsettled {
  const touched = new Set<string>();
  return {
    touch: (key) => void touched.add(key),
    beginRead() {
      for (const key of touched) if (!isPending(key)) touched.delete(key);
      const heldAtStart = new Set(touched);
      return (key) => heldAtStart.has(key) || touched.has(key) || isPending(key);
    },
    keys: () => [...touched],
  };
}
