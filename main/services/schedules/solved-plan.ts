/** What a schedule of the solver makes of a plan: the bars to be written, and the figures that the draft has then. */
import type { ScheduleFigures } from '#contract/schedules';
import { mergeIntervals } from '#domain/calendars/intervals';
import { workingSecondsBetween } from '#domain/calendars/working-time';
import { placementFrom } from '#domain/scheduling/model/from-board';
import type { Assignment } from '#domain/scheduling/model/problem';
import { planFigures } from '#domain/scheduling/plan-figures';
import type { BoardOperation, Placement } from '#domain/scheduling/types';
import { loadHorizonMs } from './figures.ts';
import type { PlanProblem } from './problem.ts';

export interface SolvedBar {
  readonly operationId: string;
  /** Null: the schedule has no place for it. */
  readonly placement: Placement | null;
  /** Seconds of working time. */
  readonly setupS: number;
}

/** Prepared once a run: both are asked for each better schedule. */
export function solvedPlan(plan: PlanProblem) {
  const { problem, originAt, setupsS } = plan;
  const stretchesOf = new Map(plan.lanes.map((lane) => [lane.id, mergeIntervals(lane.windows)]));
  const known = new Set(plan.operations.map(({ operationId }) => operationId));
  // Pinned bars stand where they stood; promised room is no bar.
  const free = problem.operations.filter(({ id, pin }) => pin === undefined && known.has(id));

  function barsOf(assignments: readonly Assignment[]): SolvedBar[] {
    const placed = new Map(assignments.map((one) => [one.operation, one]));
    return free.map(({ id }) => {
      const assignment = placed.get(id);
      if (assignment === undefined) return { operationId: id, placement: null, setupS: 0 };
      const placement = placementFrom(assignment, originAt);
      const { laneId, startsAt, setupEndsAt = startsAt } = placement;
      const setupS = Math.round(workingSecondsBetween(stretchesOf.get(laneId) ?? [], startsAt, setupEndsAt));
      return { operationId: id, placement, setupS };
    });
  }

  const freeIds = new Set(free.map(({ id }) => id));

  return {
    /** What of a schedule is new to the draft. */
    barsOf,
    /**
     * Where a schedule puts what it may put anywhere, for the board to show. What has begun is not among it:
     * in the problem it stands as long as it is expected to, on the board as it was planned.
     */
    placementsOf: (assignments: readonly Assignment[]): (Placement & { readonly operationId: string })[] =>
      assignments
        .filter(({ operation }) => freeIds.has(operation))
        .map((assignment) => ({
          operationId: assignment.operation,
          ...placementFrom(assignment, originAt),
        })),
    /** The figures that the draft has once the schedule is written, at the time at which the plan was read. */
    figuresOf(assignments: readonly Assignment[]): ScheduleFigures {
      const bars = new Map(barsOf(assignments).map((bar) => [bar.operationId, bar]));
      const operations = plan.operations.map((operation): BoardOperation => {
        const bar = bars.get(operation.operationId);
        if (bar === undefined) return operation;
        const { placement: _, ...rest } = operation;
        return bar.placement === null ? rest : { ...rest, placement: bar.placement };
      });
      return planFigures({
        operations,
        lanes: plan.lanes,
        transitions: plan.transitions,
        setupsS: new Map([...setupsS, ...[...bars].map(([id, { setupS }]) => [id, setupS] as const)]),
        now: plan.now,
        horizonEndsAt: plan.now + loadHorizonMs,
        compared: true,
      });
    },
  };
}
