/** Drives the simulated line by hand, and keeps it doing what the plan says. */
import { notFound, unavailable } from '#contract/errors';
import type { MachineState } from '#contract/line';
import type { ParsedInputOf } from '#contract/procedures';
import type { SimulatorView, simulators } from '#contract/simulators';
import type { SimulatorCommand, SimulatorReply, SimulatorsDescription } from '#native/simulators/simulators';
import type { Core, SignedInCall } from '#main/services/core';
import { scheduleSegments } from './schedule.ts';
import type { SimulatedWork } from './schedule.ts';

/** The simulated line, wherever it runs. */
export interface SimulatedLineHandle {
  describe(): SimulatorsDescription;
  perform(command: SimulatorCommand): Promise<SimulatorReply>;
}

/** What the simulated machines should do and what they are seen doing. */
export interface LineView {
  work(): readonly SimulatedWork[];
  states(): ReadonlyMap<string, MachineState>;
}

const scheduleIntervalMs = 60_000;
const scheduleAheadMs = 3_600_000;

/** @param handle the running simulators; null when this core runs without. */
export function createSimulatorsService(
  core: Core,
  handle: () => SimulatedLineHandle | null,
  line: LineView,
) {
  const byHand = new Set<string>();
  const printers = new Map<string, { paperOut: boolean; paused: boolean }>();
  let timer: NodeJS.Timeout | undefined;

  const required = (): SimulatedLineHandle => {
    const found = handle();
    if (!found) throw unavailable('error.no-simulators');
    return found;
  };
  const perform = async (command: SimulatorCommand): Promise<null> => {
    const reply = await required().perform(command);
    if (reply.ok) return null;
    if (reply.reason === 'not-connected') throw unavailable('error.simulator-not-connected');
    throw notFound(`error.${reply.reason}`);
  };

  const followSchedule = async (): Promise<void> => {
    clearTimeout(timer);
    const simulated = handle();
    if (!simulated) return;
    const now = core.now();
    await simulated.perform({
      type: 'set-schedule',
      segments: scheduleSegments(line.work(), now, now + scheduleAheadMs),
    });
    timer = setTimeout(() => void followSchedule(), scheduleIntervalMs);
  };

  return {
    /** Gives the machines the plan of the next hour, now and every minute; call again when operations change. */
    followSchedule,
    stop(): void {
      clearTimeout(timer);
    },

    async view(_call: SignedInCall): Promise<SimulatorView> {
      const simulated = handle();
      if (!simulated) {
        return {
          running: false,
          opcUaEndpoint: null,
          scannerPath: null,
          gaugePath: null,
          machines: [],
          printers: [],
        };
      }
      const found = simulated.describe();
      const states = line.states();
      const placeOf = ({ transport }: SimulatorsDescription['scanner']) =>
        transport.kind === 'serial' ? transport.path : `tcp://${transport.host}:${transport.port}`;
      return {
        running: true,
        opcUaEndpoint: found.opcUa.endpointUrl,
        scannerPath: placeOf(found.scanner),
        gaugePath: placeOf(found.gauge),
        machines: found.opcUa.machines.map(({ code }) => ({
          code,
          state: states.get(code) ?? 'offline',
          byHand: byHand.has(code),
        })),
        printers: await Promise.all(
          found.printers.map(async ({ code, port }) => {
            const reply = await simulated.perform({ type: 'printed-labels', printerCode: code });
            const set = printers.get(code) ?? { paperOut: false, paused: false };
            const labels = (reply.ok && reply.labels) || [];
            return {
              code,
              port,
              ...set,
              printed: labels.map(({ printedAt, zpl }) => ({ at: printedAt, zpl })),
            };
          }),
        ),
      };
    },
    scan: (_call: SignedInCall, { code }: ParsedInputOf<typeof simulators.scan>) =>
      perform({ type: 'scan', code }),
    measure: (_call: SignedInCall, { value, unit }: ParsedInputOf<typeof simulators.measure>) =>
      perform({ type: 'measure', value, unit }),
    async machine(
      _call: SignedInCall,
      { code, state }: ParsedInputOf<typeof simulators.machine>,
    ): Promise<null> {
      if (state === null) {
        await perform({ type: 'release-machine', code });
        byHand.delete(code);
        return null;
      }
      await perform(state === 'running' ? { type: 'run-machine', code } : { type: 'stop-machine', code });
      byHand.add(code);
      return null;
    },
    async printer(
      _call: SignedInCall,
      { code, paperOut, paused }: ParsedInputOf<typeof simulators.printer>,
    ): Promise<null> {
      const set = printers.get(code) ?? { paperOut: false, paused: false };
      if (paperOut !== undefined) {
        await perform({ type: 'paper-out', printerCode: code, paperOut });
        set.paperOut = paperOut;
      }
      if (paused !== undefined) {
        await perform({ type: 'pause-printer', printerCode: code, paused });
        set.paused = paused;
      }
      printers.set(code, set);
      return null;
    },
  };
}
