/** Figures of plans: read whole from the present to their end, counted by the domain. */
import type { ScheduleFigures } from '#contract/schedules';
import { planFigures } from '#domain/scheduling/plan-figures';
import type { SetupTransition, Lane } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { openLanes, readCalendar, readLanes } from '#main/services/lanes/calendar';
import type { PlanSource } from '#main/services/lanes/plan-source';
import { readFamilies } from '#main/services/lanes/rules';
import { selectOpenPlan } from './problem.ts';

const dayMs = 86_400_000;
/** Load is told for this long from now on. */
export const loadHorizonMs = 28 * dayMs;

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
  const range = { startsAt: now, endsAt: now + loadHorizonMs };
  const calendar = await readCalendar(transaction, plantId, range, now);
  const rows = await readLanes(transaction, plantId);
  const { transitions } = await readFamilies(transaction, plantId);
  return { now, lanes: calendar === undefined ? [] : openLanes(rows, calendar, range), transitions };
}

/** Figures of one plan. */
export async function readFigures(
  transaction: DatabaseTransaction,
  source: PlanSource,
  ground: FigureGround,
): Promise<ScheduleFigures> {
  const { now, lanes, transitions } = ground;
  const planned = await selectOpenPlan(transaction, source, now);
  return planFigures({
    operations: planned.map(({ operation }) => operation),
    lanes,
    transitions,
    setupsS: new Map(planned.map(({ operation, setupS }) => [operation.operationId, setupS])),
    now,
    horizonEndsAt: now + loadHorizonMs,
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
