/** The outbox's SQL, prepared once. */
import type BetterSqlite3 from 'better-sqlite3';

export interface OutboxRow {
  readonly sequence: number;
  readonly command_id: string;
  readonly kind: string;
  readonly subject: string;
  readonly summary: string;
  readonly payload: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly organization_id: string;
  readonly person: string;
  readonly captured_at: number;
  readonly saved_at: number;
  readonly waiting_then: number;
  readonly state: 'waiting' | 'delivered' | 'quarantined' | 'discarded';
  readonly attempts: number;
  readonly problem: string | null;
}

export type NewOutboxRow = Omit<OutboxRow, 'sequence' | 'state' | 'attempts' | 'problem'>;

export function outboxStatements(file: BetterSqlite3.Database) {
  const insert = file.prepare<[NewOutboxRow]>(`
    INSERT INTO outbox (command_id, kind, subject, summary, payload, session_id, user_id, organization_id,
                        person, captured_at, saved_at, waiting_then, state)
    VALUES (@command_id, @kind, @subject, @summary, @payload, @session_id, @user_id, @organization_id,
            @person, @captured_at, @saved_at, @waiting_then, 'waiting')`);
  const byCommandId = file.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE command_id = ?');
  const nextBatch = file.prepare<[number, number], OutboxRow>(`
    SELECT * FROM outbox AS one
    WHERE state = 'waiting' AND sequence > ?
      AND NOT EXISTS (SELECT 1 FROM outbox AS ahead
        WHERE ahead.state = 'quarantined' AND ahead.subject = one.subject AND ahead.sequence < one.sequence)
    ORDER BY sequence LIMIT ?`);
  const markDelivered = file.prepare<[number, number]>(
    `UPDATE outbox SET state = 'delivered', problem = NULL, delivered_at = ? WHERE sequence = ? AND state = 'waiting'`,
  );
  const noteAttempt = file.prepare<[string, number]>(
    'UPDATE outbox SET attempts = attempts + 1, problem = ? WHERE sequence = ?',
  );
  const quarantine = file.prepare<[string, number]>(
    `UPDATE outbox SET state = 'quarantined', attempts = attempts + 1, problem = ?
     WHERE sequence = ? AND state = 'waiting'`,
  );
  const reopen = file.prepare<[number]>(
    `UPDATE outbox SET state = 'waiting', problem = NULL WHERE sequence = ? AND state = 'quarantined'`,
  );
  const amend = file.prepare<[{ sequence: number; payload: string; subject: string; summary: string }]>(
    `UPDATE outbox SET original_payload = coalesce(original_payload, payload), payload = @payload,
       subject = @subject, summary = @summary
     WHERE sequence = @sequence AND state = 'quarantined'`,
  );
  const discard = file.prepare<[string, number]>(
    `UPDATE outbox SET state = 'discarded', discard_reason = ? WHERE sequence = ? AND state = 'quarantined'`,
  );
  const pending = file
    .prepare<[string, number], number>(
      `SELECT sequence FROM outbox WHERE subject = ? AND state IN ('waiting', 'quarantined') LIMIT ?`,
    )
    .pluck();
  const waitingFirst = file.prepare<[], { sequence: number; captured_at: number }>(
    `SELECT sequence, captured_at FROM outbox WHERE state = 'waiting' ORDER BY sequence`,
  );
  const quarantinedRows = file.prepare<[number], OutboxRow>(
    `SELECT * FROM outbox WHERE state = 'quarantined' ORDER BY sequence LIMIT ?`,
  );
  const discardedRows = file.prepare<[number], OutboxRow>(
    `SELECT * FROM outbox WHERE state = 'discarded' ORDER BY sequence DESC LIMIT ?`,
  );
  const waitingRows = file.prepare<[number], OutboxRow>(
    `SELECT * FROM outbox WHERE state = 'waiting' ORDER BY sequence LIMIT ?`,
  );
  const waitingLastRows = file.prepare<[number], OutboxRow>(
    `SELECT * FROM outbox WHERE state = 'waiting' ORDER BY sequence DESC LIMIT ?`,
  );
  // Partial indices want the state spelt out.
  const countWaiting = file
    .prepare<[], number>(`SELECT count(*) FROM outbox WHERE state = 'waiting'`)
    .pluck();
  const countQuarantined = file
    .prepare<[], number>(`SELECT count(*) FROM outbox WHERE state = 'quarantined'`)
    .pluck();
  const prune = file.prepare<[number, number]>(
    `DELETE FROM outbox WHERE sequence IN (
       SELECT sequence FROM outbox WHERE state = 'delivered' AND delivered_at < ? LIMIT ?)`,
  );

  return {
    transaction: <T>(work: () => T): T => file.transaction(work).immediate(),
    insert: (row: NewOutboxRow) => Number(insert.run(row).lastInsertRowid),
    byCommandId: (commandId: string) => byCommandId.get(commandId),
    nextBatch: (afterSequence: number, limit: number) => nextBatch.all(afterSequence, limit),
    markDelivered: (sequence: number, deliveredAt: number) => markDelivered.run(deliveredAt, sequence),
    noteAttempt: (sequence: number, problem: string) => noteAttempt.run(problem, sequence),
    quarantine: (sequence: number, problem: string) => quarantine.run(problem, sequence).changes,
    reopen: (sequence: number) => reopen.run(sequence),
    amend: (sequence: number, to: { payload: string; subject: string; summary: string }) =>
      amend.run({ sequence, ...to }),
    discard: (sequence: number, reason: string) => discard.run(reason, sequence),
    pendingSequences: (subject: string, limit: number) => pending.all(subject, limit),
    oldestCapturedAt(except: ReadonlyMap<number, unknown>): number | null {
      for (const row of waitingFirst.iterate()) {
        if (!except.has(row.sequence)) return row.captured_at;
      }
      return null;
    },
    /**
     * Quarantined first, then waiting, then discarded (latest first), at most `limit` of each; of the
     * waiting the first and the last `limit`, so that both what is due and what was just taken are seen.
     */
    entries(limit: number, except: ReadonlyMap<number, unknown>): OutboxRow[] {
      const fetched = limit + except.size;
      const first = waitingRows.all(fetched);
      const last = waitingLastRows.all(fetched).toReversed();
      const seen = new Set(first.map((row) => row.sequence));
      const waiting = [
        ...first.filter((row) => !except.has(row.sequence)).slice(0, limit),
        ...last.filter((row) => !except.has(row.sequence) && !seen.has(row.sequence)).slice(-limit),
      ];
      return [...quarantinedRows.all(limit), ...waiting, ...discardedRows.all(limit)];
    },
    counts: () => ({ waiting: countWaiting.get() ?? 0, quarantined: countQuarantined.get() ?? 0 }),
    prune: (deliveredBefore: number, limit: number) => prune.run(deliveredBefore, limit).changes,
  };
}
