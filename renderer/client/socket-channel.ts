/** The way to the core from a browser: a WebSocket that carries JSON, opened again whenever it is lost. */
import type { ClientChannel, CoreMessage } from '#contract/channel';

export interface SocketOptions {
  readonly url: string;
  /** Takes an open channel into use. */
  readonly use: (channel: ClientChannel) => void;
  /** Told when the next attempt is due; epoch ms, null while one is under way or the socket is open. */
  readonly onRetry?: (retryAt: number | null) => void;
  readonly firstDelayMs?: number;
  readonly longestDelayMs?: number;
  readonly openTimeoutMs?: number;
}

export interface SocketConnector {
  /** Gives the socket up and opens another at once: after signing in or out, or when it has gone silent. */
  reopen(): void;
  close(): void;
}

/** Waits 0.25 s, then doubles up to 8 s, a fifth shorter or longer so that wall screens do not come back in step. */
export function backoffMs(attempt: number, firstMs: number, longestMs: number, random: number): number {
  return Math.round(Math.min(longestMs, firstMs * 2 ** attempt) * (0.8 + 0.4 * random));
}

export function socketChannel(socket: WebSocket): ClientChannel {
  let onClose: () => void = () => {};
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    socket.close();
    onClose();
  };
  socket.addEventListener('close', close);
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage(listener) {
      socket.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (closed || typeof event.data !== 'string') return;
        const message: CoreMessage = JSON.parse(event.data);
        listener(message);
      });
    },
    onClose: (listener) => void (onClose = listener),
    close,
  };
}

export function connectSocket(options: SocketOptions): SocketConnector {
  const { firstDelayMs = 250, longestDelayMs = 8_000, openTimeoutMs = 10_000 } = options;
  let socket: WebSocket | null = null;
  let channel: ClientChannel | null = null;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const retry = () => {
    if (stopped) return;
    const delayMs = backoffMs(attempt++, firstDelayMs, longestDelayMs, Math.random());
    options.onRetry?.(Date.now() + delayMs);
    clearTimeout(timer);
    timer = setTimeout(open, delayMs);
  };

  const open = () => {
    clearTimeout(timer);
    options.onRetry?.(null);
    const opening = new WebSocket(options.url);
    socket = opening;
    const tooSlow = setTimeout(() => opening.close(), openTimeoutMs);
    opening.addEventListener('open', () => {
      clearTimeout(tooSlow);
      if (socket !== opening) return opening.close();
      attempt = 0;
      channel = socketChannel(opening);
      options.use(channel);
    });
    opening.addEventListener('close', () => {
      clearTimeout(tooSlow);
      if (socket === opening) retry();
    });
  };

  const drop = () => {
    const before = socket;
    socket = null;
    channel?.close();
    channel = null;
    before?.close();
  };

  const hurry = () => {
    if (socket?.readyState === WebSocket.OPEN || stopped) return;
    attempt = 0;
    drop();
    open();
  };
  // The system says that the network is back, or the screen was woken up: no reason to wait any longer.
  globalThis.addEventListener?.('online', hurry);
  open();

  return {
    reopen() {
      if (stopped) return;
      attempt = 0;
      drop();
      open();
    },
    close() {
      stopped = true;
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', hurry);
      drop();
    },
  };
}
