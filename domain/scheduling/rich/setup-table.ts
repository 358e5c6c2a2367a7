import type { SetupRule } from '../model/problem.ts';

/** What a change of set-up takes on some lanes: row = family that the lane stands in (last: cold), column = next one. */
export interface SetupTable {
  readonly families: number;
  /** Seconds of working time; -1 where the change is forbidden. */
  readonly time: Float64Array;
  readonly cost: Float64Array;
}

/**
 * The table of each lane; lanes without rules of their own share one. The most particular rule wins: lane
 * and family before, then lane, then family before, then neither. Without a rule, and within a family,
 * nothing is to be done unless a rule names the family on both sides.
 */
export function setupTables(
  rules: readonly SetupRule[],
  familyIds: readonly string[],
  laneIds: readonly string[],
): SetupTable[] {
  const general = rules.filter((rule) => rule.lane === undefined);
  const shared = tableOf([], general, familyIds);
  const particular = rules.filter((rule) => rule.lane !== undefined);
  return laneIds.map((lane) => {
    const own = particular.filter((rule) => rule.lane === lane);
    return own.length === 0 ? shared : tableOf(own, general, familyIds);
  });
}

function tableOf(
  own: readonly SetupRule[],
  general: readonly SetupRule[],
  familyIds: readonly string[],
): SetupTable {
  const families = familyIds.length;
  const time = new Float64Array((families + 1) * families);
  const cost = new Float64Array((families + 1) * families);
  const indexOf = new Map(familyIds.map((id, index) => [id, index]));
  const write = (at: number, rule: SetupRule) => {
    time[at] = rule.forbidden === true ? -1 : rule.time;
    cost[at] = rule.forbidden === true ? 0 : (rule.cost ?? 0);
  };
  // The least particular first, so that what comes later overwrites it.
  for (const layer of [general, own]) {
    for (const rule of layer.filter(({ from }) => from === undefined)) {
      const to = indexOf.get(rule.to);
      if (to === undefined) continue;
      for (let from = 0; from <= families; from += 1) if (from !== to) write(from * families + to, rule);
    }
    for (const rule of layer.filter(({ from }) => from !== undefined)) {
      const from = indexOf.get(rule.from ?? '');
      const to = indexOf.get(rule.to);
      if (from !== undefined && to !== undefined) write(from * families + to, rule);
    }
  }
  return { families, time, cost };
}
