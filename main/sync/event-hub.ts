/** Hands events to clients: each subscription has a queue of its own, merged where only the latest counts. */
import type { CoreEvent } from '#contract/events';

/** Whom an event is for: who may see a plant, or who holds a session. */
export type EventScope =
  | { readonly organizationId: string; readonly plantId: string | null }
  | { readonly token: string };

export interface Subscriber {
  /** Whether this client may see events of a scope; asked at the time of the event. */
  maySee(scope: EventScope): boolean;
}

export interface EventHub {
  publish(event: CoreEvent, scope?: EventScope): void;
  /** Events from now on until the signal; a reader too slow for its queue is ended and opens again. */
  subscribe(
    subscriber: Subscriber,
    first: readonly CoreEvent[],
    signal: AbortSignal,
  ): AsyncIterable<CoreEvent>;
}

const maxQueued = 2000;

export function createEventHub(): EventHub {
  const queues = new Set<(event: CoreEvent, scope: EventScope | undefined) => void>();
  return {
    publish(event, scope) {
      for (const offer of queues) offer(event, scope);
    },
    async *subscribe(subscriber, first, signal) {
      let queue: CoreEvent[] = [...first];
      let wake = () => {};
      let overrun = false;
      const offer = (event: CoreEvent, scope: EventScope | undefined) => {
        if (scope && !subscriber.maySee(scope)) return;
        // Only the latest status counts.
        if (event.type === 'status') queue = queue.filter(({ type }) => type !== 'status');
        if (queue.length >= maxQueued) overrun = true;
        else queue.push(event);
        wake();
      };
      queues.add(offer);
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort);
      try {
        while (!signal.aborted && !overrun) {
          const batch = queue;
          queue = [];
          yield* batch;
          if (queue.length === 0 && !signal.aborted) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        queues.delete(offer);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
