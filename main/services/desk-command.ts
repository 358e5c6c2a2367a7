import { sql } from 'kysely';
import { AppError } from '#contract/errors';
import type { DatabaseTransaction } from '#main/services/core';

/**
 * Puts a desk command's id on file in the transaction that also holds its effect. False when it stands
 * there already: the command was carried out, and the caller answers with what there is now.
 */
export async function claimCommand(
  transaction: DatabaseTransaction,
  command: { readonly commandId: string; readonly kind: string; readonly at: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO app.applied_commands (organization_id, command_id, kind, user_id, station_code, captured_at)
    VALUES (identity.current_organization(), ${command.commandId}, ${command.kind},
            identity.current_user_id(), identity.current_station(), ${new Date(command.at)})
    ON CONFLICT DO NOTHING`.execute(transaction);
  return numAffectedRows === 1n;
}

/** Whether the database could not be reached, as against: it answered, and said no. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.shape.code === 'Unavailable';
}
