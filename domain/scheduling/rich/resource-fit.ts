/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the lists they come from */
import type { Compiled } from './compile.ts';
import type { LaneCalendar } from './lane-calendar.ts';

/**
 * Finds units for what an operation needs over a stretch. One and the same unit for the whole of it:
 * there while the lane works, and with nobody else from the start of the run to its end.
 */
export class ResourceFit {
  /** Units found last, aligned with the needs of the operation. */
  readonly found: Int32Array;
  /** When the answer was no: the earliest start that may be worth another question. */
  later = Infinity;
  readonly #compiled: Compiled;
  readonly #takenBy: Int32Array;
  readonly #seen: Int32Array;
  readonly #available: Float64Array;
  #round = 0;

  constructor(compiled: Compiled) {
    const { needs, resourceOf } = compiled.resources;
    let most = 0;
    for (let i = 0; i < compiled.operationCount; i += 1) {
      most = Math.max(most, needs.from[i + 1]! - needs.from[i]!);
    }
    this.#compiled = compiled;
    this.found = new Int32Array(most);
    this.#takenBy = new Int32Array(resourceOf.length);
    this.#seen = new Int32Array(resourceOf.length);
    this.#available = new Float64Array(resourceOf.length);
  }

  /**
   * @param free since when each unit of the pool is free, beginning at `offset`.
   * @returns whether `found` holds units for all needs; else `later` is set.
   */
  fit(
    operation: number,
    free: Float64Array,
    offset: number,
    run: number,
    end: number,
    lane: LaneCalendar,
  ): boolean {
    const { needs, firstUnit, poolOf, unitsOfSkill } = this.#compiled.resources;
    const pool = poolOf[operation]!;
    const first = firstUnit[pool]!;
    const last = firstUnit[pool + 1]!;
    const from = needs.from[operation]!;
    const wanted = needs.from[operation + 1]! - from;
    const available = this.#available;
    const takenBy = this.#takenBy;
    for (let unit = first; unit < last; unit += 1) {
      available[unit] = -1;
      takenBy[unit] = -1;
    }
    this.later = Infinity;
    for (let need = 0; need < wanted; need += 1) {
      const skill = needs.items[from + need]!;
      let best = -1;
      let bestFree = -Infinity;
      for (let at = unitsOfSkill.from[skill]!; at < unitsOfSkill.from[skill + 1]!; at += 1) {
        const unit = unitsOfSkill.items[at]!;
        const since = free[offset + unit - first]!;
        if (available[unit] === -1) {
          const earliest = since > run ? since : this.#earliest(unit, run, end, lane);
          available[unit] = earliest;
          if (earliest > run && earliest < this.later) this.later = earliest;
        }
        // The unit that was free last: those that wait longest stay for what comes.
        if (available[unit]! > run || takenBy[unit] !== -1) continue;
        if (best === -1 || since > bestFree) {
          best = unit;
          bestFree = since;
        }
      }
      this.#round += 1;
      if (best !== -1) takenBy[best] = need;
      else if (!this.#augment(operation, need, run)) return false;
    }
    for (let unit = first; unit < last; unit += 1) {
      const need = takenBy[unit]!;
      if (need !== -1) this.found[need] = unit;
    }
    return true;
  }

  /** Gives a need a unit by handing others on (Kuhn's augmenting path). */
  #augment(operation: number, need: number, run: number): boolean {
    const { needs, unitsOfSkill } = this.#compiled.resources;
    const skill = needs.items[needs.from[operation]! + need]!;
    for (let at = unitsOfSkill.from[skill]!; at < unitsOfSkill.from[skill + 1]!; at += 1) {
      const unit = unitsOfSkill.items[at]!;
      if (this.#available[unit]! > run || this.#seen[unit] === this.#round) continue;
      this.#seen[unit] = this.#round;
      const holder = this.#takenBy[unit]!;
      if (holder === -1 || this.#augment(operation, holder, run)) {
        this.#takenBy[unit] = need;
        return true;
      }
    }
    return false;
  }

  /** `run` when the unit is there for the whole stretch and no pinned operation holds it; else when to ask again. */
  #earliest(unit: number, run: number, end: number, lane: LaneCalendar): number {
    const held = this.#compiled.resources.held[unit]!;
    for (let at = 0; at < held.length; at += 2) {
      if (held[at]! < end && held[at + 1]! > run) return held[at + 1]!;
    }
    const calendar = this.#compiled.resources.calendars[unit]!;
    if (calendar.always) return run;
    for (let from = run; from < end;) {
      const until = Math.min(lane.closes(from), end);
      if (calendar.next(from) > from) return calendar.next(from);
      const closes = calendar.closes(from);
      if (closes < until) return calendar.next(closes);
      from = lane.next(until);
    }
    return run;
  }
}
