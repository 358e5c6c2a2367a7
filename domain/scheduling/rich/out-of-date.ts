/* oxlint-disable typescript/no-non-null-assertion -- operations are in range by construction */

/** Operations of a plan whose times have to be computed again, and the foremost position at which one stands. */
export class OutOfDate {
  count = 0;
  from = 0;
  readonly #marked: Uint8Array;
  readonly #position: Int32Array;

  /** @param position of each operation in the order of the plan. */
  constructor(position: Int32Array) {
    this.#marked = new Uint8Array(position.length);
    this.#position = position;
  }

  mark(operation: number): void {
    if (this.#marked[operation] === 1) return;
    this.#marked[operation] = 1;
    this.count += 1;
    const position = this.#position[operation]!;
    if (position < this.from) this.from = position;
  }

  /** @returns whether it was marked; it is not any more. */
  take(operation: number): boolean {
    if (this.#marked[operation] === 0) return false;
    this.#marked[operation] = 0;
    this.count -= 1;
    return true;
  }

  /** Operations from a position on have moved in the order. */
  shifted(position: number): void {
    if (this.count > 0 && position < this.from) this.from = position;
  }

  clear(): void {
    this.#marked.fill(0);
    this.count = 0;
  }
}
