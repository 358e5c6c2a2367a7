import { join } from 'node:path';

import { scheduleFromSegments, steadySchedule } from '#native/simulators/machine-schedule';
import type { MachineSchedule, ScheduleSegment, SimulatedMachine } from '#native/simulators/machine-schedule';
import { startSimulatedMachines } from '#native/simulators/simulated-machines';
import type { SimulatedMachineTags, SimulatedMachines } from '#native/simulators/simulated-machines';
import { startSimulatedPrinter } from '#native/simulators/simulated-printer';
import type { PrintedLabel, SimulatedPrinter } from '#native/simulators/simulated-printer';
import { startSimulatedGauge, startSimulatedScanner } from '#native/simulators/simulated-scanner';
import type { SerialTransport } from '#native/serial/serial-wire';
import type { TcpTransport } from '#native/tcp/tcp-wire';

export interface SimulatorsOptions {
  /** Certificates and the pty links are kept here. */
  readonly dataDir: string;
  readonly machines: readonly SimulatedMachine[];
  /** Default: `steadySchedule`. On the far side of a worker, send `set-schedule` instead. */
  readonly schedule?: MachineSchedule;
  /** Codes of the label printers, one simulated printer each. */
  readonly printerCodes: readonly string[];
  /** Each 0 (default) for any free port. */
  readonly ports?: { readonly opcUa?: number; readonly printers?: Readonly<Record<string, number>> };
  /** `tcp` puts scanner and gauge on TCP even where socat is installed. */
  readonly wire?: 'pty-if-possible' | 'tcp';
}

/** Where everything is; plain data. */
export interface SimulatorsDescription {
  readonly opcUa: {
    readonly endpointUrl: string;
    readonly machines: readonly (SimulatedMachine & { readonly tags: SimulatedMachineTags })[];
  };
  readonly printers: readonly { readonly code: string; readonly host: string; readonly port: number }[];
  readonly scanner: { readonly transport: SerialTransport | TcpTransport };
  readonly gauge: { readonly transport: SerialTransport | TcpTransport };
}

/** What a person can do to the simulated plant; plain data, so that it crosses to a worker. */
export type SimulatorCommand =
  | { readonly type: 'scan'; readonly code: string }
  | { readonly type: 'measure'; readonly value: number; readonly unit?: string | undefined }
  | { readonly type: 'plug'; readonly device: 'scanner' | 'gauge'; readonly plugged: boolean }
  | { readonly type: 'stop-machine'; readonly code: string; readonly faultCode?: string | undefined }
  | { readonly type: 'run-machine'; readonly code: string }
  | { readonly type: 'release-machine'; readonly code: string }
  | { readonly type: 'set-schedule'; readonly segments: readonly ScheduleSegment[] }
  | { readonly type: 'paper-out'; readonly printerCode: string; readonly paperOut: boolean }
  | { readonly type: 'pause-printer'; readonly printerCode: string; readonly paused: boolean }
  | { readonly type: 'open-head'; readonly printerCode: string; readonly headOpen: boolean }
  | { readonly type: 'drop-connection'; readonly printerCode: string; readonly atByte: number }
  | { readonly type: 'printed-labels'; readonly printerCode: string };

export type SimulatorReply =
  | { readonly ok: true; readonly labels?: readonly PrintedLabel[] }
  | { readonly ok: false; readonly reason: 'no-such-machine' | 'no-such-printer' | 'not-connected' };

export interface Simulators {
  describe: () => SimulatorsDescription;
  perform: (command: SimulatorCommand) => Promise<SimulatorReply>;
  /** Resolves when every port is closed and no child process is left. */
  stop: () => Promise<void>;
}

/**
 * Starts the plant that stands in for a real one: an OPC-UA server, label printers, a scanner and a
 * gauge, all on 127.0.0.1. It installs no signal handlers, ends no process, and takes and gives plain
 * data only, so that it runs in a worker as well as beside its caller.
 */
export async function startSimulators(options: SimulatorsOptions): Promise<Simulators> {
  const started: { stop: () => Promise<void> }[] = [];
  const keep = <Part extends { stop: () => Promise<void> }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((part) => part.stop()));
  };
  const lineOptions = {
    directory: join(options.dataDir, 'lines'),
    ...(options.wire ? { wire: options.wire } : {}),
  };
  try {
    const printers = new Map<string, SimulatedPrinter>();
    for (const code of options.printerCodes) {
      const port = options.ports?.printers?.[code] ?? 0;
      printers.set(code, keep(await startSimulatedPrinter({ port })));
    }
    const scanner = keep(await startSimulatedScanner(lineOptions));
    const gauge = keep(await startSimulatedGauge(lineOptions));
    const machines = keep(
      await startSimulatedMachines({
        machines: options.machines,
        schedule: options.schedule ?? steadySchedule(options.machines),
        dataDir: options.dataDir,
        port: options.ports?.opcUa ?? 0,
      }),
    );
    return {
      describe: () => ({
        opcUa: { endpointUrl: machines.endpointUrl, machines: machines.machines },
        printers: [...printers].map(([code, { host, port }]) => ({ code, host, port })),
        scanner: { transport: scanner.transport },
        gauge: { transport: gauge.transport },
      }),
      async perform(command) {
        switch (command.type) {
          case 'scan':
            return sent(await scanner.scan(command.code));
          case 'measure':
            return sent(await gauge.measure(command.value, command.unit));
          case 'plug':
            await (command.device === 'scanner' ? scanner : gauge).setPlugged(command.plugged);
            return { ok: true };
          case 'stop-machine':
          case 'run-machine':
          case 'release-machine':
            return performOnMachine(machines, command);
          case 'set-schedule':
            machines.setSchedule(scheduleFromSegments(command.segments));
            return { ok: true };
          default: {
            const printer = printers.get(command.printerCode);
            return printer ? performOnPrinter(printer, command) : { ok: false, reason: 'no-such-printer' };
          }
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function sent(arrived: boolean): SimulatorReply {
  return arrived ? { ok: true } : { ok: false, reason: 'not-connected' };
}

function performOnMachine(
  machines: SimulatedMachines,
  command: Extract<SimulatorCommand, { type: 'stop-machine' | 'run-machine' | 'release-machine' }>,
): SimulatorReply {
  const found =
    command.type === 'stop-machine'
      ? machines.stopMachine(command.code, command.faultCode)
      : command.type === 'run-machine'
        ? machines.runMachine(command.code)
        : machines.release(command.code);
  return found ? { ok: true } : { ok: false, reason: 'no-such-machine' };
}

function performOnPrinter(
  printer: SimulatedPrinter,
  command: Extract<SimulatorCommand, { printerCode: string }>,
): SimulatorReply {
  switch (command.type) {
    case 'paper-out':
      printer.setPaperOut(command.paperOut);
      return { ok: true };
    case 'pause-printer':
      printer.setPaused(command.paused);
      return { ok: true };
    case 'open-head':
      printer.setHeadOpen(command.headOpen);
      return { ok: true };
    case 'drop-connection':
      printer.dropConnectionAtByte(command.atByte);
      return { ok: true };
    case 'printed-labels':
      return { ok: true, labels: printer.printed() };
  }
}
