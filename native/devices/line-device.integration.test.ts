import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { ConnectionState } from '#native/devices/connection-state';
import { openLineDevice } from '#native/devices/line-device';
import type { LineDevice, LineDeviceOptions, MalformedInput } from '#native/devices/line-device';
import { openGauge } from '#native/gauges/gauge';
import { startSimulatedLine } from '#native/simulators/simulated-line';
import type { SimulatedLine } from '#native/simulators/simulated-line';
import { waitUntil } from '#native/testing/wait-until';

const hasSocat = (() => {
  try {
    execFileSync('socat', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Hangs a terminal up as the kernel does when USB is pulled; the node stays. Needs Linux, perl and root. */
function hangUp(path: string): void {
  const script =
    'use Fcntl; sysopen(F, shift, O_RDWR|O_NOCTTY|O_NONBLOCK) or die $!; ioctl(F, 0x5437, 0) or die $!';
  execFileSync('perl', ['-e', script, path]);
}
const canHangUp =
  hasSocat && process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/perl');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lanewright-line-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function startLine(wire: 'pty-if-possible' | 'tcp'): Promise<SimulatedLine> {
  const line = await startSimulatedLine({ directory, name: 'scanner', wire });
  onTestFinished(() => line.stop());
  return line;
}

function listen(options: LineDeviceOptions): {
  device: LineDevice;
  codes: string[];
  doubles: string[];
  malformed: MalformedInput[];
  states: ConnectionState[];
} {
  const seen = {
    codes: [] as string[],
    doubles: [] as string[],
    malformed: [] as MalformedInput[],
    states: [] as ConnectionState[],
  };
  const device = openLineDevice(options, {
    onCode: ({ code }) => seen.codes.push(code),
    onDuplicate: ({ code }) => seen.doubles.push(code),
    onMalformed: (input) => seen.malformed.push(input),
    onState: (state) => seen.states.push(state),
  });
  onTestFinished(() => device.close());
  return { device, ...seen };
}

const isOnline = (device: LineDevice) => (): boolean => device.state().status === 'online';
const isOffline = (device: LineDevice) => (): boolean => device.state().status === 'offline';

describe.each([
  { wire: 'pty-if-possible' as const, kind: 'serial', runs: hasSocat },
  { wire: 'tcp' as const, kind: 'tcp', runs: true },
])('a scanner on $kind', ({ wire, kind, runs }) => {
  test.runIf(runs)('2,000 codes sent in scraps arrive each once and in order', async () => {
    const line = await startLine(wire);
    expect(line.transport.kind).toBe(kind);
    const { device, codes, doubles, malformed } = listen({
      transport: line.transport,
      duplicateWindowMs: 2000,
    });
    await waitUntil('online', isOnline(device), 3000);
    const sent = Array.from({ length: 2000 }, (_, index) => `LOT-${index}`);
    const stream = Buffer.from(
      sent.map((code, index) => `${code}\r\n`.repeat(index % 20 === 0 ? 2 : 1)).join(''),
    );
    for (let at = 0, turn = 0; at < stream.length; turn += 1) {
      const length = 1 + ((turn * 37) % 61);
      await line.send(stream.subarray(at, at + length));
      at += length;
    }
    await waitUntil('all codes', () => codes.length >= sent.length, 5000);
    expect(codes).toEqual(sent);
    expect(doubles).toHaveLength(100);
    expect(malformed).toEqual([]);
  });

  test.runIf(runs)(
    'unplugged and put back: offline within 3 s, back within 5 s, half codes reported',
    async () => {
      const line = await startLine(wire);
      const { device, codes, malformed, states } = listen({ transport: line.transport });
      await waitUntil('online', isOnline(device), 3000);
      for (let round = 0; round < 3; round += 1) {
        await line.send(Buffer.from('HALF'));
        await delay(50);
        await line.setPlugged(false);
        expect(await waitUntil('offline', isOffline(device), 3000)).toBeLessThan(3000);
        if (round === 1) await delay(1200);
        await line.setPlugged(true);
        expect(await waitUntil('online again', isOnline(device), 5000)).toBeLessThan(5000);
        await line.send(Buffer.from(`WHOLE-${round}\r`));
        await waitUntil('the code', () => codes.length === round + 1, 2000);
      }
      expect(codes).toEqual(['WHOLE-0', 'WHOLE-1', 'WHOLE-2']);
      expect(malformed.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['HALF', 'HALF', 'HALF']);
      // The reason may become clearer while it is offline; the status changes six times.
      const statuses = states.map(({ status }) => status);
      expect(statuses.filter((status, index) => status !== statuses[index - 1])).toEqual([
        'online',
        'offline',
        'online',
        'offline',
        'online',
        'offline',
        'online',
      ]);
    },
  );

  test.runIf(runs)('a plug pulled and put back at once is noticed, and does not leave it deaf', async () => {
    const line = await startLine(wire);
    const { device, codes, states } = listen({ transport: line.transport });
    await waitUntil('online', isOnline(device), 3000);
    await line.setPlugged(false);
    await line.setPlugged(true);
    await waitUntil('seen offline', () => states.some(({ status }) => status === 'offline'), 3000);
    await waitUntil('online again', isOnline(device), 5000);
    await line.send(Buffer.from('WO-1\r'));
    await waitUntil('the code', () => codes.length === 1, 2000);
    expect(codes).toEqual(['WO-1']);
  });

  test.runIf(runs)('closed is closed: nothing more is told, and the port is free for another', async () => {
    const line = await startLine(wire);
    const first = listen({ transport: line.transport });
    await waitUntil('online', isOnline(first.device), 3000);
    await first.device.close();
    expect(first.device.state()).toMatchObject({ status: 'offline', reason: 'closed' });
    const second = listen({ transport: line.transport });
    await waitUntil('online', isOnline(second.device), 3000);
    await line.send(Buffer.from('WO-1\r'));
    await waitUntil('the code', () => second.codes.length === 1, 2000);
    expect(first.codes).toEqual([]);
    expect(first.states.map(({ status }) => status)).toEqual(['online']);
  });
});

test.runIf(canHangUp)(
  'hung up in the middle of a stream: noticed each time within 3 s, and used again',
  async () => {
    const line = await startLine('pty-if-possible');
    const path = line.transport.kind === 'serial' ? line.transport.path : '';
    const { device, codes, states } = listen({ transport: line.transport });
    let flowing = true;
    const flow = (async () => {
      while (flowing) {
        await line.send(Buffer.from('A\r'.repeat(1500)));
        await delay(1);
      }
    })();
    for (let round = 1; round <= 4; round += 1) {
      await waitUntil('online', isOnline(device), 5000);
      await delay(30);
      hangUp(path);
      const timesOffline = (): number => states.filter(({ status }) => status === 'offline').length;
      expect(await waitUntil('seen', () => timesOffline() >= round, 3000)).toBeLessThan(3000);
    }
    flowing = false;
    await flow;
    await waitUntil('online', isOnline(device), 5000);
    await line.send(Buffer.from('\rWO-9\r'));
    await waitUntil('the code', () => codes.includes('WO-9'), 2000);
  },
);

test('a port that is not there says so, and is used when it comes', async () => {
  const missing = listen({ transport: { kind: 'serial', path: join(directory, 'none') } });
  await waitUntil('offline', isOffline(missing.device), 3000);
  expect(missing.device.state().reason).toBe('not-found');

  const holder = createServer().listen(0, '127.0.0.1');
  await waitUntil('listening', () => holder.listening, 1000);
  const address = holder.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await new Promise((resolve) => holder.close(resolve));
  const refused = listen({ transport: { kind: 'tcp', host: '127.0.0.1', port } });
  await waitUntil('offline', isOffline(refused.device), 3000);
  expect(refused.device.state().reason).toBe('refused');
});

test('silence in the middle of a code gives it up', async () => {
  const line = await startLine('tcp');
  const { device, codes, malformed } = listen({
    transport: line.transport,
    framing: { end: { kind: 'line' }, interByteTimeoutMs: 80 },
  });
  await waitUntil('online', isOnline(device), 3000);
  await line.send(Buffer.from('WO-00'));
  await waitUntil('given up', () => malformed.length === 1, 2000);
  await line.send(Buffer.from('WO-2\r'));
  await waitUntil('the code', () => codes.length === 1, 2000);
  expect(codes).toEqual(['WO-2']);
});

test('a gauge: readings with their unit, bad lines with their reason, and it can be asked', async () => {
  const line = await startLine('pty-if-possible');
  const readings: [number, string | undefined][] = [];
  const badLines: [string, string][] = [];
  const device = openGauge(
    { transport: line.transport },
    {
      onReading: ({ value, unit }) => readings.push([value, unit]),
      onBadLine: ({ text, reason }) => badLines.push([text, reason]),
      onMalformed: () => undefined,
      onState: () => undefined,
    },
  );
  onTestFinished(() => device.close());
  await waitUntil('online', isOnline(device), 3000);
  line.onReceived((bytes) => {
    if (Buffer.from(bytes).toString() === '?\r') void line.send(Buffer.from('9.99 mm\r\n'));
  });
  await line.send(Buffer.from('01A+00012.345\r12.345 mm\r12.345 mm\r911\rnonsense\r'));
  await waitUntil('five lines', () => readings.length + badLines.length === 5, 2000);
  expect(await device.write(Buffer.from('?\r'))).toBe(true);
  await waitUntil('the answer', () => readings.length === 4, 2000);
  expect(readings).toEqual([
    [12.345, undefined],
    [12.345, 'mm'],
    [12.345, 'mm'],
    [9.99, 'mm'],
  ]);
  expect(badLines).toEqual([
    ['911', 'gauge-error'],
    ['nonsense', 'not-a-reading'],
  ]);
});

test.runIf(hasSocat)('the simulated port dies with its process, also by kill -9', async () => {
  const script = `
    import { startSimulatedLine } from '#native/simulators/simulated-line';
    await startSimulatedLine({ directory: ${JSON.stringify(directory)}, name: 'doomed' });
    process.stdout.write('up');
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let up = false;
  child.stdout.on('data', () => {
    up = true;
  });
  await waitUntil('the child has its port', () => up, 10_000);
  await stat(join(directory, 'doomed'));
  child.kill('SIGKILL');
  const socatRuns = (): boolean => {
    const commands = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    return commands.split('\n').some((args) => args.startsWith('socat') && args.includes(directory));
  };
  expect(await waitUntil('socat is gone', () => !socatRuns(), 3000)).toBeLessThan(3000);
});
