import { connect } from 'node:net';

import { offlineReasonOf } from '#native/devices/connection-state';
import type { Wire, WireHandlers } from '#native/devices/wire';

/** A device that listens on the network, such as a fixed scanner or a gauge behind a serial server. */
export interface TcpTransport {
  readonly kind: 'tcp';
  readonly host: string;
  readonly port: number;
  /** Default 3000. */
  readonly connectTimeoutMs?: number;
}

/**
 * Connects to the device. A cable that is pulled sends no farewell, so keep-alive probes run after two
 * seconds of silence; Node then gives up after ten probes a second apart.
 */
export function openTcpWire(transport: TcpTransport, handlers: WireHandlers): Wire {
  let ended = false;
  const socket = connect({ host: transport.host, port: transport.port, noDelay: true });
  const connectTimer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no answer to the connection'), { code: 'ETIMEDOUT' }));
  }, transport.connectTimeoutMs ?? 3000);
  let failure: Error | undefined;

  socket.on('connect', () => {
    clearTimeout(connectTimer);
    socket.setKeepAlive(true, 2000);
    if (!ended) handlers.onOpen();
  });
  socket.on('data', (bytes: Buffer) => {
    if (!ended) handlers.onBytes(bytes);
  });
  socket.on('error', (error) => {
    failure = error;
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      clearTimeout(connectTimer);
      resolve();
      if (ended) return;
      ended = true;
      handlers.onEnd(
        failure ? offlineReasonOf(failure) : 'disconnected',
        failure?.message ?? 'the device closed the connection',
      );
    });
  });

  return {
    write: (bytes) =>
      new Promise((resolve) => {
        if (ended || socket.readyState !== 'open') return resolve(false);
        socket.write(bytes, (error) => resolve(!error));
      }),
    close() {
      ended = true;
      clearTimeout(connectTimer);
      socket.destroy();
      return closed;
    },
  };
}
