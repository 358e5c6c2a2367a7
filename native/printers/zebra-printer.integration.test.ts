import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createZebraPrinter } from '#native/printers/zebra-printer';
import type { ZebraPrinter } from '#native/printers/zebra-printer';
import { startSimulatedPrinter } from '#native/simulators/simulated-printer';
import type { SimulatedPrinter } from '#native/simulators/simulated-printer';
import { waitUntil } from '#native/testing/wait-until';

const label = '^XA^JZN^CI28^FO20,20^A0N,30^FDSN-0001 é^FS^PQ1^XZ';

async function setUp(labelMs = 1): Promise<{ simulated: SimulatedPrinter; printer: ZebraPrinter }> {
  const simulated = await startSimulatedPrinter({ labelMs });
  const printer = createZebraPrinter({
    host: simulated.host,
    port: simulated.port,
    timeoutMs: 1000,
    printTimeoutMs: 3000,
  });
  onTestFinished(async () => {
    await printer.close();
    await simulated.stop();
  });
  return { simulated, printer };
}

describe('a printer that is well', () => {
  test('tells its status and prints what it is sent, byte for byte', async () => {
    const { simulated, printer } = await setUp();
    expect(await printer.status()).toMatchObject({
      ok: true,
      status: { paperOut: false, labelsRemaining: 0 },
    });
    expect(await printer.print(label)).toEqual({ outcome: 'printed' });
    expect(simulated.printed().map(({ zpl }) => zpl)).toEqual([label]);
  });

  test('calls at the same time queue, and `printed` comes after the label, not before', async () => {
    const { simulated, printer } = await setUp(150);
    const counts = await Promise.all(
      ['A', 'B', 'C'].map(async (text) => {
        const result = await printer.print(`^XA^FD${text}^FS^PQ2^XZ`);
        return [result.outcome, simulated.printedCount()];
      }),
    );
    expect(counts).toEqual([
      ['printed', 2],
      ['printed', 4],
      ['printed', 6],
    ]);
    expect(simulated.printed().map(({ zpl }) => zpl[6])).toEqual(['A', 'A', 'B', 'B', 'C', 'C']);
  });

  test('what is not whole formats is refused before a byte is sent', async () => {
    const { simulated, printer } = await setUp();
    for (const zpl of ['', 'hello', '^XA^FDx^FS', '^FDx^FS^XZ', `${label}^XA`, '^XA^XA^XZ']) {
      expect(await printer.print(zpl)).toEqual({ outcome: 'refused', code: 'not-a-format' });
    }
    expect(await printer.print(`${label}\n${label}\n`)).toEqual({ outcome: 'printed' });
    expect(simulated.printedCount()).toBe(2);
  });
});

describe('a printer that cannot', () => {
  test('paper out, head open, paused: refused, nothing sent, printed once mended', async () => {
    const { simulated, printer } = await setUp();
    const faults = [
      ['paper-out', simulated.setPaperOut],
      ['head-open', simulated.setHeadOpen],
      ['paused', simulated.setPaused],
    ] as const;
    for (const [code, set] of faults) {
      set(true);
      expect(await printer.print(label)).toEqual({ outcome: 'refused', code });
      set(false);
    }
    await delay(50);
    expect(simulated.printedCount()).toBe(0);
    expect(await printer.print(label)).toEqual({ outcome: 'printed' });
    expect(simulated.printedCount()).toBe(1);
  });

  test('paper runs out under the label: unknown, and with ^JZN no second label comes out later', async () => {
    const { simulated, printer } = await setUp(300);
    const outcome = printer.print(label);
    await delay(120);
    simulated.setPaperOut(true);
    expect(await outcome).toEqual({ outcome: 'unknown', why: 'paper-out' });
    simulated.setPaperOut(false);
    await delay(400);
    expect(simulated.spoiledCount()).toBe(1);
    expect(simulated.printedCount()).toBe(0);
  });

  test('without ^JZN it prints again by itself: why formats carry it', async () => {
    const { simulated, printer } = await setUp(300);
    const outcome = printer.print('^XA^FDx^FS^XZ');
    await delay(120);
    simulated.setPaperOut(true);
    expect(await outcome).toEqual({ outcome: 'unknown', why: 'paper-out' });
    simulated.setPaperOut(false);
    await waitUntil('the reprint', () => simulated.printedCount() === 1, 2000);
    expect(simulated.spoiledCount()).toBe(1);
  });

  test('nobody there: unreachable; silent: no answer; another machine: bad answer', async () => {
    const { simulated, printer } = await setUp();
    await simulated.stop();
    expect(await printer.print(label)).toEqual({ outcome: 'refused', code: 'unreachable' });

    const answers = ['', '\x02a\x03\x02b\x03\x02c\x03'];
    for (const [index, code] of (['no-answer', 'bad-answer'] as const).entries()) {
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        socket.on('data', () => socket.write(answers[index] ?? ''));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      const other = createZebraPrinter({ host: '127.0.0.1', port, timeoutMs: 200 });
      expect(await other.print(label)).toEqual({ outcome: 'refused', code });
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });
});

test('the connection cut at every byte of a label: never `printed`, never sent twice', async () => {
  const { simulated, printer } = await setUp();
  const lengthBytes = Buffer.byteLength(label);
  for (let byte = 0; byte <= lengthBytes; byte += 1) {
    const before = simulated.printedCount();
    simulated.dropConnectionAtByte(byte);
    expect(await printer.print(label)).toEqual({ outcome: 'unknown', why: 'connection-lost' });
    // Only a label that came whole is printed all the same.
    const isWhole = byte === lengthBytes;
    await waitUntil('its print', () => !isWhole || simulated.printedCount() > before, 1000);
    expect(simulated.printedCount()).toBe(isWhole ? before + 1 : before);
  }
  expect(await printer.print(label)).toEqual({ outcome: 'printed' });
});

test('a closed printer refuses', async () => {
  const { printer } = await setUp();
  await printer.close();
  expect(await printer.print(label)).toEqual({ outcome: 'refused', code: 'closed' });
});
