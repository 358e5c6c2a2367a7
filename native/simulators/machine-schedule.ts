import type { MachineState } from '#native/opcua/machine-sample';

/** What a simulated machine does at an instant. `offline` makes its tags unreadable. */
export interface MachineActivity {
  readonly state: MachineState;
  /** Pieces an hour, good and bad together; counts only while running. */
  readonly ratePerHour: number;
  /** 0 to 1. */
  readonly rejectShare: number;
  readonly faultCode?: string;
}

/** A pure function, so that the same plan gives the same day. `now` is epoch milliseconds. */
export type MachineSchedule = (machineCode: string, now: number) => MachineActivity;

export interface SimulatedMachine {
  readonly code: string;
  readonly laneCode: string;
  readonly idealCycleMs: number;
}

/** One stretch of one machine's plan, as data that crosses to a worker. */
export interface ScheduleSegment extends MachineActivity {
  readonly machineCode: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

const msPerHour = 3_600_000;
const idle: MachineActivity = { state: 'idle', ratePerHour: 0, rejectShare: 0 };

/** Machines do what their segments say and idle between them; of overlapping ones the later start holds. */
export function scheduleFromSegments(segments: readonly ScheduleSegment[]): MachineSchedule {
  const byMachine = Map.groupBy(segments, (segment) => segment.machineCode);
  for (const list of byMachine.values()) list.sort((left, right) => left.startsAt - right.startsAt);
  return (machineCode, now) =>
    byMachine.get(machineCode)?.findLast(({ startsAt, endsAt }) => startsAt <= now && now < endsAt) ?? idle;
}

/**
 * A day without a plan: blocks of twenty minutes, most of them running at 85 to 100 % of the ideal rate,
 * some set-up, some idle, and now and then a fault in the last quarter of a block.
 */
export function steadySchedule(machines: readonly SimulatedMachine[]): MachineSchedule {
  const blockMs = 20 * 60_000;
  const byCode = new Map(machines.map((machine) => [machine.code, machine]));
  return (machineCode, now) => {
    const machine = byCode.get(machineCode);
    if (!machine) return idle;
    const block = Math.floor(now / blockMs);
    const chance = share(`${machineCode}/${block}`);
    if (chance < 0.06) return idle;
    if (chance < 0.14) return { state: 'setup', ratePerHour: 0, rejectShare: 0 };
    const isLastQuarter = now - block * blockMs >= blockMs * 0.75;
    if (chance < 0.22 && isLastQuarter) {
      const faultCode = `F${100 + Math.floor(share(`${machineCode}/fault/${block}`) * 20)}`;
      return { state: 'down', ratePerHour: 0, rejectShare: 0, faultCode };
    }
    return {
      state: 'running',
      ratePerHour: (msPerHour / machine.idealCycleMs) * (0.85 + 0.15 * share(`${machineCode}/rate/${block}`)),
      rejectShare: 0.04 * share(`${machineCode}/reject/${block}`),
    };
  };
}

/** FNV-1a with a last stir, as a number from 0 up to 1. */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
