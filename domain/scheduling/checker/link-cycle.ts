interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Ids along a cycle of links, the first again at the end; undefined when there is none. */
export function cycleOf(links: readonly Arrow[]): string[] | undefined {
  const next = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  for (const { from, to } of links) {
    const list = next.get(from);
    if (list === undefined) next.set(from, [to]);
    else list.push(to);
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
    if (!waiting.has(from)) waiting.set(from, 0);
  }
  // Take away what waits for nothing; what is left over is a cycle or hangs on one.
  const ready = [...waiting].filter(([, count]) => count === 0).map(([id]) => id);
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    waiting.delete(id);
    for (const to of next.get(id) ?? []) {
      const count = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, count);
      if (count === 0) ready.push(to);
    }
  }
  const before = new Map(links.filter(({ from }) => waiting.has(from)).map(({ from, to }) => [to, from]));
  const [start] = waiting.keys();
  if (start === undefined) return undefined;
  // Against the arrows everything left over has one that it waits for, so the walk comes back to itself.
  const walked: string[] = [];
  let at = start;
  while (!walked.includes(at)) {
    walked.push(at);
    at = before.get(at) ?? at;
  }
  return [at, ...walked.slice(walked.indexOf(at)).toReversed()];
}
