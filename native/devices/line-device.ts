import { createStateHolder } from '#native/devices/connection-state';
import type { ConnectionState } from '#native/devices/connection-state';
import type { Wire } from '#native/devices/wire';
import { createDuplicateWindow } from '#native/scanning/duplicate-window';
import { createFramer } from '#native/scanning/framer';
import type { Frame, Framing, MalformedReason } from '#native/scanning/framer';
import { openSerialWire } from '#native/serial/serial-wire';
import type { SerialTransport } from '#native/serial/serial-wire';
import { openTcpWire } from '#native/tcp/tcp-wire';
import type { TcpTransport } from '#native/tcp/tcp-wire';

/** A device that sends lines: scanner or gauge, on a serial port or on the network. */
export interface LineDeviceOptions {
  readonly transport: SerialTransport | TcpTransport;
  /** Default: lines ended by CR, LF or both, UTF-8, an unfinished one given up after 500 ms. */
  readonly framing?: Framing;
  /** A code seen again within this time is a double; default 0: off. */
  readonly duplicateWindowMs?: number;
}

export interface ReceivedCode {
  readonly code: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

export interface MalformedInput {
  readonly reason: MalformedReason;
  readonly bytes: Uint8Array;
  readonly receivedAt: number;
}

export interface LineDeviceHandlers {
  onCode: (received: ReceivedCode) => void;
  onState: (state: ConnectionState) => void;
  onMalformed: (input: MalformedInput) => void;
  /** A code that the duplicate window held back, so that the screen can say so. */
  onDuplicate?: (received: ReceivedCode) => void;
}

export interface LineDevice {
  state: () => ConnectionState;
  /** Resolves false when the device is offline or the bytes did not get out. */
  write: (bytes: Uint8Array) => Promise<boolean>;
  close: () => Promise<void>;
}

const defaultFraming: Framing = { end: { kind: 'line' }, interByteTimeoutMs: 500 };
/** A port that is back must be in use within five seconds, the time to connect included. */
const retryDelaysMs = [250, 500, 1000, 2000];

/**
 * Opens the device and keeps it open until `close()`: a device that is not there, or goes away, is
 * tried again for ever. Codes come in order, each once; what cannot be read as a code goes to
 * `onMalformed` with its bytes, never nowhere. Handlers are never called after `close()`.
 *
 * @throws RangeError when the framing contradicts itself.
 */
export function openLineDevice(options: LineDeviceOptions, handlers: LineDeviceHandlers): LineDevice {
  const framing = options.framing ?? defaultFraming;
  const framer = createFramer(framing);
  const duplicates = createDuplicateWindow(options.duplicateWindowMs ?? 0);
  const state = createStateHolder((next) => {
    if (!closed) handlers.onState(next);
  });
  let closed = false;
  let attempt = 0;
  let wire: Wire | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let silenceTimer: NodeJS.Timeout | undefined;

  function deliver(frames: Frame[]): void {
    for (const frame of frames) {
      if (closed) return;
      const receivedAt = Date.now();
      if (frame.kind === 'malformed') {
        handlers.onMalformed({ reason: frame.reason, bytes: frame.bytes, receivedAt });
      } else if (duplicates.accepts(frame.code, performance.now())) {
        handlers.onCode({ code: frame.code, receivedAt });
      } else {
        handlers.onDuplicate?.({ code: frame.code, receivedAt });
      }
    }
  }

  function awaitSilence(timeoutMs: number): void {
    const dueAt = performance.now() + timeoutMs;
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(() => {
      // A timer that is late means that this process was busy, not that the device was silent: the
      // missing bytes may be waiting in the operating system. They get another round.
      if (performance.now() - dueAt > timeoutMs / 2) awaitSilence(timeoutMs);
      else deliver(framer.expire());
    }, timeoutMs);
  }

  function onBytes(bytes: Uint8Array): void {
    clearTimeout(silenceTimer);
    deliver(framer.push(bytes));
    if (framer.hasPending() && framing.interByteTimeoutMs) awaitSilence(framing.interByteTimeoutMs);
  }

  function open(): void {
    const wireHandlers = {
      onOpen() {
        attempt = 0;
        state.set({ status: 'online' });
      },
      onBytes,
      onEnd(reason: NonNullable<ConnectionState['reason']>, detail: string) {
        if (closed) return;
        wire = undefined;
        clearTimeout(silenceTimer);
        // Half a code from before the break must not become the head of the first code after it.
        deliver(framer.expire());
        state.set({ status: 'offline', reason, detail });
        const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)];
        attempt += 1;
        retryTimer = setTimeout(open, delayMs);
      },
    };
    wire =
      options.transport.kind === 'serial'
        ? openSerialWire(options.transport, wireHandlers)
        : openTcpWire(options.transport, wireHandlers);
  }

  open();
  return {
    state: state.current,
    write: async (bytes) => (await wire?.write(bytes)) ?? false,
    async close() {
      if (closed) return;
      closed = true;
      clearTimeout(retryTimer);
      clearTimeout(silenceTimer);
      state.set({ status: 'offline', reason: 'closed' });
      await wire?.close();
    },
  };
}
