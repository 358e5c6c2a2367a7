/**
 * The client's end of the protocol as a tRPC link. It outlives its channel: while there is none,
 * calls wait for the next one; a call that was under way when its channel closed is answered
 * `Unavailable`, because nobody can tell whether it was carried out (a command may be sent again
 * with the same command id). Subscriptions are opened again on the next channel.
 */
import { TRPCClientError } from '@trpc/client';
import type { Operation, TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { v7 as uuidv7 } from 'uuid';
import type { ClientChannel, CoreMessage } from './channel.ts';
import type { ErrorShape } from './errors.ts';
import type { AppRouter, WireErrorShape } from './router.ts';

interface Listener {
  next(data: unknown): void;
  error(shape: WireErrorShape): void;
  complete(): void;
}

interface Pending extends Listener {
  readonly operation: Operation;
  sent: boolean;
}

export interface ChannelClient {
  readonly link: TRPCLink<AppRouter>;
  /** Takes a channel into use; the one before it, if any, is given up. */
  use(channel: ClientChannel): void;
  /** Whether a channel is open now. */
  connected(): boolean;
  close(): void;
}

/** The shape of an error that arose on the client's side of the wire. */
export function localError(app: ErrorShape, path: string): WireErrorShape {
  return {
    code: -32603,
    message: app.reason,
    data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 503, path, app },
  };
}

/**
 * @param callTimeoutMs a query or mutation without an answer after that is answered `Unavailable`.
 * @param onConnection told when a channel is taken into use and when it is lost.
 */
export function createChannelClient(
  options: { callTimeoutMs?: number; onConnection?: (connected: boolean) => void } = {},
): ChannelClient {
  const callTimeoutMs = options.callTimeoutMs ?? 30_000;
  const pending = new Map<number, Pending>();
  let channel: ClientChannel | null = null;
  let lastId = 0;

  const send = (id: number, call: Pending) => {
    if (!channel) return;
    call.sent = true;
    channel.send({
      type: 'call',
      id,
      kind: call.operation.type,
      path: call.operation.path,
      input: call.operation.input,
      correlationId: uuidv7(),
    });
  };

  const fail = (id: number, call: Pending, reason: string) => {
    pending.delete(id);
    call.error(localError({ code: 'Unavailable', reason, values: {} }, call.operation.path));
  };

  const receive = (message: CoreMessage) => {
    const call = pending.get(message.id);
    if (!call) return;
    if (message.type === 'event') return call.next(message.data);
    pending.delete(message.id);
    if (message.type === 'error') return call.error(message.error);
    if (message.type === 'result') call.next(message.data);
    call.complete();
  };

  const lose = (lost: ClientChannel) => {
    if (channel !== lost) return;
    channel = null;
    for (const [id, call] of pending) {
      if (call.operation.type === 'subscription') call.sent = false;
      else if (call.sent) fail(id, call, 'error.core-lost');
    }
    options.onConnection?.(false);
  };

  const link: TRPCLink<AppRouter> =
    () =>
    ({ op }) =>
      observable((observer) => {
        const id = ++lastId;
        const forget = () => {
          clearTimeout(timer);
          if (!pending.delete(id)) return;
          channel?.send({ type: 'stop', id });
        };
        const call: Pending = {
          operation: op,
          sent: false,
          next: (data) => observer.next({ result: { type: 'data', data } }),
          error: (error) => {
            clearTimeout(timer);
            observer.error(TRPCClientError.from<AppRouter>({ error }));
          },
          complete: () => {
            clearTimeout(timer);
            observer.complete();
          },
        };
        const timer =
          op.type === 'subscription'
            ? undefined
            : setTimeout(() => {
                const waiting = pending.get(id);
                if (!waiting) return;
                channel?.send({ type: 'stop', id });
                fail(id, waiting, waiting.sent ? 'error.core-slow' : 'error.core-lost');
              }, callTimeoutMs);
        op.signal?.addEventListener('abort', forget, { once: true });
        pending.set(id, call);
        send(id, call);
        return forget;
      });

  return {
    link,
    use(next) {
      const before = channel;
      if (before) {
        lose(before);
        before.close();
      }
      channel = next;
      next.onMessage(receive);
      next.onClose(() => lose(next));
      options.onConnection?.(true);
      for (const [id, call] of pending) if (!call.sent) send(id, call);
    },
    connected: () => channel !== null,
    close() {
      channel?.close();
      for (const [id, call] of pending) fail(id, call, 'error.core-lost');
    },
  };
}
