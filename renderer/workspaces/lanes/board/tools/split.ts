import { mergeIntervals } from '#domain/calendars/intervals';
import { finishAfter, workingSecondsBetween } from '#domain/calendars/working-time';
import type { BoardOperation } from '#domain/scheduling/types';
import type { BoardState } from '../store.ts';
import { xToTime } from '../viewport.ts';
import { isMovable } from './load.ts';
import type { PointerInput, Tool, Workbench } from './tool.ts';

/** Whether the quantity can be parted: whole pieces must leave one on either side. */
export function isSplittable(state: BoardState, operation: BoardOperation): boolean {
  return (
    !state.readOnly &&
    operation.placement !== undefined &&
    isMovable(state, operation) &&
    operation.quantity > leastPart(operation.quantity)
  );
}

/** Pieces stay whole; what is weighed or measured is parted by the hundredth. */
export function leastPart(quantity: number): number {
  return Number.isInteger(quantity) ? 1 : quantity / 100;
}

/**
 * The right edge of a bar in the hand: what lies left of the pointer keeps its share of the quantity, the
 * rest becomes a bar of its own. Back at the end, or with Escape, nothing is split.
 */
export function createSplitTool(bench: Workbench, operation: BoardOperation, from: PointerInput): Tool {
  const { operationId, placement, quantity, code } = operation;
  const lane = bench.store.state.lanes.find(({ id }) => id === placement?.laneId);
  const stretches = mergeIntervals(lane?.windows ?? []);
  const runsAt = placement?.setupEndsAt ?? placement?.startsAt ?? 0;
  const wholeS = workingSecondsBetween(stretches, runsAt, placement?.endsAt ?? runsAt);
  const part = leastPart(quantity);

  function moveTo({ x, y }: PointerInput): void {
    const { viewport, metrics } = bench.store.state;
    const at = xToTime(viewport, x - metrics.labelWidth);
    const share = workingSecondsBetween(stretches, runsAt, at) / Math.max(1, wholeS);
    // Multiplied back from a whole number of parts, so that a kept 40 is 40.
    const parts = Math.round(Math.min(1, Math.max(0, share)) * (quantity / part));
    const keeps = round(Math.max(1, parts) * part);
    const cutAt = finishAfter(stretches, runsAt, wholeS * (keeps / quantity)) ?? placement?.endsAt ?? at;
    bench.store.update({
      pointer: { x, y },
      split: { operationId, at: cutAt, keeps, rest: round(quantity - keeps) },
    });
  }

  return {
    name: 'split',
    enter() {
      bench.store.update({ hoveredId: undefined, cursor: 'ew-resize' });
      moveTo(from);
    },
    exit() {
      bench.store.update({ split: undefined });
    },
    pointerMove: moveTo,
    pointerUp(input) {
      moveTo(input);
      const { split } = bench.store.state;
      bench.rest();
      if (split !== undefined && split.rest > 0) splitInto(bench, operation, split.keeps);
      else bench.announce('board.announce.unchanged', { code });
    },
    keyDown(input) {
      if (input.key !== 'Escape') return false;
      bench.announce('board.announce.cancelled', { code });
      bench.rest();
      return true;
    },
    cancel: () => bench.rest(),
  };
}

/** Parts an operation in two: it keeps so much, the rest becomes a bar of its own. */
export function splitInto(bench: Workbench, operation: BoardOperation, keeps: number): void {
  const { operationId, code, quantity, unit } = operation;
  const rest = round(quantity - keeps);
  if (keeps <= 0 || rest <= 0) return;
  const name = { key: 'board.edit.split', values: { code, keeps, rest, unit } };
  if (!bench.edit([{ type: 'split', operationId, quantities: [keeps, rest] }], name)) return;
  bench.announce('board.announce.split', { code, keeps, rest, unit });
}

/** Away with the last digits of binary fractions: 0.1 + 0.2 is 0.3 of a kilogram. */
function round(quantity: number): number {
  return Number(quantity.toPrecision(12));
}
