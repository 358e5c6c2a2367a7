/** The services of a core, wired to its devices: what comes over a wire ends in a service, and the other way round. */
import { join } from 'node:path';
import type { ChangeSubject } from '#contract/events';
import type { CoreConfig } from '#contract/host';
import type { SystemStatus } from '#contract/system';
import { correlated } from '#main/correlation';
import type { Core, Log, SignedInCall } from '#main/services/core';
import { createContactsService } from '#main/services/contacts/service';
import { createDataQualityService } from '#main/services/data-quality/service';
import { createGenealogyService } from '#main/services/genealogy/service';
import { createJobsService } from '#main/services/jobs/service';
import { createLanesService } from '#main/services/lanes/service';
import { createLineService } from '#main/services/line/service';
import { createPackingService } from '#main/services/packing/service';
import type { PackingPrinter } from '#main/services/packing/service';
import { createPeopleService } from '#main/services/people/service';
import { createRecordsService } from '#main/services/records/service';
import { createSchedulesService } from '#main/services/schedules/service';
import { createSimulatorsService } from '#main/services/simulators/service';
import { createStationsService } from '#main/services/stations/service';
import type { Change } from '#main/sync/change-feed';
import { demoPrinters } from '#main/demo/demo-definition';
import { createZebraPrinter } from '#native/printers/zebra-printer';
import { openDevices } from './devices.ts';
import type { Devices, DeviceWiring } from './devices.ts';
import type { Settings } from './settings.ts';
import { startSimulatorsWorker } from './simulators-worker.ts';
import type { SimulatorsHandle } from './simulators-worker.ts';

export interface Services {
  readonly lanes: ReturnType<typeof createLanesService>;
  readonly schedules: ReturnType<typeof createSchedulesService>;
  readonly stations: ReturnType<typeof createStationsService>;
  readonly packing: ReturnType<typeof createPackingService>;
  readonly dataQuality: ReturnType<typeof createDataQualityService>;
  readonly genealogy: ReturnType<typeof createGenealogyService>;
  readonly jobs: ReturnType<typeof createJobsService>;
  readonly people: ReturnType<typeof createPeopleService>;
  readonly contacts: ReturnType<typeof createContactsService>;
  readonly records: ReturnType<typeof createRecordsService>;
  readonly line: ReturnType<typeof createLineService>;
  readonly simulators: ReturnType<typeof createSimulatorsService>;
  simulated(): boolean;
  deviceStatus(): Pick<SystemStatus, 'line' | 'scanner' | 'gauge' | 'printers'>;
  /** Opens the wires; with the simulators at their other end where that is wanted. */
  openLine(simulate: boolean): Promise<void>;
  closeLine(): Promise<void>;
  /** Brings what the station knows up to date: its machines, and its mirror plant by plant. */
  catchUp(): Promise<void>;
  onChanges(changes: readonly Change[]): void;
}

/** Changes come in bursts: what follows them follows this much later. */
const followDelayMs = 250;
const operationSubjects: ReadonlySet<ChangeSubject> = new Set([
  'operations',
  'production-logs',
  'measurements',
]);
const packingSubjects: ReadonlySet<ChangeSubject> = new Set(['serials', 'cartons', 'labels']);

export function createServices(options: {
  readonly core: Core;
  readonly config: CoreConfig;
  readonly settings: Settings;
  readonly simulatorsEntry: URL;
  readonly log: Log;
  readonly onDeviceState: () => void;
}): Services {
  const { core, config, settings, log } = options;
  const lanes = createLanesService(core);
  const schedules = createSchedulesService(core);
  const stations = createStationsService(core);
  const line = createLineService(core);
  const genealogy = createGenealogyService(core);
  const records = createRecordsService(core);
  let simulators: SimulatorsHandle | undefined;
  let devices: Devices | undefined;
  let printers: readonly PackingPrinter[] = [];
  const packing = createPackingService(core, () => printers);
  const simulatorsService = createSimulatorsService(core, () => simulators ?? null, {
    states: () => line.states(),
    work: () => {
      const running = line.runningByMachine();
      return line.simulatedMachines().map(({ code, idealCycleMs }) => ({
        code,
        idealCycleMs,
        work: running.get(code)?.status ?? null,
      }));
    },
  });

  /** Machines come and go by the dozen when a line does: the strip is told once. */
  let countsTimer: NodeJS.Timeout | undefined;
  const countsChanged = () => {
    countsTimer ??= setTimeout(() => {
      countsTimer = undefined;
      options.onDeviceState();
    }, followDelayMs);
  };

  const wired = (host: string, port: number) => createZebraPrinter({ host, port });

  /** Printers, machines and wires of the simulated line. */
  const startSimulators = async (): Promise<DeviceWiring> => {
    const machines = line.simulatedMachines();
    if (machines.length === 0) return {};
    simulators = await startSimulatorsWorker(options.simulatorsEntry, {
      dataDir: join(config.dataDir, 'simulators'),
      machines,
      printerCodes: demoPrinters.map(({ code }) => code),
    });
    const found = simulators.describe();
    printers = found.printers.map(({ code, host, port }) => ({
      code,
      name: code,
      plantCode: null,
      printer: wired(host, port),
    }));
    await simulatorsService.followSchedule();
    return {
      scanner: { transport: found.scanner.transport, duplicateWindowMs: 800 },
      gauge: { transport: found.gauge.transport },
      opcUa: {
        endpointUrl: found.opcUa.endpointUrl,
        securityPolicy: 'Basic256Sha256',
        securityMode: 'SignAndEncrypt',
        trust: 'first-use',
        machines: found.opcUa.machines.map(({ code, tags }) => ({ machineCode: code, tags })),
      },
    };
  };

  const scanFromWire = (code: string, source: 'serial' | 'tcp') => {
    const person = core.personAtStation();
    if (!person) {
      core.publish({ type: 'device-problem', device: 'scanner', reason: 'nobody-signed-in', at: core.now() });
      return;
    }
    const call: SignedInCall = { correlationId: core.newId(), clientId: 'wire', signedIn: person };
    correlated(call.correlationId, () =>
      stations.scan(call, { commandId: core.newId(), code, source }),
    ).catch((error: unknown) => {
      log.error({ error }, 'a scan could not be taken');
      core.publish({ type: 'device-problem', device: 'scanner', reason: 'not-taken', at: core.now() });
    });
  };

  let mirrorTimer: NodeJS.Timeout | undefined;
  /** What of each plant changed since the mirror last followed; operations by id, or all of them. */
  let stale = new Map<string, { operations: Set<string> | 'all'; packing: boolean }>();
  const staleOf = (plantId: string) => {
    const found = stale.get(plantId) ?? { operations: new Set<string>(), packing: false };
    stale.set(plantId, found);
    return found;
  };
  const markStale = ({ plantId, subject, ids }: Change) => {
    if (plantId === null) return;
    if (packingSubjects.has(subject)) staleOf(plantId).packing = true;
    if (subject === 'work-orders') staleOf(plantId).operations = 'all';
    if (!operationSubjects.has(subject)) return;
    const plant = staleOf(plantId);
    // A statement that touched many rows does not name them.
    if (ids.length === 0) plant.operations = 'all';
    else if (plant.operations !== 'all') for (const id of ids) plant.operations.add(id);
  };
  const followChanges = async () => {
    mirrorTimer = undefined;
    const changed = stale;
    stale = new Map();
    for (const [plantId, { operations, packing: packed }] of changed) {
      try {
        if (operations === 'all') await stations.refreshMirror(plantId);
        else if (operations.size > 0) await stations.refreshMirror(plantId, [...operations]);
        if (packed) await packing.refreshMirror(plantId);
      } catch (error) {
        log.warn({ error }, 'the mirror could not be brought up to date');
      }
    }
  };
  const followSoon = () => {
    if (stale.size > 0) mirrorTimer ??= setTimeout(() => void followChanges(), followDelayMs);
  };
  const refreshMirrors = async () => {
    const plants = core.stationSignedIn()?.identity.plants ?? core.personAtStation()?.identity.plants ?? [];
    for (const { id } of plants) stale.set(id, { operations: 'all', packing: true });
    clearTimeout(mirrorTimer);
    await followChanges();
  };

  return {
    lanes,
    schedules,
    stations,
    packing,
    dataQuality: createDataQualityService(core),
    jobs: createJobsService(core),
    people: createPeopleService(core),
    contacts: createContactsService(core),
    genealogy,
    records,
    line,
    simulators: simulatorsService,
    simulated: () => simulators !== undefined,
    deviceStatus() {
      const now = core.now();
      const absent = (code: string) => ({ code, state: 'absent' as const, reason: null, since: now });
      const status = devices?.status() ?? {
        scanner: absent('scanner'),
        gauge: absent('gauge'),
        line: { state: 'absent' as const, reason: null },
      };
      return {
        scanner: status.scanner,
        gauge: status.gauge,
        line: { ...status.line, ...line.counts() },
        printers: packing.printerStatus(),
      };
    },
    async openLine(simulate) {
      await line.load();
      const simulated = simulate ? await startSimulators() : {};
      if (printers.length === 0) {
        printers = settings.printers.map(({ host, port, code, name, plantCode }) => ({
          code,
          name,
          plantCode,
          printer: wired(host, port),
        }));
      }
      const wiring: DeviceWiring = {
        scanner: settings.scanner ?? simulated.scanner,
        gauge: settings.gauge ?? simulated.gauge,
        opcUa: settings.opcUa ?? simulated.opcUa,
      };
      devices = openDevices(
        wiring,
        {
          onScan: (code, source) => scanFromWire(code, source),
          onGauge: (value, unit, at) => core.publish({ type: 'gauge', value, unit, at }),
          onMachine: (sample) => {
            const before = line.counts().good;
            line.onSample(sample);
            if (line.counts().good !== before) countsChanged();
          },
          onProblem: (device, reason, at) => core.publish({ type: 'device-problem', device, reason, at }),
          onState: options.onDeviceState,
        },
        config.dataDir,
        log,
      );
    },
    async closeLine() {
      clearTimeout(mirrorTimer);
      clearTimeout(countsTimer);
      simulatorsService.stop();
      line.stop();
      await devices?.close();
      await Promise.all(printers.map(({ printer }) => printer.close()));
      await simulators?.stop();
    },
    async catchUp() {
      await line.load();
      await refreshMirrors();
    },
    onChanges(changes) {
      for (const change of changes) markStale(change);
      followSoon();
      if (changes.some(({ subject }) => subject === 'genealogy')) genealogy.invalidate();
      if (changes.some(({ subject }) => subject === 'operations')) {
        void line.refreshOperations().then(() => simulatorsService.followSchedule());
      }
    },
  };
}
