/** The board of a plant over a range: the plan that holds, or a version beside it. */
import { sql } from 'kysely';
import { notFound } from '#contract/errors';
import type { Board } from '#contract/lanes';
import { mergeIntervals } from '#domain/calendars/intervals';
import { finishAfter, nextWorkingInstant } from '#domain/calendars/working-time';
import type { BoardOperation, Interval, Lane } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { openLanes, readCalendar, readLanes } from './calendar.ts';
import { readCoverage } from './materials.ts';
import { selectOperations, withMaterial } from './operations.ts';
import type { PlannedOperation } from './operations.ts';
import type { PlanSource } from './plan-source.ts';
import { readFamilies, readLinks } from './rules.ts';

/**
 * Placed operations that touch the range (a started one that runs over its plan touches the present; of a
 * draft also those whose place in the plan does), and all open ones that wait for a place.
 */
export async function readBoard(
  transaction: DatabaseTransaction,
  source: PlanSource,
  range: Interval,
  now: number,
): Promise<Board> {
  const calendar = await readCalendar(transaction, source.plantId, range, now);
  if (calendar === undefined) throw notFound('error.unknown-plant');
  const lanes = openLanes(await readLanes(transaction, source.plantId), calendar, range);
  const [from, to] = [new Date(range.startsAt), new Date(range.endsAt)];
  const planned = await selectOperations(
    transaction,
    source,
    sql`(bar.starts_at < ${to} AND (bar.ends_at > ${from} OR bar.status IN ('running', 'paused')))
      OR (bar.plan_starts_at < ${to} AND bar.plan_ends_at > ${from})
      OR (bar.lane_id IS NULL AND bar.status IN ('planned', 'ready', 'running', 'paused'))`,
  );
  const coverage = await readCoverage(transaction, source.plantId);
  return {
    source: 'database',
    asOf: now,
    plantId: source.plantId,
    timeZone: calendar.timeZone,
    lanes,
    operations: withSetups(planned, lanes, range).map((operation) => withMaterial(operation, coverage)),
    links: await readLinks(transaction, source.plantId, planned),
    ...(await readFamilies(transaction, source.plantId)),
    frozenUntil: source.frozenUntil,
  };
}

/** Operations by id as they stand, without what lies around them. */
export async function readOperations(
  transaction: DatabaseTransaction,
  source: PlanSource,
  ids: readonly string[],
  now: number,
): Promise<BoardOperation[]> {
  const planned = await selectOperations(transaction, source, sql`bar.id = ANY (${ids}::uuid[])`);
  const starts = planned.flatMap(({ operation: { placement } }) => placement?.startsAt ?? []);
  const ends = planned.flatMap(({ operation: { placement } }) => placement?.endsAt ?? []);
  const coverage = await readCoverage(transaction, source.plantId);
  const range = { startsAt: Math.min(...starts), endsAt: Math.max(...ends) };
  const calendar =
    starts.length === 0 ? undefined : await readCalendar(transaction, source.plantId, range, now);
  const lanes =
    calendar === undefined ? [] : openLanes(await readLanes(transaction, source.plantId), calendar, range);
  return withSetups(planned, lanes, range).map((operation) => withMaterial(operation, coverage));
}

/** When the set-up of a bar ends, counted in the working time of its lane; not known where it began before the range. */
export function withSetups(
  planned: readonly PlannedOperation[],
  lanes: readonly Lane[],
  range: Interval,
): BoardOperation[] {
  const stretchesOf = new Map(lanes.map((lane) => [lane.id, mergeIntervals(lane.windows)]));
  return planned.map(({ operation, setupS }) => {
    const { placement } = operation;
    if (placement === undefined || setupS === 0 || placement.startsAt < range.startsAt) return operation;
    const stretches = stretchesOf.get(placement.laneId);
    const readyAt = stretches && finishAfter(stretches, placement.startsAt, setupS);
    // A set-up that fills a stretch to its end is over when the next one begins, as the rules count.
    const runsAt = readyAt === undefined ? undefined : nextWorkingInstant(stretches ?? [], readyAt);
    if (runsAt === undefined) return operation;
    // Where the lane was closed since, no working time is left in the bar: its set-up is still a part of it.
    const setupEndsAt = Math.min(runsAt, placement.endsAt);
    return { ...operation, placement: { ...placement, setupEndsAt } };
  });
}
