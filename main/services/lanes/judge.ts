/** Whether bars may stand where a planner wants them, all of them at once. */
import { sql } from 'kysely';
import { notFound, refused } from '#contract/errors';
import { mergeIntervals } from '#domain/calendars/intervals';
import { finishAfter, nextWorkingInstant, workingSecondsBetween } from '#domain/calendars/working-time';
import { indexBoard } from '#domain/scheduling/board-index';
import { consequences } from '#domain/scheduling/consequences/consequences';
import type { BoardEdit } from '#domain/scheduling/consequences/types';
import type { BoardOperation, Lane, Placement } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { withSetups } from './board.ts';
import { openLanes, readCalendar, readLanes } from './calendar.ts';
import { readCoverage } from './materials.ts';
import { selectOperations, withMaterial } from './operations.ts';
import type { PlannedOperation } from './operations.ts';
import { readReservedBars } from './reserved-bars.ts';
import { readFamilies, readLinks } from './rules.ts';
import type { EditContext, Workbench } from './workbench.ts';

const dayMs = 86_400_000;

/** Where a bar is to stand; `laneId` null: nowhere. */
export interface Wanted {
  readonly operationId: string;
  readonly laneId: string | null;
  readonly startsAt: number;
  /** Just there: not behind a part that asks for the same start. */
  readonly exact?: boolean | undefined;
}

export interface Judged {
  readonly planned: PlannedOperation;
  readonly placement: Placement | undefined;
  readonly setupS: number;
}

/**
 * The places that the bars get, their ends counted in the working time of the lane, and those behind them
 * whose set-up is another for it. They are judged against a board on which all of them stand already: ten
 * bars that move together are not in each other's way where they stood before. Nothing else gives way.
 * Throws `Refused` with the first reason of the domain's rules.
 */
export async function judgePlacements(
  transaction: DatabaseTransaction,
  context: EditContext,
  bars: Workbench,
  wanted: readonly Wanted[],
): Promise<Judged[]> {
  if (wanted.length === 0) return [];
  const around = await readSurroundings(transaction, context, bars, wanted);
  const { lanes, range } = around;
  const stretchesOf = new Map(lanes.map((lane) => [lane.id, mergeIntervals(lane.windows)]));
  const asked = new Set(wanted.map(({ operationId }) => operationId));
  const onBench = [...bars.values()].filter(({ isGone }) => !isGone);
  const index = indexBoard({
    lanes,
    links: around.links,
    transitions: around.transitions,
    frozenUntil: context.source.frozenUntil,
    operations: withSetups(
      [
        ...around.planned.filter(({ operation }) => !bars.has(operation.operationId)),
        // A lock that the same edits put on holds from then on: whether it was locked before was asked already.
        ...onBench.map(({ planned, operation, setupS }) => ({
          ...planned,
          operation: asked.has(operation.operationId) ? { ...operation, locked: false } : operation,
          setupS,
        })),
      ],
      lanes,
      range,
    )
      .map((operation) => withMaterial(operation, around.coverage))
      .concat(around.reserved),
    now: context.now,
  });
  const outcome = consequences(index, editsOf(bars, wanted, stretchesOf), 'refuse');
  const [first] = outcome.refusals;
  if (first !== undefined) throw refused(`refusal.${first.refusal.reason}`, first.refusal.values);

  const byId = new Map(
    [...around.planned, ...onBench.map(({ planned, operation }) => ({ ...planned, operation }))].map(
      (one) => [one.operation.operationId, one],
    ),
  );
  return [...outcome.moved, ...outcome.pushed].flatMap(({ operationId, to }): Judged[] => {
    const planned = byId.get(operationId);
    if (planned === undefined) return [];
    if (to === undefined) return [{ planned, placement: undefined, setupS: 0 }];
    const stretches = stretchesOf.get(to.laneId) ?? [];
    const setupS = workingSecondsBetween(stretches, to.startsAt, to.setupEndsAt ?? to.startsAt);
    return [{ planned, placement: to, setupS }];
  });
}

/** The last word on a bar counts. Parts of one split all ask for one start: each begins where the one before ends. */
function editsOf(
  bars: Workbench,
  wanted: readonly Wanted[],
  stretchesOf: ReadonlyMap<string, readonly { readonly startsAt: number; readonly endsAt: number }[]>,
): BoardEdit[] {
  const takenUntil = new Map<string, number>();
  return [...new Map(wanted.map((one) => [one.operationId, one])).values()].map((one): BoardEdit => {
    const { operationId, laneId } = one;
    const bar = bars.get(operationId);
    if (laneId === null) return { type: 'unschedule', operationId };
    const stretches = stretchesOf.get(laneId);
    if (bar === undefined || stretches === undefined) throw notFound('error.unknown-lane');
    const { operation, setupS, planned } = bar;
    const key = `${planned.rootId} ${laneId} ${one.startsAt}`;
    const taken = one.exact === true ? undefined : takenUntil.get(key);
    const startsAt = taken === undefined ? one.startsAt : (nextWorkingInstant(stretches, taken) ?? taken);
    const durationS = (operation.laneDurationsS?.[laneId] ?? operation.durationS) + setupS;
    takenUntil.set(key, finishAfter(stretches, startsAt, durationS) ?? startsAt + durationS * 1000);
    return { type: 'place', operationId, laneId, startsAt };
  });
}

interface Surroundings {
  readonly lanes: readonly Lane[];
  readonly range: { readonly startsAt: number; readonly endsAt: number };
  readonly planned: readonly PlannedOperation[];
  readonly links: Awaited<ReturnType<typeof readLinks>>;
  readonly transitions: Awaited<ReturnType<typeof readFamilies>>['transitions'];
  readonly coverage: Awaited<ReturnType<typeof readCoverage>>;
  readonly reserved: readonly BoardOperation[];
}

/** What stands on the lanes that bars leave or come to, the work orders of the bars, and what links lead to. */
async function readSurroundings(
  transaction: DatabaseTransaction,
  { source, now }: EditContext,
  bars: Workbench,
  wanted: readonly Wanted[],
): Promise<Surroundings> {
  const benched = [...bars.values()].map(({ operation }) => operation);
  const instants = [
    ...wanted.flatMap(({ laneId, startsAt }) => (laneId === null ? [] : [startsAt])),
    ...benched.flatMap(({ placement }) => placement?.startsAt ?? []),
    now,
  ];
  const longestS = Math.max(...benched.map(({ durationS }) => durationS));
  // Working time is a fraction of the clock's: a long operation may need many weeks of windows.
  const range = {
    startsAt: Math.min(...instants) - 14 * dayMs,
    endsAt: Math.max(...instants) + 60 * dayMs + longestS * 8000,
  };
  const calendar = await readCalendar(transaction, source.plantId, range, now);
  if (calendar === undefined) throw notFound('error.unknown-plant');
  const laneIds = [
    ...new Set([
      ...wanted.flatMap(({ laneId }) => laneId ?? []),
      ...benched.flatMap(({ placement }) => placement?.laneId ?? []),
    ]),
  ];
  const rows = await readLanes(transaction, source.plantId, laneIds);
  if (rows.length < laneIds.length) throw notFound('error.unknown-lane');
  const orderIds = [...new Set(benched.map(({ workOrderId }) => workOrderId))];
  const planned = await selectOperations(
    transaction,
    source,
    sql`bar.work_order_id = ANY (${orderIds}::uuid[])
      OR (bar.lane_id = ANY (${laneIds}::uuid[])
        AND (bar.ends_at > ${new Date(range.startsAt)} OR bar.status IN ('running', 'paused')))
      OR bar.work_order_id IN (
        SELECT far.work_order_id FROM production.operations AS near
          JOIN production.operation_links AS link ON link.organization_id = near.organization_id
            AND near.id IN (link.predecessor_id, link.successor_id)
          JOIN production.operations AS far ON far.organization_id = link.organization_id
            AND far.id IN (link.predecessor_id, link.successor_id)
          WHERE near.work_order_id = ANY (${orderIds}::uuid[]))`,
  );
  const parts = [...bars.values()].flatMap(({ planned: whole, operation, isNew }) =>
    isNew ? [{ ...whole, operation }] : [],
  );
  const { transitions } = await readFamilies(transaction, source.plantId);
  return {
    lanes: openLanes(rows, calendar, range),
    range,
    planned,
    links: await readLinks(transaction, source.plantId, [...planned, ...parts]),
    transitions,
    coverage: await readCoverage(transaction, source.plantId),
    reserved: await readReservedBars(transaction, source.plantId, now),
  };
}
