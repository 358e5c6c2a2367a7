import { invalid, refused } from '#contract/errors';
import { mostEdits } from '#contract/lanes';
import type { Board, EditAnswer, lanes } from '#contract/lanes';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import { readablePlant, writablePlant } from '#main/services/access';
import type { Core, SignedInCall } from '#main/services/core';
import { claimCommand, isUnavailable } from '#main/services/desk-command';
import { readDraftFigures } from '#main/services/schedules/figures';
import { refuseWhileSolving } from '#main/services/schedules/run-record';
import { touchDraft } from '#main/services/schedules/versions';
import { readBoard, readOperations } from './board.ts';
import { editPlan } from './edits.ts';
import { readLanesDown } from './machines-down.ts';
import { draftOf, planOf, sourceIn } from './plan-source.ts';

/** The mirror's set of boards, by plant: the last range that was looked at. */
const boardSet = 'boards';
/** A board is large: it is kept for bad times at most this often. */
const keepIntervalMs = 5000;
const longestRangeMs = 400 * 86_400_000;

/** The lane board of a plant and the planner's edits on it. */
export function createLanesService(core: Core) {
  const keptAt = new Map<string, number>();

  function keep(board: Board): void {
    const now = core.now();
    if (now - (keptAt.get(board.plantId) ?? -Infinity) < keepIntervalMs) return;
    keptAt.set(board.plantId, now);
    core.mirror.put(boardSet, board.plantId, board, board.asOf);
  }

  function boardOf(call: SignedInCall, input: ParsedInputOf<typeof lanes.board>): Promise<Board> {
    const { plantId, versionId } = input;
    return core.database.transaction({ token: call.signedIn.token }, 'lanes.board', async (transaction) => {
      const source = await sourceIn(transaction, plantId, versionId ?? null);
      return readBoard(transaction, source, { startsAt: input.from, endsAt: input.to }, core.now());
    });
  }

  return {
    /** The plan that holds comes from the mirror when the database is away: what this station last saw of the plant. */
    async board(
      call: SignedInCall,
      input: ParsedInputOf<typeof lanes.board>,
    ): Promise<OutputOf<typeof lanes.board>> {
      readablePlant(call.signedIn, input.plantId);
      if (input.to <= input.from) throw invalid('to', 'error.range-empty');
      if (input.to - input.from > longestRangeMs) throw invalid('to', 'error.range-too-long', { days: 400 });
      const isPlan = input.versionId === undefined || input.versionId === null;
      try {
        const board = await boardOf(call, input);
        if (isPlan) keep(board);
        return board;
      } catch (error) {
        if (!isPlan || !isUnavailable(error)) throw error;
        const kept = core.mirror.get<Board>(boardSet, input.plantId);
        if (kept === undefined) throw error;
        return { ...kept.body, source: 'cache', asOf: kept.storedAt };
      }
    },

    async standing(
      call: SignedInCall,
      { plantId }: ParsedInputOf<typeof lanes.standing>,
    ): Promise<OutputOf<typeof lanes.standing>> {
      readablePlant(call.signedIn, plantId);
      return core.database.transaction({ token: call.signedIn.token }, 'lanes.standing', (transaction) =>
        readLanesDown(transaction, plantId, core.now()),
      );
    },

    /** The same command again changes nothing and answers with what there is now. */
    async edit(call: SignedInCall, input: ParsedInputOf<typeof lanes.edit>): Promise<EditAnswer> {
      writablePlant(call.signedIn, input.plantId);
      const { commandId, plantId, versionId, edits } = input;
      if (edits.length > mostEdits) {
        throw refused('refusal.too-many-edits', { count: edits.length, most: mostEdits });
      }
      const now = core.now();
      return core.database.transaction({ token: call.signedIn.token }, 'lanes.edit', async (transaction) => {
        const source =
          versionId === null
            ? await planOf(transaction, plantId)
            : await draftOf(transaction, plantId, versionId);
        const named = [...new Set(edits.map(({ operationId }) => operationId))];
        const isNew = await claimCommand(transaction, { commandId, kind: 'lanes.edit', at: now });
        if (isNew && versionId !== null) {
          await refuseWhileSolving(transaction, versionId, 'refusal.version-solving');
        }
        const { changedIds, removedIds } = isNew
          ? await editPlan(transaction, { source, now, newId: core.newId }, edits)
          : { changedIds: named, removedIds: [] };
        if (isNew && versionId !== null) await touchDraft(transaction, versionId);
        const operations = await readOperations(transaction, source, changedIds, now);
        const figures = source.kind === 'draft' ? await readDraftFigures(transaction, source, now) : null;
        return { operations, removedIds, figures };
      });
    },
  };
}
export type LanesService = ReturnType<typeof createLanesService>;
