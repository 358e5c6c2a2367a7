/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem; a check at each read costs a third of the speed */
import { mayPrecede } from './compile-lanes.ts';
import { finishFinish, startStart, type Compiled } from './compile.ts';
import type { LaneCalendar } from './lane-calendar.ts';
import type { OperationValues } from './operation-values.ts';
import { ResourceFit } from './resource-fit.ts';

/** What a plan has decided, by operation. */
export interface Decisions {
  /** Index into the choices of the problem. */
  readonly choice: Int32Array;
  readonly lane: Int32Array;
  readonly absent: Uint8Array;
  readonly anchor: Float64Array;
}

/** Finds times for one operation behind what is placed already, and writes them into the values of the plan. */
export class Placer {
  /** Place of its lane that the operation was given last; -1: none. */
  slot = -1;
  readonly #compiled: Compiled;
  readonly #values: OperationValues;
  readonly #where: Decisions;
  readonly #unitAt: Int32Array;
  readonly #fit: ResourceFit;
  /** Nothing is taken yet: free since ever. */
  readonly #noUnits: Float64Array;
  readonly #vector: Float64Array;

  constructor(compiled: Compiled, values: OperationValues, where: Decisions, unitAt: Int32Array) {
    const { resources, mostSlots } = compiled;
    let most = mostSlots;
    for (let pool = 0; pool < resources.poolCount; pool += 1) {
      most = Math.max(most, resources.firstUnit[pool + 1]! - resources.firstUnit[pool]!);
    }
    this.#compiled = compiled;
    this.#values = values;
    this.#where = where;
    this.#unitAt = unitAt;
    this.#fit = new ResourceFit(compiled);
    this.#noUnits = new Float64Array(most).fill(-Infinity);
    this.#vector = new Float64Array(most);
  }

  /** Finds the earliest time for an operation behind `before` on its lane; false: there is none. */
  place(operation: number, before: number, poolBefore: number): boolean {
    const compiled = this.#compiled;
    const { into, linkFrom, linkKind, linkMin } = compiled;
    const choice = this.#where.choice[operation]!;
    const lane = compiled.choiceLane[choice]!;
    const work = compiled.choiceRun[choice]!;
    const calendar = compiled.calendars[lane]!;
    let headRun = Math.max(
      compiled.headRun[operation]!,
      this.#values.laterRun[operation]!,
      this.#where.anchor[operation]!,
    );
    let headEnd = Math.max(compiled.headEnd[operation]!, this.#values.laterEnd[operation]!);
    for (let at = into.from[operation]!; at < into.from[operation + 1]!; at += 1) {
      const link = into.items[at]!;
      const from = linkFrom[link]!;
      if (this.#where.absent[from] === 1) continue;
      if (this.#values.placed[from] === 0) return false;
      const kind = linkKind[link];
      const since =
        (kind === startStart ? this.#values.run[from]! : this.#values.end[from]!) + linkMin[link]!;
      if (kind === finishFinish) {
        if (since > headEnd) headEnd = since;
      } else if (since > headRun) headRun = since;
    }
    if (headEnd > -Infinity) headRun = Math.max(headRun, calendar.startToEndAt(headEnd, work));

    const slots = compiled.slots[lane]!;
    if (slots === 1) {
      if (!this.#placeInSequence(operation, lane, work, calendar, headRun, before, poolBefore)) return false;
    } else {
      this.#values.setup[operation] = 0;
      this.#values.setupCost[operation] = 0;
      if (slots === 0) {
        if (!this.#runFrom(operation, Math.max(headRun, compiled.now), work, calendar, poolBefore))
          return false;
      } else if (!this.#placeInSlot(operation, lane, work, calendar, headRun, before, poolBefore))
        return false;
      this.#values.start[operation] = this.#values.run[operation]!;
    }
    return (
      this.#values.run[operation]! <= compiled.dueRun[operation]! &&
      this.#values.end[operation]! <= compiled.dueEnd[operation]!
    );
  }

  /** On a lane of capacity 1: behind its predecessor, in the first gap between what is pinned. */
  #placeInSequence(
    operation: number,
    lane: number,
    work: number,
    calendar: LaneCalendar,
    headRun: number,
    before: number,
    poolBefore: number,
  ): boolean {
    const compiled = this.#compiled;
    const table = compiled.setups[lane]!;
    const obstacles = compiled.obstacles[lane]![0]!;
    const family = compiled.familyOf[operation]!;
    let free = before < 0 ? -Infinity : this.#values.laneFree[before]!;
    let state = before < 0 ? compiled.laneState[lane]! : this.#values.state[before]!;
    let next = 0;
    while (next < obstacles.length && obstacles[next]!.start < free) next += 1;
    if (free < compiled.now) free = compiled.now;
    for (;;) {
      const obstacle = obstacles[next];
      const at = family < 0 ? -1 : state * table.families + family;
      const setup = at < 0 ? 0 : table.time[at]!;
      const low = setup > 0 ? calendar.finish(free, setup) : free;
      if (setup >= 0 && this.#runFrom(operation, low > headRun ? low : headRun, work, calendar, poolBefore)) {
        const run = this.#values.run[operation]!;
        const after = family < 0 ? state : family;
        const fits =
          obstacle === undefined ||
          (this.#values.end[operation]! <= obstacle.start && mayPrecede(table, after, obstacle));
        if (fits) {
          this.#values.start[operation] = setup > 0 ? calendar.latestStart(run, setup) : run;
          this.#values.setup[operation] = setup;
          this.#values.setupCost[operation] = at < 0 ? 0 : table.cost[at]!;
          this.#values.laneFree[operation] = this.#values.end[operation]!;
          this.#values.state[operation] = after;
          return true;
        }
      }
      if (obstacle === undefined) return false;
      if (obstacle.end > free) free = obstacle.end;
      if (obstacle.family >= 0) state = obstacle.family;
      next += 1;
    }
  }

  /** On a lane of several places: in the one where it can begin first, of those the one that was free last. */
  #placeInSlot(
    operation: number,
    lane: number,
    work: number,
    calendar: LaneCalendar,
    headRun: number,
    before: number,
    poolBefore: number,
  ): boolean {
    const compiled = this.#compiled;
    const slots = compiled.slots[lane]!;
    const free = before < 0 ? this.#noUnits : this.#values.slotFree;
    const offset = before < 0 ? 0 : before * compiled.mostSlots;
    let bestRun = Infinity;
    let bestEnd = Infinity;
    let bestFree = -Infinity;
    this.slot = -1;
    for (let slot = 0; slot < slots; slot += 1) {
      const since = free[offset + slot]!;
      let low = Math.max(headRun, since, compiled.now);
      if (low > bestRun) continue;
      const obstacles = compiled.obstacles[lane]![slot]!;
      for (let next = 0; ; next += 1) {
        if (!this.#runFrom(operation, low, work, calendar, poolBefore)) break;
        const obstacle = obstacles[next];
        if (obstacle === undefined || this.#values.end[operation]! <= obstacle.start) {
          const run = this.#values.run[operation]!;
          if (run < bestRun || (run === bestRun && since > bestFree)) {
            bestRun = run;
            bestEnd = this.#values.end[operation]!;
            bestFree = since;
            this.slot = slot;
          }
          break;
        }
        if (obstacle.end > low) low = obstacle.end;
      }
    }
    if (this.slot < 0) return false;
    this.#values.run[operation] = bestRun;
    this.#values.end[operation] = bestEnd;
    // The units found last may belong to another start.
    return this.#runFrom(operation, bestRun, work, calendar, poolBefore);
  }

  /** Sets run and end to the first from `low` on in which lane and resources work; false: never. */
  #runFrom(
    operation: number,
    low: number,
    work: number,
    calendar: LaneCalendar,
    poolBefore: number,
  ): boolean {
    const whole = this.#compiled.interruptible[operation] === 0;
    const pool = this.#compiled.resources.poolOf[operation]!;
    for (;;) {
      if (low === Infinity) return false;
      const run = whole ? calendar.fitting(low, work) : calendar.next(low);
      if (run === Infinity) return false;
      const end = whole ? run + work : calendar.finish(run, work);
      if (end === Infinity) return false;
      this.#values.run[operation] = run;
      this.#values.end[operation] = end;
      if (pool < 0) return true;
      const free = poolBefore < 0 ? this.#noUnits : this.#values.unitFree;
      const offset = poolBefore < 0 ? 0 : this.#unitAt[poolBefore]!;
      if (this.#fit.fit(operation, free, offset, run, end, calendar)) return true;
      low = this.#fit.later;
    }
  }

  /** Writes down since when each unit is free behind this operation. @returns whether that is news. */
  keepUnits(operation: number, poolBefore: number): boolean {
    const { poolOf, firstUnit, needs } = this.#compiled.resources;
    const pool = poolOf[operation]!;
    if (pool < 0) return false;
    const first = firstUnit[pool]!;
    const size = firstUnit[pool + 1]! - first;
    const vector = this.#vector;
    const from = poolBefore < 0 ? this.#noUnits : this.#values.unitFree;
    const offset = poolBefore < 0 ? 0 : this.#unitAt[poolBefore]!;
    for (let unit = 0; unit < size; unit += 1) vector[unit] = from[offset + unit]!;
    const need = needs.from[operation]!;
    const count = needs.from[operation + 1]! - need;
    for (let at = 0; at < count; at += 1) {
      const unit = this.#fit.found[at]!;
      this.#values.held[need + at] = unit;
      vector[unit - first] = this.#values.end[operation]!;
    }
    return this.#copy(this.#values.unitFree, this.#unitAt[operation]!, size);
  }

  passUnits(operation: number, poolBefore: number): boolean {
    const { poolOf, firstUnit } = this.#compiled.resources;
    const pool = poolOf[operation]!;
    if (pool < 0) return false;
    const size = firstUnit[pool + 1]! - firstUnit[pool]!;
    const from = poolBefore < 0 ? this.#noUnits : this.#values.unitFree;
    const offset = poolBefore < 0 ? 0 : this.#unitAt[poolBefore]!;
    for (let unit = 0; unit < size; unit += 1) this.#vector[unit] = from[offset + unit]!;
    return this.#copy(this.#values.unitFree, this.#unitAt[operation]!, size);
  }

  keepSlots(operation: number, before: number): boolean {
    const { mostSlots, slots } = this.#compiled;
    const size = slots[this.#where.lane[operation]!]!;
    const from = before < 0 ? this.#noUnits : this.#values.slotFree;
    const offset = before < 0 ? 0 : before * mostSlots;
    for (let slot = 0; slot < size; slot += 1) this.#vector[slot] = from[offset + slot]!;
    if (this.slot >= 0) this.#vector[this.slot] = this.#values.end[operation]!;
    return this.#copy(this.#values.slotFree, operation * mostSlots, size);
  }

  #copy(to: Float64Array, offset: number, size: number): boolean {
    let changed = false;
    for (let at = 0; at < size; at += 1) {
      const value = this.#vector[at]!;
      if (to[offset + at] !== value) {
        to[offset + at] = value;
        changed = true;
      }
    }
    return changed;
  }
}
