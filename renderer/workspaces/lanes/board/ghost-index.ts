import type { BoardOperation } from '#domain/scheduling/types';
import { differsFromBaseline, type BoardLayers } from './layers.ts';

/** Where an operation stands in another version of the schedule: drawn behind the bars of its lane. */
export interface LaneGhost {
  readonly operationId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly kind: 'baseline' | 'first' | 'second';
}

export type GhostIndex = ReadonlyMap<string, readonly LaneGhost[]>;

/**
 * Ghosts by lane, sorted by start: the published place of all that a draft has moved, and the places in
 * the versions it is compared with.
 */
export function indexGhosts(
  operations: Iterable<BoardOperation>,
  { showBaseline, ghosts }: Pick<BoardLayers, 'showBaseline' | 'ghosts'>,
): GhostIndex {
  const byLane = new Map<string, LaneGhost[]>();
  const add = (laneId: string, ghost: LaneGhost): void => {
    const onLane = byLane.get(laneId);
    if (onLane === undefined) byLane.set(laneId, [ghost]);
    else onLane.push(ghost);
  };
  if (showBaseline) {
    for (const operation of operations) {
      const { operationId, baseline } = operation;
      if (baseline === undefined || !differsFromBaseline(operation)) continue;
      add(baseline.laneId, {
        operationId,
        startsAt: baseline.startsAt,
        endsAt: baseline.endsAt,
        kind: 'baseline',
      });
    }
  }
  for (const { operationId, placement, tone } of ghosts) {
    const { startsAt, endsAt } = placement;
    add(placement.laneId, { operationId, startsAt, endsAt, kind: tone });
  }
  for (const onLane of byLane.values()) onLane.sort((a, b) => a.startsAt - b.startsAt);
  return byLane;
}

/** Remembers the index; a new object comes only when a ghost has moved. */
export function createGhostMemory(): (state: {
  readonly operations: ReadonlyMap<string, BoardOperation>;
  readonly layers: BoardLayers;
}) => GhostIndex {
  let seen:
    | { readonly operations: unknown; readonly showBaseline: boolean; readonly ghosts: unknown }
    | undefined;
  let index: GhostIndex = new Map();
  return ({ operations, layers: { showBaseline, ghosts } }) => {
    if (seen?.operations !== operations || seen.showBaseline !== showBaseline || seen.ghosts !== ghosts) {
      seen = { operations, showBaseline, ghosts };
      const next = indexGhosts(operations.values(), { showBaseline, ghosts });
      if (!isSame(index, next)) index = next;
    }
    return index;
  };
}

function isSame(a: GhostIndex, b: GhostIndex): boolean {
  if (a.size !== b.size) return false;
  for (const [laneId, ghosts] of a) {
    const others = b.get(laneId);
    if (others?.length !== ghosts.length) return false;
    for (const [index, ghost] of ghosts.entries()) {
      const other = others[index];
      if (
        other?.operationId !== ghost.operationId ||
        other.startsAt !== ghost.startsAt ||
        other.endsAt !== ghost.endsAt ||
        other.kind !== ghost.kind
      ) {
        return false;
      }
    }
  }
  return true;
}
