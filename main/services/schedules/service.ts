/** Planning beside the board: versions, the solver on them, their publication, promises and dispatch lists. */
import type { schedules } from '#contract/schedules';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import { invalid, notFound } from '#contract/errors';
import { readablePlant, writablePlant } from '#main/services/access';
import type { Core, DatabaseTransaction, SignedInCall } from '#main/services/core';
import { claimCommand } from '#main/services/desk-command';
import { sourceIn, sourceOf } from '#main/services/lanes/plan-source';
import { dispatchCalendar } from './calendar-text.ts';
import { violationsOf } from './check.ts';
import { comparePlans } from './compare.ts';
import { readContext } from './context.ts';
import { readDispatch, readLane } from './dispatch.ts';
import { readPreferences, readPromisable, writePreferences } from './preferences.ts';
import { present } from './presence.ts';
import { findPromise } from './promise.ts';
import { publishDraft } from './publish.ts';
import { readReservations, release, reserve } from './reservations.ts';
import { refuseWhileSolving } from './run-record.ts';
import { createSolverRuns } from './runs.ts';
import { explainOrder, plantOfOrder } from './why-late.ts';
import { createDraft, discardDraft, readVersion, readVersions, renameDraft } from './versions.ts';

type Schedules = typeof schedules;

export function createSchedulesService(core: Core) {
  const runs = createSolverRuns(core);

  function inTransaction<T>(
    call: SignedInCall,
    name: string,
    work: (transaction: DatabaseTransaction) => Promise<T>,
  ): Promise<T> {
    return core.database.transaction({ token: call.signedIn.token }, name, work);
  }

  /** The plant of a version that the caller may write in; who may not is told so in words. */
  async function writableVersion(
    call: SignedInCall,
    transaction: DatabaseTransaction,
    versionId: string,
  ): Promise<void> {
    const { plantId } = await sourceOf(transaction, versionId);
    writablePlant(call.signedIn, plantId);
  }

  function claim(transaction: DatabaseTransaction, commandId: string, kind: string): Promise<boolean> {
    return claimCommand(transaction, { commandId, kind, at: core.now() });
  }

  return {
    async versions(call: SignedInCall, { plantId }: ParsedInputOf<Schedules['versions']>) {
      readablePlant(call.signedIn, plantId);
      return inTransaction(call, 'schedules.versions', (transaction) =>
        readVersions(transaction, plantId, core.now()),
      );
    },

    /** The draft has the id of the command: the same one again gives the same draft. */
    async createDraft(call: SignedInCall, input: ParsedInputOf<Schedules['createDraft']>) {
      writablePlant(call.signedIn, input.plantId);
      return inTransaction(call, 'schedules.createDraft', async (transaction) => {
        const { commandId, ...wanted } = input;
        if (await claim(transaction, commandId, 'schedules.createDraft')) {
          await createDraft(transaction, { id: commandId, ...wanted }, core.now());
        }
        return readVersion(transaction, commandId, core.now());
      });
    },

    renameDraft(call: SignedInCall, input: ParsedInputOf<Schedules['renameDraft']>) {
      return inTransaction(call, 'schedules.renameDraft', async (transaction) => {
        await writableVersion(call, transaction, input.versionId);
        if (await claim(transaction, input.commandId, 'schedules.renameDraft')) {
          await renameDraft(transaction, input, core.now());
        }
        return readVersion(transaction, input.versionId, core.now());
      });
    },

    discardDraft(call: SignedInCall, { commandId, versionId }: ParsedInputOf<Schedules['discardDraft']>) {
      return inTransaction(call, 'schedules.discardDraft', async (transaction) => {
        await writableVersion(call, transaction, versionId);
        if (!(await claim(transaction, commandId, 'schedules.discardDraft'))) return null;
        await refuseWhileSolving(transaction, versionId, 'refusal.version-solving');
        await discardDraft(transaction, versionId, core.now());
        return null;
      });
    },

    check(call: SignedInCall, { versionId }: ParsedInputOf<Schedules['check']>) {
      return inTransaction(call, 'schedules.check', async (transaction) =>
        violationsOf(transaction, await sourceOf(transaction, versionId), core.now()),
      );
    },

    /** A wrong password is told when the transaction that counted it is committed. */
    async publish(call: SignedInCall, input: ParsedInputOf<Schedules['publish']>) {
      const problem = await inTransaction(call, 'schedules.publish', async (transaction) => {
        await writableVersion(call, transaction, input.versionId);
        await refuseWhileSolving(transaction, input.versionId, 'refusal.version-solving');
        return publishDraft(transaction, input, core.now());
      });
      if (problem !== null) throw problem;
      return inTransaction(call, 'schedules.version', (transaction) =>
        readVersion(transaction, input.versionId, core.now()),
      );
    },

    compare(call: SignedInCall, input: ParsedInputOf<Schedules['compare']>) {
      return inTransaction(call, 'schedules.compare', (transaction) =>
        comparePlans(transaction, input, core.now()),
      );
    },

    solve: (call: SignedInCall, input: ParsedInputOf<Schedules['solve']>) => runs.start(call, input),

    async stopSolve(call: SignedInCall, { runId, discard }: ParsedInputOf<Schedules['stopSolve']>) {
      await runs.stop(call, runId, discard);
      return null;
    },

    /** Who may not see the version hears nothing of it. */
    async *solveProgress(
      call: SignedInCall,
      { versionId }: ParsedInputOf<Schedules['solveProgress']>,
      signal: AbortSignal,
    ): AsyncIterable<OutputOf<Schedules['solveProgress']>> {
      await inTransaction(call, 'schedules.version', (transaction) => sourceOf(transaction, versionId));
      yield* runs.progress(versionId, signal);
    },

    whyLate(call: SignedInCall, { versionId, workOrderId }: ParsedInputOf<Schedules['whyLate']>) {
      return inTransaction(call, 'schedules.whyLate', async (transaction) => {
        const plantId = await plantOfOrder(transaction, workOrderId);
        const source = await sourceIn(transaction, plantId, versionId);
        return explainOrder(transaction, source, workOrderId, core.now());
      });
    },

    async promise(call: SignedInCall, wish: ParsedInputOf<Schedules['promise']>) {
      readablePlant(call.signedIn, wish.plantId);
      return inTransaction(call, 'schedules.promise', (transaction) =>
        findPromise(transaction, wish, core.now()),
      );
    },

    /** The reservation has the id of the command. */
    async reserve(call: SignedInCall, input: ParsedInputOf<Schedules['reserve']>) {
      const { commandId, ...wish } = input;
      writablePlant(call.signedIn, wish.plantId);
      return inTransaction(call, 'schedules.reserve', async (transaction) => {
        const now = core.now();
        if (await claim(transaction, commandId, 'schedules.reserve')) {
          await reserve(transaction, commandId, wish, now);
        }
        const held = await readReservations(transaction, wish.plantId, now);
        const own = held.find(({ id }) => id === commandId);
        if (own === undefined) throw notFound('error.reservation-gone');
        return own;
      });
    },

    async reservations(call: SignedInCall, { plantId }: ParsedInputOf<Schedules['reservations']>) {
      readablePlant(call.signedIn, plantId);
      return inTransaction(call, 'schedules.reservations', (transaction) =>
        readReservations(transaction, plantId, core.now()),
      );
    },

    releaseReservation(
      call: SignedInCall,
      { commandId, reservationId }: ParsedInputOf<Schedules['releaseReservation']>,
    ) {
      return inTransaction(call, 'schedules.releaseReservation', async (transaction) => {
        if (await claim(transaction, commandId, 'schedules.releaseReservation')) {
          await release(transaction, reservationId, core.now());
        }
        return null;
      });
    },

    context(call: SignedInCall, { operationId }: ParsedInputOf<Schedules['context']>) {
      return inTransaction(call, 'schedules.context', (transaction) => readContext(transaction, operationId));
    },

    async dispatch(call: SignedInCall, input: ParsedInputOf<Schedules['dispatch']>) {
      const { plantId, laneId } = input;
      readablePlant(call.signedIn, plantId);
      return inTransaction(call, 'schedules.dispatch', async (transaction) => {
        await readLane(transaction, plantId, laneId);
        return readDispatch(transaction, plantId, laneId, rangeOf(input));
      });
    },

    async calendar(call: SignedInCall, input: ParsedInputOf<Schedules['calendar']>) {
      const { plantId, laneId } = input;
      readablePlant(call.signedIn, plantId);
      return inTransaction(call, 'schedules.calendar', async (transaction) => {
        const lane = await readLane(transaction, plantId, laneId);
        const lines = await readDispatch(transaction, plantId, laneId, rangeOf(input));
        return dispatchCalendar(lane, lines, core.now());
      });
    },

    present(call: SignedInCall, { versionId, selection }: ParsedInputOf<Schedules['present']>) {
      return inTransaction(call, 'schedules.present', async (transaction) => {
        const { plantId } = await sourceOf(transaction, versionId);
        return present(transaction, { plantId, versionId, selection });
      });
    },

    async promisable(call: SignedInCall, { plantId }: ParsedInputOf<Schedules['promisable']>) {
      readablePlant(call.signedIn, plantId);
      return inTransaction(call, 'schedules.promisable', (transaction) =>
        readPromisable(transaction, plantId),
      );
    },

    async preferences(call: SignedInCall, { plantId }: ParsedInputOf<Schedules['preferences']>) {
      readablePlant(call.signedIn, plantId);
      return inTransaction(call, 'schedules.preferences', (transaction) =>
        readPreferences(transaction, plantId),
      );
    },

    async setPreferences(call: SignedInCall, input: ParsedInputOf<Schedules['setPreferences']>) {
      const { commandId, plantId } = input;
      writablePlant(call.signedIn, plantId);
      return inTransaction(call, 'schedules.setPreferences', async (transaction) => {
        if (await claim(transaction, commandId, 'schedules.setPreferences')) {
          await writePreferences(transaction, plantId, input);
        }
        return readPreferences(transaction, plantId);
      });
    },

    close: () => runs.close(),
  };
}

function rangeOf({ from, to }: { readonly from: number; readonly to: number }) {
  if (to <= from) throw invalid('to', 'error.range-empty');
  return { startsAt: from, endsAt: to };
}
