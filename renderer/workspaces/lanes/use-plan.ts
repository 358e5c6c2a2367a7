/** The plan of a plant as the board shows it, and the planner's commands on it. */
import { useMemo, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { v7 as uuidv7 } from 'uuid';
import { indexBoard } from '#domain/scheduling/board-index';
import { checkPlacement } from '#domain/scheduling/placement';
import type { BoardOperation, PlacementCheck, ProposedMove } from '#domain/scheduling/types';
import { emptyHistory, redo, undo } from '#domain/undo/history';
import type { History } from '#domain/undo/history';
import type { ErrorShape } from '#contract/errors';
import type { Board } from '#contract/lanes';
import { errorShapeOf } from '../../client/errors.ts';
import { useConnection, useCoreQuery } from '../../client/hooks.ts';
import { queryKeyOf } from '../../client/paths.ts';
import { useNow } from '../../ui/time.tsx';
import { overtaken, place, remember, withOperation } from './plan-command.ts';
import type { PlanCommand } from './plan-command.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Someone else was first: what stands now, and what this planner wanted. */
export interface PlanConflict {
  readonly error: ErrorShape;
  readonly theirs: BoardOperation;
  readonly mine: PlanCommand;
}

const none: readonly never[] = [];

export function usePlan(plantId: string, told: { readonly onFailed: (error: ErrorShape) => void }) {
  const connection = useConnection();
  const queries = useQueryClient();
  const [range] = useState(() => {
    const hour = Math.floor(Date.now() / hourMs) * hourMs;
    return { startsAt: hour - 7 * dayMs, endsAt: hour + 42 * dayMs };
  });
  const input = { plantId, from: range.startsAt, to: range.endsAt };
  const board = useCoreQuery('lanes.board', input, { keep: true });
  const [history, setHistory] = useState<History<PlanCommand>>(() => emptyHistory<PlanCommand>());
  const [conflict, setConflict] = useState<PlanConflict | null>(null);
  const busy = useRef(false);

  const minute = useNow(60_000);
  const lanes = board.data?.lanes ?? none;
  const operations = board.data?.operations ?? none;
  const index = useMemo(() => indexBoard({ lanes, operations, now: minute }), [lanes, operations, minute]);

  const store = (operation: BoardOperation) => {
    queries.setQueryData<Board>(queryKeyOf('lanes.board', input), (before) =>
      before ? { ...before, operations: withOperation(before.operations, operation) } : before,
    );
  };
  const current = (operationId: string): BoardOperation | undefined =>
    queries
      .getQueryData<Board>(queryKeyOf('lanes.board', input))
      ?.operations.find((operation) => operation.operationId === operationId);

  /** Carries a command out. Rejects with the `ErrorShape`, after a conflict has been put up for decision. */
  const carryOut = async (command: PlanCommand, version?: number): Promise<BoardOperation> => {
    const before = current(command.operationId);
    if (!before) throw errorShapeOf({ code: 'NotFound', reason: 'error.unknown-operation', values: {} });
    const shared = {
      commandId: uuidv7(),
      operationId: command.operationId,
      version: version ?? before.version,
    };
    try {
      const after = await (command.type === 'place'
        ? connection.mutate('lanes.move', { ...shared, laneId: command.laneId, startsAt: command.startsAt })
        : connection.mutate('lanes.unschedule', shared));
      store(after);
      return after;
    } catch (thrown) {
      const error = errorShapeOf(thrown);
      const theirs = error.code === 'Conflict' ? operationIn(error.theirs) : undefined;
      if (theirs) {
        store(theirs);
        setHistory((past) => overtaken(past, command.operationId));
        setConflict({ error, theirs, mine: command });
      } else {
        told.onFailed(error);
        // What the screen showed was wrong enough to be refused: look again.
        void queries.invalidateQueries({ queryKey: queryKeyOf('lanes.board') });
      }
      throw error;
    }
  };

  const make = async (command: PlanCommand, version?: number): Promise<void> => {
    const before = current(command.operationId);
    await carryOut(command, version);
    if (before) setHistory((past) => remember(past, command, before, Date.now()));
  };
  const step = (way: typeof undo<PlanCommand>) => {
    const next = way(history);
    // One at a time: the second of two quick presses would carry out the same step.
    if (!next || busy.current) return;
    busy.current = true;
    carryOut(next.command)
      .then(
        () => setHistory(next.history),
        () => {},
      )
      .finally(() => (busy.current = false));
  };

  return {
    board,
    range,
    lanes,
    operations,
    canUndo: history.done.length > 0,
    canRedo: history.undone.length > 0,
    conflict,
    check: (move: ProposedMove): PlacementCheck => checkPlacement(index, move),
    move: (move: ProposedMove) => make(place(move)),
    unschedule: (operationId: string) => make({ type: 'unschedule', operationId }).catch(() => {}),
    undo: () => step(undo),
    redo: () => step(redo),
    takeTheirs: () => setConflict(null),
    applyMine() {
      if (!conflict) return;
      setConflict(null);
      void make(conflict.mine, conflict.theirs.version).catch(() => {});
    },
  };
}

export type Plan = ReturnType<typeof usePlan>;

function operationIn(theirs: unknown): BoardOperation | undefined {
  if (typeof theirs !== 'object' || theirs === null) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `theirs` of lanes.move is the operation as it stands.
  return 'operationId' in theirs && 'version' in theirs ? (theirs as BoardOperation) : undefined;
}
