import { invalid, notFound } from '#contract/errors';
import type { Board, lanes } from '#contract/lanes';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import { readablePlant } from '#main/services/access';
import type { Core, SignedInCall } from '#main/services/core';
import { isUnavailable } from '#main/services/desk-command';
import { moveOperation, unscheduleOperation } from '#main/services/lanes/commands';
import { openLane, readBoardOperations, readCalendar, readLanes } from '#main/services/lanes/queries';

/** The mirror's set of boards, by plant: the last range that was looked at. */
const boardSet = 'boards';
/** A board is large: it is kept for bad times at most this often. */
const keepIntervalMs = 5000;
const longestRangeMs = 400 * 86_400_000;

/** The lane board of a plant and the planner's commands on it. */
export function createLanesService(core: Core) {
  const keptAt = new Map<string, number>();

  function keep(board: Board): void {
    const now = core.now();
    if (now - (keptAt.get(board.plantId) ?? -Infinity) < keepIntervalMs) return;
    keptAt.set(board.plantId, now);
    core.mirror.put(boardSet, board.plantId, board, board.asOf);
  }

  async function readBoard(call: SignedInCall, input: ParsedInputOf<typeof lanes.board>): Promise<Board> {
    const range = { startsAt: input.from, endsAt: input.to };
    const asOf = core.now();
    return core.database.transaction({ token: call.signedIn.token }, 'lanes.board', async (transaction) => {
      const calendar = await readCalendar(transaction, input.plantId, range);
      if (calendar === undefined) throw notFound('error.unknown-plant');
      const rows = await readLanes(transaction, input.plantId);
      const operations = await readBoardOperations(transaction, input.plantId, range);
      return {
        source: 'database',
        asOf,
        plantId: input.plantId,
        timeZone: calendar.timeZone,
        lanes: rows.map((row) => openLane(row, calendar, range)),
        operations,
      };
    });
  }

  return {
    /** From the mirror when the database is away: what this station last saw of the plant. */
    async board(
      call: SignedInCall,
      input: ParsedInputOf<typeof lanes.board>,
    ): Promise<OutputOf<typeof lanes.board>> {
      readablePlant(call.signedIn, input.plantId);
      if (input.to <= input.from) throw invalid('to', 'error.range-empty');
      if (input.to - input.from > longestRangeMs) throw invalid('to', 'error.range-too-long', { days: 400 });
      try {
        const board = await readBoard(call, input);
        keep(board);
        return board;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        const kept = core.mirror.get<Board>(boardSet, input.plantId);
        if (kept === undefined) throw error;
        return { ...kept.body, source: 'cache', asOf: kept.storedAt };
      }
    },

    move(call: SignedInCall, input: ParsedInputOf<typeof lanes.move>): Promise<OutputOf<typeof lanes.move>> {
      return core.database.transaction({ token: call.signedIn.token }, 'lanes.move', (transaction) =>
        moveOperation(transaction, input, core.now()),
      );
    },

    unschedule(
      call: SignedInCall,
      input: ParsedInputOf<typeof lanes.unschedule>,
    ): Promise<OutputOf<typeof lanes.unschedule>> {
      return core.database.transaction({ token: call.signedIn.token }, 'lanes.unschedule', (transaction) =>
        unscheduleOperation(transaction, input, core.now()),
      );
    },
  };
}
export type LanesService = ReturnType<typeof createLanesService>;
