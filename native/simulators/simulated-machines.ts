import { join } from 'node:path';
import {
  DataType,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  StatusCodes,
  nodesets,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua';
import type { Namespace, UAObject, UAVariable } from 'node-opcua';

import { takeOverDriverLog } from '#native/opcua/driver-log';
import type { MachineActivity, MachineSchedule, SimulatedMachine } from '#native/simulators/machine-schedule';

takeOverDriverLog(setWarningLogger, setErrorLogger);

export interface SimulatedMachinesOptions {
  readonly machines: readonly SimulatedMachine[];
  readonly schedule: MachineSchedule;
  /** Keys and certificates live in `<dataDir>/opcua-server`, made once and used again. */
  readonly dataDir: string;
  /** 0 (default) is any free port. */
  readonly port?: number;
  /** How often the machines move; default 250. */
  readonly tickMs?: number;
  readonly nowMs?: () => number;
}

/** Where the tags of a machine are, in the form that `openOpcUaLine` takes. */
export interface SimulatedMachineTags {
  readonly state: string;
  readonly goodCount: string;
  readonly rejectCount: string;
  readonly fault: string;
}

export interface SimulatedMachines {
  readonly endpointUrl: string;
  readonly machines: readonly (SimulatedMachine & { readonly tags: SimulatedMachineTags })[];
  /** False when there is no such machine; likewise below. */
  stopMachine: (code: string, faultCode?: string) => boolean;
  runMachine: (code: string) => boolean;
  /** Back to what the schedule says. */
  release: (code: string) => boolean;
  setSchedule: (schedule: MachineSchedule) => void;
  stop: () => Promise<void>;
}

interface LiveMachine {
  readonly machine: SimulatedMachine;
  readonly state: UAVariable;
  readonly goodCount: UAVariable;
  readonly rejectCount: UAVariable;
  readonly fault: UAVariable;
  override: MachineActivity | undefined;
  shown: string;
  /** Pieces under way, as fractions. */
  madeShare: number;
  rejectShare: number;
  good: number;
  reject: number;
}

const msPerHour = 3_600_000;

/**
 * An OPC-UA server on 127.0.0.1 with `Objects/Machines/<code>/{State,GoodCount,RejectCount,FaultCode}`.
 * Its own certificate is as good as any PLC's (self-signed); it takes every client's certificate, which
 * a simulator on the loopback may do and nothing else.
 */
export async function startSimulatedMachines(options: SimulatedMachinesOptions): Promise<SimulatedMachines> {
  const nowMs = options.nowMs ?? Date.now;
  const certificateManager = new OPCUACertificateManager({
    rootFolder: join(options.dataDir, 'opcua-server'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificateManager.initialize();
  const server = new OPCUAServer({
    port: options.port ?? 0,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverCertificateManager: certificateManager,
    userCertificateManager: certificateManager,
    registerServerMethod: RegisterServerMethod.HIDDEN,
    nodeset_filename: [nodesets.standard],
    maxConnectionsPerEndpoint: 50,
    buildInfo: { productName: 'Lanewright simulated line', productUri: 'urn:lanewright:simulated-line' },
    serverInfo: { applicationUri: 'urn:lanewright:simulated-line' },
  });
  await server.initialize();
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error('node-opcua started a server without an address space.');
  const namespace = addressSpace.getOwnNamespace();
  const folder = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: 'Machines' });
  const live = new Map(
    options.machines.map((machine) => [machine.code, addMachine(namespace, folder, machine)]),
  );
  let { schedule } = options;
  let lastTickAt = nowMs();
  tick();
  await server.start();
  const timer = setInterval(tick, options.tickMs ?? 250);

  function tick(): void {
    const now = nowMs();
    const elapsedMs = Math.max(0, now - lastTickAt);
    lastTickAt = now;
    for (const each of live.values()) {
      advance(each, each.override ?? schedule(each.machine.code, now), elapsedMs, new Date(now));
    }
  }

  function override(code: string, activity: MachineActivity | undefined): boolean {
    const each = live.get(code);
    if (!each) return false;
    each.override = activity;
    tick();
    return true;
  }

  return {
    endpointUrl: server.getEndpointUrl(),
    machines: options.machines.map((machine) => ({ ...machine, tags: tagsOf(namespace, machine.code) })),
    stopMachine: (code, faultCode = 'F999') =>
      override(code, { state: 'down', ratePerHour: 0, rejectShare: 0, faultCode }),
    runMachine(code) {
      const idealCycleMs = live.get(code)?.machine.idealCycleMs ?? 1000;
      return override(code, { state: 'running', ratePerHour: msPerHour / idealCycleMs, rejectShare: 0 });
    },
    release: (code) => override(code, undefined),
    setSchedule(next) {
      schedule = next;
      tick();
    },
    async stop() {
      clearInterval(timer);
      await server.shutdown(0);
      await certificateManager.dispose();
    },
  };
}

function tagsOf(namespace: Namespace, code: string): SimulatedMachineTags {
  const nodeId = (name: string): string => `ns=${namespace.index};s=Machines/${code}/${name}`;
  return {
    state: nodeId('State'),
    goodCount: nodeId('GoodCount'),
    rejectCount: nodeId('RejectCount'),
    fault: nodeId('FaultCode'),
  };
}

function addMachine(namespace: Namespace, folder: UAObject, machine: SimulatedMachine): LiveMachine {
  const object = namespace.addObject({
    organizedBy: folder,
    browseName: machine.code,
    nodeId: `s=Machines/${machine.code}`,
  });
  const add = (name: string, dataType: DataType, value: string | number): UAVariable => {
    const variable = namespace.addVariable({
      componentOf: object,
      browseName: name,
      nodeId: `s=Machines/${machine.code}/${name}`,
      dataType,
      minimumSamplingInterval: 50,
    });
    variable.setValueFromSource({ dataType, value });
    return variable;
  };
  return {
    machine,
    state: add('State', DataType.String, 'idle'),
    goodCount: add('GoodCount', DataType.UInt32, 0),
    rejectCount: add('RejectCount', DataType.UInt32, 0),
    fault: add('FaultCode', DataType.String, ''),
    override: undefined,
    shown: '',
    madeShare: 0,
    rejectShare: 0,
    good: 0,
    reject: 0,
  };
}

function advance(each: LiveMachine, activity: MachineActivity, elapsedMs: number, at: Date): void {
  const goodBefore = each.good;
  const rejectBefore = each.reject;
  if (activity.state === 'running') {
    each.madeShare += (activity.ratePerHour * elapsedMs) / msPerHour;
    for (; each.madeShare >= 1; each.madeShare -= 1) {
      each.rejectShare += activity.rejectShare;
      if (each.rejectShare >= 1) {
        each.rejectShare -= 1;
        each.reject += 1;
      } else each.good += 1;
    }
  }
  const status = activity.state === 'offline' ? StatusCodes.BadNoCommunication : StatusCodes.Good;
  const shown = `${activity.state}/${activity.faultCode ?? ''}`;
  const changed = shown !== each.shown;
  each.shown = shown;
  // Values are written only when they change: a source timestamp that moves without a change is noise.
  if (changed) {
    each.state.setValueFromSource({ dataType: DataType.String, value: activity.state }, status, at);
    const fault = { dataType: DataType.String, value: activity.faultCode ?? '' };
    each.fault.setValueFromSource(fault, status, at);
  }
  if (changed || each.good !== goodBefore) {
    each.goodCount.setValueFromSource({ dataType: DataType.UInt32, value: each.good }, status, at);
  }
  if (changed || each.reject !== rejectBefore) {
    each.rejectCount.setValueFromSource({ dataType: DataType.UInt32, value: each.reject }, status, at);
  }
}
