import type { SetupTransition } from './types.ts';

/** What changing a lane from one set-up family to another takes. */
export interface SetupChange {
  /** Seconds of working time. */
  readonly durationS: number;
  readonly cost: number;
  /** It may not be made at all. */
  readonly forbidden: boolean;
}

export interface SetupRules {
  /** False: no change of set-up takes any time or is forbidden, so nobody has to ask. */
  readonly any: boolean;
  /** Some change may not be made. */
  readonly anyForbidden: boolean;
  /**
   * From one family to another on a lane; `from` undefined is a cold lane. The rule that names lane and
   * family before wins, then the one that names the lane, then the family, then the one for all. Without
   * a rule, without a family to come, or within one family the change is free; the last only where no
   * rule names that family on both sides.
   */
  readonly between: (laneId: string, from: string | undefined, to: string | undefined) => SetupChange;
}

const free: SetupChange = { durationS: 0, cost: 0, forbidden: false };

/** Prepares the set-up matrix for asking on each pointer move: a map lookup an answer. */
export function indexSetups(transitions: readonly SetupTransition[]): SetupRules {
  const rules = new Map<string, SetupChange>();
  for (const { laneId, fromFamilyId, toFamilyId, durationS, cost, forbidden = false } of transitions) {
    rules.set(keyOf(laneId ?? '', fromFamilyId ?? '', toFamilyId), { durationS, cost, forbidden });
  }
  const known = new Map<string, SetupChange>();

  function lookUp(laneId: string, from: string | undefined, to: string): SetupChange {
    const named = from ?? '';
    // A rule without a family before speaks of any other family: it says nothing about staying in one.
    const general = from !== to;
    return (
      (from === undefined ? undefined : rules.get(keyOf(laneId, named, to))) ??
      (general ? rules.get(keyOf(laneId, '', to)) : undefined) ??
      (from === undefined ? undefined : rules.get(keyOf('', named, to))) ??
      (general ? rules.get(keyOf('', '', to)) : undefined) ??
      free
    );
  }

  const anyForbidden = transitions.some(({ forbidden }) => forbidden === true);
  return {
    any: anyForbidden || transitions.some((transition) => transition.durationS > 0),
    anyForbidden,
    between(laneId, from, to) {
      if (to === undefined || rules.size === 0) return free;
      const key = keyOf(laneId, from ?? '', to);
      let change = known.get(key);
      if (change === undefined) known.set(key, (change = lookUp(laneId, from, to)));
      return change;
    },
  };
}

function keyOf(laneId: string, from: string, to: string): string {
  return `${laneId} ${from} ${to}`;
}
