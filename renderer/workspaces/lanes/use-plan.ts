/** The plan of a plant as the board shows it, and the planner's commands on it. */
import { useMemo, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { v7 as uuidv7 } from 'uuid';
import { indexBoard } from '#domain/scheduling/board-index';
import { consequences } from '#domain/scheduling/consequences/consequences';
import type { BoardEdit, Consequences, PushMode } from '#domain/scheduling/consequences/types';
import { earliestPlace } from '#domain/scheduling/earliest-place';
import { checkPlacement } from '#domain/scheduling/placement';
import type { BoardOperation, PlacementCheck, ProposedMove } from '#domain/scheduling/types';
import { emptyHistory, namesOf, redo, undo } from '#domain/undo/history';
import type { ChangeName, History } from '#domain/undo/history';
import type { ErrorShape } from '#contract/errors';
import { mostEdits } from '#contract/lanes';
import type { Board } from '#contract/lanes';
import { errorShapeOf } from '../../client/errors.ts';
import { useConnection, useCoreQuery } from '../../client/hooks.ts';
import { queryKeyOf } from '../../client/paths.ts';
import { useNow } from '../../ui/time.tsx';
import {
  inverseOf,
  overtaken,
  remember,
  replacedParts,
  withIds,
  withOperations,
  withVersions,
} from './plan-command.ts';
import type { JoinedParts, PlanCommand } from './plan-command.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Someone else was first: what stands now, and what this planner wanted. */
export interface PlanConflict {
  readonly error: ErrorShape;
  readonly theirs: BoardOperation;
  readonly mine: PlanCommand;
  readonly name: ChangeName;
}

const none: readonly never[] = [];
const noParts: JoinedParts = new Map();
const noHistory = emptyHistory<PlanCommand>();
const noName: ChangeName = { key: 'board.edit.move-many', values: { count: 1, lane: '' } };

/** @param versionId the draft that is worked on; null: the plan that holds. */
export function usePlan(
  plantId: string,
  versionId: string | null,
  told: { readonly onFailed: (error: ErrorShape) => void },
) {
  const connection = useConnection();
  const queries = useQueryClient();
  const [range] = useState(() => {
    const hour = Math.floor(Date.now() / hourMs) * hourMs;
    return { startsAt: hour - 7 * dayMs, endsAt: hour + 42 * dayMs };
  });
  const input = { plantId, from: range.startsAt, to: range.endsAt, versionId };
  const board = useCoreQuery('lanes.board', input, { keep: true });
  // Each version has a history of its own: what was done to one cannot be taken back on another.
  const [histories, setHistories] = useState<ReadonlyMap<string | null, History<PlanCommand>>>(new Map());
  const history = histories.get(versionId) ?? noHistory;
  const setHistory = (
    change: History<PlanCommand> | ((past: History<PlanCommand>) => History<PlanCommand>),
  ) =>
    setHistories((all) => {
      const past = all.get(versionId) ?? noHistory;
      return new Map(all).set(versionId, typeof change === 'function' ? change(past) : change);
    });
  const [conflict, setConflict] = useState<PlanConflict | null>(null);
  const busy = useRef(false);
  const joined = useRef(new Map<string | null, JoinedParts>());

  const minute = useNow(60_000);
  const lanes = board.data?.lanes ?? none;
  const operations = board.data?.operations ?? none;
  const { links, transitions, frozenUntil } = board.data ?? {};
  const index = useMemo(
    () => indexBoard({ lanes, operations, links, transitions, frozenUntil, now: minute }),
    [lanes, operations, links, transitions, frozenUntil, minute],
  );

  const store = (told: readonly BoardOperation[], removedIds: readonly string[] = []) => {
    queries.setQueryData<Board>(queryKeyOf('lanes.board', input), (before) =>
      before ? { ...before, operations: withOperations(before.operations, told, removedIds) } : before,
    );
  };
  const all = (): readonly BoardOperation[] =>
    queries.getQueryData<Board>(queryKeyOf('lanes.board', input))?.operations ?? none;
  const current = (operationId: string): BoardOperation | undefined =>
    all().find((operation) => operation.operationId === operationId);

  /**
   * Carries edits out. Rejects with the `ErrorShape`, after a conflict has been put up for decision.
   * @returns by former id, the bars that stand for parts that were joined before.
   */
  const carryOut = async (edits: PlanCommand, name: ChangeName): Promise<ReadonlyMap<string, string>> => {
    const before = all();
    const byId = new Map(before.map((operation) => [operation.operationId, operation]));
    try {
      // Far more would not fit a message: said here, for the core would never hear of them.
      if (edits.length > mostEdits) throw tooMany(edits.length);
      const answer = await connection.mutate('lanes.edit', {
        commandId: uuidv7(),
        plantId,
        versionId,
        edits: withVersions(edits, (operationId) => byId.get(operationId)),
      });
      store(answer.operations, answer.removedIds);
      if (versionId !== null) void queries.invalidateQueries({ queryKey: queryKeyOf('schedules.versions') });
      const parts = replacedParts(joined.current.get(versionId) ?? noParts, before, answer);
      joined.current.set(versionId, parts.joined);
      return parts.ids;
    } catch (thrown) {
      const error = errorShapeOf(thrown);
      const theirs = error.code === 'Conflict' ? operationIn(error.theirs) : undefined;
      if (theirs) {
        store([theirs]);
        setHistory((past) => overtaken(past, theirs.operationId));
        setConflict({ error, theirs, mine: edits, name });
      } else {
        told.onFailed(error);
        // What the screen showed was wrong enough to be refused: look again.
        void queries.invalidateQueries({ queryKey: queryKeyOf('lanes.board') });
      }
      throw error;
    }
  };

  const make = async (edits: PlanCommand, name: ChangeName): Promise<void> => {
    const inverse = inverseOf(edits, all());
    const ids = await carryOut(edits, name);
    setHistory((past) => withIds(remember(past, edits, inverse, name, Date.now()), ids));
  };
  const step = (way: typeof undo<PlanCommand>) => {
    const next = way(history);
    // One at a time: the second of two quick presses would carry out the same step.
    if (!next || busy.current) return;
    busy.current = true;
    carryOut(next.command, next.change.name ?? noName)
      .then(
        (ids) => setHistory(withIds(next.history, ids)),
        () => {},
      )
      .finally(() => (busy.current = false));
  };

  return {
    board,
    range,
    lanes,
    operations,
    index,
    canUndo: history.done.length > 0,
    canRedo: history.undone.length > 0,
    conflict,
    names: namesOf(history),
    check: (move: ProposedMove): PlacementCheck => checkPlacement(index, move),
    earliest: (operationId: string, laneId: string): PlacementCheck =>
      earliestPlace(index, { operationId, laneId, from: Date.now() }),
    consequences: (edits: readonly BoardEdit[], mode: PushMode): Consequences =>
      consequences(index, edits, mode),
    edit: make,
    /** A single edit, from a form: named as the board names its own. */
    editOne: (edit: BoardEdit) => make([edit], nameFor(edit, current(edit.operationId), lanes)),
    undo: () => step(undo),
    redo: () => step(redo),
    takeTheirs: () => setConflict(null),
    applyMine() {
      if (!conflict) return;
      setConflict(null);
      void make(conflict.mine, conflict.name).catch(() => {});
    },
  };
}

export type Plan = ReturnType<typeof usePlan>;

function nameFor(edit: BoardEdit, operation: BoardOperation | undefined, lanes: Board['lanes']): ChangeName {
  const lane = edit.type === 'place' ? (lanes.find(({ id }) => id === edit.laneId)?.name ?? '') : '';
  const key = {
    place: 'board.edit.move',
    unschedule: 'board.edit.unschedule',
    lock: edit.type === 'lock' && edit.locked ? 'board.edit.lock' : 'board.edit.unlock',
    split: 'board.edit.split',
    join: 'board.edit.join',
  }[edit.type];
  const [keeps = 0, ...rest] = edit.type === 'split' ? edit.quantities : [];
  return {
    key,
    values: {
      code: operation?.code ?? '',
      lane,
      count: 1,
      keeps,
      rest: rest.reduce((sum, quantity) => sum + quantity, 0),
      unit: operation?.unit ?? '',
    },
  };
}

function tooMany(count: number): ErrorShape {
  return { code: 'Refused', reason: 'refusal.too-many-edits', values: { count, most: mostEdits } };
}

function operationIn(theirs: unknown): BoardOperation | undefined {
  if (typeof theirs !== 'object' || theirs === null) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `theirs` of lanes.move is the operation as it stands.
  return 'operationId' in theirs && 'version' in theirs ? (theirs as BoardOperation) : undefined;
}
