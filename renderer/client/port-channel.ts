import type { ClientChannel, ClientMessage, CoreMessage } from '#contract/channel';
import { corePortMessage } from '#contract/host';
import type { Bridge } from '#contract/host';

/** A MessagePort to the core as a channel. Ports do not tell when the other side dies: the shell issues a new one. */
export function portChannel(port: MessagePort): ClientChannel {
  let onClose: () => void = () => {};
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    port.close();
    onClose();
  };
  // Chromium fires `close` when the other end is gone; older ones stay silent until the next port.
  port.addEventListener('close', close);
  return {
    send(message: ClientMessage) {
      if (!closed) port.postMessage(message);
    },
    onMessage(listener) {
      port.addEventListener('message', (event: MessageEvent<CoreMessage>) => listener(event.data));
      port.start();
    },
    onClose: (listener) => void (onClose = listener),
    close,
  };
}

/**
 * Asks the shell for a port and hands each one that comes (the first, and one after every restart of
 * the core) to `use`. Returns the function that stops listening.
 */
export function connectPorts(bridge: Bridge, use: (channel: ClientChannel) => void): () => void {
  const receive = (event: MessageEvent<unknown>) => {
    if (event.source !== window || event.data !== corePortMessage) return;
    const port = event.ports[0];
    if (port) use(portChannel(port));
  };
  window.addEventListener('message', receive);
  bridge.requestPort();
  return () => window.removeEventListener('message', receive);
}
