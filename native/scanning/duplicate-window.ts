/**
 * A scanner that is held on a code, or that bounces, sends it twice; a start that is booked twice is a
 * start and a pause. A code seen again within the window is a double, and each double moves the window:
 * a code that stays in view counts once however long it stays.
 *
 * @param windowMs 0 turns the filter off.
 * @returns `accepts(code, atMs)`: true for a code to act on. `atMs` is any clock that only goes forward.
 */
export function createDuplicateWindow(windowMs: number): {
  accepts: (code: string, atMs: number) => boolean;
} {
  const lastSeenAt = new Map<string, number>();
  return {
    accepts(code, atMs) {
      if (windowMs <= 0) return true;
      // Re-inserting keeps the map in the order of sight, so what is out of the window is at its front.
      for (const [old, seenAt] of lastSeenAt) {
        if (atMs - seenAt < windowMs) break;
        lastSeenAt.delete(old);
      }
      const isDouble = lastSeenAt.delete(code);
      lastSeenAt.set(code, atMs);
      return !isDouble;
    },
  };
}
