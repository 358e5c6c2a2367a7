import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';

import { openLineDevice } from '#native/devices/line-device';
import { openGauge } from '#native/gauges/gauge';
import { createZebraPrinter } from '#native/printers/zebra-printer';
import type { SimulatorCommand, SimulatorReply, SimulatorsDescription } from '#native/simulators/simulators';
import { waitUntil } from '#native/testing/wait-until';

const machines = Array.from({ length: 24 }, (_, index) => ({
  code: `M${index + 1}`,
  laneCode: `L${1 + (index % 14)}`,
  idealCycleMs: 2000,
}));

/** As the core does it: the simulators in a worker, commands and answers as messages. */
async function startInWorker(): Promise<{
  description: SimulatorsDescription;
  perform: (command: SimulatorCommand) => Promise<SimulatorReply>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lanewright-simulators-'));
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { startSimulators } from '#native/simulators/simulators';
    const simulators = await startSimulators(workerData);
    parentPort.postMessage(simulators.describe());
    parentPort.on('message', async (command) => {
      if (command !== 'stop') return parentPort.postMessage(await simulators.perform(command));
      await simulators.stop();
      parentPort.close();
    });
  `;
  const entry = new URL(`data:text/javascript,${encodeURIComponent(resolved(source))}`);
  const worker = new Worker(entry, { workerData: { dataDir, machines, printerCodes: ['P1', 'P2'] } });
  const answers: ((answer: never) => void)[] = [];
  worker.on('message', (answer: unknown) => answers.shift()?.(answer as never));
  const exited = new Promise<number>((resolve) => worker.once('exit', resolve));
  onTestFinished(async () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    worker.postMessage('stop');
    // It ends by itself: nothing is left that keeps it alive.
    expect(await exited).toBe(0);
    await rm(dataDir, { recursive: true, force: true });
  });
  const description = await new Promise<SimulatorsDescription>((resolve, reject) => {
    worker.once('error', reject);
    answers.push(resolve);
  });
  return {
    description,
    perform: (command) =>
      new Promise((resolve) => {
        answers.push(resolve);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
        worker.postMessage(command);
      }),
  };
}

/** A data: module has no package to resolve `#native` in. */
function resolved(source: string): string {
  return source.replace('#native/simulators/simulators', new URL('./simulators.ts', import.meta.url).href);
}

test('a plant in a worker: scan, measure, print, paper out, and it stops without a trace', async () => {
  const { description, perform } = await startInWorker();
  expect(description.opcUa.machines).toHaveLength(24);
  expect(description.opcUa.endpointUrl).toMatch(/^opc\.tcp:\/\/127\.0\.0\.1:\d+$/u);

  const codes: string[] = [];
  const scanner = openLineDevice(
    { transport: description.scanner.transport },
    { onCode: ({ code }) => codes.push(code), onMalformed: () => undefined, onState: () => undefined },
  );
  const readings: [number, string | undefined][] = [];
  const gauge = openGauge(
    { transport: description.gauge.transport },
    {
      onReading: ({ value, unit }) => readings.push([value, unit]),
      onBadLine: ({ text }) => expect.unreachable(text),
      onMalformed: () => undefined,
      onState: () => undefined,
    },
  );
  await waitUntil(
    'both online',
    () => scanner.state().status === 'online' && gauge.state().status === 'online',
    5000,
  );
  expect(await perform({ type: 'scan', code: 'WO-000123/20' })).toEqual({ ok: true });
  for (const [value, unit] of [
    [12.345, 'mm'],
    [-0.0000025, undefined],
    [7, undefined],
  ] as const) {
    expect(await perform({ type: 'measure', value, unit })).toEqual({ ok: true });
  }
  await waitUntil('all arrived', () => codes.length === 1 && readings.length === 3, 3000);
  expect(codes).toEqual(['WO-000123/20']);
  expect(readings).toEqual([
    [12.345, 'mm'],
    [-0.000_002_5, undefined],
    [7, undefined],
  ]);
  await perform({ type: 'plug', device: 'scanner', plugged: false });
  expect(await perform({ type: 'scan', code: 'X' })).toEqual({ ok: false, reason: 'not-connected' });

  const [first] = description.printers;
  const printer = createZebraPrinter({ host: first?.host ?? '', port: first?.port ?? 0 });
  await perform({ type: 'paper-out', printerCode: 'P1', paperOut: true });
  expect(await printer.print('^XA^FDx^FS^XZ')).toEqual({ outcome: 'refused', code: 'paper-out' });
  await perform({ type: 'paper-out', printerCode: 'P1', paperOut: false });
  expect(await printer.print('^XA^FDx^FS^XZ')).toEqual({ outcome: 'printed' });
  expect(await perform({ type: 'printed-labels', printerCode: 'P1' })).toMatchObject({
    ok: true,
    labels: [{ zpl: '^XA^FDx^FS^XZ' }],
  });
  expect(await perform({ type: 'paper-out', printerCode: 'P9', paperOut: true })).toEqual({
    ok: false,
    reason: 'no-such-printer',
  });
  expect(await perform({ type: 'stop-machine', code: 'M99' })).toEqual({
    ok: false,
    reason: 'no-such-machine',
  });
  await Promise.all([scanner.close(), gauge.close(), printer.close()]);
});
