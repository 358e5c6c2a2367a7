import type { ShiftWindow } from '#domain/scheduling/types';
import type { AxisTicks } from '../time-axis.ts';
import { firstWindow } from './windows.ts';
import type { GroundPaint } from './paints.ts';
import { modulo } from './raster.ts';

/** Hatching repeats each eight rows, so eight lines of pixels are a lane's whole ground. */
export const hatchPeriod = 8;
const leastBandPx = 12;

/** From instants to whole pixels of a picture: `x` of an instant, inside its piece. */
export interface TimeScale {
  readonly pxPerMs: number;
  x(at: number): number;
}

/**
 * The ground of a lane with these working windows, a line of pixels for each phase of the hatch: all
 * rows of all lanes of one calendar are copies of them.
 */
export function paintCalendar(
  windows: readonly ShiftWindow[],
  width: number,
  scale: TimeScale,
  range: { readonly startsAt: number; readonly endsAt: number },
  ground: GroundPaint,
  options: {
    readonly ticks: AxisTicks;
    readonly frozenUntil: number | undefined;
    /** Where the hatch begins in the first pixel. */
    readonly phase: number;
    readonly isHatched: boolean;
  },
): readonly Uint32Array[] {
  const { ticks, frozenUntil, phase, isHatched } = options;
  const frozenTo = frozenUntil === undefined ? 0 : clamp(scale.x(frozenUntil), 0, width);
  const base = new Uint32Array(width);
  base.fill(ground.frozen.resting, 0, frozenTo);
  base.fill(ground.open.resting, frozenTo);
  const rests = new Uint8Array(width).fill(1);
  const parity = shiftParity(windows);
  for (let index = firstWindow(windows, range.startsAt); index < windows.length; index += 1) {
    const window = windows[index];
    if (window === undefined || window.startsAt >= range.endsAt) break;
    const from = clamp(scale.x(window.startsAt), 0, width);
    const to = clamp(scale.x(window.endsAt), 0, width);
    const isBand =
      parity.get(window.shiftCode) === 1 && (window.endsAt - window.startsAt) * scale.pxPerMs >= leastBandPx;
    const split = clamp(frozenTo, from, to);
    base.fill(isBand ? ground.frozen.band : ground.frozen.working, from, split);
    base.fill(isBand ? ground.open.band : ground.open.working, split, to);
    rests.fill(0, from, to);
  }
  const lines = Array.from({ length: isHatched ? hatchPeriod : 1 }, (_, row) => {
    const line = base.slice();
    if (!isHatched) return line;
    for (let x = modulo(-(row + phase), hatchPeriod); x < width; x += hatchPeriod) {
      if (rests[x] === 1) line[x] = x < frozenTo ? ground.frozen.hatch : ground.open.hatch;
    }
    return line;
  });
  const rule = (instants: Iterable<number>, word: number): void => {
    for (const at of instants) {
      const x = scale.x(at);
      if (x < 0 || x >= width) continue;
      for (const line of lines) line[x] = word;
    }
  };
  rule(
    ticks.minor.map(({ at }) => at),
    ground.minorLine,
  );
  rule(ticks.dayStarts, ground.rowLine);
  rule(
    ticks.weeks.map(({ at }) => at),
    ground.rowLine,
  );
  rule(
    ticks.major.map(({ at }) => at),
    ground.dayLine,
  );
  return lines;
}

const knownParity = new WeakMap<readonly ShiftWindow[], ReadonlyMap<string, number>>();

/** 0 and 1 in turn for the shifts of a calendar, in the order in which they first come. */
export function shiftParity(windows: readonly ShiftWindow[]): ReadonlyMap<string, number> {
  let parity = knownParity.get(windows);
  if (parity === undefined) {
    const codes = [...new Set(windows.map(({ shiftCode }) => shiftCode))];
    parity = new Map(codes.map((code, index) => [code, index % 2]));
    knownParity.set(windows, parity);
  }
  return parity;
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
