/* oxlint-disable typescript/no-non-null-assertion -- items and groups are in range by construction */

/** Items in several lists, each linked both ways: what follows what on a lane, or in a pool of people. -1: nothing. */
export class Chain {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;

  constructor(items: number, groups: number) {
    this.before = new Int32Array(items).fill(-1);
    this.after = new Int32Array(items).fill(-1);
    this.first = new Int32Array(groups).fill(-1);
    this.last = new Int32Array(groups).fill(-1);
  }

  /** Puts an item behind another, or first. @returns what follows it now. */
  insert(item: number, group: number, before: number): number {
    const after = before < 0 ? this.first[group]! : this.after[before]!;
    this.before[item] = before;
    this.after[item] = after;
    if (before < 0) this.first[group] = item;
    else this.after[before] = item;
    if (after < 0) this.last[group] = item;
    else this.before[after] = item;
    return after;
  }

  /** @returns what followed it. */
  remove(item: number, group: number): number {
    const before = this.before[item]!;
    const after = this.after[item]!;
    if (before < 0) this.first[group] = after;
    else this.after[before] = after;
    if (after < 0) this.last[group] = before;
    else this.before[after] = before;
    this.before[item] = -1;
    this.after[item] = -1;
    return after;
  }
}
