/** How a session that seeds behaves: alone, without triggers, a transaction a piece. */
import type pg from 'pg';
import { refused } from '#contract/errors';

/** Beside those for migrating and restoring: whoever holds it seeds. */
const seedLock = 7_240_314;

/** @throws AppError `Refused` when another session seeds this database. */
export async function takeLock(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
    seedLock,
  ]);
  if (rows[0]?.taken !== true) throw refused('error.seed-under-way');
}

/** @throws AppError `Refused` for a login that may not switch triggers off. */
export async function mayLoad(client: pg.ClientBase): Promise<void> {
  try {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica; COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
    throw refused('error.restore-right', { role: rows[0]?.role ?? '', detail: (cause as Error).message });
  }
}

/** The change feed, the audit trail and the checks of references are the generator's promise. */
export async function inTransaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    // Compiling the rollups' queries takes longer than running them.
    await client.query('SET LOCAL session_replication_role = replica; SET LOCAL jit = off');
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw cause;
  }
}
