import { setTimeout as delay } from 'node:timers/promises';

/** Looks until it is true, and says how long that took, in milliseconds. Throws after `withinMs`. */
export async function waitUntil(what: string, isTrue: () => boolean, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  while (!isTrue()) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(5);
  }
  return performance.now() - startedAt;
}
