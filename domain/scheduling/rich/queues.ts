/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import { Chain } from './chain.ts';
import type { Compiled } from './compile.ts';
import type { OutOfDate } from './out-of-date.ts';

/** What a plan has decided that says who stands behind whom. */
interface Sequence {
  readonly order: Int32Array;
  readonly position: Int32Array;
  readonly lane: Int32Array;
  readonly absent: Uint8Array;
}

/** Who comes behind whom on each lane and in each pool of people and tools, in the order of a plan. */
export class Queues {
  readonly lanes: Chain;
  readonly pools: Chain;
  readonly #compiled: Compiled;
  readonly #sequence: Sequence;

  constructor(compiled: Compiled, sequence: Sequence) {
    this.lanes = new Chain(compiled.operationCount, compiled.laneCount);
    this.pools = new Chain(compiled.operationCount, compiled.resources.poolCount);
    this.#compiled = compiled;
    this.#sequence = sequence;
  }

  /** The last operation before this one in the order on the same lane; -1: none, or room for all. */
  laneBefore(operation: number): number {
    const { order, position, lane, absent } = this.#sequence;
    const own = lane[operation]!;
    if (this.#compiled.slots[own] === 0) return -1;
    const last = this.lanes.last[own]!;
    const end = position[operation]!;
    if (last < 0 || position[last]! < end) return last;
    for (let at = end - 1; at >= 0; at -= 1) {
      const other = order[at]!;
      if (lane[other] === own && absent[other] === 0) return other;
    }
    return -1;
  }

  /** The same in its pool. */
  poolBefore(operation: number): number {
    const { order, position, absent } = this.#sequence;
    const { poolOf } = this.#compiled.resources;
    const own = poolOf[operation]!;
    if (own < 0) return -1;
    const last = this.pools.last[own]!;
    const end = position[operation]!;
    if (last < 0 || position[last]! < end) return last;
    for (let at = end - 1; at >= 0; at -= 1) {
      const other = order[at]!;
      if (poolOf[other] === own && absent[other] === 0) return other;
    }
    return -1;
  }

  /** Puts an operation behind others; what follows it is marked where that is asked for. */
  link(operation: number, before: number, poolBefore: number, outOfDate?: OutOfDate): void {
    const lane = this.#sequence.lane[operation]!;
    if (this.#compiled.slots[lane] !== 0) {
      const after = this.lanes.insert(operation, lane, before);
      if (after >= 0) outOfDate?.mark(after);
    }
    const pool = this.#compiled.resources.poolOf[operation]!;
    if (pool < 0) return;
    const after = this.pools.insert(operation, pool, poolBefore);
    if (after >= 0) outOfDate?.mark(after);
  }

  unlink(operation: number, outOfDate?: OutOfDate): void {
    const lane = this.#sequence.lane[operation]!;
    if (this.#compiled.slots[lane] !== 0) {
      const after = this.lanes.remove(operation, lane);
      if (after >= 0) outOfDate?.mark(after);
    }
    const pool = this.#compiled.resources.poolOf[operation]!;
    if (pool < 0) return;
    const after = this.pools.remove(operation, pool);
    if (after >= 0) outOfDate?.mark(after);
  }
}
