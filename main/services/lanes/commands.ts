/** The desk commands of the lane board: straight to PostgreSQL, with the version that the planner saw. */
import { conflict, notAllowed, notFound, refused } from '#contract/errors';
import { mergeIntervals } from '#domain/calendars/intervals';
import { finishAfter } from '#domain/calendars/working-time';
import { indexBoard } from '#domain/scheduling/board-index';
import { checkPlacement } from '#domain/scheduling/placement';
import type { BoardOperation, Placement } from '#domain/scheduling/types';
import type { DatabaseTransaction } from '#main/services/core';
import { claimCommand } from '#main/services/desk-command';
import {
  lockForMove,
  openLane,
  readCalendar,
  readLanes,
  readNeighbours,
  readOperation,
} from '#main/services/lanes/queries';

const dayMs = 86_400_000;

interface Command {
  readonly commandId: string;
  readonly operationId: string;
  readonly version: number;
}

/**
 * Places or moves an operation. The same command again gives the operation as it stands.
 * Throws `NotFound`, `NotAllowed`, `Conflict` (`theirs` is the operation as it stands) and `Refused` with
 * the reason of `checkPlacement`.
 */
export function moveOperation(
  transaction: DatabaseTransaction,
  command: Command & { readonly laneId: string; readonly startsAt: number },
  now: number,
): Promise<BoardOperation> {
  return changePlacement(transaction, 'lanes.move', command, command.laneId, now, (plantId, operation) =>
    judgeMove(transaction, plantId, operation, command, now),
  );
}

/** Takes an operation off its lane. Throws as `moveOperation` does. */
export function unscheduleOperation(
  transaction: DatabaseTransaction,
  command: Command,
  now: number,
): Promise<BoardOperation> {
  return changePlacement(transaction, 'lanes.unschedule', command, undefined, now, (_plantId, operation) => {
    const { status, code } = operation;
    if (status !== 'planned' && status !== 'ready') {
      throw refused('refusal.already-started', { operation: code, status });
    }
    return Promise.resolve(undefined);
  });
}

async function changePlacement(
  transaction: DatabaseTransaction,
  kind: string,
  command: Command,
  laneId: string | undefined,
  now: number,
  judge: (plantId: string, operation: BoardOperation) => Promise<Placement | undefined>,
): Promise<BoardOperation> {
  const seen = await readOperation(transaction, command.operationId);
  if (seen === undefined) throw notFound('error.unknown-operation');
  if (!(await claimCommand(transaction, { commandId: command.commandId, kind, at: now }))) {
    return seen.operation;
  }
  if (!(await lockForMove(transaction, seen.operation, laneId))) {
    throw notAllowed('error.operation-read-only', { operation: seen.operation.code });
  }
  const current = await currentOperation(transaction, command.operationId);
  if (current.version !== command.version) {
    throw conflict('error.operation-changed', current, { operation: current.code });
  }
  const placement = await judge(seen.plantId, current);
  await transaction
    .updateTable('production.operations')
    .set({
      lane_id: placement?.laneId ?? null,
      starts_at: placement === undefined ? null : new Date(placement.startsAt),
      ends_at: placement === undefined ? null : new Date(placement.endsAt),
    })
    .where('id', '=', command.operationId)
    .execute();
  return currentOperation(transaction, command.operationId);
}

async function judgeMove(
  transaction: DatabaseTransaction,
  plantId: string,
  operation: BoardOperation,
  move: { readonly operationId: string; readonly laneId: string; readonly startsAt: number },
  now: number,
): Promise<Placement> {
  // Working time is a fraction of the clock's: a long operation may need many weeks of windows.
  const range = {
    startsAt: move.startsAt - 7 * dayMs,
    endsAt: move.startsAt + 60 * dayMs + operation.durationS * 8000,
  };
  const calendar = await readCalendar(transaction, plantId, range);
  const [row] = await readLanes(transaction, plantId, move.laneId);
  if (calendar === undefined || row === undefined) throw notFound('error.unknown-lane');
  const lane = openLane(row, calendar, range);
  const endsAt = finishAfter(mergeIntervals(lane.windows), move.startsAt, operation.durationS);
  const operations = await readNeighbours(transaction, {
    workOrderId: operation.workOrderId,
    laneId: move.laneId,
    stretch: { startsAt: move.startsAt, endsAt: endsAt ?? move.startsAt },
  });
  const check = checkPlacement(indexBoard({ lanes: [lane], operations, now }), move);
  if (!check.ok) throw refused(`refusal.${check.refusal.reason}`, check.refusal.values);
  return check.placement;
}

async function currentOperation(
  transaction: DatabaseTransaction,
  operationId: string,
): Promise<BoardOperation> {
  const current = await readOperation(transaction, operationId);
  if (current === undefined) throw notFound('error.unknown-operation');
  return current.operation;
}
