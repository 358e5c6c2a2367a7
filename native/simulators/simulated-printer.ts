import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** One label that came out whole. */
export interface PrintedLabel {
  readonly zpl: string;
  /** Epoch milliseconds. */
  readonly printedAt: number;
}

export interface SimulatedPrinter {
  readonly host: string;
  readonly port: number;
  /** Newest last; the oldest are forgotten beyond `keepLabels`. */
  printed: () => readonly PrintedLabel[];
  /** All labels since the start, also those forgotten. */
  printedCount: () => number;
  /** Labels that were under way when paper ran out. */
  spoiledCount: () => number;
  setPaperOut: (paperOut: boolean) => void;
  setPaused: (paused: boolean) => void;
  setHeadOpen: (headOpen: boolean) => void;
  /**
   * Cuts the connection, once, when this many bytes that are not `~HS` have come on it. A format that is
   * whole by then is printed all the same: that is what makes the outcome unknown.
   */
  dropConnectionAtByte: (byteCount: number) => void;
  stop: () => Promise<void>;
}

export interface SimulatedPrinterOptions {
  /** 0 (default) is any free port. */
  readonly port?: number;
  /** How long a label takes; default 120. */
  readonly labelMs?: number;
  /** Default 200. */
  readonly keepLabels?: number;
}

interface QueuedFormat {
  readonly zpl: string;
  remaining: number;
}

const bufferLimitFormats = 50;

/**
 * A label printer on TCP that behaves as a ZPL printer does where it matters: it takes formats while it
 * cannot print and keeps them, tells the truth to `~HS` at any time, and after paper-out prints the
 * spoiled label again unless `^JZN` forbade it. `~JA` cancels what waits.
 */
export async function startSimulatedPrinter(
  options: SimulatedPrinterOptions = {},
): Promise<SimulatedPrinter> {
  const labelMs = options.labelMs ?? 120;
  const keepLabels = options.keepLabels ?? 200;
  const labels: PrintedLabel[] = [];
  const formats: QueuedFormat[] = [];
  const partial = new Map<Socket, string>();
  let printedCount = 0;
  let spoiledCount = 0;
  let paperOut = false;
  let paused = false;
  let headOpen = false;
  let reprintsAfterError = true;
  let dropAtByte: number | undefined;
  let printTimer: NodeJS.Timeout | undefined;

  const canPrint = (): boolean => !paperOut && !paused && !headOpen;

  function printNext(): void {
    const format = formats[0];
    if (printTimer || !format || !canPrint()) return;
    printTimer = setTimeout(() => {
      printTimer = undefined;
      printedCount += 1;
      labels.push({ zpl: format.zpl, printedAt: Date.now() });
      if (labels.length > keepLabels) labels.shift();
      format.remaining -= 1;
      if (format.remaining === 0) formats.shift();
      printNext();
    }, labelMs);
  }

  /** Paper or head gave out under a label that was on its way. */
  function spoil(): void {
    if (!printTimer) return;
    clearTimeout(printTimer);
    printTimer = undefined;
    spoiledCount += 1;
    const format = formats[0];
    if (!format || reprintsAfterError) return;
    format.remaining -= 1;
    if (format.remaining === 0) formats.shift();
  }

  function hostStatus(): string {
    const flag = (value: boolean): string => (value ? '1' : '0');
    const waiting = Math.min(formats.length - (printTimer ? 1 : 0), 999);
    const remaining = printTimer ? (formats[0]?.remaining ?? 0) : 0;
    const isPartial = [...partial.values()].some((text) => text.includes('^XA'));
    const count = (value: number, digits: number): string => String(value).padStart(digits, '0');
    return [
      `030,${flag(paperOut)},${flag(paused)},1245,${count(waiting, 3)},${flag(formats.length >= bufferLimitFormats)},0,${flag(isPartial)},000,0,0,0`,
      `001,0,${flag(headOpen)},0,1,2,4,0,${count(remaining, 8)},1,000`,
      '1234,0',
    ]
      .map((line) => `\x02${line}\x03\r\n`)
      .join('');
  }

  /** Obeys what is whole in the text, and gives back what is not. */
  function obey(text: string, answer: (status: string) => void): string {
    let rest = text;
    for (;;) {
      const next = /~HS|~JA|\^XA/u.exec(rest);
      if (!next) {
        // The start of a command may be waiting for its other half.
        return /[~^][A-Z]?$/u.exec(rest)?.[0] ?? '';
      }
      rest = rest.slice(next.index);
      if (next[0] === '~HS') {
        answer(hostStatus());
        rest = rest.slice(3);
        continue;
      }
      if (next[0] === '~JA') {
        formats.splice(printTimer ? 1 : 0);
        rest = rest.slice(3);
        continue;
      }
      // Control commands (~) are obeyed at once, also in the middle of a format.
      const end = rest.indexOf('^XZ');
      const control = rest.indexOf('~HS');
      if (control >= 0 && (end < 0 || control < end)) {
        answer(hostStatus());
        rest = rest.slice(0, control) + rest.slice(control + 3);
        continue;
      }
      if (end < 0) return rest;
      takeFormat(rest.slice(0, end + 3));
      rest = rest.slice(end + 3);
    }
  }

  function takeFormat(zpl: string): void {
    const reprint = /\^JZ([YN])/u.exec(zpl)?.[1];
    if (reprint) reprintsAfterError = reprint === 'Y';
    const text = Buffer.from(zpl, 'latin1').toString('utf8');
    formats.push({ zpl: text, remaining: Math.max(1, Number(/\^PQ(\d+)/u.exec(zpl)?.[1] ?? 1)) });
    printNext();
  }

  function serve(socket: Socket): void {
    let labelBytes = 0;
    socket.setNoDelay(true);
    partial.set(socket, '');
    socket.on('error', () => undefined);
    socket.on('close', () => partial.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      let text = bytes.toString('latin1');
      const before = partial.get(socket) ?? '';
      const isStatusOnly = /^[\s]*(?:~HS\s*)*$/u.test(before + text);
      if (dropAtByte !== undefined && !isStatusOnly) {
        const left = dropAtByte - labelBytes;
        if (text.length >= left) {
          text = text.slice(0, left);
          dropAtByte = undefined;
          obey(before + text, () => undefined);
          socket.resetAndDestroy();
          return;
        }
        labelBytes += text.length;
      }
      partial.set(
        socket,
        obey(before + text, (status) => socket.write(status, 'latin1')),
      );
    });
  }

  const server: Server = createServer(serve);
  server.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();

  return {
    host: '127.0.0.1',
    port: address !== null && typeof address === 'object' ? address.port : 0,
    printed: () => [...labels],
    printedCount: () => printedCount,
    spoiledCount: () => spoiledCount,
    setPaperOut(next) {
      if (next && !paperOut) spoil();
      paperOut = next;
      printNext();
    },
    setPaused(next) {
      // The label under way is finished; the next one waits.
      paused = next;
      printNext();
    },
    setHeadOpen(next) {
      if (next && !headOpen) spoil();
      headOpen = next;
      printNext();
    },
    dropConnectionAtByte(byteCount) {
      dropAtByte = byteCount;
    },
    async stop() {
      clearTimeout(printTimer);
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of partial.keys()) socket.destroy();
      await closed;
    },
  };
}
