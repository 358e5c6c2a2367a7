import type { PlanColumns } from './board-index.ts';
import type { Link } from './board-links.ts';

/** Which edge of an operation a link holds: the start of its run, or its end. */
export type Edge = 'runsAt' | 'endsAt';

/**
 * What holds an edge of an operation: `other` (a number), at the instant `at`; `isMaxLag` when it is the
 * longest lag of a link that binds, not the order of the two.
 */
export type VisitBound = (other: number, edge: Edge, at: number, isMaxLag: boolean) => void;

/** Tells the instants before which an edge of the operation may not lie. */
export function eachEarliest(plan: PlanColumns, operation: number, visit: VisitBound): void {
  walkBefore(plan, operation, undefined, 0, visit, undefined);
  for (const link of plan.index.links.after[operation] ?? []) {
    const at = plan.runsAt[link.other] ?? Number.NaN;
    if (link.maxLagMs === Infinity || link.kind === 'finish_finish' || Number.isNaN(at)) continue;
    visit(link.other, link.kind === 'start_start' ? 'runsAt' : 'endsAt', at - link.maxLagMs, true);
  }
}

/** Tells the instants after which an edge of the operation may not lie. */
export function eachLatest(plan: PlanColumns, operation: number, visit: VisitBound): void {
  walkAfter(plan, operation, undefined, 0, visit, undefined);
  for (const link of plan.index.links.before[operation] ?? []) {
    const at = (link.kind === 'start_start' ? plan.runsAt : plan.endsAt)[link.other] ?? Number.NaN;
    if (link.maxLagMs === Infinity || link.kind === 'finish_finish' || Number.isNaN(at)) continue;
    visit(link.other, 'runsAt', at + link.maxLagMs, true);
  }
}

const reachedEdge = ({ kind }: Link): Edge => (kind === 'finish_finish' ? 'endsAt' : 'runsAt');
const countedFrom = ({ kind }: Link): Edge => (kind === 'start_start' ? 'runsAt' : 'endsAt');

/*
 * An operation that waits for a place binds nothing itself, but those behind it do: 30 must follow 10
 * also while 20 is unscheduled. What it would take in between is not known, so only lags add up. A link
 * to the end of the waiting one says nothing about its start.
 */

function walkBefore(
  plan: PlanColumns,
  operation: number,
  via: { readonly edge: Edge; readonly counted: Edge } | undefined,
  lagMs: number,
  visit: VisitBound,
  seen: Set<number> | undefined,
): void {
  for (const link of plan.index.links.before[operation] ?? []) {
    const reached = reachedEdge(link);
    if (via !== undefined && reached === 'endsAt' && via.counted === 'runsAt') continue;
    const edge = via?.edge ?? reached;
    const at = plan[countedFrom(link)][link.other] ?? Number.NaN;
    const lag = lagMs + link.minLagMs;
    if (!Number.isNaN(at)) visit(link.other, edge, at + lag, false);
    else if (seen === undefined || !seen.has(link.other)) {
      const walked = (seen ?? new Set([operation])).add(link.other);
      walkBefore(plan, link.other, { edge, counted: countedFrom(link) }, lag, visit, walked);
    }
  }
}

function walkAfter(
  plan: PlanColumns,
  operation: number,
  via: { readonly edge: Edge; readonly reached: Edge } | undefined,
  lagMs: number,
  visit: VisitBound,
  seen: Set<number> | undefined,
): void {
  for (const link of plan.index.links.after[operation] ?? []) {
    const counted = countedFrom(link);
    if (via !== undefined && via.reached === 'endsAt' && counted === 'runsAt') continue;
    const edge = via?.edge ?? counted;
    const reached = reachedEdge(link);
    const at = plan[reached][link.other] ?? Number.NaN;
    const lag = lagMs + link.minLagMs;
    if (!Number.isNaN(at)) visit(link.other, edge, at - lag, false);
    else if (seen === undefined || !seen.has(link.other)) {
      const walked = (seen ?? new Set([operation])).add(link.other);
      walkAfter(plan, link.other, { edge, reached }, lag, visit, walked);
    }
  }
}
