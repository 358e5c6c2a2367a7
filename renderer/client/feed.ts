/**
 * What the core says unasked, for screens that follow it. Events that come within one frame are
 * applied together, so that fifty machines that move at once draw once.
 */
import { create } from 'zustand';
import type { CoreEvent } from '#contract/events';
import type { CoreState } from '#contract/host';
import type { MachineTile } from '#contract/line';
import type { SystemStatus } from '#contract/system';

export interface FeedState {
  /** The way to the core is open. */
  readonly connected: boolean;
  /** It has been open at least once since this window was loaded. */
  readonly everConnected: boolean;
  /** Since when it has been as it is; epoch ms. */
  readonly connectionSince: number;
  /** When the next attempt is due; null when none is planned. */
  readonly retryAt: number | null;
  /** The supervisor's view; null in a browser, which has none. */
  readonly core: CoreState | null;
  readonly status: SystemStatus | null;
  readonly machines: ReadonlyMap<string, MachineTile>;
  /** The latest commands of this station that reached the database, and those set aside, by command id. */
  readonly delivered: ReadonlySet<string>;
  readonly quarantined: ReadonlySet<string>;
}

/** As many as a screen could still be showing. */
const mostRemembered = 500;

export const useFeed = create<FeedState>(() => ({
  connected: false,
  everConnected: false,
  connectionSince: Date.now(),
  retryAt: null,
  core: null,
  status: null,
  machines: new Map(),
  delivered: new Set(),
  quarantined: new Set(),
}));

/** The state after a batch of events, oldest first; the same object when they change nothing. */
export function applyEvents(state: FeedState, batch: readonly CoreEvent[]): FeedState {
  let next = state;
  for (const event of batch) {
    if (event.type === 'status') next = { ...next, status: event.status };
    if (event.type === 'machines') {
      const machines = new Map(next.machines);
      for (const tile of event.machines) machines.set(tile.machineId, tile);
      next = { ...next, machines };
    }
    if (event.type === 'outbox' && event.delivered.length + event.quarantined.length > 0) {
      next = {
        ...next,
        delivered: latest(next.delivered, event.delivered),
        quarantined: latest(next.quarantined, event.quarantined),
      };
    }
  }
  return next;
}

function latest(before: ReadonlySet<string>, more: readonly string[]): ReadonlySet<string> {
  return more.length === 0 ? before : new Set([...before, ...more].slice(-mostRemembered));
}

type Listener = (event: CoreEvent) => void;
const listeners = new Set<Listener>();

/** Calls `listener` for each event from now on. Returns the function that ends it. */
export function listenToEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export interface EventBatcher {
  push(event: CoreEvent): void;
  flush(): void;
}

/**
 * @param schedule runs a function at the next frame.
 * @param apply takes the events that gathered since the last frame.
 */
export function createEventBatcher(
  schedule: (run: () => void) => void,
  apply: (batch: readonly CoreEvent[]) => void,
): EventBatcher {
  let waiting: CoreEvent[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    apply(batch);
  };
  return {
    push(event) {
      if (waiting.push(event) === 1) schedule(flush);
    },
    flush,
  };
}

/** A hidden window gets no frames, and must still know its state when it comes back. */
export function nextFrame(run: () => void): void {
  if (document.visibilityState === 'hidden') setTimeout(run, 250);
  else requestAnimationFrame(run);
}

export function emitEvents(batch: readonly CoreEvent[]): void {
  useFeed.setState((state) => applyEvents(state, batch));
  for (const event of batch) for (const listener of listeners) listener(event);
}
