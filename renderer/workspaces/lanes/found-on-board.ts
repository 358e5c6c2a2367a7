/** What "Find on the board" goes through, one after the other. */
import type { BoardOperation } from '#domain/scheduling/types';

/** What is on the board and sought, by its start, what is over after the rest; null: nothing is sought. */
export function foundOf(
  operations: readonly BoardOperation[],
  matching: ReadonlySet<string> | null | undefined,
  now: number,
): readonly string[] | null {
  if (!matching) return null;
  const found = operations
    .flatMap(({ operationId, placement }) =>
      placement && matching.has(operationId) ? [{ operationId, placement }] : [],
    )
    .toSorted((a, b) => a.placement.startsAt - b.placement.startsAt);
  const isOver = ({ placement }: (typeof found)[number]) => placement.endsAt <= now;
  return [...found.filter((each) => !isOver(each)), ...found.filter(isOver)].map(
    ({ operationId }) => operationId,
  );
}
