import type { BoardOperation, Placement } from '#domain/scheduling/types';
import { buildLaneBars, type LaneBars } from './lane-bars.ts';

/** A record together with the place that a pending move gives it. */
type Moved = ReadonlyMap<string, { readonly placement: Placement; readonly from: BoardOperation }>;

export interface BarIndex {
  /**
   * Bars by lane for these records, pending moves counted as made. Lanes on which nothing changed since
   * the last call keep their very columns: what was drawn from them is still right.
   */
  update(operations: ReadonlyMap<string, BoardOperation>, pending: Moved): ReadonlyMap<string, LaneBars>;
}

export function createBarIndex(): BarIndex {
  let byLane: ReadonlyMap<string, LaneBars> = new Map();
  let known: ReadonlyMap<string, BoardOperation> = new Map();
  let moves: Moved = new Map();
  /** The records that stand for pending moves, kept so that they stay the same objects. */
  let moved = new Map<string, BoardOperation>();

  function build(operations: ReadonlyMap<string, BoardOperation>): ReadonlyMap<string, LaneBars> {
    const members = new Map<string, BoardOperation[]>();
    const add = (operation: BoardOperation): void => {
      if (operation.placement === undefined) return;
      const onLane = members.get(operation.placement.laneId);
      if (onLane === undefined) members.set(operation.placement.laneId, [operation]);
      else onLane.push(operation);
    };
    for (const operation of operations.values()) {
      if (moved.size === 0 || !moved.has(operation.operationId)) add(operation);
    }
    for (const operation of moved.values()) add(operation);
    const bars = new Map<string, LaneBars>();
    for (const [laneId, onLane] of members) bars.set(laneId, buildLaneBars(onLane));
    return bars;
  }

  /** Rebuilds the lanes that lost, won or changed an operation. */
  function patch(changes: ReadonlyMap<string, Change>): ReadonlyMap<string, LaneBars> {
    const touched = new Map<string, BoardOperation[]>();
    const touch = (laneId: string): BoardOperation[] => {
      let onLane = touched.get(laneId);
      if (onLane === undefined) {
        onLane = (byLane.get(laneId)?.operations ?? []).filter(
          ({ operationId }) => !changes.has(operationId),
        );
        touched.set(laneId, onLane);
      }
      return onLane;
    };
    for (const { before, after } of changes.values()) {
      if (before?.placement !== undefined) touch(before.placement.laneId);
      if (after?.placement !== undefined) touch(after.placement.laneId).push(after);
    }
    if (touched.size === 0) return byLane;
    const bars = new Map(byLane);
    for (const [laneId, onLane] of touched) {
      if (onLane.length === 0) bars.delete(laneId);
      else bars.set(laneId, buildLaneBars(onLane));
    }
    return bars;
  }

  return {
    update(operations, pending) {
      const nowMoved = new Map<string, BoardOperation>();
      for (const [operationId, { from, placement }] of pending) {
        const same = moves.get(operationId);
        const kept = same?.from === from && same.placement === placement ? moved.get(operationId) : undefined;
        nowMoved.set(operationId, kept ?? { ...from, placement });
      }
      const changes = changesBetween({ known, moved }, { known: operations, moved: nowMoved });
      known = operations;
      moves = pending;
      moved = nowMoved;
      byLane = changes === undefined ? build(operations) : patch(changes);
      return byLane;
    },
  };
}

interface Change {
  readonly before: BoardOperation | undefined;
  readonly after: BoardOperation | undefined;
}

interface Records {
  readonly known: ReadonlyMap<string, BoardOperation>;
  readonly moved: ReadonlyMap<string, BoardOperation>;
}

/** What differs between two states of the records; undefined when so much does that all is built anew. */
function changesBetween(before: Records, after: Records): ReadonlyMap<string, Change> | undefined {
  const most = Math.max(16, after.known.size >>> 4);
  if (Math.abs(after.known.size - before.known.size) > most) return undefined;
  const changes = new Map<string, Change>();
  const look = (operationId: string): void => {
    const was = before.moved.get(operationId) ?? before.known.get(operationId);
    const is = after.moved.get(operationId) ?? after.known.get(operationId);
    if (was !== is) changes.set(operationId, { before: was, after: is });
  };
  if (before.known !== after.known) {
    let gone = before.known.size;
    for (const [operationId, operation] of after.known) {
      const was = before.known.get(operationId);
      if (was !== undefined) gone -= 1;
      if (was === operation) continue;
      look(operationId);
      if (changes.size > most) return undefined;
    }
    if (gone > 0) {
      for (const operationId of before.known.keys()) if (!after.known.has(operationId)) look(operationId);
    }
  }
  for (const operationId of before.moved.keys()) look(operationId);
  for (const operationId of after.moved.keys()) look(operationId);
  return changes;
}
