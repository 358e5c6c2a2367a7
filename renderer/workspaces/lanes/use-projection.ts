/** Where the floor will carry the plan that holds, as far as is known now. */
import { useDeferredValue, useMemo } from 'react';
import { project } from '#domain/scheduling/projection';
import type { Projection } from '#domain/scheduling/projection';
import type { BoardIndex } from '#domain/scheduling/board-index';
import type { BoardOperation, Placement } from '#domain/scheduling/types';

/** @returns null while the floor keeps to the plan, and on drafts. */
export function useProjection(index: BoardIndex, isDraft: boolean): Projection | null {
  const settled = useDeferredValue(index);
  const projection = useMemo(() => (isDraft ? null : project(settled)), [settled, isDraft]);
  return projection === null || projection.shifts.length === 0 ? null : projection;
}

/** The operations as they would stand elsewhere; where they stand now is drawn behind them. */
export function standingAt(
  operations: readonly BoardOperation[],
  placements: ReadonlyMap<string, Placement>,
): readonly BoardOperation[] {
  if (placements.size === 0) return operations;
  return operations.map((operation) => {
    const placement = placements.get(operation.operationId);
    return placement === undefined
      ? operation
      : { ...operation, placement, baseline: operation.baseline ?? operation.placement };
  });
}
