/**
 * What the simulated machines do: they follow the operations of the plan, with a set-up at the start of
 * some quarters of an hour and a fault now and then, the same on every machine for the same hour.
 */
import type { ScheduleSegment } from '#native/simulators/machine-schedule';

export interface SimulatedWork {
  readonly code: string;
  readonly idealCycleMs: number;
  /** Whether the operation on its lane runs, is paused, or there is none. */
  readonly work: 'running' | 'paused' | null;
}

const quarterMs = 15 * 60_000;
const msPerHour = 3_600_000;
const faults = ['E-101 jam', 'E-204 low pressure', 'E-310 guard open', 'E-417 feeder empty'];

/** A number in [0, 1) that belongs to a machine and a quarter of an hour (FNV-1a, 32 bit). */
function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

/**
 * Segments that cover `from` to `until` (epoch ms) for every machine.
 * @param work what each machine should be doing in that time.
 */
export function scheduleSegments(
  work: readonly SimulatedWork[],
  from: number,
  until: number,
): readonly ScheduleSegment[] {
  const segments: ScheduleSegment[] = [];
  for (const { code, idealCycleMs, work: kind } of work) {
    if (kind === null) continue;
    for (let startsAt = Math.floor(from / quarterMs) * quarterMs; startsAt < until; startsAt += quarterMs) {
      const endsAt = startsAt + quarterMs;
      const draw = chance(`${code}/${startsAt}`);
      if (kind === 'paused') {
        segments.push({ machineCode: code, startsAt, endsAt, state: 'idle', ratePerHour: 0, rejectShare: 0 });
        continue;
      }
      const rate = {
        ratePerHour: (msPerHour / idealCycleMs) * (0.82 + 0.16 * draw),
        rejectShare: 0.01 + 0.02 * draw,
      };
      // One quarter in twelve has a stop of two to four minutes.
      if (draw < 1 / 12) {
        const stopsAt = startsAt + Math.floor(quarterMs * (0.2 + 4 * draw));
        const backAt = Math.min(endsAt, stopsAt + 120_000 + Math.floor(draw * 12 * 120_000));
        const faultCode = faults[Math.floor(draw * 12 * faults.length)] ?? 'E-101 jam';
        segments.push({ machineCode: code, startsAt, endsAt: stopsAt, state: 'running', ...rate });
        segments.push({
          machineCode: code,
          startsAt: stopsAt,
          endsAt: backAt,
          state: 'down',
          ratePerHour: 0,
          rejectShare: 0,
          faultCode,
        });
        if (backAt < endsAt)
          segments.push({ machineCode: code, startsAt: backAt, endsAt, state: 'running', ...rate });
        continue;
      }
      segments.push({ machineCode: code, startsAt, endsAt, state: 'running', ...rate });
    }
  }
  return segments;
}
