import { createColourScheme, isSameScheme, waitsForMaterial, type ColourScheme } from '../colour-scheme.ts';
import { latenessMs } from '../describe.ts';
import type { LaneBars } from '../lane-bars.ts';
import type { BoardLayers } from '../layers.ts';
import type { BoardState } from '../store.ts';

/** What marks a bar besides its colour, a bit each. */
export const barFlag = {
  late: 1,
  dim: 2,
  critical: 4,
  locked: 8,
  short: 16,
  planned: 32,
  cancelled: 64,
} as const;

/** Columns beside those of `LaneBars`: how each bar looks in the present colour mode. */
export interface BarLook {
  /** Index into the categories of the colour scheme. */
  readonly codes: Uint8Array;
  readonly flags: Uint8Array;
}

/** Looks of all bars under the layers of the moment. A new object whenever any of them may differ. */
export interface Looks {
  readonly scheme: ColourScheme;
  of(bars: LaneBars): BarLook;
}

/** Makes the looks of a state; kept as long as nothing that they depend on changes. */
export function createLooks(): (state: BoardState) => Looks {
  let kept: { readonly state: BoardState; readonly looks: Looks } | undefined;
  return (state) => {
    if (kept !== undefined && isSame(kept.state, state)) return kept.looks;
    let scheme = createColourScheme(state.layers, state.operations.values());
    const isOld =
      kept !== undefined &&
      isSameScheme(kept.looks.scheme, scheme) &&
      kept.state.layers.infeasible === state.layers.infeasible;
    if (isOld && kept !== undefined) ({ scheme } = kept.looks);
    const keepsAll =
      isOld &&
      kept?.state.layers.critical === state.layers.critical &&
      kept.state.layers.matching === state.layers.matching;
    const looks = keepsAll && kept !== undefined ? kept.looks : looksOf(scheme, state.layers);
    kept = { state, looks };
    return looks;
  };
}

function isSame(a: BoardState, b: BoardState): boolean {
  return a.operations === b.operations && a.layers === b.layers;
}

function looksOf(scheme: ColourScheme, { critical, matching }: BoardLayers): Looks {
  const known = new WeakMap<LaneBars, BarLook>();
  return {
    scheme,
    of(bars) {
      let look = known.get(bars);
      if (look === undefined) known.set(bars, (look = lookOf(bars, scheme, critical, matching)));
      return look;
    },
  };
}

function lookOf(
  { operations }: LaneBars,
  scheme: ColourScheme,
  critical: ReadonlySet<string>,
  matching: ReadonlySet<string> | null,
): BarLook {
  const codes = new Uint8Array(operations.length);
  const flags = new Uint8Array(operations.length);
  for (let index = 0; index < operations.length; index += 1) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const { operationId, status } = operation;
    codes[index] = scheme.codeOf(operation);
    let flag = 0;
    if (latenessMs(operation) > 0) flag |= barFlag.late;
    if (matching !== null && !matching.has(operationId)) flag |= barFlag.dim;
    if (critical.size > 0 && critical.has(operationId)) flag |= barFlag.critical;
    if (operation.locked === true) flag |= barFlag.locked;
    if (operation.material === 'short' && waitsForMaterial(operation)) flag |= barFlag.short;
    if (status === 'planned') flag |= barFlag.planned;
    if (status === 'cancelled') flag |= barFlag.cancelled;
    flags[index] = flag;
  }
  return { codes, flags };
}
