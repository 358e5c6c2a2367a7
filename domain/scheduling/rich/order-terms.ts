/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Compiled } from './compile.ts';

/** What the terms of the orders look at. */
interface Times {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly placed: Uint8Array;
}

/** Tardiness, late orders, makespan and work in progress of a plan, kept for the orders that were touched. */
export class OrderTerms {
  readonly end: Float64Array;
  readonly tardiness: Float64Array;
  totalTardiness = 0;
  lateOrders = 0;
  workInProgress = 0;
  makespan = 0;
  readonly #compiled: Compiled;
  readonly #times: Times;
  readonly #wip: Float64Array;
  readonly #oldEnd: Float64Array;
  readonly #oldTardiness: Float64Array;
  readonly #oldWip: Float64Array;
  readonly #pending: Int32Array;
  #pendingCount = 0;
  readonly #isPending: Uint8Array;
  readonly #saved: Int32Array;
  readonly #savedAt: Int32Array;
  #savedCount = 0;
  #transaction = 0;
  #old = [0, 0, 0, 0];

  constructor(compiled: Compiled, times: Times) {
    const count = compiled.orderCount;
    this.#compiled = compiled;
    this.#times = times;
    this.end = new Float64Array(count);
    this.tardiness = new Float64Array(count);
    this.#wip = new Float64Array(count);
    this.#oldEnd = new Float64Array(count);
    this.#oldTardiness = new Float64Array(count);
    this.#oldWip = new Float64Array(count);
    this.#pending = new Int32Array(count);
    this.#isPending = new Uint8Array(count);
    this.#saved = new Int32Array(count);
    this.#savedAt = new Int32Array(count);
    for (let order = 0; order < count; order += 1) this.touch(order);
    this.settle();
  }

  begin(): void {
    this.#transaction += 1;
    this.#savedCount = 0;
    this.#old = [this.totalTardiness, this.lateOrders, this.workInProgress, this.makespan];
  }

  touch(order: number): void {
    if (this.#isPending[order] === 1) return;
    this.#isPending[order] = 1;
    this.#pending[this.#pendingCount] = order;
    this.#pendingCount += 1;
  }

  settle(): void {
    const { inOrder, due, weight } = this.#compiled;
    const { start, end, placed } = this.#times;
    for (let at = 0; at < this.#pendingCount; at += 1) {
      const order = this.#pending[at]!;
      this.#isPending[order] = 0;
      if (this.#savedAt[order] !== this.#transaction) {
        this.#savedAt[order] = this.#transaction;
        this.#saved[this.#savedCount] = order;
        this.#savedCount += 1;
        this.#oldEnd[order] = this.end[order]!;
        this.#oldTardiness[order] = this.tardiness[order]!;
        this.#oldWip[order] = this.#wip[order]!;
      }
      let first = Infinity;
      let last = -Infinity;
      for (let of = inOrder.from[order]!; of < inOrder.from[order + 1]!; of += 1) {
        const operation = inOrder.items[of]!;
        if (placed[operation] === 0) continue;
        if (start[operation]! < first) first = start[operation]!;
        if (end[operation]! > last) last = end[operation]!;
      }
      const late = last - due[order]!;
      const tardiness = late > 0 ? late * weight[order]! : 0;
      const wip = last > first ? last - first : 0;
      this.totalTardiness += tardiness - this.tardiness[order]!;
      this.lateOrders += (tardiness > 0 ? 1 : 0) - (this.tardiness[order]! > 0 ? 1 : 0);
      this.workInProgress += wip - this.#wip[order]!;
      this.end[order] = last;
      this.tardiness[order] = tardiness;
      this.#wip[order] = wip;
    }
    if (this.#pendingCount > 0) {
      let makespan = 0;
      for (let order = 0; order < this.end.length; order += 1) {
        if (this.end[order]! > makespan) makespan = this.end[order]!;
      }
      this.makespan = makespan;
    }
    this.#pendingCount = 0;
  }

  undo(): void {
    for (let at = 0; at < this.#savedCount; at += 1) {
      const order = this.#saved[at]!;
      this.end[order] = this.#oldEnd[order]!;
      this.tardiness[order] = this.#oldTardiness[order]!;
      this.#wip[order] = this.#oldWip[order]!;
    }
    for (let at = 0; at < this.#pendingCount; at += 1) this.#isPending[this.#pending[at]!] = 0;
    this.#pendingCount = 0;
    [this.totalTardiness, this.lateOrders, this.workInProgress, this.makespan] = this.#old as [
      number,
      number,
      number,
      number,
    ];
  }
}
