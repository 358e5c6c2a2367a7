import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { ConnectionState } from '#native/devices/connection-state';
import { trustRejectedCertificate } from '#native/opcua/certificate-trust';
import type { CertificateDecision } from '#native/opcua/certificate-trust';
import type { MachineSample } from '#native/opcua/machine-sample';
import { openOpcUaLine } from '#native/opcua/opcua-line';
import type { OpcUaLine } from '#native/opcua/opcua-line';
import type { OpcUaLineOptions } from '#native/opcua/opcua-line-types';
import type { MachineActivity, SimulatedMachine } from '#native/simulators/machine-schedule';
import { startSimulatedMachines } from '#native/simulators/simulated-machines';
import type { SimulatedMachines } from '#native/simulators/simulated-machines';
import { waitUntil } from '#native/testing/wait-until';

const demoMachines: SimulatedMachine[] = Array.from({ length: 24 }, (_, index) => ({
  code: `M${String(index + 1).padStart(2, '0')}`,
  laneCode: `L${1 + (index % 14)}`,
  idealCycleMs: 60_000,
}));
const running: MachineActivity = { state: 'running', ratePerHour: 36_000, rejectShare: 0.25 };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lanewright-opcua-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function startServer(port = 0, dataDir = directory): Promise<SimulatedMachines> {
  const server = await startSimulatedMachines({
    machines: demoMachines,
    schedule: () => running,
    dataDir,
    port,
    tickMs: 100,
  });
  onTestFinished(() => server.stop());
  return server;
}

function openLine(
  server: SimulatedMachines,
  changes: Partial<OpcUaLineOptions> = {},
): {
  line: OpcUaLine;
  samples: MachineSample[];
  states: ConnectionState[];
  certificates: CertificateDecision[];
  latest: (code: string) => MachineSample | undefined;
} {
  const samples: MachineSample[] = [];
  const states: ConnectionState[] = [];
  const certificates: CertificateDecision[] = [];
  const line = openOpcUaLine(
    {
      endpointUrl: server.endpointUrl,
      securityPolicy: 'None',
      securityMode: 'None',
      certificateStoreDir: join(directory, 'client-pki'),
      trust: 'explicit',
      machines: server.machines.map(({ code, tags }) => ({ machineCode: code, tags })),
      samplingIntervalMs: 50,
      publishingIntervalMs: 100,
      ...changes,
    },
    {
      onMachine: (sample) => samples.push(sample),
      onState: (state) => states.push(state),
      onCertificate: (decision) => certificates.push(decision),
    },
  );
  onTestFinished(() => line.close());
  const latest = (code: string): MachineSample | undefined =>
    samples.findLast((sample) => sample.machineCode === code);
  return { line, samples, states, certificates, latest };
}

const secured = { securityPolicy: 'Basic256Sha256', securityMode: 'SignAndEncrypt' } as const;
const isOnline = (line: OpcUaLine) => (): boolean => line.state().status === 'online';

describe('a line without security', () => {
  test('24 machines say what they do; counters go on; a stop and its fault arrive together', async () => {
    const server = await startServer();
    const { line, samples, latest } = openLine(server);
    await waitUntil(
      'all machines',
      () => new Set(samples.map(({ machineCode }) => machineCode)).size === 24,
      15_000,
    );
    expect(latest('M07')).toMatchObject({ state: 'running', quality: 'good', gap: false });
    const before = latest('M07')?.goodCount ?? 0;
    await waitUntil('counting', () => (latest('M07')?.goodCount ?? 0) > before + 3, 5000);
    await waitUntil('rejects', () => (latest('M07')?.rejectCount ?? 0) > 0, 5000);

    expect(server.stopMachine('M07', 'F42')).toBe(true);
    const latencyMs = await waitUntil('down', () => latest('M07')?.state === 'down', 3000);
    expect(latencyMs).toBeLessThan(1000);
    expect(samples.find(({ state }) => state === 'down')).toMatchObject({
      machineCode: 'M07',
      faultCode: 'F42',
    });
    expect(latest('M08')?.state).toBe('running');
    server.release('M07');
    await waitUntil('running again', () => latest('M07')?.state === 'running', 3000);
    expect(latest('M07')).not.toHaveProperty('faultCode');
    expect(Math.abs(Date.now() - (latest('M07')?.sourceAt ?? 0))).toBeLessThan(5000);
    expect(line.state().status).toBe('online');
  });

  test('short stops between two publishings are all seen, in order', async () => {
    const server = await startServer();
    const { samples, latest } = openLine(server, { publishingIntervalMs: 1500 });
    await waitUntil('M01', () => latest('M01') !== undefined, 15_000);
    for (const faultCode of ['F1', 'F2', 'F3']) {
      server.stopMachine('M01', faultCode);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await waitUntil('F3', () => latest('M01')?.faultCode === 'F3', 5000);
    const faults = samples
      .filter(({ machineCode }) => machineCode === 'M01')
      .map(({ faultCode }) => faultCode);
    expect(faults.filter((fault) => fault !== undefined)).toEqual(['F1', 'F2', 'F3']);
  });

  test('a tag that is not there makes its machine bad, not the line', async () => {
    const server = await startServer();
    const { line, latest } = openLine(server, {
      machines: server.machines.map(({ code, tags }) => ({
        machineCode: code,
        tags: code === 'M02' ? { ...tags, goodCount: 'ns=1;s=Nowhere' } : tags,
      })),
    });
    await waitUntil('both', () => latest('M01') !== undefined && latest('M02') !== undefined, 15_000);
    expect(latest('M01')).toMatchObject({ quality: 'good' });
    expect(latest('M02')).toMatchObject({ quality: 'bad', state: 'running' });
    expect(line.state().status).toBe('online');
  });

  test('the server is restarted three times: offline is told, data again within 30 s, gaps marked', async () => {
    let server = await startServer();
    const port = Number(new URL(server.endpointUrl.replace('opc.tcp', 'http')).port);
    const { line, samples, states, latest } = openLine(server);
    await waitUntil('online', isOnline(line), 15_000);
    for (let round = 0; round < 3; round += 1) {
      await waitUntil('data', () => latest('M24')?.state === 'running', 15_000);
      await server.stop();
      await waitUntil('offline', () => latest('M24')?.state === 'offline', 10_000);
      expect(latest('M24')).toMatchObject({ quality: 'bad', problem: 'connection-lost' });
      const seen = samples.length;
      server = await startServer(port);
      await waitUntil('data again', () => latest('M24')?.state === 'running', 30_000);
      const after = samples.slice(seen).filter(({ machineCode }) => machineCode === 'M24');
      expect(after[0]).toMatchObject({ gap: true });
      expect(after.slice(1).some(({ gap }) => gap)).toBe(false);
    }
    const statuses = states.map(({ status }) => status);
    expect(statuses.filter((status, index) => status !== statuses[index - 1]).join(' ')).toBe(
      'online offline online offline online offline online',
    );
  });

  test('a server that falls silent is noticed and left, and nothing keeps running after close', async () => {
    const server = await startServer();
    const relay = await startRelay(Number(new URL(server.endpointUrl.replace('opc.tcp', 'http')).port));
    const { line, latest } = openLine(server, { endpointUrl: `opc.tcp://127.0.0.1:${relay.port}` });
    await waitUntil('data', () => latest('M01')?.state === 'running', 15_000);
    relay.setSilent(true);
    await waitUntil('silence noticed', () => line.state().status === 'offline', 15_000);
    expect(line.state().reason).toBe('silent');
    expect(latest('M01')?.state).toBe('offline');
    relay.setSilent(false);
    await waitUntil('data again', () => latest('M01')?.state === 'running', 30_000);
    await line.close();
    await waitUntil('no connection left', () => relay.connectionCount() === 0, 5000);
    expect(line.state()).toMatchObject({ status: 'offline', reason: 'closed' });
  });
});

describe('a line with SignAndEncrypt', () => {
  test('an unknown certificate is refused and kept; once a person trusts it, data flows', async () => {
    const server = await startServer();
    const { line, samples, certificates } = openLine(server, secured);
    await waitUntil('refused', () => line.state().reason === 'certificate-refused', 15_000);
    expect(certificates).toMatchObject([{ verdict: 'refused', code: 'unknown' }]);
    expect(samples).toEqual([]);
    const store = join(directory, 'client-pki');
    expect(await readdir(join(store, 'rejected'))).toHaveLength(1);
    expect(await trustRejectedCertificate(store, '00'.repeat(20))).toBe(false);
    expect(await trustRejectedCertificate(store, certificates[0]?.thumbprint ?? '')).toBe(true);
    await waitUntil('data', () => samples.length >= 24, 15_000);
    expect(certificates.at(-1)).toMatchObject({ verdict: 'trusted' });
  });

  test('first use takes the first server, and never a second one in its place', async () => {
    const server = await startServer();
    const port = Number(new URL(server.endpointUrl.replace('opc.tcp', 'http')).port);
    const { line, samples, certificates } = openLine(server, { ...secured, trust: 'first-use' });
    await waitUntil('data', () => samples.length >= 24, 15_000);
    expect(certificates).toMatchObject([{ verdict: 'trusted-on-first-use' }]);
    await server.stop();
    const impostor = await startServer(port, join(directory, 'impostor'));
    await waitUntil('refused', () => line.state().reason === 'certificate-refused', 20_000);
    expect(certificates.at(-1)).toMatchObject({ verdict: 'refused', code: 'unknown' });
    expect(samples.at(-1)?.state).toBe('offline');
    await impostor.stop();
  });
});

/** A wire that can go dead without breaking. */
async function startRelay(
  port: number,
): Promise<{ port: number; setSilent: (silent: boolean) => void; connectionCount: () => number }> {
  let silent = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    sockets.add(near);
    const wasSilent = (): boolean => silent;
    near.on('data', (bytes) => wasSilent() || far.write(bytes));
    far.on('data', (bytes) => wasSilent() || near.write(bytes));
    const end = (): void => {
      sockets.delete(near);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('close', end).on('error', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    setSilent: (next) => {
      silent = next;
    },
    connectionCount: () => sockets.size,
  };
}
