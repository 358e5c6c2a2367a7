/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Compiled } from './compile.ts';

/** What a plan knows of each operation beside where it is in the order: kept twice, as it is and as it was. */
export interface OperationValues {
  readonly start: Float64Array;
  readonly run: Float64Array;
  readonly end: Float64Array;
  readonly setup: Float64Array;
  readonly setupCost: Float64Array;
  readonly placed: Uint8Array;
  /** Since when its lane is free behind it, and the family that the lane stands in then. */
  readonly laneFree: Float64Array;
  readonly state: Int32Array;
  /** What maximum lags ask of it: not to begin its run, or not to end, before. */
  readonly laterRun: Float64Array;
  readonly laterEnd: Float64Array;
  /** Since when each place of its lane is free behind it: `mostSlots` for each operation. */
  readonly slotFree: Float64Array;
  /** Since when each unit of its pool is free behind it, from `unitsFrom` on. */
  readonly unitFree: Float64Array;
  /** Units that it holds, aligned with the needs of the problem. */
  readonly held: Int32Array;
}

export function createValues(compiled: Compiled, units: number): OperationValues {
  const { operationCount: count, mostSlots, resources } = compiled;
  const numbers = () => new Float64Array(count);
  return {
    start: numbers(),
    run: numbers(),
    end: numbers(),
    setup: numbers(),
    setupCost: numbers(),
    placed: new Uint8Array(count),
    laneFree: numbers(),
    state: new Int32Array(count),
    laterRun: numbers().fill(-Infinity),
    laterEnd: numbers().fill(-Infinity),
    slotFree: new Float64Array(mostSlots > 1 ? count * mostSlots : 0),
    unitFree: new Float64Array(units),
    held: new Int32Array(resources.needs.items.length).fill(-1),
  };
}

/** Where the units of each operation begin in `unitFree`, and how many there are in all. */
export function unitOffsets({ operationCount, isPinned, resources }: Compiled): {
  readonly from: Int32Array;
  readonly total: number;
} {
  const from = new Int32Array(operationCount);
  let total = 0;
  for (let i = 0; i < operationCount; i += 1) {
    const pool = resources.poolOf[i]!;
    if (pool < 0 || isPinned[i] === 1) continue;
    from[i] = total;
    total += resources.firstUnit[pool + 1]! - resources.firstUnit[pool]!;
  }
  return { from, total };
}

/** Copies all of one operation. */
export function copyValues(
  from: OperationValues,
  to: OperationValues,
  operation: number,
  unitsFrom: number,
  { mostSlots, resources }: Compiled,
): void {
  to.start[operation] = from.start[operation]!;
  to.run[operation] = from.run[operation]!;
  to.end[operation] = from.end[operation]!;
  to.setup[operation] = from.setup[operation]!;
  to.setupCost[operation] = from.setupCost[operation]!;
  to.placed[operation] = from.placed[operation]!;
  to.laneFree[operation] = from.laneFree[operation]!;
  to.state[operation] = from.state[operation]!;
  to.laterRun[operation] = from.laterRun[operation]!;
  to.laterEnd[operation] = from.laterEnd[operation]!;
  if (mostSlots > 1) {
    const offset = operation * mostSlots;
    for (let at = offset; at < offset + mostSlots; at += 1) to.slotFree[at] = from.slotFree[at]!;
  }
  const pool = resources.poolOf[operation]!;
  if (pool < 0) return;
  const size = resources.firstUnit[pool + 1]! - resources.firstUnit[pool]!;
  for (let at = unitsFrom; at < unitsFrom + size; at += 1) to.unitFree[at] = from.unitFree[at]!;
  const { from: needs } = resources.needs;
  for (let at = needs[operation]!; at < needs[operation + 1]!; at += 1) to.held[at] = from.held[at]!;
}
