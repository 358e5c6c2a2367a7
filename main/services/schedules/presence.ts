/** Who else looks at a version, and what they have selected. */
import { sql } from 'kysely';
import type { Presence } from '#contract/schedules';
import type { DatabaseTransaction } from '#main/services/core';

const forgottenMs = 60_000;
/** One who only says "still here" says so this often: fewer rows, fewer events. */
const refreshMs = 20_000;

/**
 * Says what the caller has selected, and tells of the others that were heard of within a minute.
 * Who may only read the plant's plans is not shown.
 */
export async function present(
  transaction: DatabaseTransaction,
  own: { readonly plantId: string; readonly versionId: string; readonly selection: readonly string[] },
): Promise<Presence[]> {
  const { plantId, versionId, selection } = own;
  await sql`
    INSERT INTO production.schedule_presence AS presence (organization_id, schedule_version_id, user_id, plant_id, selection)
    SELECT identity.current_organization(), ${versionId}, identity.current_user_id(), ${plantId}, ${[...selection]}::uuid[]
    WHERE ${plantId} = ANY (identity.plants('write'))
    ON CONFLICT (organization_id, schedule_version_id, user_id) DO UPDATE SET selection = excluded.selection
      WHERE presence.selection <> excluded.selection
        OR presence.seen_at < clock_timestamp() - ${`${refreshMs} milliseconds`}::interval`.execute(
    transaction,
  );
  const { rows } = await sql<{
    user_id: string;
    name: string;
    selection: string[];
    seen_at: Date;
  }>`
    SELECT presence.user_id, person.display_name AS name, presence.selection, presence.seen_at
    FROM production.schedule_presence AS presence
    JOIN identity.users AS person
      ON person.organization_id = presence.organization_id AND person.id = presence.user_id
    WHERE presence.schedule_version_id = ${versionId} AND presence.user_id <> identity.current_user_id()
      AND presence.seen_at > clock_timestamp() - ${`${forgottenMs} milliseconds`}::interval
    ORDER BY person.display_name`.execute(transaction);
  return rows.map((row) => ({
    userId: row.user_id,
    name: row.name,
    versionId,
    selection: row.selection,
    seenAt: row.seen_at.getTime(),
  }));
}
