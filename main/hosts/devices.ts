/** Opens the wires that the settings (or the simulators) name and leads what comes over them to the services. */
import { join } from 'node:path';
import type { DeviceStatus, LinkState, SystemStatus } from '#contract/system';
import { openLineDevice } from '#native/devices/line-device';
import type { LineDevice, LineDeviceOptions } from '#native/devices/line-device';
import type { ConnectionState } from '#native/devices/connection-state';
import { openGauge } from '#native/gauges/gauge';
import { setDriverLog } from '#native/opcua/driver-log';
import { openOpcUaLine } from '#native/opcua/opcua-line';
import type { OpcUaLine } from '#native/opcua/opcua-line';
import type { OpcUaLineOptions } from '#native/opcua/opcua-line-types';
import type { MachineSample } from '#native/opcua/machine-sample';
import type { Log } from '#main/services/core';

export interface DeviceHandlers {
  onScan(code: string, source: 'serial' | 'tcp', at: number): void;
  onGauge(value: number, unit: string | null, at: number): void;
  onMachine(sample: MachineSample): void;
  onProblem(device: string, reason: string, at: number): void;
  /** A device came or went: the status strip is to be told. */
  onState(): void;
}

export interface DeviceWiring {
  readonly scanner?: LineDeviceOptions | undefined;
  readonly gauge?: Pick<LineDeviceOptions, 'transport' | 'framing'> | undefined;
  readonly opcUa?:
    | Pick<OpcUaLineOptions, 'endpointUrl' | 'securityPolicy' | 'securityMode' | 'trust' | 'machines'>
    | undefined;
}

export interface Devices {
  status(): Pick<SystemStatus, 'scanner' | 'gauge'> & {
    readonly line: Pick<SystemStatus['line'], 'state' | 'reason'>;
  };
  close(): Promise<void>;
}

const linkStates: Readonly<Record<ConnectionState['status'], LinkState>> = {
  connecting: 'starting',
  online: 'online',
  offline: 'offline',
};

export function openDevices(
  wiring: DeviceWiring,
  handlers: DeviceHandlers,
  dataDir: string,
  log: Log,
): Devices {
  const openedAt = Date.now();
  const onState = (device: string) => (state: ConnectionState) => {
    log.info({ device, status: state.status, reason: state.reason }, 'device state');
    handlers.onState();
  };
  const onMalformed =
    (device: string) => (input: { reason: string; receivedAt: number; bytes: Uint8Array }) => {
      log.warn(
        { device, reason: input.reason, bytes: Buffer.from(input.bytes).toString('hex') },
        'unreadable input',
      );
      handlers.onProblem(device, input.reason, input.receivedAt);
    };

  let scanner: LineDevice | undefined;
  if (wiring.scanner) {
    const source = wiring.scanner.transport.kind;
    scanner = openLineDevice(wiring.scanner, {
      onCode: ({ code, receivedAt }) => handlers.onScan(code, source, receivedAt),
      onState: onState('scanner'),
      onMalformed: onMalformed('scanner'),
    });
  }
  let gauge: LineDevice | undefined;
  if (wiring.gauge) {
    gauge = openGauge(wiring.gauge, {
      onReading: ({ value, unit, receivedAt }) => handlers.onGauge(value, unit ?? null, receivedAt),
      onBadLine: ({ reason, receivedAt }) => handlers.onProblem('gauge', reason, receivedAt),
      onState: onState('gauge'),
      onMalformed: onMalformed('gauge'),
    });
  }
  let line: OpcUaLine | undefined;
  setDriverLog((level, text) =>
    level === 'error' ? log.error({ text }, 'OPC-UA driver') : log.warn({ text }, 'OPC-UA driver'),
  );
  if (wiring.opcUa) {
    line = openOpcUaLine(
      {
        ...wiring.opcUa,
        certificateStoreDir: join(dataDir, 'opcua'),
        samplingIntervalMs: 250,
        publishingIntervalMs: 250,
      },
      {
        onMachine: handlers.onMachine,
        onState: onState('line'),
        onCertificate: (decision) => log.info({ decision }, 'machine server certificate judged'),
      },
    );
  }

  const statusOf = (code: string, device: { state(): ConnectionState } | undefined): DeviceStatus => {
    if (!device) return { code, state: 'absent', reason: null, since: openedAt };
    const state = device.state();
    return { code, state: linkStates[state.status], reason: state.reason ?? null, since: state.since };
  };
  return {
    status: () => {
      const { state, reason } = statusOf('line', line);
      return {
        scanner: statusOf('scanner', scanner),
        gauge: statusOf('gauge', gauge),
        line: { state, reason },
      };
    },
    async close() {
      await Promise.all([scanner?.close(), gauge?.close(), line?.close()]);
    },
  };
}
