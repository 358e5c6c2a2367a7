/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem; a check at each read costs a third of the speed */
import type { Compiled } from './compile.ts';
import { MaxLags } from './max-lags.ts';
import { copyValues, createValues, unitOffsets, type OperationValues } from './operation-values.ts';
import { OrderTerms } from './order-terms.ts';
import { OutOfDate } from './out-of-date.ts';
import { Placer } from './placer.ts';
import { Queues } from './queues.ts';

const moved = 0;
const detached = 1;
const attached = 2;

/**
 * A plan: all operations in one order that respects the links, and the lane that each takes. Each begins as
 * early as what stands before it in that order lets it, so order and choices say everything. Times are kept
 * under changes: only operations whose surroundings changed are computed again. What was done since
 * `begin` can be undone.
 *
 * An operation that finds no time (windows run out, a forbidden change of set-up, a maximum lag that cannot
 * be kept, a pinned successor) is not placed; neither is what follows it.
 */
export class Plan {
  readonly compiled: Compiled;
  /** Operations in order, pinned ones left out; `length` of them count. */
  readonly order: Int32Array;
  readonly position: Int32Array;
  length = 0;
  /** Index into the choices of the problem. */
  readonly choice: Int32Array;
  readonly lane: Int32Array;
  /** The lane is taken from `start`, the run begins at `run`. */
  readonly start: Float64Array;
  readonly run: Float64Array;
  readonly end: Float64Array;
  readonly setup: Float64Array;
  readonly setupCost: Float64Array;
  readonly placed: Uint8Array;
  /** Taken out for the moment: nothing waits for it. */
  readonly absent: Uint8Array;
  /** It does not begin its run before: what holds a plan still while it is repaired. */
  readonly anchor: Float64Array;
  /** Neighbours on the lane; -1: none. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly firstOn: Int32Array;
  readonly lastOn: Int32Array;
  /** Units held, aligned with the needs of the problem. */
  readonly held: Int32Array;
  readonly terms: OrderTerms;
  /** What a second of lateness of this operation's end costs, where it ends an order; 0 elsewhere. */
  readonly endWeight: Float64Array;
  /** What an operation costs that does not stand where it was published. */
  changeWeight = 0;
  readonly #due: Float64Array;
  unplaced = 0;
  setupTime = 0;
  costs = 0;
  changes = 0;
  /** Operations computed, since ever. */
  work = 0;

  readonly #laneFree: Float64Array;
  readonly #state: Int32Array;
  readonly #unitAt: Int32Array;
  readonly #placer: Placer;
  readonly #outOfDate: OutOfDate;
  readonly #maxLags: MaxLags | undefined;

  readonly #touchedAt: Int32Array;
  readonly #touched: Int32Array;
  #touchedCount = 0;
  #transaction = 0;
  readonly #log: number[] = [];
  readonly #values: OperationValues;
  readonly #old: OperationValues;
  readonly #queues: Queues;
  #oldTotals = [0, 0, 0, 0];

  constructor(compiled: Compiled) {
    const count = compiled.operationCount;
    this.compiled = compiled;
    this.order = new Int32Array(compiled.free.length);
    this.position = new Int32Array(count).fill(-1);
    this.choice = new Int32Array(count).fill(-1);
    this.lane = new Int32Array(count).fill(-1);
    const units = unitOffsets(compiled);
    this.#unitAt = units.from;
    this.#values = createValues(compiled, units.total);
    this.#old = createValues(compiled, units.total);
    this.start = this.#values.start;
    this.run = this.#values.run;
    this.end = this.#values.end;
    this.setup = this.#values.setup;
    this.setupCost = this.#values.setupCost;
    this.placed = this.#values.placed;
    this.absent = new Uint8Array(count);
    this.anchor = new Float64Array(count).fill(-Infinity);
    this.#queues = new Queues(compiled, this);
    this.before = this.#queues.lanes.before;
    this.after = this.#queues.lanes.after;
    this.firstOn = this.#queues.lanes.first;
    this.lastOn = this.#queues.lanes.last;
    this.held = this.#values.held;
    this.#laneFree = this.#values.laneFree;
    this.#state = this.#values.state;
    this.#placer = new Placer(compiled, this.#values, this, units.from);
    this.#outOfDate = new OutOfDate(this.position);
    this.#touchedAt = new Int32Array(count);
    this.#touched = new Int32Array(count);
    if (compiled.hasMaxLag) {
      const { position, absent } = this;
      const save = (operation: number) => this.#save(operation);
      this.#maxLags = new MaxLags({
        compiled,
        position,
        absent,
        values: this.#values,
        outOfDate: this.#outOfDate,
        save,
      });
    }
    for (const { operation, lane, start, run, end } of compiled.pins) {
      this.lane[operation] = lane;
      this.start[operation] = start;
      this.run[operation] = run;
      this.end[operation] = end;
      this.placed[operation] = 1;
    }
    this.terms = new OrderTerms(compiled, this);
    this.endWeight = new Float64Array(count);
    this.#due = Float64Array.from(compiled.orderOf, (order) => compiled.due[order]!);
  }

  /** Forgets how to undo: what comes now can be undone up to here. */
  begin(): void {
    this.#transaction += 1;
    this.#touchedCount = 0;
    this.#log.length = 0;
    this.#oldTotals = [this.unplaced, this.setupTime, this.costs, this.changes];
    this.terms.begin();
  }

  /** Puts an operation at the end of the order, on the lane of the choice. Times come with `settle`. */
  append(operation: number, choice: number): void {
    this.order[this.length] = operation;
    this.position[operation] = this.length;
    this.length += 1;
    this.choice[operation] = choice;
    this.lane[operation] = this.compiled.choiceLane[choice]!;
    this.unplaced += 1;
    this.#enqueue(operation);
  }

  /** Moves an operation to a position of the order (as it is without it) and to the lane of a choice. */
  relocate(operation: number, choice: number, position: number, anchor = -Infinity): void {
    this.detach(operation);
    this.attach(operation, choice, position, anchor);
  }

  /** Takes an operation off its lane; it keeps its position, and links from it bind nobody. */
  detach(operation: number): void {
    this.#save(operation);
    this.#log.push(operation, this.before[operation]!, this.#queues.pools.before[operation]!, detached);
    this.#queues.unlink(operation, this.#outOfDate);
    this.#forget(operation);
    this.absent[operation] = 1;
    this.#markFollowers(operation);
  }

  /** Puts a detached operation on the lane of a choice, at a position of the order as it is without it. */
  attach(operation: number, choice: number, position: number, anchor = -Infinity): void {
    this.#save(operation);
    const from = this.position[operation]!;
    if (from !== position) {
      this.#log.push(operation, from, 0, moved);
      this.#shift(operation, position);
    }
    this.#log.push(operation, this.choice[operation]!, this.anchor[operation]!, attached);
    this.choice[operation] = choice;
    this.lane[operation] = this.compiled.choiceLane[choice]!;
    this.anchor[operation] = anchor;
    this.absent[operation] = 0;
    this.unplaced += 1;
    this.#enqueue(operation);
  }

  /** First and last position of the order that an operation may have beside its links. */
  earliestPosition(operation: number): number {
    const { into, linkFrom } = this.compiled;
    let position = 0;
    for (let at = into.from[operation]!; at < into.from[operation + 1]!; at += 1) {
      position = Math.max(position, this.position[linkFrom[into.items[at]!]!]! + 1);
    }
    return position;
  }

  latestPosition(operation: number): number {
    const { outOf, linkTo } = this.compiled;
    let position = this.length - 1;
    for (let at = outOf.from[operation]!; at < outOf.from[operation + 1]!; at += 1) {
      position = Math.min(position, this.position[linkTo[outOf.items[at]!]!]! - 1);
    }
    return position;
  }

  /**
   * Computes again what is out of date. Stops half way when the orders that end on the way already cost more
   * than `limit` by `endWeight`: false, and the plan has to be undone.
   */
  settle(limit = Infinity): boolean {
    const { order, position } = this;
    const outOfDate = this.#outOfDate;
    const maxLags = this.#maxLags;
    maxLags?.begin();
    let rise = 0;
    const changesBefore = this.#oldTotals[3]!;
    let at = outOfDate.from;
    while (outOfDate.count > 0 && at < this.length) {
      const operation = order[at]!;
      at += 1;
      if (!outOfDate.take(operation)) continue;
      if (this.absent[operation] === 1) continue;
      const endBefore = this.end[operation]!;
      if (this.#compute(operation)) this.#markFollowers(operation);
      if (limit < Infinity && this.endWeight[operation]! > 0 && this.placed[operation] === 1) {
        const due = this.#due[operation]!;
        const endNow = this.end[operation]!;
        rise += (Math.max(endNow, due) - Math.max(endBefore, due)) * this.endWeight[operation]!;
        if (rise + (this.changes - changesBefore) * this.changeWeight > limit) return false;
      }
      if (maxLags !== undefined && this.placed[operation] === 1) {
        const back = maxLags.ask(operation);
        if (back >= 0) at = Math.min(at, position[back]!);
      }
    }
    outOfDate.from = this.length;
    this.terms.settle();
    return true;
  }

  /** Puts everything back to where it was at `begin`. */
  undo(): void {
    const log = this.#log;
    while (log.length > 0) {
      const kind = log.pop();
      const second = log.pop()!;
      const first = log.pop()!;
      const operation = log.pop()!;
      if (kind === moved) this.#shift(operation, first);
      else if (kind === detached) {
        this.absent[operation] = 0;
        this.#queues.link(operation, first, second);
      } else {
        this.#queues.unlink(operation);
        this.choice[operation] = first;
        this.lane[operation] = this.compiled.choiceLane[first]!;
        this.anchor[operation] = second;
        this.absent[operation] = 1;
      }
    }
    for (let at = 0; at < this.#touchedCount; at += 1) {
      const operation = this.#touched[at]!;
      copyValues(this.#old, this.#values, operation, this.#unitAt[operation]!, this.compiled);
    }
    [this.unplaced, this.setupTime, this.costs, this.changes] = this.#oldTotals as [
      number,
      number,
      number,
      number,
    ];
    this.#outOfDate.clear();
    this.#outOfDate.from = this.length;
    this.terms.undo();
  }

  /** Since when the lane would be free for an operation, and its state then, if it came last. */
  laneFreeAfter(operation: number): number {
    return operation < 0 ? -Infinity : this.#laneFree[operation]!;
  }

  /** Tries an operation at the end of a lane without keeping it; its times are then in start, run and end. */
  peek(operation: number, choice: number): boolean {
    const lane = this.compiled.choiceLane[choice]!;
    this.choice[operation] = choice;
    this.lane[operation] = lane;
    return this.#placer.place(
      operation,
      this.lastOn[lane]!,
      this.#queues.pools.last[this.compiled.resources.poolOf[operation]!] ?? -1,
    );
  }

  /** Behind what stands before it in the order, on its lane and in its pool. */
  #enqueue(operation: number): void {
    const queues = this.#queues;
    queues.link(operation, queues.laneBefore(operation), queues.poolBefore(operation), this.#outOfDate);
    this.#outOfDate.mark(operation);
  }

  #markFollowers(operation: number): void {
    const { outOf, linkTo } = this.compiled;
    const after = this.after[operation]!;
    if (after >= 0) this.#outOfDate.mark(after);
    const inPool = this.#queues.pools.after[operation]!;
    if (inPool >= 0) this.#outOfDate.mark(inPool);
    for (let at = outOf.from[operation]!; at < outOf.from[operation + 1]!; at += 1) {
      const follower = linkTo[outOf.items[at]!]!;
      if (this.position[follower]! >= 0) this.#outOfDate.mark(follower);
    }
  }

  /** Moves within the order; what lies between moves up or down by one. */
  #shift(operation: number, to: number): void {
    const { order, position } = this;
    const from = position[operation]!;
    if (from < to) {
      order.copyWithin(from, from + 1, to + 1);
      for (let at = from; at < to; at += 1) position[order[at]!] = at;
    } else {
      order.copyWithin(to + 1, to, from);
      for (let at = to + 1; at <= from; at += 1) position[order[at]!] = at;
    }
    order[to] = operation;
    position[operation] = to;
    this.#outOfDate.shifted(Math.min(from, to));
  }

  /** Takes what an operation adds out of the sums. */
  #forget(operation: number): void {
    if (this.absent[operation] === 1) return;
    if (this.placed[operation] === 1) {
      this.setupTime -= this.setup[operation]!;
      this.costs -= this.setupCost[operation]! + this.compiled.choiceCost[this.choice[operation]!]!;
      this.changes -= this.#changed(operation);
      this.placed[operation] = 0;
    } else this.unplaced -= 1;
    this.terms.touch(this.compiled.orderOf[operation]!);
  }

  #changed(operation: number): number {
    const published = this.compiled.publishedLane[operation]!;
    if (published === -1) return 0;
    const same =
      published === this.lane[operation] && this.start[operation] === this.compiled.publishedStart[operation];
    return same ? 0 : 1;
  }

  /** @returns whether anything that others look at has changed. */
  #compute(operation: number): boolean {
    this.#save(operation);
    this.work += 1;
    const { start, run, end, placed } = this;
    const wasPlaced = placed[operation]!;
    const oldRun = run[operation]!;
    const oldEnd = end[operation]!;
    const oldFree = this.#laneFree[operation]!;
    const oldState = this.#state[operation]!;
    this.#forget(operation);
    const lane = this.lane[operation]!;
    const before = this.before[operation]!;
    const poolBefore = this.#queues.pools.before[operation]!;
    const givenUp = this.#maxLags?.isGivenUp(operation) === true;
    let changed = false;
    if (!givenUp && this.#placer.place(operation, before, poolBefore)) {
      placed[operation] = 1;
      this.setupTime += this.setup[operation]!;
      this.costs += this.setupCost[operation]! + this.compiled.choiceCost[this.choice[operation]!]!;
      this.changes += this.#changed(operation);
      changed = this.#placer.keepUnits(operation, poolBefore);
    } else {
      placed[operation] = 0;
      start[operation] = 0;
      run[operation] = 0;
      end[operation] = 0;
      this.unplaced += 1;
      this.#laneFree[operation] = before < 0 ? -Infinity : this.#laneFree[before]!;
      this.#state[operation] = before < 0 ? this.compiled.laneState[lane]! : this.#state[before]!;
      this.#placer.slot = -1;
      changed = this.#placer.passUnits(operation, poolBefore);
    }
    if (this.compiled.slots[lane]! > 1) changed = this.#placer.keepSlots(operation, before) || changed;
    return (
      changed ||
      placed[operation] !== wasPlaced ||
      run[operation] !== oldRun ||
      end[operation] !== oldEnd ||
      this.#laneFree[operation] !== oldFree ||
      this.#state[operation] !== oldState
    );
  }

  #save(operation: number): void {
    if (this.#touchedAt[operation] === this.#transaction) return;
    this.#touchedAt[operation] = this.#transaction;
    this.#touched[this.#touchedCount] = operation;
    this.#touchedCount += 1;
    copyValues(this.#values, this.#old, operation, this.#unitAt[operation]!, this.compiled);
  }
}
