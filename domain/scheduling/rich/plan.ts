/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem; a check at each read costs a third of the speed */
import { finishFinish, startStart, type Compiled } from './compile.ts';
import { mayPrecede } from './compile-lanes.ts';
import type { LaneCalendar } from './lane-calendar.ts';
import { OrderTerms } from './order-terms.ts';
import { ResourceFit } from './resource-fit.ts';

const moved = 0;
const detached = 1;
const attached = 2;
/** How often one operation may ask its predecessor to begin later before it is given up. */
const patience = 60;

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
  readonly #slotFree: Float64Array;
  readonly #unitFree: Float64Array;
  readonly #unitAt: Int32Array;
  readonly #noUnits: Float64Array;
  readonly #vector: Float64Array;
  readonly #poolBefore: Int32Array;
  readonly #poolAfter: Int32Array;
  readonly #firstInPool: Int32Array;
  readonly #lastInPool: Int32Array;
  readonly #fit: ResourceFit;
  readonly #laterRun: Float64Array;
  readonly #laterEnd: Float64Array;
  readonly #lagged: Int32Array;
  readonly #asked: Float64Array;
  readonly #givenUp: Int32Array;
  readonly #retry: number[] = [];
  readonly #dirty: Uint8Array;
  #dirtyCount = 0;
  #dirtyFrom = 0;
  #pass = 0;

  readonly #touchedAt: Int32Array;
  readonly #touched: Int32Array;
  #touchedCount = 0;
  #transaction = 0;
  readonly #log: number[] = [];
  readonly #old: OldValues;
  #oldTotals = [0, 0, 0, 0];

  constructor(compiled: Compiled) {
    const count = compiled.operationCount;
    const { resources, mostSlots } = compiled;
    this.compiled = compiled;
    this.order = new Int32Array(compiled.free.length);
    this.position = new Int32Array(count).fill(-1);
    this.choice = new Int32Array(count).fill(-1);
    this.lane = new Int32Array(count).fill(-1);
    this.start = new Float64Array(count);
    this.run = new Float64Array(count);
    this.end = new Float64Array(count);
    this.setup = new Float64Array(count);
    this.setupCost = new Float64Array(count);
    this.placed = new Uint8Array(count);
    this.absent = new Uint8Array(count);
    this.anchor = new Float64Array(count).fill(-Infinity);
    this.before = new Int32Array(count).fill(-1);
    this.after = new Int32Array(count).fill(-1);
    this.firstOn = new Int32Array(compiled.laneCount).fill(-1);
    this.lastOn = new Int32Array(compiled.laneCount).fill(-1);
    this.held = new Int32Array(resources.needs.items.length).fill(-1);
    this.#laneFree = new Float64Array(count);
    this.#state = new Int32Array(count);
    this.#slotFree = new Float64Array(mostSlots > 1 ? count * mostSlots : 0);
    this.#unitAt = new Int32Array(count);
    let units = 0;
    let mostUnits = mostSlots;
    for (let i = 0; i < count; i += 1) {
      const pool = resources.poolOf[i]!;
      if (pool < 0 || compiled.isPinned[i] === 1) continue;
      const size = resources.firstUnit[pool + 1]! - resources.firstUnit[pool]!;
      this.#unitAt[i] = units;
      units += size;
      mostUnits = Math.max(mostUnits, size);
    }
    this.#unitFree = new Float64Array(units);
    this.#noUnits = new Float64Array(mostUnits).fill(-Infinity);
    this.#vector = new Float64Array(mostUnits);
    this.#poolBefore = new Int32Array(count).fill(-1);
    this.#poolAfter = new Int32Array(count).fill(-1);
    this.#firstInPool = new Int32Array(resources.poolCount).fill(-1);
    this.#lastInPool = new Int32Array(resources.poolCount).fill(-1);
    this.#fit = new ResourceFit(compiled);
    this.#laterRun = new Float64Array(count).fill(-Infinity);
    this.#laterEnd = new Float64Array(count).fill(-Infinity);
    const lagged = new Set<number>();
    for (let link = 0; link < compiled.linkFrom.length; link += 1) {
      if (compiled.linkMax[link]! < Infinity) lagged.add(compiled.linkFrom[link]!);
    }
    this.#lagged = Int32Array.from(lagged);
    this.#asked = new Float64Array(count);
    this.#givenUp = new Int32Array(count);
    this.#dirty = new Uint8Array(count);
    this.#touchedAt = new Int32Array(count);
    this.#touched = new Int32Array(count);
    this.#old = oldValues(count, this.#slotFree.length, units, this.held.length);
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
    this.#link(operation, this.#laneBefore(operation), this.#poolBeforeOf(operation));
    this.#mark(operation);
  }

  /** Moves an operation to a position of the order (as it is without it) and to the lane of a choice. */
  relocate(operation: number, choice: number, position: number, anchor = -Infinity): void {
    this.detach(operation);
    this.attach(operation, choice, position, anchor);
  }

  /** Takes an operation off its lane; it keeps its position, and links from it bind nobody. */
  detach(operation: number): void {
    this.#save(operation);
    this.#log.push(operation, this.before[operation]!, this.#poolBefore[operation]!, detached);
    this.#unlink(operation);
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
    this.#link(operation, this.#laneBefore(operation), this.#poolBeforeOf(operation));
    this.#mark(operation);
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
    this.#pass += 1;
    if (this.compiled.hasMaxLag) this.#releaseLagged();
    let rise = 0;
    const changesBefore = this.#oldTotals[3]!;
    let at = this.#dirtyFrom;
    while (this.#dirtyCount > 0 && at < this.length) {
      const operation = order[at]!;
      at += 1;
      if (this.#dirty[operation] === 0) continue;
      this.#dirty[operation] = 0;
      this.#dirtyCount -= 1;
      if (this.absent[operation] === 1) continue;
      const endBefore = this.end[operation]!;
      if (this.#compute(operation)) this.#markFollowers(operation);
      if (limit < Infinity && this.endWeight[operation]! > 0 && this.placed[operation] === 1) {
        const due = this.#due[operation]!;
        const endNow = this.end[operation]!;
        rise += (Math.max(endNow, due) - Math.max(endBefore, due)) * this.endWeight[operation]!;
        if (rise + (this.changes - changesBefore) * this.changeWeight > limit) return false;
      }
      if (this.compiled.hasMaxLag && this.placed[operation] === 1) {
        const back = this.#askPredecessors(operation);
        if (back >= 0) at = Math.min(at, position[back]!);
      }
    }
    this.#dirtyFrom = this.length;
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
        this.#link(operation, first, second, false);
      } else {
        this.#unlink(operation, false);
        this.choice[operation] = first;
        this.lane[operation] = this.compiled.choiceLane[first]!;
        this.anchor[operation] = second;
        this.absent[operation] = 1;
      }
    }
    for (let at = 0; at < this.#touchedCount; at += 1) this.#restore(this.#touched[at]!);
    [this.unplaced, this.setupTime, this.costs, this.changes] = this.#oldTotals as [
      number,
      number,
      number,
      number,
    ];
    this.#dirty.fill(0);
    this.#dirtyCount = 0;
    this.#dirtyFrom = this.length;
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
    return this.#place(
      operation,
      this.lastOn[lane]!,
      this.#lastInPool[this.compiled.resources.poolOf[operation]!] ?? -1,
    );
  }

  #mark(operation: number): void {
    if (this.#dirty[operation] === 1) return;
    this.#dirty[operation] = 1;
    this.#dirtyCount += 1;
    const position = this.position[operation]!;
    if (position < this.#dirtyFrom) this.#dirtyFrom = position;
  }

  #markFollowers(operation: number): void {
    const { outOf, linkTo } = this.compiled;
    const after = this.after[operation]!;
    if (after >= 0) this.#mark(after);
    const inPool = this.#poolAfter[operation]!;
    if (inPool >= 0) this.#mark(inPool);
    for (let at = outOf.from[operation]!; at < outOf.from[operation + 1]!; at += 1) {
      const follower = linkTo[outOf.items[at]!]!;
      if (this.position[follower]! >= 0) this.#mark(follower);
    }
  }

  /** The last operation before this one in the order on the same lane. */
  #laneBefore(operation: number): number {
    const lane = this.lane[operation]!;
    if (this.compiled.slots[lane] === 0) return -1;
    const last = this.lastOn[lane]!;
    const position = this.position[operation]!;
    if (last < 0 || this.position[last]! < position) return last;
    for (let at = position - 1; at >= 0; at -= 1) {
      const other = this.order[at]!;
      if (this.lane[other] === lane && this.absent[other] === 0) return other;
    }
    return -1;
  }

  #poolBeforeOf(operation: number): number {
    const { poolOf } = this.compiled.resources;
    const pool = poolOf[operation]!;
    if (pool < 0) return -1;
    const last = this.#lastInPool[pool]!;
    const position = this.position[operation]!;
    if (last < 0 || this.position[last]! < position) return last;
    for (let at = position - 1; at >= 0; at -= 1) {
      const other = this.order[at]!;
      if (poolOf[other] === pool && this.absent[other] === 0) return other;
    }
    return -1;
  }

  #link(operation: number, before: number, poolBefore: number, mark = true): void {
    const lane = this.lane[operation]!;
    if (this.compiled.slots[lane] !== 0) {
      const after = before < 0 ? this.firstOn[lane]! : this.after[before]!;
      this.before[operation] = before;
      this.after[operation] = after;
      if (before < 0) this.firstOn[lane] = operation;
      else this.after[before] = operation;
      if (after < 0) this.lastOn[lane] = operation;
      else {
        this.before[after] = operation;
        if (mark) this.#mark(after);
      }
    }
    const pool = this.compiled.resources.poolOf[operation]!;
    if (pool < 0) return;
    const after = poolBefore < 0 ? this.#firstInPool[pool]! : this.#poolAfter[poolBefore]!;
    this.#poolBefore[operation] = poolBefore;
    this.#poolAfter[operation] = after;
    if (poolBefore < 0) this.#firstInPool[pool] = operation;
    else this.#poolAfter[poolBefore] = operation;
    if (after < 0) this.#lastInPool[pool] = operation;
    else {
      this.#poolBefore[after] = operation;
      if (mark) this.#mark(after);
    }
  }

  #unlink(operation: number, mark = true): void {
    const lane = this.lane[operation]!;
    if (this.compiled.slots[lane] !== 0) {
      const before = this.before[operation]!;
      const after = this.after[operation]!;
      if (before < 0) this.firstOn[lane] = after;
      else this.after[before] = after;
      if (after < 0) this.lastOn[lane] = before;
      else {
        this.before[after] = before;
        if (mark) this.#mark(after);
      }
      this.before[operation] = -1;
      this.after[operation] = -1;
    }
    const pool = this.compiled.resources.poolOf[operation]!;
    if (pool < 0) return;
    const before = this.#poolBefore[operation]!;
    const after = this.#poolAfter[operation]!;
    if (before < 0) this.#firstInPool[pool] = after;
    else this.#poolAfter[before] = after;
    if (after < 0) this.#lastInPool[pool] = before;
    else {
      this.#poolBefore[after] = before;
      if (mark) this.#mark(after);
    }
    this.#poolBefore[operation] = -1;
    this.#poolAfter[operation] = -1;
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
    const first = Math.min(from, to);
    if (this.#dirtyCount > 0 && first < this.#dirtyFrom) this.#dirtyFrom = first;
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

  /** Begins with no maximum lag asking for anything: what holds then is the earliest that holds at all. */
  #releaseLagged(): void {
    for (let at = 0; at < this.#lagged.length; at += 1) {
      const operation = this.#lagged[at]!;
      if (this.#laterRun[operation] === -Infinity && this.#laterEnd[operation] === -Infinity) continue;
      if (this.position[operation]! < 0) continue;
      this.#save(operation);
      this.#laterRun[operation] = -Infinity;
      this.#laterEnd[operation] = -Infinity;
      this.#mark(operation);
    }
    for (const operation of this.#retry.splice(0)) this.#mark(operation);
  }

  /** Lets predecessors begin later where a maximum lag is broken. @returns the foremost of them; -1: none. */
  #askPredecessors(operation: number): number {
    const { into, linkFrom, linkKind, linkMax } = this.compiled;
    let foremost = -1;
    for (let at = into.from[operation]!; at < into.from[operation + 1]!; at += 1) {
      const link = into.items[at]!;
      const max = linkMax[link]!;
      const from = linkFrom[link]!;
      if (max === Infinity || this.absent[from] === 1) continue;
      const kind = linkKind[link];
      const since = kind === startStart ? this.run[from]! : this.end[from]!;
      const wanted = (kind === finishFinish ? this.end[operation]! : this.run[operation]!) - max;
      if (since >= wanted) continue;
      if (this.#asked[operation]! < this.#pass * patience) this.#asked[operation] = this.#pass * patience;
      this.#asked[operation] = this.#asked[operation]! + 1;
      if (this.#asked[operation]! >= (this.#pass + 1) * patience) {
        this.#givenUp[operation] = this.#pass;
        this.#retry.push(operation);
        this.#mark(operation);
        return operation;
      }
      this.#save(from);
      if (kind === startStart) this.#laterRun[from] = wanted;
      else this.#laterEnd[from] = wanted;
      this.#mark(from);
      if (foremost < 0 || this.position[from]! < this.position[foremost]!) foremost = from;
    }
    return foremost;
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
    const poolBefore = this.#poolBefore[operation]!;
    const givenUp = this.#givenUp[operation] === this.#pass && this.#pass > 0;
    let changed = false;
    if (!givenUp && this.#place(operation, before, poolBefore)) {
      placed[operation] = 1;
      this.setupTime += this.setup[operation]!;
      this.costs += this.setupCost[operation]! + this.compiled.choiceCost[this.choice[operation]!]!;
      this.changes += this.#changed(operation);
      changed = this.#keepUnits(operation, poolBefore);
    } else {
      placed[operation] = 0;
      start[operation] = 0;
      run[operation] = 0;
      end[operation] = 0;
      this.unplaced += 1;
      this.#laneFree[operation] = before < 0 ? -Infinity : this.#laneFree[before]!;
      this.#state[operation] = before < 0 ? this.compiled.laneState[lane]! : this.#state[before]!;
      this.#slot = -1;
      changed = this.#passUnits(operation, poolBefore);
    }
    if (this.compiled.slots[lane]! > 1) changed = this.#keepSlots(operation, before) || changed;
    return (
      changed ||
      placed[operation] !== wasPlaced ||
      run[operation] !== oldRun ||
      end[operation] !== oldEnd ||
      this.#laneFree[operation] !== oldFree ||
      this.#state[operation] !== oldState
    );
  }

  #slot = 0;

  /** Finds the earliest time for an operation behind `before` on its lane; false: there is none. */
  #place(operation: number, before: number, poolBefore: number): boolean {
    const { compiled } = this;
    const { into, linkFrom, linkKind, linkMin } = compiled;
    const choice = this.choice[operation]!;
    const lane = compiled.choiceLane[choice]!;
    const work = compiled.choiceRun[choice]!;
    const calendar = compiled.calendars[lane]!;
    let headRun = Math.max(compiled.headRun[operation]!, this.#laterRun[operation]!, this.anchor[operation]!);
    let headEnd = Math.max(compiled.headEnd[operation]!, this.#laterEnd[operation]!);
    for (let at = into.from[operation]!; at < into.from[operation + 1]!; at += 1) {
      const link = into.items[at]!;
      const from = linkFrom[link]!;
      if (this.absent[from] === 1) continue;
      if (this.placed[from] === 0) return false;
      const kind = linkKind[link];
      const since = (kind === startStart ? this.run[from]! : this.end[from]!) + linkMin[link]!;
      if (kind === finishFinish) {
        if (since > headEnd) headEnd = since;
      } else if (since > headRun) headRun = since;
    }
    if (headEnd > -Infinity) headRun = Math.max(headRun, calendar.startToEndAt(headEnd, work));

    const slots = compiled.slots[lane]!;
    if (slots === 1) {
      if (!this.#placeInSequence(operation, lane, work, calendar, headRun, before, poolBefore)) return false;
    } else {
      this.setup[operation] = 0;
      this.setupCost[operation] = 0;
      if (slots === 0) {
        if (!this.#runFrom(operation, Math.max(headRun, compiled.now), work, calendar, poolBefore))
          return false;
      } else if (!this.#placeInSlot(operation, lane, work, calendar, headRun, before, poolBefore))
        return false;
      this.start[operation] = this.run[operation]!;
    }
    return (
      this.run[operation]! <= compiled.dueRun[operation]! &&
      this.end[operation]! <= compiled.dueEnd[operation]!
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
    const { compiled } = this;
    const table = compiled.setups[lane]!;
    const obstacles = compiled.obstacles[lane]![0]!;
    const family = compiled.familyOf[operation]!;
    let free = before < 0 ? -Infinity : this.#laneFree[before]!;
    let state = before < 0 ? compiled.laneState[lane]! : this.#state[before]!;
    let next = 0;
    while (next < obstacles.length && obstacles[next]!.start < free) next += 1;
    if (free < compiled.now) free = compiled.now;
    for (;;) {
      const obstacle = obstacles[next];
      const at = family < 0 ? -1 : state * table.families + family;
      const setup = at < 0 ? 0 : table.time[at]!;
      const low = setup > 0 ? calendar.finish(free, setup) : free;
      if (setup >= 0 && this.#runFrom(operation, low > headRun ? low : headRun, work, calendar, poolBefore)) {
        const run = this.run[operation]!;
        const after = family < 0 ? state : family;
        const fits =
          obstacle === undefined ||
          (this.end[operation]! <= obstacle.start && mayPrecede(table, after, obstacle));
        if (fits) {
          this.start[operation] = setup > 0 ? calendar.latestStart(run, setup) : run;
          this.setup[operation] = setup;
          this.setupCost[operation] = at < 0 ? 0 : table.cost[at]!;
          this.#laneFree[operation] = this.end[operation]!;
          this.#state[operation] = after;
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
    const { compiled } = this;
    const slots = compiled.slots[lane]!;
    const free = before < 0 ? this.#noUnits : this.#slotFree;
    const offset = before < 0 ? 0 : before * compiled.mostSlots;
    let bestRun = Infinity;
    let bestEnd = Infinity;
    let bestFree = -Infinity;
    this.#slot = -1;
    for (let slot = 0; slot < slots; slot += 1) {
      const since = free[offset + slot]!;
      let low = Math.max(headRun, since, compiled.now);
      if (low > bestRun) continue;
      const obstacles = compiled.obstacles[lane]![slot]!;
      for (let next = 0; ; next += 1) {
        if (!this.#runFrom(operation, low, work, calendar, poolBefore)) break;
        const obstacle = obstacles[next];
        if (obstacle === undefined || this.end[operation]! <= obstacle.start) {
          const run = this.run[operation]!;
          if (run < bestRun || (run === bestRun && since > bestFree)) {
            bestRun = run;
            bestEnd = this.end[operation]!;
            bestFree = since;
            this.#slot = slot;
          }
          break;
        }
        if (obstacle.end > low) low = obstacle.end;
      }
    }
    if (this.#slot < 0) return false;
    this.run[operation] = bestRun;
    this.end[operation] = bestEnd;
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
    const whole = this.compiled.interruptible[operation] === 0;
    const pool = this.compiled.resources.poolOf[operation]!;
    for (;;) {
      if (low === Infinity) return false;
      const run = whole ? calendar.fitting(low, work) : calendar.next(low);
      if (run === Infinity) return false;
      const end = whole ? run + work : calendar.finish(run, work);
      if (end === Infinity) return false;
      this.run[operation] = run;
      this.end[operation] = end;
      if (pool < 0) return true;
      const free = poolBefore < 0 ? this.#noUnits : this.#unitFree;
      const offset = poolBefore < 0 ? 0 : this.#unitAt[poolBefore]!;
      if (this.#fit.fit(operation, free, offset, run, end, calendar)) return true;
      low = this.#fit.later;
    }
  }

  /** Writes down since when each unit is free behind this operation. @returns whether that is news. */
  #keepUnits(operation: number, poolBefore: number): boolean {
    const { poolOf, firstUnit, needs } = this.compiled.resources;
    const pool = poolOf[operation]!;
    if (pool < 0) return false;
    const first = firstUnit[pool]!;
    const size = firstUnit[pool + 1]! - first;
    const vector = this.#vector;
    const from = poolBefore < 0 ? this.#noUnits : this.#unitFree;
    const offset = poolBefore < 0 ? 0 : this.#unitAt[poolBefore]!;
    for (let unit = 0; unit < size; unit += 1) vector[unit] = from[offset + unit]!;
    const need = needs.from[operation]!;
    const count = needs.from[operation + 1]! - need;
    for (let at = 0; at < count; at += 1) {
      const unit = this.#fit.found[at]!;
      this.held[need + at] = unit;
      vector[unit - first] = this.end[operation]!;
    }
    return this.#copy(this.#unitFree, this.#unitAt[operation]!, size);
  }

  #passUnits(operation: number, poolBefore: number): boolean {
    const { poolOf, firstUnit } = this.compiled.resources;
    const pool = poolOf[operation]!;
    if (pool < 0) return false;
    const size = firstUnit[pool + 1]! - firstUnit[pool]!;
    const from = poolBefore < 0 ? this.#noUnits : this.#unitFree;
    const offset = poolBefore < 0 ? 0 : this.#unitAt[poolBefore]!;
    for (let unit = 0; unit < size; unit += 1) this.#vector[unit] = from[offset + unit]!;
    return this.#copy(this.#unitFree, this.#unitAt[operation]!, size);
  }

  #keepSlots(operation: number, before: number): boolean {
    const { mostSlots, slots } = this.compiled;
    const size = slots[this.lane[operation]!]!;
    const from = before < 0 ? this.#noUnits : this.#slotFree;
    const offset = before < 0 ? 0 : before * mostSlots;
    for (let slot = 0; slot < size; slot += 1) this.#vector[slot] = from[offset + slot]!;
    if (this.#slot >= 0) this.#vector[this.#slot] = this.end[operation]!;
    return this.#copy(this.#slotFree, operation * mostSlots, size);
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

  #save(operation: number): void {
    if (this.#touchedAt[operation] === this.#transaction) return;
    this.#touchedAt[operation] = this.#transaction;
    this.#touched[this.#touchedCount] = operation;
    this.#touchedCount += 1;
    const old = this.#old;
    old.start[operation] = this.start[operation]!;
    old.run[operation] = this.run[operation]!;
    old.end[operation] = this.end[operation]!;
    old.setup[operation] = this.setup[operation]!;
    old.setupCost[operation] = this.setupCost[operation]!;
    old.laneFree[operation] = this.#laneFree[operation]!;
    old.state[operation] = this.#state[operation]!;
    old.placed[operation] = this.placed[operation]!;
    old.laterRun[operation] = this.#laterRun[operation]!;
    old.laterEnd[operation] = this.#laterEnd[operation]!;
    this.#copyVectors(
      operation,
      this.#slotFree,
      old.slotFree,
      this.#unitFree,
      old.unitFree,
      this.held,
      old.held,
    );
  }

  #restore(operation: number): void {
    const old = this.#old;
    this.start[operation] = old.start[operation]!;
    this.run[operation] = old.run[operation]!;
    this.end[operation] = old.end[operation]!;
    this.setup[operation] = old.setup[operation]!;
    this.setupCost[operation] = old.setupCost[operation]!;
    this.#laneFree[operation] = old.laneFree[operation]!;
    this.#state[operation] = old.state[operation]!;
    this.placed[operation] = old.placed[operation]!;
    this.#laterRun[operation] = old.laterRun[operation]!;
    this.#laterEnd[operation] = old.laterEnd[operation]!;
    this.#copyVectors(
      operation,
      old.slotFree,
      this.#slotFree,
      old.unitFree,
      this.#unitFree,
      old.held,
      this.held,
    );
  }

  #copyVectors(
    operation: number,
    slotsFrom: Float64Array,
    slotsTo: Float64Array,
    unitsFrom: Float64Array,
    unitsTo: Float64Array,
    heldFrom: Int32Array,
    heldTo: Int32Array,
  ): void {
    const { mostSlots, resources } = this.compiled;
    if (mostSlots > 1) {
      const offset = operation * mostSlots;
      for (let at = offset; at < offset + mostSlots; at += 1) slotsTo[at] = slotsFrom[at]!;
    }
    const pool = resources.poolOf[operation]!;
    if (pool < 0) return;
    const offset = this.#unitAt[operation]!;
    const size = resources.firstUnit[pool + 1]! - resources.firstUnit[pool]!;
    for (let at = offset; at < offset + size; at += 1) unitsTo[at] = unitsFrom[at]!;
    const { from } = resources.needs;
    for (let at = from[operation]!; at < from[operation + 1]!; at += 1) heldTo[at] = heldFrom[at]!;
  }
}

/** What the operations touched by a transaction were before it. */
interface OldValues {
  readonly start: Float64Array;
  readonly run: Float64Array;
  readonly end: Float64Array;
  readonly setup: Float64Array;
  readonly setupCost: Float64Array;
  readonly laneFree: Float64Array;
  readonly state: Int32Array;
  readonly placed: Uint8Array;
  readonly laterRun: Float64Array;
  readonly laterEnd: Float64Array;
  readonly slotFree: Float64Array;
  readonly unitFree: Float64Array;
  readonly held: Int32Array;
}

function oldValues(count: number, slots: number, units: number, held: number): OldValues {
  const numbers = () => new Float64Array(count);
  return {
    start: numbers(),
    run: numbers(),
    end: numbers(),
    setup: numbers(),
    setupCost: numbers(),
    laneFree: numbers(),
    state: new Int32Array(count),
    placed: new Uint8Array(count),
    laterRun: numbers(),
    laterEnd: numbers(),
    slotFree: new Float64Array(slots),
    unitFree: new Float64Array(units),
    held: new Int32Array(held),
  };
}
