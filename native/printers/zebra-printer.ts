import { setTimeout as delay } from 'node:timers/promises';

import { openPrinterConnection } from '#native/printers/printer-connection';
import type { ConnectionFault, PrinterConnection, StatusAnswer } from '#native/printers/printer-connection';
import { isIdle, notReadyCode } from '#native/printers/zebra-status';
import type { NotReadyCode } from '#native/printers/zebra-status';

export interface ZebraPrinterOptions {
  readonly host: string;
  /** 9100 on the printers themselves. */
  readonly port: number;
  /** Longest wait for a connection or for an answer; default 3000. */
  readonly timeoutMs?: number;
  /** Longest wait for labels that were sent to come out, and for another's to do so; default 15,000. */
  readonly printTimeoutMs?: number;
}

/** Not one byte of the label was sent. It may be printed again without care. */
export type RefusalCode = NotReadyCode | ConnectionFault | 'busy' | 'not-a-format' | 'closed';

/**
 * At least one byte was sent and the printer did not say that all is printed: there may be no label,
 * half a label or a good one. A person decides, and the serial is voided before it is printed again.
 */
export type UnknownReason = NotReadyCode | Exclude<ConnectionFault, 'unreachable'> | 'still-printing';

export type PrintOutcome =
  | { readonly outcome: 'printed' }
  | { readonly outcome: 'refused'; readonly code: RefusalCode }
  | { readonly outcome: 'unknown'; readonly why: UnknownReason };

export interface ZebraPrinter {
  status: () => Promise<StatusAnswer>;
  print: (zpl: string) => Promise<PrintOutcome>;
  /** Waits for what is under way; what still queues is refused with `closed`. */
  close: () => Promise<void>;
}

const pollIntervalMs = 100;

/**
 * A ZPL label printer on its raw TCP port. One connection at a time: calls queue in order.
 *
 * `print` asks `~HS` first, sends one or more whole formats (`^XA … ^XZ`) only to a printer that is
 * ready and idle, and asks on until it is idle again. Port 9100 has no acknowledgement, so exactly-once
 * cannot be promised; what is promised is that `printed` is never said of a label whose connection
 * broke, and that nothing is sent twice.
 *
 * A format should carry `^JZN` ("no reprint after error"). Without it the printer prints the label again
 * by itself once paper, ribbon or head are mended, after we have told a person that the outcome is
 * unknown: that would be a second label for the serial that they are about to void.
 */
export function createZebraPrinter(options: ZebraPrinterOptions): ZebraPrinter {
  const timeoutMs = options.timeoutMs ?? 3000;
  const printTimeoutMs = options.printTimeoutMs ?? 15_000;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  function queue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  async function withConnection<Result>(
    use: (connection: PrinterConnection) => Promise<Result>,
  ): Promise<Result | undefined> {
    const connection = await openPrinterConnection(options.host, options.port, timeoutMs);
    if (!connection) return undefined;
    try {
      return await use(connection);
    } finally {
      connection.close();
    }
  }

  return {
    status: () =>
      queue(async () => {
        const answer = await withConnection((connection) => connection.askStatus());
        return answer ?? { ok: false, fault: 'unreachable' };
      }),
    print: (zpl) =>
      queue(async (): Promise<PrintOutcome> => {
        if (closed) return { outcome: 'refused', code: 'closed' };
        if (!isWholeFormat(zpl)) return { outcome: 'refused', code: 'not-a-format' };
        const outcome = await withConnection((connection) => printOn(connection, zpl, printTimeoutMs));
        return outcome ?? { outcome: 'refused', code: 'unreachable' };
      }),
    async close() {
      closed = true;
      await last;
    },
  };
}

async function printOn(
  connection: PrinterConnection,
  zpl: string,
  printTimeoutMs: number,
): Promise<PrintOutcome> {
  const before = await waitUntilIdle(connection, performance.now() + printTimeoutMs);
  if (before !== 'idle') return { outcome: 'refused', code: before === 'timeout' ? 'busy' : before };
  // From here on the only ways out are `printed` and `unknown`.
  if (!(await connection.send(Buffer.from(zpl, 'utf8')))) {
    return { outcome: 'unknown', why: 'connection-lost' };
  }
  const deadlineAt = performance.now() + printTimeoutMs;
  // Between leaving the buffer and counting as a label to come, a format is nowhere to be seen: being
  // idle counts when it was seen twice.
  for (let sightings = 0; sightings < 2; sightings += 1) {
    const after = await waitUntilIdle(connection, deadlineAt);
    if (after !== 'idle') return { outcome: 'unknown', why: after === 'timeout' ? 'still-printing' : after };
    if (sightings === 0) await delay(pollIntervalMs);
  }
  return { outcome: 'printed' };
}

type IdleWait = 'idle' | 'timeout' | NotReadyCode | Exclude<ConnectionFault, 'unreachable'>;

async function waitUntilIdle(connection: PrinterConnection, deadlineAt: number): Promise<IdleWait> {
  for (;;) {
    const answer = await connection.askStatus();
    if (!answer.ok) return answer.fault === 'unreachable' ? 'connection-lost' : answer.fault;
    const code = notReadyCode(answer.status);
    // A full buffer empties by itself.
    if (code !== undefined && code !== 'buffer-full') return code;
    if (code === undefined && isIdle(answer.status)) return 'idle';
    if (performance.now() >= deadlineAt) return code ?? 'timeout';
    await delay(pollIntervalMs);
  }
}

/** A format that is cut short would leave the printer waiting, and swallow the next label. */
function isWholeFormat(zpl: string): boolean {
  let expected = '^XA';
  let outsideFrom = 0;
  for (const { 0: mark, index } of zpl.matchAll(/\^X[AZ]/gu)) {
    if (mark !== expected) return false;
    if (mark === '^XA' && zpl.slice(outsideFrom, index).trim() !== '') return false;
    expected = mark === '^XA' ? '^XZ' : '^XA';
    outsideFrom = index + mark.length;
  }
  return outsideFrom > 0 && expected === '^XA' && zpl.slice(outsideFrom).trim() === '';
}
