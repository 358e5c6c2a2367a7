import type { DemoDefinition } from './definition.ts';
import {
  get,
  type Ground,
  type LaneFacts,
  type Material,
  minuteMs,
  type Plant,
  type SetupFamilyFacts,
  type SetupMatrix,
} from './facts.ts';

/** Set-up families with what a change of them takes, and the waits between operations. */
export function addSetups(
  { planning }: DemoDefinition,
  ground: Ground & { readonly plants: readonly Plant[]; readonly lanes: ReadonlyMap<string, LaneFacts> },
): SetupMatrix {
  const { own, id, rows, plants, lanes } = ground;
  const plantIds = new Map(plants.map((plant) => [plant.definition.code, plant.id]));
  const families = new Map<string, SetupFamilyFacts>();
  const byStep = new Map<string, SetupFamilyFacts>();
  for (const { plant, code, name, of } of planning.families) {
    const family = { id: id(), code };
    families.set(code, family);
    rows['production.setup_families'].push({
      ...own,
      id: family.id,
      plant_id: get(plantIds, plant),
      code,
      name,
    });
    for (const { material, operations } of of) {
      for (const operation of operations) byStep.set(`${material} ${operation}`, family);
    }
  }
  const changes = new Map<string, number>();
  for (const { plant, lane, from, to, minutes, cost, currency } of planning.changes) {
    rows['production.setup_transitions'].push({
      ...own,
      id: id(),
      plant_id: get(plantIds, plant),
      lane_id: lane === undefined ? null : get(lanes, lane).id,
      from_family_id: from === undefined ? null : get(families, from).id,
      to_family_id: get(families, to).id,
      duration_s: minutes * 60,
      cost,
      currency,
      forbidden: false,
    });
    changes.set(`${lane ?? ''} ${from ?? ''} ${to}`, minutes * minuteMs);
  }
  const lags = new Map(
    planning.lags.map((one) => [`${one.routing} ${one.from} ${one.to}`, one.minutes * minuteMs]),
  );
  return {
    secondChoice: planning.secondChoice,
    familyOf: (material, operation) => byStep.get(`${material} ${operation}`),
    changeMs(lane, from, to) {
      if (to === undefined || from === to || lane.capacity > 1) return 0;
      const keys = [
        ...(from === undefined ? [] : [`${lane.code} ${from.code} ${to.code}`]),
        `${lane.code}  ${to.code}`,
        ...(from === undefined ? [] : [` ${from.code} ${to.code}`]),
        `  ${to.code}`,
      ];
      return keys.map((key) => changes.get(key)).find((change) => change !== undefined) ?? 0;
    },
    lagMs: (material: Material, from, to) =>
      lags.get(`${material.definition.routing ?? ''} ${from} ${to}`) ?? 0,
  };
}
