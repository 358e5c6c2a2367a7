import { earliestSpan, startBefore, type EarliestEdges, type WorkingSpan } from '../working-span.ts';
import { eachEarliest, eachLatest } from '../link-bounds.ts';
import { firstCrowd } from '../placement-rules.ts';
import { familyBefore, nextSetUp, overlapping, putOn, workAt, type PlanState } from '../plan-state.ts';
import { createAgenda } from './heap.ts';
import type { PushedBar } from './types.ts';

/** Why a push came to nothing. `by` is the operation that would have pushed; numbers, -1 for none. */
export interface Stuck {
  readonly operation: number;
  readonly by: number;
  readonly why: 'pinned' | 'setup' | 'no-time' | 'unsettled';
}

/** What may be pushed and what gives way to what. */
export interface PushRules {
  /** These stay where they are, whatever comes. */
  readonly isFixed: (operation: number) => boolean;
  /** What was taken in hand, with the start that was asked for: the others give way to it. */
  readonly asked: ReadonlyMap<number, number>;
  /** False: only set-ups are made anew; a run that would have to move is stuck. */
  readonly mayPush: boolean;
  /** True: what is stuck is left where it is and the others go on, as they do on the floor. */
  readonly carryOn?: boolean | undefined;
}

interface Cause {
  readonly cause: PushedBar['cause'];
  readonly by: number;
}

export interface Pusher {
  /** Looks at all that the present place of an operation may disturb. */
  readonly disturb: (operation: number) => void;
  /** Looks at the operation that comes next from `instant` on: what runs before it has changed. */
  readonly resetNext: (lane: number, instant: number, by: number) => void;
  /** Puts an operation to the earliest place from `edges` on that its links and those before it leave; false: none. */
  readonly settle: (operation: number, lane: number, edges: EarliestEdges) => boolean;
  /** Moves what is disturbed, and what that disturbs, until all stands. */
  readonly run: () => void;
  /** By operation number, why it stands elsewhere. */
  readonly causes: ReadonlyMap<number, Cause>;
  readonly stuck: readonly Stuck[];
}

const anywhere: EarliestEdges = { startsAt: -Infinity, runsAt: -Infinity, endsAt: -Infinity };
/** Each bar is looked at a few times at most; what goes round far more often will not come to rest. */
const looksPerBar = 12;

/**
 * Pushes bars later on `plan`, never earlier, by as little as they must: an operation gives way on its
 * lane to what was before it, to what was taken in hand and to what is fixed, and follows its links. Only
 * what is disturbed is looked at, in the order of time, so the cost is that of the bars that move.
 */
export function createPusher(
  plan: PlanState,
  { isFixed, asked, mayPush, carryOn = false }: PushRules,
): Pusher {
  const { index } = plan;
  const base = index.columns;
  const agenda = createAgenda(index.operations.length);
  const causes = new Map<number, Cause>();
  const waiting = new Map<number, Cause>();
  const stuck: Stuck[] = [];
  let puts = 0;
  let looks = 0;
  const giveUpAfter = looksPerBar * index.operations.length + 100;

  /** Whether `other` has the better right to its place on their lane. */
  function goesBefore(other: number, own: number): boolean {
    if (isFixed(other)) return true;
    const ownAsked = asked.get(own);
    const otherAsked = asked.get(other);
    if (ownAsked !== undefined && otherAsked !== undefined) {
      return otherAsked < ownAsked || (otherAsked === ownAsked && other < own);
    }
    // Dropped on the first half of a bar, it goes before that bar; on the second half, after it.
    if (ownAsked !== undefined) return middleOf(other) < ownAsked;
    if (otherAsked !== undefined) return middleOf(own) >= otherAsked;
    const ownStart = base.startsAt[own] ?? 0;
    const otherStart = base.startsAt[other] ?? 0;
    return otherStart < ownStart || (otherStart === ownStart && other < own);
  }
  function middleOf(operation: number): number {
    return ((base.startsAt[operation] ?? 0) + (base.endsAt[operation] ?? 0)) / 2;
  }

  function look(operation: number, at: number, cause: Cause['cause'], by: number): void {
    if (!waiting.has(operation)) waiting.set(operation, { cause, by });
    agenda.add(operation, at);
  }

  /** Those before it on the lane that leave no room for a span. */
  function crowdOf(operation: number, lane: number, span: WorkingSpan): readonly number[] | undefined {
    const others = overlapping(plan, lane, span.startsAt, span.endsAt, operation).filter((other) =>
      goesBefore(other, operation),
    );
    return firstCrowd(plan, others, span.startsAt, index.laneList[lane]?.lane.capacity ?? 1);
  }

  /** The earliest span from `edges` on that what goes before it leaves room for. */
  function fit(operation: number, lane: number, edges: EarliestEdges): WorkingSpan | undefined {
    const stretches = index.laneList[lane]?.stretches ?? [];
    let { startsAt, runsAt } = edges;
    for (let tries = 0; tries < 10_000; tries += 1) {
      const work = workAt(plan, operation, lane, Math.max(startsAt, runsAt));
      const span = earliestSpan(stretches, { startsAt, runsAt, endsAt: edges.endsAt }, work);
      if (span === undefined) return undefined;
      // A later place may come after another family, and need another set-up.
      if (work.setupS !== workAt(plan, operation, lane, span.runsAt).setupS && span.runsAt > runsAt) {
        ({ runsAt } = span);
        continue;
      }
      const crowd = crowdOf(operation, lane, span);
      if (crowd === undefined) return span;
      startsAt = Math.max(startsAt, Math.min(...crowd.map((other) => plan.endsAt[other] ?? Infinity)));
    }
    return undefined;
  }

  function edgesFromLinks(operation: number): EarliestEdges {
    const edges = { ...anywhere };
    eachEarliest(plan, operation, (_other, edge, at) => {
      edges[edge] = Math.max(edges[edge], at);
    });
    return edges;
  }

  function put(operation: number, lane: number, span: WorkingSpan): void {
    const oldLane = plan.laneOf[operation] ?? -1;
    const oldStart = plan.startsAt[operation] ?? Number.NaN;
    puts += 1;
    putOn(plan, operation, lane, span);
    if (oldLane >= 0) resetNext(oldLane, oldStart, operation);
    disturb(operation);
  }

  function disturb(operation: number): void {
    const lane = plan.laneOf[operation] ?? -1;
    const startsAt = plan.startsAt[operation] ?? Number.NaN;
    const endsAt = plan.endsAt[operation] ?? Number.NaN;
    if (lane >= 0) {
      for (const other of overlapping(plan, lane, startsAt, endsAt, operation)) {
        if (!goesBefore(other, operation)) look(other, endsAt, 'lane', operation);
      }
      resetNext(lane, endsAt, operation);
    }
    eachLatest(plan, operation, (other, edge, at, isMaxLag) => {
      const own = plan[edge][operation] ?? Number.NaN;
      // Too long after its predecessor: that one may go later, too.
      if (own > at) look(other, isMaxLag ? (plan.startsAt[other] ?? at) : own, 'link', operation);
    });
  }

  function resetNext(lane: number, instant: number, by: number): void {
    if (!index.setups.any || index.laneList[lane]?.lane.capacity !== 1) return;
    const next = nextSetUp(plan, lane, instant, by);
    if (next >= 0) look(next, plan.startsAt[next] ?? instant, 'setup', by);
  }

  /** The set-up that it needs where it stands, when what runs before it is of another family than it was. */
  function changedSetup(operation: number, lane: number): number | undefined {
    if (!index.setups.any || index.laneList[lane]?.lane.capacity !== 1) return undefined;
    const runsAt = plan.runsAt[operation] ?? 0;
    const startsAt = plan.startsAt[operation] ?? 0;
    // Asked about the run: what ends during the set-up is in its way, and will be what runs before it.
    const now = familyBefore(plan, lane, runsAt, operation);
    const was = familyBefore(base, lane, base.runsAt[operation] ?? 0, operation);
    const untouched = !causes.has(operation) && !asked.has(operation) && base.laneOf[operation] === lane;
    if (untouched && now === was) return undefined;
    const { setupS } = workAt(plan, operation, lane, runsAt);
    const stretches = index.laneList[lane]?.stretches ?? [];
    return startBefore(stretches, runsAt, setupS) === startsAt ? undefined : setupS;
  }

  /** Whether what runs before a bar that stays now asks for more set-up than it has. */
  function lacksSetup(operation: number, lane: number): boolean {
    if (index.pins[operation] === 'started') return false;
    const setupS = changedSetup(operation, lane);
    if (setupS === undefined) return false;
    const stretches = index.laneList[lane]?.stretches ?? [];
    const startsAt = startBefore(stretches, plan.runsAt[operation] ?? 0, setupS) ?? -Infinity;
    return startsAt < (plan.startsAt[operation] ?? 0);
  }

  /** What holds an edge later than it lies, and did not before; -1: the plan had it so. */
  function breakerOf(operation: number, span: WorkingSpan): number {
    let breaker = -1;
    eachEarliest(plan, operation, (other, edge, at) => {
      const moved = placeDiffers(other);
      if (at > span[edge] && moved) breaker = other;
    });
    return breaker;
  }
  function placeDiffers(operation: number): boolean {
    return (
      plan.runsAt[operation] !== base.runsAt[operation] || plan.endsAt[operation] !== base.endsAt[operation]
    );
  }

  function settle(operation: number, lane: number, edges: EarliestEdges): boolean {
    const bound = edgesFromLinks(operation);
    const span = fit(operation, lane, {
      startsAt: edges.startsAt,
      runsAt: Math.max(edges.runsAt, bound.runsAt),
      endsAt: Math.max(edges.endsAt, bound.endsAt),
    });
    if (span === undefined) return false;
    put(operation, lane, span);
    return true;
  }

  /** Looks at one: stands it well, or where must it go? */
  function attend(operation: number, { cause, by }: Cause): void {
    const lane = plan.laneOf[operation] ?? -1;
    const span: WorkingSpan = {
      startsAt: plan.startsAt[operation] ?? Number.NaN,
      runsAt: plan.runsAt[operation] ?? Number.NaN,
      endsAt: plan.endsAt[operation] ?? Number.NaN,
    };
    if (Number.isNaN(span.startsAt)) return;
    const bound = edgesFromLinks(operation);
    const isLinked = span.runsAt >= bound.runsAt && span.endsAt >= bound.endsAt;
    if (isFixed(operation) || lane < 0) {
      if (carryOn) return;
      // What is fixed keeps its place on the lane: only a link, or a longer set-up, can say that it is wrong.
      const breaker = isLinked ? -1 : breakerOf(operation, span);
      if (breaker >= 0) stuck.push({ operation, by: breaker, why: 'pinned' });
      else if (lane >= 0 && lacksSetup(operation, lane)) stuck.push({ operation, by, why: 'setup' });
      return;
    }
    const setupS = cause === 'setup' || mayPush ? changedSetup(operation, lane) : undefined;
    const isFree = crowdOf(operation, lane, span) === undefined;
    if (isLinked && isFree && setupS === undefined) return;
    if (isLinked && setupS !== undefined) {
      const stretches = index.laneList[lane]?.stretches ?? [];
      const startsAt = startBefore(stretches, span.runsAt, setupS);
      const other = startsAt === undefined ? undefined : { ...span, startsAt };
      if (other !== undefined && crowdOf(operation, lane, other) === undefined) {
        if (!causes.has(operation)) causes.set(operation, { cause: 'setup', by });
        put(operation, lane, other);
        return;
      }
    }
    if (!mayPush && !asked.has(operation)) {
      stuck.push({ operation, by, why: cause === 'setup' ? 'setup' : 'pinned' });
      return;
    }
    if (!causes.has(operation) || causes.get(operation)?.cause === 'setup')
      causes.set(operation, { cause, by });
    if (!settle(operation, lane, { startsAt: -Infinity, runsAt: span.runsAt, endsAt: -Infinity })) {
      stuck.push({ operation, by, why: 'no-time' });
    }
  }

  function run(): void {
    let before: number;
    settleAll();
    do {
      before = puts;
      lookAtSetups();
      settleAll();
    } while (puts > before);
  }

  /**
   * Bars that went past each other may have left one with the set-up of a moment ago. Only where a set-up
   * is there and need not be, or the other way round, or of those that moved, is it asked about again.
   */
  function lookAtSetups(): void {
    if (!index.setups.any) return;
    for (const [lane, sequence] of plan.own.entries()) {
      const where = index.laneList[lane]?.lane;
      if (sequence === undefined || where?.capacity !== 1) continue;
      let last = -1;
      for (const operation of sequence) {
        const family = index.operations[operation]?.familyId;
        if (family === undefined) continue;
        const { durationS } = index.setups.between(where.id, index.operations[last]?.familyId, family);
        const startsAt = plan.startsAt[operation] ?? 0;
        const hasSetup = (plan.runsAt[operation] ?? 0) > startsAt;
        const isMoved = causes.has(operation) || asked.has(operation);
        if (hasSetup !== durationS > 0 || (hasSetup && isMoved)) {
          look(operation, startsAt, 'setup', last < 0 ? operation : last);
        }
        last = operation;
      }
    }
  }

  function settleAll(): void {
    for (let operation = agenda.next(); operation >= 0; operation = agenda.next()) {
      const cause = waiting.get(operation);
      waiting.delete(operation);
      if (cause === undefined || (stuck.length > 0 && !carryOn)) continue;
      looks += 1;
      if (looks > giveUpAfter && carryOn) return;
      if (looks > giveUpAfter) stuck.push({ operation, by: cause.by, why: 'unsettled' });
      else attend(operation, cause);
    }
  }

  return { disturb, resetNext, settle, run, causes, stuck };
}
