import type { BoardIndex } from './board-index.ts';

/**
 * How much later each placed operation could end before a work order that depends on it ends after it is
 * due, seconds by the clock; negative: an order is late by that. What follows on the lane and along links
 * keeps its place in the sequence, and gaps between them are used up first. Infinity: nothing with a due
 * date depends on it. Closed hours count as gaps, so over a night this is more than a planner can use.
 */
export function slackOnBoard(index: BoardIndex): Map<string, number> {
  const { columns, operations, links, workOrders } = index;
  const placed = [...operations.keys()].filter((number) => (columns.laneOf[number] ?? -1) >= 0);
  // Whoever follows begins later: from the last start back each follower is known before what it follows.
  placed.sort((a, b) => (columns.runsAt[b] ?? 0) - (columns.runsAt[a] ?? 0));
  const nextOnLane = new Int32Array(operations.length).fill(-1);
  for (const [lane, sequence] of columns.sequences.entries()) {
    if (index.laneList[lane]?.lane.capacity !== 1) continue;
    for (const [at, number] of sequence.entries()) nextOnLane[number] = sequence[at + 1] ?? -1;
  }
  const lastOf = new Map<string, number>();
  for (const [workOrder, members] of workOrders) {
    lastOf.set(workOrder, Math.max(...members.map((member) => columns.endsAt[member] || -Infinity)));
  }
  const slackMs = new Float64Array(operations.length).fill(Infinity);
  for (const number of placed) {
    const operation = operations[number];
    if (operation === undefined || operation.status === 'completed') continue;
    const endsAt = columns.endsAt[number] ?? 0;
    let slack = endsAt === lastOf.get(operation.workOrderId) ? operation.dueAt - endsAt : Infinity;
    const follower = nextOnLane[number] ?? -1;
    if (follower >= 0) {
      slack = Math.min(slack, (columns.startsAt[follower] ?? 0) - endsAt + (slackMs[follower] ?? 0));
    }
    for (const { other, kind, minLagMs } of links.after[number] ?? []) {
      if ((columns.laneOf[other] ?? -1) < 0) continue;
      const from = kind === 'start_start' ? (columns.runsAt[number] ?? 0) : endsAt;
      const to = (kind === 'finish_finish' ? columns.endsAt[other] : columns.runsAt[other]) ?? 0;
      slack = Math.min(slack, to - from - minLagMs + (slackMs[other] ?? 0));
    }
    slackMs[number] = slack;
  }
  return new Map(
    placed.map((number) => [operations[number]?.operationId ?? '', (slackMs[number] ?? 0) / 1000]),
  );
}

/** Operations whose delay delays a work order past its due date at once. */
export function criticalOf(slackS: ReadonlyMap<string, number>): Set<string> {
  return new Set([...slackS].filter(([, slack]) => slack <= 0).map(([operationId]) => operationId));
}
