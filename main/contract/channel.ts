/**
 * The one message protocol between a client and the core, carried alike by a MessagePort (structured
 * clone), a WebSocket (JSON) and memory. A call is answered by exactly one `result` or `error`; a
 * subscription by any number of `event`s and then `end` or `error`. `stop` cancels either.
 */
import type { WireErrorShape } from './router.ts';

export type ClientMessage =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly kind: 'query' | 'mutation' | 'subscription';
      readonly path: string;
      readonly input: unknown;
      /** Follows the call from the click to the SQL; UUIDv7. */
      readonly correlationId: string;
    }
  | { readonly type: 'stop'; readonly id: number };

export type CoreMessage =
  | { readonly type: 'result'; readonly id: number; readonly data: unknown }
  | { readonly type: 'event'; readonly id: number; readonly data: unknown }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'error'; readonly id: number; readonly error: WireErrorShape };

/** One end of a way that carries messages in order until it closes. */
export interface Channel<Outgoing, Incoming> {
  send(message: Outgoing): void;
  /** One listener; called in order of arrival. */
  onMessage(listener: (message: Incoming) => void): void;
  /** Called once, whichever end closed. */
  onClose(listener: () => void): void;
  close(): void;
}

export type ClientChannel = Channel<ClientMessage, CoreMessage>;
export type CoreChannel = Channel<CoreMessage, ClientMessage>;

/** Two ends in one memory; messages are cloned as a MessagePort would and arrive in a later microtask. */
export function memoryChannel(): { readonly client: ClientChannel; readonly core: CoreChannel } {
  const closeListeners: (() => void)[] = [];
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    for (const listener of closeListeners) listener();
  };
  let toCore: (message: ClientMessage) => void = () => {};
  let toClient: (message: CoreMessage) => void = () => {};
  const deliver = <Message>(message: Message, to: (message: Message) => void) => {
    const copy = structuredClone(message);
    queueMicrotask(() => {
      if (!closed) to(copy);
    });
  };
  const onClose = (listener: () => void) => void closeListeners.push(listener);
  return {
    client: {
      send: (message) => deliver(message, (copy) => toCore(copy)),
      onMessage: (listener) => void (toClient = listener),
      onClose,
      close,
    },
    core: {
      send: (message) => deliver(message, (copy) => toClient(copy)),
      onMessage: (listener) => void (toCore = listener),
      onClose,
      close,
    },
  };
}
