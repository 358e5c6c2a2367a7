/** Lines that start on one day together, in the order in which they come. */
export function byDay<Line extends { readonly startsAt: number }>(
  lines: readonly Line[],
  dayOf: (at: number) => string,
): readonly (readonly [string, readonly Line[]])[] {
  const days = new Map<string, Line[]>();
  for (const line of lines) {
    const day = dayOf(line.startsAt);
    const others = days.get(day);
    if (others) others.push(line);
    else days.set(day, [line]);
  }
  return [...days];
}
