import type { Consequences } from '#domain/scheduling/consequences/types';
import type { BoardOperation, PlacementCheck } from '#domain/scheduling/types';
import type { ChangeName } from '#domain/undo/history';
import { effectsText } from '../describe-effects.ts';
import { panBy } from '../viewport.ts';
import { editsOf, type Load } from './load.ts';
import type { Workbench } from './tool.ts';

/** What was asked last, so that letting go makes just what was shown. */
const asked = new WeakMap<Workbench, Consequences>();

/** How a bar is held: by what, and whether it is drawn to edges and grid. */
export interface Grip {
  readonly heldBy: 'pointer' | 'keyboard';
  readonly snaps: boolean;
}

/** Shows the bars in the hand at a proposed place, snapped, with all that they would do there. */
export function holdAt(bench: Workbench, load: Load, laneId: string, wantedAt: number, grip: Grip): void {
  const { leading } = load;
  const { operationId } = leading;
  const startsAt = grip.snaps ? bench.snap({ operationId, laneId, startsAt: wantedAt }) : wantedAt;
  const { ghost } = bench.store.state;
  if (ghost?.laneId === laneId && ghost.askedAt === startsAt && ghost.heldBy === grip.heldBy) return;
  const result = bench.ask(editsOf(bench.store.state, load, laneId, startsAt));
  asked.set(bench, result);
  const check = checkOf(result, operationId);
  bench.store.update({
    ghost: {
      operation: leading,
      laneId,
      askedAt: startsAt,
      startsAt: check.placement?.startsAt ?? startsAt,
      endsAt: check.placement?.endsAt ?? startsAt + lengthMs(leading),
      check,
      heldBy: grip.heldBy,
    },
    preview: {
      held: result.moved.flatMap(({ operationId: id, to }) =>
        to === undefined ? [] : [{ operationId: id, placement: to }],
      ),
      pushed: result.pushed,
      orders: result.orders,
      setupDeltaS: result.setupAfterS - result.setupBeforeS,
      refusals: result.refusals.map(({ refusal }) => refusal),
    },
    cursor: result.ok ? 'grabbing' : 'not-allowed',
  });
}

/** A refusal may come without a place; the bar then keeps the length that it has. */
function lengthMs({ placement, durationS }: BoardOperation): number {
  return placement === undefined ? durationS * 1000 : placement.endsAt - placement.startsAt;
}

function checkOf(result: Consequences, operationId: string): PlacementCheck {
  const placement = result.moved.find((shift) => shift.operationId === operationId)?.to;
  const refusal = result.refusals[0]?.refusal;
  if (refusal === undefined && placement !== undefined) return { ok: true, placement };
  const given = refusal ?? { reason: 'unknown-operation', values: { operation: operationId } };
  return placement === undefined ? { ok: false, refusal: given } : { ok: false, refusal: given, placement };
}

/**
 * Lets go of the bars: allowed places become a command, a refused one puts them back and keeps the reason
 * on the screen. Bars put down where they were taken ask for nothing.
 */
export function letGo(bench: Workbench, load: Load): void {
  const { ghost, preview } = bench.store.state;
  const result = asked.get(bench);
  emptyHand(bench);
  if (ghost === undefined || result === undefined) return;
  const { operation, laneId, check } = ghost;
  const { code } = operation;
  if (!check.ok) {
    bench.notify(operation, check.refusal);
    bench.announce('board.announce.refused', { code, reason: bench.reasonText(check.refusal) });
    return;
  }
  const { startsAt, endsAt } = check.placement;
  if (operation.placement?.laneId === laneId && operation.placement.startsAt === startsAt) {
    bench.announce('board.announce.unchanged', { code });
    return;
  }
  bench.make(result, nameOfMove(bench, load, laneId), load.leading);
  bench.announce('board.announce.dropped', {
    code,
    lane: laneName(bench, laneId),
    range: bench.axis.formatRange(startsAt, endsAt),
    effects: preview === undefined ? '' : effectsText(preview, bench.axis, bench.formatMessage),
  });
}

export function nameOfMove(bench: Workbench, { leading, others }: Load, laneId: string): ChangeName {
  const lane = laneName(bench, laneId);
  if (others.length > 0) return { key: 'board.edit.move-many', values: { count: others.length + 1, lane } };
  const key = leading.placement === undefined ? 'board.edit.place' : 'board.edit.move';
  return { key, values: { code: leading.code, lane } };
}

/** Nothing is held any more; the view shows the plan as it is. */
export function emptyHand(bench: Workbench): void {
  asked.delete(bench);
  bench.store.update({ ghost: undefined, preview: undefined, eligibleLaneIds: undefined });
}

export function abandon(bench: Workbench): void {
  const { ghost } = bench.store.state;
  emptyHand(bench);
  if (ghost !== undefined) bench.announce('board.announce.cancelled', { code: ghost.operation.code });
}

export function laneName(bench: Workbench, laneId: string): string {
  return bench.store.state.lanes.find((lane) => lane.id === laneId)?.name ?? laneId;
}

const edgePx = 36;
const fastestPxPerMs = 0.9;

/**
 * Scrolls the view while a held bar is near an edge: the nearer, the faster.
 * Returns true while it scrolls.
 */
export function scrollAtEdges(bench: Workbench, x: number, y: number, elapsedMs: number): boolean {
  const { metrics, viewport, width, height } = bench.store.state;
  const push = (position: number, low: number, high: number): number => {
    if (position < low + edgePx) return -Math.min(1, (low + edgePx - position) / edgePx);
    if (position > high - edgePx) return Math.min(1, (position - high + edgePx) / edgePx);
    return 0;
  };
  const dx = push(x, metrics.labelWidth, width) * fastestPxPerMs * elapsedMs;
  const dy = push(y, metrics.axisHeight, height) * fastestPxPerMs * 0.6 * elapsedMs;
  if (dx === 0 && dy === 0) return false;
  bench.view(panBy(viewport, dx, dy));
  return true;
}
