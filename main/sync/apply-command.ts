/** One station command into PostgreSQL, once in effect however often it is tried. */
import { sql } from 'kysely';
import { invalid, notAllowed } from '#contract/errors';
import type { Database, Presented, StationCommand } from '#main/services/core';
import type { WaitingCommand } from '#main/store/sqlite/outbox';
import { isSessionEnded } from './delivery-problem.ts';

export interface Tokens {
  readonly stationToken: () => string | null;
  readonly personToken: (sessionId: string) => string | null;
  /** Whether this station opened the session while the database was away and has yet to tell it. */
  readonly isUntold?: (sessionId: string) => boolean;
}

export type Applied = 'applied' | 'already-applied' | 'no-token' | 'station-session-ended';

/**
 * The command's id goes in with its effect, in one transaction: where the id stands already, a try before
 * this one was committed and nothing is left to do.
 *
 * The station delivers for the person under whose session the command was taken; without a station's
 * session, or where it may not stand for that person, the person's own session does while it lives.
 *
 * @returns `no-token` when nobody who may deliver it is signed in or known to the database yet, `station-session-ended` when the
 *   station must sign in again before anything of it can be delivered.
 * @throws what the transaction throws, and `Invalid` for a payload that does not read.
 */
export async function applyCommand(
  database: Database,
  command: StationCommand<unknown> | undefined,
  waiting: WaitingCommand,
  tokens: Tokens,
): Promise<Applied> {
  if (tokens.isUntold?.(waiting.sessionId)) return 'no-token';
  const station = tokens.stationToken();
  const person = tokens.personToken(waiting.sessionId);
  const actor = { sessionId: waiting.sessionId, capturedAt: waiting.capturedAt };
  if (station !== null) {
    try {
      return await tryOnce(database, command, waiting, { token: station, actor });
    } catch (cause) {
      if (!isSessionEnded(cause)) throw cause;
      if (!(await isGood(database, station))) return 'station-session-ended';
      // The station is let in but not for this session: by the database's word this is final.
      if (person === null) throw notAllowed('error.command-session-unknown');
    }
  }
  if (person === null) return 'no-token';
  try {
    return await tryOnce(database, command, waiting, { token: person });
  } catch (cause) {
    if (isSessionEnded(cause)) return 'no-token';
    throw cause;
  }
}

function tryOnce(
  database: Database,
  command: StationCommand<unknown> | undefined,
  waiting: WaitingCommand,
  who: Presented,
): Promise<Applied> {
  return database.transaction(who, `deliver ${waiting.kind}`, async (transaction) => {
    const entered = await transaction
      .insertInto('app.applied_commands')
      .values({
        organization_id: waiting.organizationId,
        command_id: waiting.commandId,
        kind: waiting.kind,
        user_id: waiting.userId,
        station_code: sql<string>`identity.current_station()`,
        captured_at: new Date(waiting.capturedAt),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('station_code')
      .executeTakeFirst();
    if (!entered) return 'already-applied';
    if (!command) throw invalid('kind', 'error.command-unknown-kind', { kind: waiting.kind });
    const read = command.schema.safeParse(waiting.payload);
    if (!read.success) {
      const issue = read.error.issues[0];
      const field = issue?.path.join('.') ?? '';
      throw invalid(field, 'error.invalid-input', { field, detail: issue?.message ?? '' });
    }
    await command.apply(transaction, read.data, {
      commandId: waiting.commandId,
      capturedAt: waiting.capturedAt,
      organizationId: waiting.organizationId,
      userId: waiting.userId,
      stationCode: entered.station_code ?? '',
    });
    return 'applied';
  });
}

/** Is this token let in by itself? Tells an ended session of the station from one of the person. */
async function isGood(database: Database, token: string): Promise<boolean> {
  try {
    await database.transaction({ token }, 'check the station session', async () => {});
    return true;
  } catch (cause) {
    if (isSessionEnded(cause)) return false;
    throw cause;
  }
}
