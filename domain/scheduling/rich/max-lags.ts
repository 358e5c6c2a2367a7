/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import { finishFinish, startStart, type Compiled } from './compile.ts';
import type { OperationValues } from './operation-values.ts';
import type { OutOfDate } from './out-of-date.ts';

/** How often one operation may ask its predecessor to begin later before it is given up. */
const patience = 60;

/** What the lags look at of a plan, and how a value of it is kept before it is changed. */
interface Lagged {
  readonly compiled: Compiled;
  readonly position: Int32Array;
  readonly absent: Uint8Array;
  readonly values: OperationValues;
  readonly outOfDate: OutOfDate;
  readonly save: (operation: number) => void;
}

/**
 * Maximum lags while a plan is settled: who would begin too long after its predecessor asks that one to
 * begin later, again and again, until it holds or its patience is at an end.
 */
export class MaxLags {
  readonly #plan: Lagged;
  /** Operations that may be asked. */
  readonly #lagged: Int32Array;
  readonly #asked: Float64Array;
  readonly #givenUp: Int32Array;
  readonly #retry: number[] = [];
  #pass = 0;

  constructor(plan: Lagged) {
    const { operationCount, linkFrom, linkMax } = plan.compiled;
    this.#plan = plan;
    const lagged = new Set<number>();
    for (let link = 0; link < linkFrom.length; link += 1) {
      if (linkMax[link]! < Infinity) lagged.add(linkFrom[link]!);
    }
    this.#lagged = Int32Array.from(lagged);
    this.#asked = new Float64Array(operationCount);
    this.#givenUp = new Int32Array(operationCount);
  }

  /** Begins with no maximum lag asking for anything: what holds then is the earliest that holds at all. */
  begin(): void {
    this.#pass += 1;
    const { position, values, outOfDate, save } = this.#plan;
    for (let at = 0; at < this.#lagged.length; at += 1) {
      const operation = this.#lagged[at]!;
      if (values.laterRun[operation] === -Infinity && values.laterEnd[operation] === -Infinity) continue;
      if (position[operation]! < 0) continue;
      save(operation);
      values.laterRun[operation] = -Infinity;
      values.laterEnd[operation] = -Infinity;
      outOfDate.mark(operation);
    }
    for (const operation of this.#retry.splice(0)) outOfDate.mark(operation);
  }

  isGivenUp(operation: number): boolean {
    return this.#givenUp[operation] === this.#pass && this.#pass > 0;
  }

  /** Lets predecessors begin later where a maximum lag is broken. @returns the foremost of them; -1: none. */
  ask(operation: number): number {
    const { compiled, position, absent, values, outOfDate, save } = this.#plan;
    const { into, linkFrom, linkKind, linkMax } = compiled;
    let foremost = -1;
    for (let at = into.from[operation]!; at < into.from[operation + 1]!; at += 1) {
      const link = into.items[at]!;
      const max = linkMax[link]!;
      const from = linkFrom[link]!;
      if (max === Infinity || absent[from] === 1) continue;
      const kind = linkKind[link];
      const since = kind === startStart ? values.run[from]! : values.end[from]!;
      const wanted = (kind === finishFinish ? values.end[operation]! : values.run[operation]!) - max;
      if (since >= wanted) continue;
      if (this.#asked[operation]! < this.#pass * patience) this.#asked[operation] = this.#pass * patience;
      this.#asked[operation] = this.#asked[operation]! + 1;
      if (this.#asked[operation]! >= (this.#pass + 1) * patience) {
        this.#givenUp[operation] = this.#pass;
        this.#retry.push(operation);
        outOfDate.mark(operation);
        return operation;
      }
      save(from);
      if (kind === startStart) values.laterRun[from] = wanted;
      else values.laterEnd[from] = wanted;
      outOfDate.mark(from);
      if (foremost < 0 || position[from]! < position[foremost]!) foremost = from;
    }
    return foremost;
  }
}
