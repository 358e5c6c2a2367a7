import { connect } from 'node:net';

import { takeStatusStrings, parseZebraStatus } from '#native/printers/zebra-status';
import type { ZebraStatus } from '#native/printers/zebra-status';

export type ConnectionFault = 'unreachable' | 'connection-lost' | 'no-answer' | 'bad-answer';

export type StatusAnswer =
  | { readonly ok: true; readonly status: ZebraStatus }
  | { readonly ok: false; readonly fault: ConnectionFault };

export interface PrinterConnection {
  /** Sends `~HS` and waits for the three strings. */
  askStatus: () => Promise<StatusAnswer>;
  /**
   * Resolves false as soon as the connection is known to be broken. From this call on, bytes may have
   * reached the printer whatever it resolves to.
   */
  send: (bytes: Uint8Array) => Promise<boolean>;
  close: () => void;
}

/**
 * One connection to a printer's raw port. Every wait ends after `timeoutMs`; after any fault the
 * connection is dead and stays so, since a late answer would be taken for that of the next question.
 */
export function openPrinterConnection(
  host: string,
  port: number,
  timeoutMs: number,
): Promise<PrinterConnection | undefined> {
  const socket = connect({ host, port, noDelay: true });
  socket.setEncoding('latin1');
  let received = '';
  let broken = false;
  let wake = (): void => undefined;

  socket.on('data', (text: string) => {
    received += text;
    // A ~HS answer is about 80 characters: more than this is no printer of ours.
    if (received.length > 16_384) socket.destroy();
    wake();
  });
  const breakOff = (): void => {
    broken = true;
    wake();
  };
  socket.on('error', breakOff);
  socket.on('end', breakOff);
  socket.on('close', breakOff);

  async function askStatus(): Promise<StatusAnswer> {
    if (broken) return { ok: false, fault: 'connection-lost' };
    received = '';
    socket.write('~HS\r\n');
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish({ ok: false, fault: 'no-answer' }), timeoutMs);
      const finish = (answer: StatusAnswer): void => {
        clearTimeout(timer);
        wake = () => undefined;
        if (!answer.ok) socket.destroy();
        resolve(answer);
      };
      wake = () => {
        const strings = takeStatusStrings(received);
        if (strings) {
          const status = parseZebraStatus(strings);
          finish(status ? { ok: true, status } : { ok: false, fault: 'bad-answer' });
        } else if (broken) finish({ ok: false, fault: 'connection-lost' });
      };
    });
  }

  function send(bytes: Uint8Array): Promise<boolean> {
    if (broken) return Promise.resolve(false);
    return new Promise((resolve) => {
      // A printer whose buffer is full stops reading, and the write waits with it.
      const timer = setTimeout(() => socket.destroy(), timeoutMs);
      socket.write(bytes, (error) => {
        clearTimeout(timer);
        resolve(!error && !broken);
      });
    });
  }

  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve({ askStatus, send, close: () => socket.destroy() });
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
