import type { MachineState, MachineTile, StateChange, line } from '#contract/line';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import { notFound } from '#contract/errors';
import type { MachineSample } from '#native/opcua/machine-sample';
import { readablePlant } from '#main/services/access';
import type { Core, SignedInCall } from '#main/services/core';
import { isUnavailable } from '#main/services/desk-command';
import { recordMachineState } from './commands.ts';
import { readHistory, readMachines, readRunningOperations } from './queries.ts';
import type { MachineRow, RunningOperation } from './queries.ts';

/** Tiles that moved are told to the clients this often. */
const publishIntervalMs = 250;
/** Counters go into the database at each change of state, and at least this often while they grow. */
const counterIntervalMs = 60_000;

/** In the mirror: what the machines are, for a station that starts without the database. */
const machinesSet = 'line.machines';

interface Machine {
  row: MachineRow;
  state: MachineState;
  stateSince: number;
  faultCode: string | null;
  goodCount: number;
  rejectCount: number;
  quality: 'good' | 'uncertain' | 'bad';
  sourceAt: number | null;
  recordedAt: number;
}

/** What the machines of the line do, live: samples come in, tiles and recorded changes go out. */
export function createLineService(core: Core) {
  const machines = new Map<string, Machine>();
  let running = new Map<string, RunningOperation>();
  const moved = new Set<string>();
  let publishTimer: NodeJS.Timeout | undefined;
  /** When what is known of the machines was read, where that was not from the database now; epoch ms. */
  let asOf: number | null = null;

  const tileOf = (machine: Machine): MachineTile => {
    const { row } = machine;
    const operation = running.get(row.lane_id);
    return {
      machineId: row.machine_id,
      plantId: row.plant_id,
      code: row.code,
      name: row.name,
      laneId: row.lane_id,
      laneCode: row.lane_code,
      state: machine.state,
      stateSince: machine.stateSince,
      faultCode: machine.faultCode,
      goodCount: machine.goodCount,
      rejectCount: machine.rejectCount,
      quality: machine.quality,
      sourceAt: machine.sourceAt,
      operationCode: operation?.code ?? null,
      progress: operation?.progress ?? null,
    };
  };

  const publishMoved = () => {
    publishTimer = undefined;
    const organizationId = core.stationSignedIn()?.identity.organizationId;
    if (organizationId === undefined) return;
    const tiles = [...moved].flatMap((code) => {
      const machine = machines.get(code);
      return machine ? [tileOf(machine)] : [];
    });
    moved.clear();
    for (const [plantId, ofPlant] of Map.groupBy(tiles, (tile) => tile.plantId)) {
      core.publish({ type: 'machines', machines: ofPlant }, { organizationId, plantId });
    }
  };
  const publishSoon = (code: string) => {
    moved.add(code);
    publishTimer ??= setTimeout(publishMoved, publishIntervalMs);
  };

  const record = (machine: Machine, at: number) => {
    const signedIn = core.stationSignedIn();
    if (!signedIn) return;
    machine.recordedAt = at;
    core.outbox
      .accept(
        recordMachineState,
        {
          machineId: machine.row.machine_id,
          plantId: machine.row.plant_id,
          machineCode: machine.row.code,
          state: machine.state,
          faultCode: machine.faultCode,
          quality: machine.quality,
          goodCount: machine.goodCount,
          rejectCount: machine.rejectCount,
          at,
        },
        { commandId: core.newId(), capturedAt: core.now(), signedIn },
      )
      .catch((error: unknown) => core.log.error({ error }, 'a change of state could not be recorded'));
  };

  const refreshOperations = async (): Promise<void> => {
    const token = core.stationSignedIn()?.token;
    if (token === undefined) return;
    try {
      const rows = await core.database.transaction({ token }, 'line.operations', readRunningOperations);
      running = new Map(rows.map((row) => [row.laneId, row]));
      for (const code of machines.keys()) publishSoon(code);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  };

  const readRows = async (): Promise<readonly MachineRow[]> => {
    const token = core.stationSignedIn()?.token;
    if (token !== undefined) {
      try {
        const rows = await core.database.transaction({ token }, 'line.load', readMachines);
        const entries = rows.map((row) => ({ key: row.machine_id, body: row }));
        core.mirror.replace(machinesSet, entries, core.now());
        asOf = null;
        return rows;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
      }
    }
    const kept = core.mirror.all<MachineRow>(machinesSet);
    asOf = kept.reduce((oldest, { storedAt }) => Math.min(oldest, storedAt), core.now());
    return kept.map(({ body }) => body);
  };

  return {
    /**
     * Reads the machines and their last states, from what this station remembers while the database is
     * away. Again, it keeps what the machines have said since.
     */
    async load(): Promise<void> {
      for (const row of await readRows()) {
        const known = machines.get(row.code);
        if (known) {
          known.row = row;
          continue;
        }
        const at = row.at ?? core.now();
        machines.set(row.code, {
          row,
          state: row.state ?? 'offline',
          stateSince: at,
          faultCode: row.fault_code,
          goodCount: row.good_count ?? 0,
          rejectCount: row.reject_count ?? 0,
          quality: row.quality ?? 'bad',
          sourceAt: row.at,
          recordedAt: at,
        });
      }
      await refreshOperations();
    },
    refreshOperations,
    /** A machine said something: the tile follows, a change of state is recorded. */
    onSample(sample: MachineSample): void {
      const machine = machines.get(sample.machineCode);
      if (!machine) {
        core.log.warn({ machine: sample.machineCode }, 'a sample of a machine that the plant does not have');
        return;
      }
      const changed = machine.state !== sample.state || machine.faultCode !== (sample.faultCode ?? null);
      if (machine.state !== sample.state) machine.stateSince = sample.sourceAt;
      machine.state = sample.state;
      machine.faultCode = sample.faultCode ?? null;
      machine.goodCount = sample.goodCount ?? machine.goodCount;
      machine.rejectCount = sample.rejectCount ?? machine.rejectCount;
      machine.quality = sample.quality;
      machine.sourceAt = sample.sourceAt;
      if (changed || sample.receivedAt - machine.recordedAt >= counterIntervalMs)
        record(machine, sample.sourceAt);
      publishSoon(sample.machineCode);
    },
    /** For the status strip: machines known, and how many of them speak with good quality. */
    counts(): { readonly machines: number; readonly good: number } {
      const all = [...machines.values()];
      return {
        machines: all.length,
        good: all.filter(({ quality, state }) => quality === 'good' && state !== 'offline').length,
      };
    },
    states(): ReadonlyMap<string, MachineState> {
      return new Map([...machines].map(([code, { state }]) => [code, state]));
    },
    /** What the simulators need to stand in for the machines of the plant. */
    simulatedMachines(): readonly {
      readonly code: string;
      readonly laneCode: string;
      readonly idealCycleMs: number;
    }[] {
      return [...machines.values()].map(({ row }) => ({
        code: row.code,
        laneCode: row.lane_code,
        idealCycleMs: row.ideal_cycle_time_ms,
      }));
    },
    /** The operation that runs or is paused on the lane of each machine, by machine code. */
    runningByMachine(): ReadonlyMap<string, RunningOperation> {
      return new Map(
        [...machines.values()].flatMap(({ row }) => {
          const operation = running.get(row.lane_id);
          return operation ? [[row.code, operation] as const] : [];
        }),
      );
    },
    stop(): void {
      clearTimeout(publishTimer);
    },

    async machines(
      call: SignedInCall,
      { plantId }: ParsedInputOf<typeof line.machines>,
    ): Promise<OutputOf<typeof line.machines>> {
      readablePlant(call.signedIn, plantId);
      const tiles = [...machines.values()].filter(({ row }) => row.plant_id === plantId).map(tileOf);
      return { source: asOf === null ? 'database' : 'cache', asOf: asOf ?? core.now(), machines: tiles };
    },
    async history(
      call: SignedInCall,
      { machineId, limit }: ParsedInputOf<typeof line.history>,
    ): Promise<readonly StateChange[]> {
      const known = [...machines.values()].find(({ row }) => row.machine_id === machineId);
      if (!known) throw notFound('error.unknown-machine', { code: machineId });
      readablePlant(call.signedIn, known.row.plant_id);
      return core.database.transaction({ token: call.signedIn.token }, 'line.history', (transaction) =>
        readHistory(transaction, machineId, limit),
      );
    },
  };
}
