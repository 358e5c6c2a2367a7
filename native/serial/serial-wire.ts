import { stat } from 'node:fs/promises';
import { SerialPort } from 'serialport';

import { offlineReasonOf } from '#native/devices/connection-state';
import type { Wire, WireHandlers } from '#native/devices/wire';

/** A serial port as the operating system names it: `/dev/ttyUSB0`, `/dev/serial/by-id/…`, `COM3`. */
export interface SerialTransport {
  readonly kind: 'serial';
  readonly path: string;
  /** Default 9600, which is what scanners and gauges leave the factory with. */
  readonly baudRate?: number;
  readonly dataBits?: 7 | 8;
  readonly parity?: 'none' | 'even' | 'odd';
  readonly stopBits?: 1 | 2;
}

const presenceCheckIntervalMs = 500;

/** Opens a serial port, exclusively. Loss is noticed within a second, also where the driver says nothing. */
export function openSerialWire(transport: SerialTransport, handlers: WireHandlers): Wire {
  let ended = false;
  let presenceTimer: NodeJS.Timeout | undefined;
  const port = new SerialPort({
    path: transport.path,
    baudRate: transport.baudRate ?? 9600,
    dataBits: transport.dataBits ?? 8,
    parity: transport.parity ?? 'none',
    stopBits: transport.stopBits ?? 1,
    autoOpen: false,
  });

  let wasOpen = false;
  function end(error: unknown): void {
    if (ended) return;
    ended = true;
    clearTimeout(presenceTimer);
    const known = offlineReasonOf(error);
    const reason = known === 'failed' && wasOpen ? 'disconnected' : known;
    const detail = error instanceof Error ? error.message : 'the port closed';
    // The port must be let go before the next attempt, or that finds it locked by ourselves.
    release(() => handlers.onEnd(reason, detail));
  }

  function release(done: () => void): void {
    if (port.isOpen) port.close(() => done());
    else done();
  }

  // Mostly the driver tells that the port is gone. But a hang-up in the middle of a read makes it read
  // "0 bytes", which serialport takes for "try again", for ever and at full speed (seen with serialport
  // 13 on Linux while data flowed). So we look ourselves: is the node there, does the port still answer?
  function watchPresence(): void {
    presenceTimer = setTimeout(() => {
      if (!ended) void checkPresence();
    }, presenceCheckIntervalMs);
  }

  async function checkPresence(): Promise<void> {
    try {
      // COM ports have no node to look at; there the driver does tell.
      if (process.platform !== 'win32') await stat(transport.path);
      // A device that went and came back between two looks has a node, but our descriptor is dead:
      // asking it for its speed fails (EIO). macOS has no such call, and reports the loss by itself.
      if (process.platform === 'linux' && port.port) await port.port.getBaudRate();
      if (!ended) watchPresence();
    } catch (error) {
      end(error);
    }
  }

  port.on('data', (bytes: Buffer) => {
    if (!ended) handlers.onBytes(bytes);
  });
  port.on('error', (error) => end(error));
  port.on('close', (error: unknown) => end(error ?? undefined));
  const opening = new Promise<void>((resolve) => {
    port.open((error) => {
      resolve();
      if (error) return end(error);
      if (ended) return;
      wasOpen = true;
      watchPresence();
      handlers.onOpen();
    });
  });

  return {
    write: (bytes) =>
      new Promise((resolve) => {
        if (ended || !port.isOpen) return resolve(false);
        port.write(Buffer.from(bytes), (error) => {
          if (error) return resolve(false);
          port.drain((drainError) => resolve(!drainError));
        });
      }),
    async close() {
      ended = true;
      clearTimeout(presenceTimer);
      await opening;
      await new Promise<void>((resolve) => release(resolve));
    },
  };
}
