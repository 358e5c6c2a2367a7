/** What the board shows: the plan, where the floor will carry it, or the best that the solver has found so far. */
import { useMemo, useState } from 'react';
import type { Placement } from '#domain/scheduling/types';
import { standingAt, useProjection } from './use-projection.ts';
import type { Plan } from './use-plan.ts';

const nowhereElse: ReadonlyMap<string, Placement> = new Map();

export function useShownOperations(
  plan: Plan,
  {
    isDraft,
    preview,
    live,
  }: {
    readonly isDraft: boolean;
    readonly preview: readonly (Placement & { readonly operationId: string })[] | null;
    /** Who only looks sees what is expected, until they ask for the plan. */
    readonly live: boolean;
  },
) {
  const projection = useProjection(plan.index, isDraft);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isExpected = projection !== null && (wanted ?? live);
  const elsewhere = useMemo(() => {
    if (preview) return new Map(preview.map(({ operationId, ...placement }) => [operationId, placement]));
    return isExpected ? projection.placements : nowhereElse;
  }, [preview, isExpected, projection]);
  const operations = useMemo(() => standingAt(plan.operations, elsewhere), [plan.operations, elsewhere]);
  return {
    operations,
    projection,
    /** True: the board shows what is expected in place of the plan. */
    isExpected,
    showExpected: setWanted,
    /** What is expected, or not written yet, is not for moving. */
    editable: !isExpected && preview === null,
  };
}
