/** A plan read as a problem for the solver, the checker and the explanation. */
import { sql } from 'kysely';
import { notFound } from '#contract/errors';
import { problemFromBoard } from '#domain/scheduling/model/from-board';
import type { BoardProblem, ConvertedBoard } from '#domain/scheduling/model/from-board';
import type { Objective } from '#domain/scheduling/model/problem';
import type { BoardOperation, Interval, Lane, SetupTransition } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { withSetups } from '#main/services/lanes/board';
import { openLanes, readCalendar, readLanes } from '#main/services/lanes/calendar';
import { readCoverage } from '#main/services/lanes/materials';
import { selectOperations, withMaterial } from '#main/services/lanes/operations';
import type { PlannedOperation } from '#main/services/lanes/operations';
import type { PlanSource } from '#main/services/lanes/plan-source';
import { readReservedBars } from '#main/services/lanes/reserved-bars';
import { readFamilies, readLinks } from '#main/services/lanes/rules';

const dayMs = 86_400_000;
/** Shifts are counted this far ahead: what does not fit before does not fit. */
export const horizonDays = 182;
/** Ended work of this long ago still says in which set-up a lane stands. */
const rememberedDays = 14;

export interface PlanProblem extends ConvertedBoard {
  /** When it was read, epoch ms. */
  readonly now: number;
  readonly timeZone: string;
  readonly lanes: readonly Lane[];
  /** Of the plan; the problem has promised room besides. */
  readonly operations: readonly BoardOperation[];
  readonly transitions: readonly SetupTransition[];
  /** By operation id, seconds of working time of its set-up where it stands. */
  readonly setupsS: ReadonlyMap<string, number>;
}

/** What matters where only the rules are asked, not how good the plan is. */
export const noObjective: Objective = { mode: 'weighted', terms: [{ term: 'tardiness', weight: 1 }] };

/**
 * All open operations of a plan, what has ended of their work orders, and what ended not long ago: the work
 * that solver, checker and figures all look at.
 */
export function selectOpenPlan(
  transaction: DatabaseTransaction,
  source: PlanSource,
  now: number,
): Promise<PlannedOperation[]> {
  return selectOperations(
    transaction,
    source,
    sql`bar.status IN ('planned', 'ready', 'running', 'paused')
      OR (bar.status = 'completed' AND bar.ends_at > ${new Date(now - rememberedDays * dayMs)})
      OR (bar.status = 'completed' AND bar.work_order_id IN (
        SELECT open.work_order_id FROM production.operations AS open
        WHERE open.plant_id = ${source.plantId} AND open.status IN ('planned', 'ready', 'running', 'paused')))`,
  );
}

/** Reads all open operations of a plan with everything that binds them. Throws `NotFound`. */
export async function problemOf(
  transaction: DatabaseTransaction,
  source: PlanSource,
  options: { readonly now: number; readonly objective: Objective; readonly begun: BoardProblem['begun'] },
): Promise<PlanProblem> {
  const { now, objective, begun } = options;
  const planned = await selectOpenPlan(transaction, source, now);
  const earliest = Math.min(
    now,
    ...planned.flatMap(({ operation: { status, placement } }) =>
      status === 'completed' || placement === undefined ? [] : [placement.startsAt],
    ),
  );
  const horizon = { startsAt: earliest - dayMs, endsAt: now + horizonDays * dayMs };
  const calendar = await readCalendar(transaction, source.plantId, horizon, now);
  if (calendar === undefined) throw notFound('error.unknown-plant');
  const lanes = openLanes(await readLanes(transaction, source.plantId), calendar, horizon);
  const coverage = await readCoverage(transaction, source.plantId);
  const operations = withSetups(planned, lanes, horizon).map((one) => withMaterial(one, coverage));
  const { transitions } = await readFamilies(transaction, source.plantId);
  const reserved = await readReservedBars(transaction, source.plantId, now);
  const converted = problemFromBoard({
    lanes,
    operations: [...operations, ...reserved],
    links: await readLinks(transaction, source.plantId, planned),
    transitions,
    laneCosts: new Map(planned.map((one) => [one.operation.operationId, laneCostsOf(one)])),
    objective,
    now,
    frozenUntil: source.frozenUntil,
    horizon: horizon satisfies Interval,
    begun,
  });
  const setupsS = new Map(planned.map(({ operation, setupS }) => [operation.operationId, setupS]));
  return { ...converted, now, timeZone: calendar.timeZone, lanes, operations, transitions, setupsS };
}

/** A lane costs by how much less it is preferred than the one that is preferred most. */
function laneCostsOf({ laneTimes }: PlannedOperation): Readonly<Record<string, number>> {
  const entries = Object.entries(laneTimes);
  const most = Math.max(...entries.map(([, [, , preference]]) => preference));
  return Object.fromEntries(entries.map(([laneId, [, , preference]]) => [laneId, most - preference]));
}
