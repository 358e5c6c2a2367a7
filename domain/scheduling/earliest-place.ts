import type { BoardIndex, LaneIndex } from './board-index.ts';
import { eachEarliest } from './link-bounds.ts';
import { checkPlacement } from './placement.ts';
import { workAt } from './plan-state.ts';
import type { PlacementCheck } from './types.ts';
import { earliestSpan } from './working-span.ts';

/**
 * The first place on a lane, from `from` (epoch ms) on, that all rules take while nobody gives way; what a
 * hand without a pointer would look for bar by bar. Places are tried where one can come up: at `from`, when
 * the operation may run at all, where a stretch of work begins, and where another bar ends.
 *
 * Refused when there is none before the calendar of the lane ends: by the rule that says no to the first try.
 */
export function earliestPlace(
  index: BoardIndex,
  { operationId, laneId, from }: { operationId: string; laneId: string; from: number },
): PlacementCheck {
  const first = checkPlacement(index, { operationId, laneId, startsAt: from });
  const operation = index.numbers.get(operationId);
  const lane = index.lanes.get(laneId);
  if (first.ok || operation === undefined || lane === undefined) return first;
  const mayRunFrom = whenItMayRun(index, operation, lane, from);
  if (mayRunFrom === undefined) return first;
  const { endsAt, sequences } = index.columns;
  const tries = [
    mayRunFrom,
    ...lane.stretches.map((stretch) => stretch.startsAt),
    ...(sequences[lane.number] ?? [])
      .filter((other) => other !== operation)
      .map((other) => endsAt[other] ?? Number.NaN),
  ];
  for (const at of [...new Set(tries)].toSorted((a, b) => a - b)) {
    if (!(at >= mayRunFrom)) continue;
    const check = checkPlacement(index, { operationId, laneId, startsAt: at });
    if (check.ok) return check;
  }
  return first;
}

/** The start from which dates and what it follows let an operation run; undefined: not within the calendar. */
function whenItMayRun(
  index: BoardIndex,
  operation: number,
  lane: LaneIndex,
  from: number,
): number | undefined {
  const { releaseAt, material, materialAt } = index.operations[operation] ?? {};
  const earliest = { startsAt: from, runsAt: from, endsAt: -Infinity };
  if (releaseAt !== undefined) earliest.runsAt = Math.max(earliest.runsAt, releaseAt);
  if (material === 'short' && materialAt !== undefined) {
    earliest.runsAt = Math.max(earliest.runsAt, materialAt);
  }
  eachEarliest(index.columns, operation, (_, edge, at) => {
    earliest[edge] = Math.max(earliest[edge], at);
  });
  const work = workAt(index.columns, operation, lane.number, earliest.runsAt);
  return earliestSpan(lane.stretches, earliest, work)?.startsAt;
}
