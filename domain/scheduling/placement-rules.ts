import { firstEndingAfter } from '../calendars/intervals.ts';
import { finishAfter, nextWorkingInstant, windowAt } from '../calendars/working-time.ts';
import type { BoardIndex, LaneIndex, PlanColumns } from './board-index.ts';
import { eachEarliest, eachLatest, type Edge } from './link-bounds.ts';
import { lastSetUp, nextSetUp, overlapping } from './plan-state.ts';
import type { BlockedStretch, BoardOperation, Refusal } from './types.ts';
import { isBroken, startBefore, type Work, type WorkingSpan } from './working-span.ts';

/** An operation that is to begin at `startsAt` on a lane of a plan. */
export interface Question {
  readonly plan: PlanColumns;
  readonly operation: number;
  readonly lane: LaneIndex;
  readonly startsAt: number;
  readonly work: Work;
}

/** Why a bar may not be taken from where it stands. */
export function pinRefusal(index: BoardIndex, operation: number): Refusal | undefined {
  const pin = index.pins[operation];
  if (pin === undefined) return undefined;
  const { code, status } = what(index, operation);
  if (pin === 'started') return { reason: 'already-started', values: { operation: code, status } };
  if (pin === 'locked') return { reason: 'locked', values: { operation: code } };
  return { reason: 'frozen', values: { operation: code, frozenUntil: index.frozenUntil } };
}

export function eligibilityRefusal({ plan, operation, lane }: Question): Refusal | undefined {
  const { code, eligibleLaneIds } = what(plan.index, operation);
  if (eligibleLaneIds.includes(lane.lane.id)) return undefined;
  return { reason: 'lane-not-eligible', values: { operation: code, lane: lane.lane.code } };
}

/** Working time, what is blocked in it, the frozen horizon, and work that no break may interrupt. */
export function calendarRefusal(
  { plan, operation, lane, startsAt, work }: Question,
  span: WorkingSpan | undefined,
): Refusal | undefined {
  const { code } = what(plan.index, operation);
  const { stretches } = lane;
  if (windowAt(stretches, startsAt) === undefined) {
    const opensAt = nextWorkingInstant(stretches, startsAt);
    return {
      reason: 'outside-shift',
      values: {
        lane: lane.lane.code,
        startsAt,
        ...naming(blockedAt(lane, startsAt)),
        // The text chooses by `opens`: the lane may not open again in what is loaded.
        ...(opensAt === undefined ? { opens: 'no' } : { opens: 'yes', opensAt }),
      },
    };
  }
  if (startsAt < plan.index.frozenUntil) {
    return { reason: 'frozen', values: { operation: code, frozenUntil: plan.index.frozenUntil } };
  }
  if (span === undefined) {
    const closesAt = stretches.at(-1)?.endsAt ?? startsAt;
    return { reason: 'no-working-time-left', values: { operation: code, lane: lane.lane.code, closesAt } };
  }
  if (work.interruptible || !isBroken(stretches, span)) return undefined;
  const stopsAt = stretches[firstEndingAfter(stretches, span.runsAt)]?.endsAt ?? span.runsAt;
  return {
    reason: 'interrupted',
    values: { operation: code, lane: lane.lane.code, stopsAt, ...naming(blockedAt(lane, stopsAt)) },
  };
}

/** Release of the work order, and components that are still to come. */
export function datesRefusal({ plan, operation }: Question, span: WorkingSpan): Refusal | undefined {
  const { code, releaseAt, material, materialAt, materialName } = what(plan.index, operation);
  if (releaseAt !== undefined && span.runsAt < releaseAt) {
    return { reason: 'before-release', values: { operation: code, releaseAt } };
  }
  // Without a date nobody knows when to place it: then it is marked on the board, not refused.
  if (material === 'short' && materialAt !== undefined && span.runsAt < materialAt) {
    return { reason: 'material-missing', values: { operation: code, material: materialName, materialAt } };
  }
  return undefined;
}

/** What it follows, with the longest lags after it; and, where others stay, what follows it. */
export function linkRefusal(
  { plan, operation }: Question,
  span: WorkingSpan,
  othersStay: boolean,
): Refusal | undefined {
  const { index } = plan;
  const { code } = what(index, operation);
  const early = tightest(plan, operation, eachEarliest, (edge, at) => at - span[edge]);
  if (early?.isMaxLag === true) return lagExceeded(index, code, early, 'early');
  if (early !== undefined) {
    const { other, edge, at } = early;
    return {
      reason: 'before-predecessor',
      values: {
        operation: code,
        other: what(index, other).code,
        edge: edge === 'endsAt' ? 'end' : 'begin',
        at,
        otherEndsAt: plan.endsAt[other] ?? at,
      },
    };
  }
  const late = othersStay ? tightest(plan, operation, eachLatest, (edge, at) => span[edge] - at) : undefined;
  if (late?.isMaxLag === true) return lagExceeded(index, code, late, 'late');
  if (late === undefined) return undefined;
  return successorRefusal(plan, code, late, span.endsAt);
}

/** What holds an edge of an operation, see `VisitBound`. */
export interface Binding {
  readonly other: number;
  readonly edge: Edge;
  readonly at: number;
  readonly isMaxLag: boolean;
}

/** The bound that is broken by most. */
function tightest(
  plan: PlanColumns,
  operation: number,
  each: typeof eachEarliest,
  excessOf: (edge: Edge, at: number) => number,
): Binding | undefined {
  let binding: Binding | undefined;
  let most = 0;
  each(plan, operation, (other, edge, at, isMaxLag) => {
    const excess = excessOf(edge, at);
    if (excess <= most) return;
    most = excess;
    binding = { other, edge, at, isMaxLag };
  });
  return binding;
}

function lagExceeded(
  index: BoardIndex,
  code: string,
  { other, edge, at }: Binding,
  side: 'early' | 'late',
): Refusal {
  return {
    reason: 'lag-exceeded',
    values: {
      operation: code,
      other: what(index, other).code,
      edge: edge === 'endsAt' ? 'end' : 'begin',
      at,
      side,
    },
  };
}

/** `code` would end too late for one that follows it. */
export function successorRefusal(
  plan: PlanColumns,
  code: string,
  { other, edge, at }: Pick<Binding, 'other' | 'edge' | 'at'>,
  endsAt: number,
): Refusal {
  return {
    reason: 'after-successor',
    values: {
      operation: code,
      other: what(plan.index, other).code,
      edge: edge === 'endsAt' ? 'end' : 'begin',
      at,
      otherStartsAt: plan.runsAt[other] ?? at,
      endsAt,
    },
  };
}

export function capacityRefusal({ plan, operation, lane }: Question, span: WorkingSpan): Refusal | undefined {
  const others = overlapping(plan, lane.number, span.startsAt, span.endsAt, operation);
  const crowd = firstCrowd(plan, others, span.startsAt, lane.lane.capacity);
  if (crowd === undefined) return undefined;
  // Named is the one that makes room first.
  const first = crowd.reduce((a, b) => ((plan.endsAt[b] ?? 0) < (plan.endsAt[a] ?? 0) ? b : a));
  return {
    reason: 'lane-occupied',
    values: {
      lane: lane.lane.code,
      other: what(plan.index, first).code,
      from: plan.startsAt[first] ?? 0,
      until: plan.endsAt[first] ?? 0,
    },
  };
}

/**
 * Those that run at the first instant from `startsAt` on at which as many run as the lane takes; undefined
 * when there is always room for one more.
 */
export function firstCrowd(
  plan: PlanColumns,
  others: readonly number[],
  startsAt: number,
  capacity: number,
): readonly number[] | undefined {
  if (others.length < capacity) return undefined;
  if (capacity === 1) return others.slice(0, 1);
  // Load can only rise where one of them begins, or at the start that is asked about.
  for (const each of [-1, ...others]) {
    const instant = Math.max(startsAt, plan.startsAt[each] ?? startsAt);
    const running = others.filter(
      (other) => (plan.startsAt[other] ?? 0) <= instant && (plan.endsAt[other] ?? 0) > instant,
    );
    if (running.length >= capacity) return running;
  }
  return undefined;
}

/** Whether it may come after what runs before it on the lane, and what comes next after it. */
export function forbiddenRefusal(
  { plan, operation, lane }: Question,
  span: WorkingSpan,
): Refusal | undefined {
  if (!plan.index.setups.anyForbidden || what(plan.index, operation).familyId === undefined) return undefined;
  const before = lastSetUp(plan, lane.number, span.startsAt, operation);
  const next = nextSetUp(plan, lane.number, span.endsAt, operation);
  return (
    forbiddenSetup(plan.index, lane, before, operation) ??
    (next < 0 ? undefined : forbiddenSetup(plan.index, lane, operation, next))
  );
}

/** Whether a lane may be set up for `operation` after `before` (-1: cold); one that has begun has been. */
export function forbiddenSetup(
  index: BoardIndex,
  { lane }: LaneIndex,
  before: number,
  operation: number,
): Refusal | undefined {
  if (lane.capacity !== 1 || index.pins[operation] === 'started') return undefined;
  const { code, familyId } = what(index, operation);
  const other = index.operations[before];
  if (!index.setups.between(lane.id, other?.familyId, familyId).forbidden) return undefined;
  return {
    reason: 'setup-forbidden',
    values: {
      lane: lane.code,
      operation: code,
      after: other === undefined ? 'cold' : 'other',
      other: other?.code ?? '',
    },
  };
}

/** Whether what comes next on the lane can still be set up, where it would be set up after this one. */
export function setupRefusal({ plan, operation, lane }: Question, span: WorkingSpan): Refusal | undefined {
  const { index } = plan;
  if (!index.setups.any || lane.lane.capacity !== 1) return undefined;
  const family = what(index, operation).familyId;
  const next = nextSetUp(plan, lane.number, span.endsAt, operation);
  if (next < 0 || family === undefined || index.pins[next] === 'started') return undefined;
  const { familyId, code } = what(index, next);
  const { durationS } = index.setups.between(lane.lane.id, family, familyId);
  const runsAt = plan.runsAt[next] ?? Infinity;
  const startsAt = startBefore(lane.stretches, runsAt, durationS) ?? -Infinity;
  if (startsAt >= span.endsAt) return undefined;
  return {
    reason: 'no-room-for-setup',
    values: {
      operation: what(index, operation).code,
      other: code,
      setupS: durationS,
      runsAt,
      readyAt: finishAfter(lane.stretches, span.endsAt, durationS) ?? runsAt,
    },
  };
}

function blockedAt({ lane }: LaneIndex, instant: number): BlockedStretch | undefined {
  return lane.blocked?.find((stretch) => stretch.startsAt <= instant && instant < stretch.endsAt);
}

/** For the text: ICU selectors take no hyphen; of an end that is known no hours are assumed. */
function naming(stretch: BlockedStretch | undefined): { blocked: string; label: string; assumedH: number } {
  if (stretch === undefined) return { blocked: 'no', label: '', assumedH: 0 };
  const blocked = stretch.reason === 'machine-down' ? 'machineDown' : stretch.reason;
  return { blocked, label: stretch.label, assumedH: (stretch.assumedS ?? 0) / 3600 };
}

function what(index: BoardIndex, operation: number): BoardOperation {
  const found = index.operations[operation];
  if (found === undefined) throw new Error(`operation ${operation} is not on the board`);
  return found;
}
