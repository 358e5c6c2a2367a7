import type { ShiftWindow } from '#domain/scheduling/types';

/** Index of the first window that ends after `at`. */
export function firstWindow(windows: readonly ShiftWindow[], at: number): number {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((windows[middle]?.endsAt ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const representatives = new WeakMap<readonly ShiftWindow[], readonly ShiftWindow[]>();
const bySignature = new Map<string, WeakRef<readonly ShiftWindow[]>[]>();

/** One list for all lists with the same windows: lanes of one calendar come with a list each. */
export function calendarOf(windows: readonly ShiftWindow[]): readonly ShiftWindow[] {
  const known = representatives.get(windows);
  if (known !== undefined) return known;
  const signature = `${windows.length} ${windows[0]?.startsAt} ${windows.at(-1)?.endsAt}`;
  const alike = (bySignature.get(signature) ?? []).filter((each) => each.deref() !== undefined);
  const same = alike.map((each) => each.deref()).find((each) => each !== undefined && isSame(each, windows));
  if (same === undefined) bySignature.set(signature, [...alike, new WeakRef(windows)]);
  representatives.set(windows, same ?? windows);
  return same ?? windows;
}

function isSame(a: readonly ShiftWindow[], b: readonly ShiftWindow[]): boolean {
  return a.every((window, index) => {
    const other = b[index];
    return (
      window.startsAt === other?.startsAt &&
      window.endsAt === other.endsAt &&
      window.shiftCode === other.shiftCode
    );
  });
}
