import type { BoardOperation, Placement } from '#domain/scheduling/types';
import { slotOf, type Box } from '../hit-test.ts';
import { indexOn } from '../lane-bars.ts';
import { slotTop, type LaneRow } from '../rows.ts';
import type { Brush } from './brush.ts';

/** Box of a placed operation as it is painted; undefined while it has no place or its area is folded. */
export function boxOfBar(brush: Brush, operation: BoardOperation): Box | undefined {
  const { placement, operationId } = operation;
  return placement === undefined ? undefined : boxOfPlace(brush, operationId, placement);
}

/** Box of a place on a lane: on the sub-lane that the operation has there, else on the first one. */
export function boxOfPlace(brush: Brush, operationId: string, placement: Placement): Box | undefined {
  const { state, metrics } = brush;
  const row = state.layout.rowByLaneId.get(placement.laneId);
  if (row === undefined) return undefined;
  const x = brush.xOf(placement.startsAt);
  return {
    x,
    y: brush.yOf(slotTop(row, slotIn(brush, row, operationId), metrics)),
    width: Math.max(2, brush.xOf(placement.endsAt) - x - 1),
    height: metrics.barHeight,
  };
}

function slotIn({ state }: Brush, row: LaneRow, operationId: string): number {
  const bars = state.barsByLane.get(row.lane.id);
  const shown = (state.pending.get(operationId) ?? state.operations.get(operationId))?.placement;
  if (bars === undefined || shown?.laneId !== row.lane.id) return 0;
  const index = indexOn(bars, operationId, shown.startsAt);
  return index < 0 ? 0 : slotOf(bars, index, row);
}

/** True when any of the box is on the part of the surface that shows bars. */
export function isInSight({ state, metrics }: Brush, { x, y, width, height }: Box): boolean {
  return (
    x < state.width && x + width > metrics.labelWidth && y < state.height && y + height > metrics.axisHeight
  );
}

export function outline({ context, theme }: Brush, box: Box, colour: string, lineWidth: number): void {
  context.beginPath();
  context.roundRect(box.x - 2, box.y - 2, box.width + 4, box.height + 4, 6);
  context.strokeStyle = theme.halo;
  context.lineWidth = lineWidth + 2;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.stroke();
}
