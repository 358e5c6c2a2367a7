/** What the board draws beside its bars: colours, links, slack, what is searched for, other plans and people. */
import { useDeferredValue, useMemo } from 'react';
import { criticalOf, slackOnBoard } from '#domain/scheduling/board-slack';
import type { Projection } from '#domain/scheduling/projection';
import type { BoardIndex } from '#domain/scheduling/board-index';
import type { Board } from '#contract/lanes';
import type { Presence } from '#contract/schedules';
import { useCoreQuery } from '../../client/hooks.ts';
import type { BoardLayers, ColourMode, CompareGhost } from './board/layers.ts';
import { matches } from './side/unscheduled-rows.ts';

export function useLayers({
  board,
  index,
  colourBy,
  search,
  versionId,
  comparedId,
  expected,
  others,
}: {
  readonly board: Board | undefined;
  readonly index: BoardIndex;
  readonly colourBy: ColourMode;
  readonly search: string;
  /** The version on the board, and the one that is laid behind it as ghosts. */
  readonly versionId: string | null;
  readonly comparedId: string | null;
  /** Where the floor will carry the plan, drawn as ghosts; null: it keeps to it, or that is what is shown. */
  readonly expected: Projection | null;
  readonly others: readonly Presence[];
}): Partial<BoardLayers> {
  const sought = useDeferredValue(search.trim().toLocaleLowerCase());
  const settled = useDeferredValue(index);
  const slackS = useMemo(() => slackOnBoard(settled), [settled]);
  const critical = useMemo(() => criticalOf(slackS), [slackS]);
  const matching = useMemo(
    () =>
      sought === ''
        ? null
        : new Set(
            index.operations
              .filter((operation) => matches(operation, sought))
              .map(({ operationId }) => operationId),
          ),
    [index, sought],
  );
  const comparison = useCoreQuery(
    'schedules.compare',
    { a: versionId ?? '', b: comparedId ?? '' },
    { enabled: versionId !== null && comparedId !== null, keep: true },
  );
  const moved = comparedId === null ? undefined : comparison.data?.moved;
  const ghosts = useMemo(
    () => [
      ...(moved ?? []).flatMap(({ operationId, b }): CompareGhost[] =>
        b === null ? [] : [{ operationId, placement: b, tone: 'first' }],
      ),
      ...(expected?.shifts ?? []).map(({ operationId, expected: placement }): CompareGhost => ({
        operationId,
        placement,
        tone: 'second',
      })),
    ],
    [moved, expected],
  );
  const planners = useMemo(
    () =>
      others.map(({ name, selection, userId }) => ({
        name,
        colourIndex: Number.parseInt(userId.slice(-4), 16) || 0,
        operationIds: selection,
      })),
    [others],
  );
  return useMemo(
    () => ({
      colourBy,
      families: board?.families ?? [],
      links: board?.links ?? [],
      critical,
      slackS,
      ghosts,
      matching,
      others: planners,
      frozenUntil: board?.frozenUntil ?? undefined,
    }),
    [
      board?.families,
      board?.links,
      board?.frozenUntil,
      colourBy,
      critical,
      slackS,
      ghosts,
      matching,
      planners,
    ],
  );
}
