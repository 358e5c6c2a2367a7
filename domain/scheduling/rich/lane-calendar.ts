/* oxlint-disable typescript/no-non-null-assertion -- every index below is bounded by `count`, and this is the innermost loop of the search */
import type { Span } from '../model/problem.ts';

/**
 * Working time of a lane or a resource as a running count: `before[i]` seconds of work lie before window i.
 * An instant and a count are turned into each other by binary search. Without windows it always works,
 * and both are the same.
 */
export class LaneCalendar {
  readonly always: boolean;
  readonly count: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly before: Float64Array;
  /** Seconds of work in all windows. */
  readonly total: number;

  constructor(windows: readonly Span[] | undefined) {
    this.always = windows === undefined;
    const kept = windows ?? [];
    this.count = kept.length;
    this.starts = Float64Array.from(kept, ({ start }) => start);
    this.ends = Float64Array.from(kept, ({ end }) => end);
    this.before = new Float64Array(kept.length + 1);
    for (let i = 0; i < kept.length; i += 1) {
      this.before[i + 1] = this.before[i]! + this.ends[i]! - this.starts[i]!;
    }
    this.total = this.always ? Infinity : this.before[kept.length]!;
  }

  /** Index of the first window that ends after `instant`; `count` when there is none. */
  #endingAfter(instant: number): number {
    const { ends } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ends[middle]! > instant) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Index of the first window at whose end at least `work` seconds (`more`: more than that) have passed. */
  #reaching(work: number, more: boolean): number {
    const { before } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const passed = before[middle + 1]!;
      if (more ? passed > work : passed >= work) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Seconds of work before `instant`. */
  passed(instant: number): number {
    if (this.always) return instant;
    const at = this.#endingAfter(instant);
    if (at === this.count) return this.total;
    const into = instant - this.starts[at]!;
    return this.before[at]! + (into > 0 ? into : 0);
  }

  /** Seconds of work in `from <= t < to`. */
  between(from: number, to: number): number {
    return to > from ? this.passed(to) - this.passed(from) : 0;
  }

  /** The first instant at or after `instant` at which work goes on; Infinity when the windows have run out. */
  next(instant: number): number {
    if (this.always) return instant;
    const at = this.#endingAfter(instant);
    if (at === this.count) return Infinity;
    const start = this.starts[at]!;
    return start > instant ? start : instant;
  }

  /** End of the window that holds `instant`; Infinity when it always works or no window does. */
  closes(instant: number): number {
    const at = this.always ? this.count : this.#endingAfter(instant);
    return at === this.count ? Infinity : this.ends[at]!;
  }

  /** When `work` seconds have been worked since `instant`; Infinity when the windows run out before. */
  finish(instant: number, work: number): number {
    if (this.always) return instant + work;
    if (work <= 0) return instant;
    const at = this.#endingAfter(instant);
    if (at === this.count) return Infinity;
    const start = this.starts[at]!;
    const from = start > instant ? start : instant;
    // Most operations end in the window that they begin in.
    if (from + work <= this.ends[at]!) return from + work;
    const wanted = this.before[at]! + (from - start) + work;
    const last = this.#reaching(wanted, false);
    return last === this.count ? Infinity : this.starts[last]! + wanted - this.before[last]!;
  }

  /** The latest instant since which `work` seconds are worked until `instant`; -Infinity when there are not as many. */
  latestStart(instant: number, work: number): number {
    if (this.always) return instant - work;
    if (work <= 0) return instant;
    const wanted = this.passed(instant) - work;
    if (wanted < 0) return -Infinity;
    const at = this.#reaching(wanted, true);
    return at === this.count ? Infinity : this.starts[at]! + wanted - this.before[at]!;
  }

  /** The first instant at or after `instant` since which `work` seconds fit into one window. */
  fitting(instant: number, work: number): number {
    if (this.always) return instant;
    for (let at = this.#endingAfter(instant); at < this.count; at += 1) {
      const start = this.starts[at]!;
      const from = start > instant ? start : instant;
      if (from + work <= this.ends[at]!) return from;
    }
    return Infinity;
  }

  /** The first start from which `work` seconds end at `end` or later. */
  startToEndAt(end: number, work: number): number {
    if (this.always) return end - work;
    if (work <= 0) return end;
    let wanted = this.passed(end);
    const at = this.#reaching(wanted, false);
    const exact = at < this.count && this.starts[at]! + wanted - this.before[at]! >= end;
    // The end falls into a gap: a second of the window behind it has to be worked.
    if (!exact) wanted += 1;
    const start = wanted - work;
    if (start < 0) return -Infinity;
    const first = this.#reaching(start, true);
    return first === this.count ? Infinity : this.starts[first]! + start - this.before[first]!;
  }
}
