/* oxlint-disable typescript/no-non-null-assertion -- indices of arrays made here */
import type { Problem } from '../model/problem.ts';
import type { Pinned } from './compile-lanes.ts';
import { LaneCalendar } from './lane-calendar.ts';
import { listsOf, type Lists } from './sparse.ts';

/**
 * People and tools as single units. Operations whose needs can meet in one unit belong to one pool; pools
 * share nothing, so that a change in one leaves the others alone.
 */
export interface CompiledResources {
  /** Pool of an operation; -1: it needs nothing. */
  readonly poolOf: Int32Array;
  readonly poolCount: number;
  /** Units of a pool: `firstUnit[p] .. firstUnit[p + 1]`. */
  readonly firstUnit: Int32Array;
  /** Resource of a unit. */
  readonly resourceOf: Int32Array;
  /** Calendar of a unit. */
  readonly calendars: readonly LaneCalendar[];
  /** Needed units of an operation, one entry each: the skill of the unit. */
  readonly needs: Lists;
  /** Units that have a skill, those with the fewest skills first. */
  readonly unitsOfSkill: Lists;
  /** When pinned operations hold a unit, ascending: [start, end, start, end ...]. */
  readonly held: readonly Float64Array[];
  /** Units that a pinned operation was given. */
  readonly pinnedUnits: ReadonlyMap<number, readonly number[]>;
}

export function compileResources(problem: Problem, pinned: readonly Pinned[]): CompiledResources {
  const { operations, resources } = problem;
  const skills = [...new Set(operations.flatMap(({ needs }) => (needs ?? []).map(({ skill }) => skill)))];
  const skillIndex = new Map(skills.map((skill, index) => [skill, index]));
  const demand = new Float64Array(skills.length);
  for (const { needs } of operations) {
    for (const { skill, units } of needs ?? []) demand[skillIndex.get(skill)!]! += units;
  }

  // Skills that one resource has, or one operation asks for, must be settled together.
  const root = skills.map((_, index) => index);
  const find = (skill: number): number =>
    root[skill] === skill ? skill : (root[skill] = find(root[skill]!));
  const join = (group: readonly number[]) => {
    for (const skill of group) root[find(skill)] = find(group[0]!);
  };
  const known = (names: readonly string[]) =>
    names.map((name) => skillIndex.get(name)).filter((index) => index !== undefined);
  for (const resource of resources) join(known(resource.skills));
  for (const { needs } of operations) join(known((needs ?? []).map(({ skill }) => skill)));

  const pools = [...new Set(skills.map((_, index) => find(index)))];
  const poolIndex = new Map(pools.map((skill, index) => [skill, index]));
  const poolOfSkill = (skill: number) => poolIndex.get(find(skill))!;

  const unitsByPool = pools.map((): number[] => []);
  for (const [index, resource] of resources.entries()) {
    const asked = known(resource.skills);
    const first = asked[0];
    if (first === undefined) continue;
    const most = asked.reduce((sum, skill) => sum + demand[skill]!, 0);
    for (let unit = 0; unit < Math.min(resource.units, most); unit += 1) {
      unitsByPool[poolOfSkill(first)]!.push(index);
    }
  }
  const resourceOf = Int32Array.from(unitsByPool.flat());
  const firstUnit = new Int32Array(pools.length + 1);
  for (const [pool, units] of unitsByPool.entries()) firstUnit[pool + 1] = firstUnit[pool]! + units.length;

  const skillUnits: [number, number][] = [];
  for (const [unit, resource] of resourceOf.entries()) {
    for (const skill of known(resources[resource]!.skills)) skillUnits.push([skill, unit]);
  }
  const breadth = (unit: number) => resources[resourceOf[unit]!]!.skills.length;
  skillUnits.sort((a, b) => breadth(a[1]) - breadth(b[1]) || a[1] - b[1]);
  const unitsOfSkill = listsOf(skills.length, skillUnits);
  const scarcity = (skill: number) => unitsOfSkill.from[skill + 1]! - unitsOfSkill.from[skill]!;

  const poolOf = new Int32Array(operations.length).fill(-1);
  const needEntries: [number, number][] = [];
  for (const [index, { needs }] of operations.entries()) {
    const wanted = (needs ?? []).flatMap(({ skill, units }) =>
      Array.from({ length: units }, () => skillIndex.get(skill)!),
    );
    const first = wanted[0];
    if (first === undefined) continue;
    poolOf[index] = poolOfSkill(first);
    wanted.sort((a, b) => scarcity(a) - scarcity(b));
    for (const skill of wanted) needEntries.push([index, skill]);
  }
  const needs = listsOf(operations.length, needEntries);
  const calendarOf = new Map(resources.map(({ windows }, index) => [index, new LaneCalendar(windows)]));

  const held = Array.from(resourceOf, (): number[] => []);
  const pinnedUnits = new Map<number, readonly number[]>();
  for (const pin of pinned.toSorted((a, b) => a.run - b.run || a.end - b.end)) {
    const taken: number[] = [];
    const wishes = [...(pin.resources ?? [])];
    for (let at = needs.from[pin.operation]!; at < needs.from[pin.operation + 1]!; at += 1) {
      const skill = needs.items[at]!;
      const candidates = [
        ...unitsOfSkill.items.subarray(unitsOfSkill.from[skill], unitsOfSkill.from[skill + 1]),
      ];
      const free = candidates.filter(
        (unit) => !taken.includes(unit) && (held[unit]!.at(-1) ?? -Infinity) <= pin.run,
      );
      const wished = free.find((unit) => wishes.includes(resources[resourceOf[unit]!]!.id));
      const unit = wished ?? free[0];
      if (unit === undefined) continue;
      const wish = wishes.indexOf(resources[resourceOf[unit]!]!.id);
      if (wish >= 0) wishes.splice(wish, 1);
      taken.push(unit);
      held[unit]!.push(pin.run, pin.end);
    }
    pinnedUnits.set(pin.operation, taken);
  }

  return {
    poolOf,
    poolCount: pools.length,
    firstUnit,
    resourceOf,
    calendars: Array.from(resourceOf, (resource) => calendarOf.get(resource)!),
    needs,
    unitsOfSkill,
    held: held.map((spans) => Float64Array.from(spans)),
    pinnedUnits,
  };
}
