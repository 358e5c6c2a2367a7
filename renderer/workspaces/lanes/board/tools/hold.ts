import type { BoardOperation } from '#domain/scheduling/types';
import { panBy } from '../viewport.ts';
import type { Workbench } from './tool.ts';

/** Shows the bar in the hand at a proposed place, snapped and checked. */
export function holdAt(
  bench: Workbench,
  operation: BoardOperation,
  laneId: string,
  wantedAt: number,
  heldBy: 'pointer' | 'keyboard',
): void {
  const startsAt =
    heldBy === 'pointer'
      ? bench.snap({ operationId: operation.operationId, laneId, startsAt: wantedAt })
      : wantedAt;
  const current = bench.store.state.ghost;
  if (current?.laneId === laneId && current.startsAt === startsAt && current.heldBy === heldBy) return;
  const check = bench.check({ operationId: operation.operationId, laneId, startsAt });
  // A refusal may come without a place; the bar then keeps the length that it has.
  const lengthMs =
    operation.placement === undefined
      ? operation.durationS * 1000
      : operation.placement.endsAt - operation.placement.startsAt;
  bench.store.update({
    ghost: {
      operation,
      laneId,
      startsAt: check.placement?.startsAt ?? startsAt,
      endsAt: check.placement?.endsAt ?? startsAt + lengthMs,
      check,
      heldBy,
    },
    cursor: check.ok ? 'grabbing' : 'not-allowed',
  });
}

/**
 * Lets go of the bar: an allowed place becomes a command, a refused one puts the bar back and keeps
 * the reason on the screen. A bar put down where it was taken asks for nothing.
 */
export function letGo(bench: Workbench): void {
  const { ghost } = bench.store.state;
  bench.store.update({ ghost: undefined });
  if (ghost === undefined) return;
  const { operation, laneId, check } = ghost;
  const lane = laneName(bench, laneId);
  if (!check.ok) {
    bench.notify(operation, check.refusal);
    bench.announce('board.announce.refused', {
      code: operation.code,
      reason: bench.reasonText(check.refusal),
    });
    return;
  }
  const { startsAt, endsAt } = check.placement;
  if (operation.placement?.laneId === laneId && operation.placement.startsAt === startsAt) {
    bench.announce('board.announce.unchanged', { code: operation.code });
    return;
  }
  bench.move(operation, check.placement);
  bench.announce('board.announce.dropped', {
    code: operation.code,
    lane,
    range: bench.axis.formatRange(startsAt, endsAt),
  });
}

export function abandon(bench: Workbench): void {
  const { ghost } = bench.store.state;
  if (ghost === undefined) return;
  bench.store.update({ ghost: undefined });
  bench.announce('board.announce.cancelled', { code: ghost.operation.code });
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
