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

/** Longer than a break, shorter than the time between two shifts of the same name. */
const longestBreakMs = 2 * 3_600_000;
const knownShifts = new WeakMap<readonly ShiftWindow[], readonly ShiftWindow[]>();

/** The shifts of a calendar, each from its begin to its end: breaks, and what is closed for less than two hours, leave it whole. */
export function wholeShifts(windows: readonly ShiftWindow[]): readonly ShiftWindow[] {
  const known = knownShifts.get(windows);
  if (known !== undefined) return known;
  const shifts: ShiftWindow[] = [];
  for (const window of windows) {
    const last = shifts.at(-1);
    const goesOn = last?.shiftCode === window.shiftCode && window.startsAt - last.endsAt <= longestBreakMs;
    if (last !== undefined && goesOn) shifts[shifts.length - 1] = { ...last, endsAt: window.endsAt };
    else shifts.push(window);
  }
  knownShifts.set(windows, shifts);
  return shifts;
}
