/**
 * What a table's rows are, in one number that does not depend on their order: the sum modulo 2^256 of
 * the SHA-256 of each row's COPY text. A row lost, doubled, added or changed changes it; where the rows
 * lie in the table does not, so that a restored table can be compared with the one that was saved.
 */
import { hash } from 'node:crypto';

export interface RowDigest {
  /** @param block COPY text that ends where a row ends. */
  add(block: Buffer): void;
  rows(): number;
  /** 64 hexadecimal digits. */
  hex(): string;
}

const lanes = 8;
/** 2^20 sums of 32 bits stay exact in a double. */
const carryEvery = 1 << 20;
const newline = 0x0a;

export function rowDigest(): RowDigest {
  const sums = new Float64Array(lanes);
  let rows = 0;
  let sinceCarry = 0;

  const carry = () => {
    let over = 0;
    for (let lane = 0; lane < lanes; lane++) {
      const sum = (sums[lane] ?? 0) + over;
      over = Math.floor(sum / 2 ** 32);
      sums[lane] = sum - over * 2 ** 32;
    }
    sinceCarry = 0;
  };

  return {
    add(block) {
      let start = 0;
      while (start < block.length) {
        const end = block.indexOf(newline, start);
        if (end < 0) throw new Error('a block of rows that does not end with a row');
        const one = hash('sha256', block.subarray(start, end), 'buffer');
        for (let lane = 0; lane < lanes; lane++) {
          sums[lane] = (sums[lane] ?? 0) + one.readUInt32LE(lane * 4);
        }
        rows++;
        if (++sinceCarry === carryEvery) carry();
        start = end + 1;
      }
    },
    rows: () => rows,
    hex() {
      carry();
      return Array.from(sums, (lane) => lane.toString(16).padStart(8, '0'))
        .toReversed()
        .join('');
    },
  };
}
