/* oxlint-disable typescript/no-non-null-assertion -- offsets are in range by construction */

/** Lists of whole numbers behind one another: list i is `items[from[i]] .. items[from[i + 1] - 1]`. */
export interface Lists {
  readonly from: Int32Array;
  readonly items: Int32Array;
}

/** One list for each of `count` keys, each in the order of `entries`. */
export function listsOf(count: number, entries: readonly (readonly [key: number, item: number])[]): Lists {
  const from = new Int32Array(count + 1);
  for (const [key] of entries) from[key + 1] = from[key + 1]! + 1;
  for (let i = 0; i < count; i += 1) from[i + 1] = from[i + 1]! + from[i]!;
  const items = new Int32Array(entries.length);
  const next = from.slice();
  for (const [key, item] of entries) {
    items[next[key]!] = item;
    next[key] = next[key]! + 1;
  }
  return { from, items };
}
