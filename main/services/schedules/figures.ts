/** Figures of plans: read whole from the present to their end, counted by the domain. */
import { sql } from 'kysely';
import type { ScheduleFigures } from '#contract/schedules';
import { planFigures } from '#domain/scheduling/plan-figures';
import type { SetupTransition, Lane } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { withSetups } from '#main/services/lanes/board';
import { openLanes, readCalendar, readLanes } from '#main/services/lanes/calendar';
import { selectOperations } from '#main/services/lanes/operations';
import type { PlanSource } from '#main/services/lanes/plan-source';
import { readFamilies } from '#main/services/lanes/rules';

const dayMs = 86_400_000;
/** Load is told for this long from now on. */
const horizonMs = 28 * dayMs;

/** What all plans of a plant share: read once, counted on many. */
export interface FigureGround {
  readonly now: number;
  readonly lanes: readonly Lane[];
  readonly transitions: readonly SetupTransition[];
}

export async function readFigureGround(
  transaction: DatabaseTransaction,
  plantId: string,
  now: number,
): Promise<FigureGround> {
  const range = { startsAt: now, endsAt: now + horizonMs };
  const calendar = await readCalendar(transaction, plantId, range, now);
  const rows = await readLanes(transaction, plantId);
  const { transitions } = await readFamilies(transaction, plantId);
  return { now, lanes: calendar === undefined ? [] : openLanes(rows, calendar, range), transitions };
}

/** Figures of one plan. Work that ended more than a fortnight ago tells nothing of set-ups to come. */
export async function readFigures(
  transaction: DatabaseTransaction,
  source: PlanSource,
  ground: FigureGround,
): Promise<ScheduleFigures> {
  const { now, lanes, transitions } = ground;
  const planned = await selectOperations(
    transaction,
    source,
    sql`bar.status IN ('planned', 'ready', 'running', 'paused')
      OR (bar.status = 'completed' AND bar.ends_at > ${new Date(now - 14 * dayMs)})`,
  );
  return planFigures({
    operations: withSetups(planned, lanes, { startsAt: now, endsAt: now + horizonMs }),
    lanes,
    transitions,
    now,
    horizonEndsAt: now + horizonMs,
    compared: source.kind === 'draft',
  });
}

export async function readDraftFigures(
  transaction: DatabaseTransaction,
  source: PlanSource,
  now: number,
): Promise<ScheduleFigures> {
  return readFigures(transaction, source, await readFigureGround(transaction, source.plantId, now));
}
