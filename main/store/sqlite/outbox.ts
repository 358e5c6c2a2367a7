/**
 * The station's commands on their way to PostgreSQL. A command is acknowledged when it is synced to
 * disk, waits here in the order it was taken (by sequence, never by a clock), and leaves when it is
 * delivered or when a person gives it up.
 */
import BetterSqlite3 from 'better-sqlite3';
import type { Acknowledgement } from '#contract/common';
import { invalid, notFound, refused } from '#contract/errors';
import type { AppError, ErrorShape } from '#contract/errors';
import type { OutboxEntry } from '#contract/system';
import type { Log, Outbox, SignedIn, StationCommand } from '#main/services/core';
import { outboxStatements } from './outbox-statements.ts';
import type { OutboxRow } from './outbox-statements.ts';
import type { StationFile } from './station-file.ts';

/** A week without the network at a busy station. */
export const defaultOutboxBound = 1_000_000;
const warningFill = 0.7;
const deliveredKeptMs = 7 * 24 * 3600 * 1000;
const pruneIntervalMs = 3600 * 1000;
const prunedAtOnce = 5000;
/** Marks of delivery need not be on disk at once: a command delivered twice takes effect once. */
const marksDelayMs = 25;
/** Of the quarantined, of the discarded, and of the waiting from each end, this many are listed. */
const listed = 1000;

/** The kinds of command that this core knows. */
export type StationCommands = ReadonlyMap<string, StationCommand<unknown>>;

export type CommandProblem = Pick<ErrorShape, 'code' | 'reason' | 'values'> &
  Partial<Pick<ErrorShape, 'field' | 'incident'>>;

/** A command as delivery takes it from the outbox. */
export interface WaitingCommand {
  readonly sequence: number;
  readonly commandId: string;
  readonly kind: string;
  readonly subject: string;
  readonly payload: unknown;
  readonly sessionId: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly capturedAt: number;
  readonly attempts: number;
}

/** `added`: the tail grew. `reopened`: commands further ahead may go now. `left`: delivered. */
export type OutboxChange = 'added' | 'reopened' | 'left' | 'quarantined' | 'discarded';

export interface StationOutbox extends Outbox {
  /**
   * The next commands after a sequence, in order, without those that wait behind a quarantined one of
   * their subject.
   */
  nextBatch(afterSequence: number, limit: number): readonly WaitingCommand[];
  /** In effect at once for every question asked here; on disk within a few milliseconds. */
  markDelivered(sequence: number): void;
  /** Counts a try that failed and is to be repeated. */
  noteAttempt(sequence: number, problem: CommandProblem): void;
  /** Sets a command aside for a person to see; those of its subject behind it wait. */
  quarantine(sequence: number, problem: CommandProblem): void;
  /**
   * Changes the payload of a quarantined command; the captured one stays on file.
   * @throws `NotFound` `error.command-not-found`, `Refused` `error.command-not-quarantined`, `Invalid`
   *   `error.invalid-input` when the payload does not fit the command's schema.
   */
  amend(commandId: string, payload: unknown): void;
  /** Sends a quarantined command again, in its old place, mended where a payload is given. Throws as `amend` does. */
  retry(commandId: string, payload?: unknown): void;
  /** Gives a quarantined command up; it stays on file with the reason. Throws as `amend` does. */
  discard(commandId: string, reason: string): void;
  /** Told after each change, at once for a whole group. @returns what ends it. */
  onChange(listener: (change: OutboxChange) => void): () => void;
  /** Writes what is not yet on disk. Call before the file is closed. */
  close(): void;
}

interface Accepting {
  readonly row: Omit<OutboxRow, 'sequence' | 'state' | 'attempts' | 'problem'>;
  readonly resolve: (acknowledgement: Acknowledgement) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * @param options.commands is asked when a mended payload is to be read: its subject and summary may be
 *   others than before.
 * @param options.bound how many commands may be here undelivered; `fill` warns from 0.7 on.
 */
export function createOutbox(options: {
  readonly file: StationFile;
  readonly commands: StationCommands;
  readonly now: () => number;
  readonly log: Log;
  readonly bound?: number;
}): StationOutbox {
  const { file, commands, now, log } = options;
  const bound = options.bound ?? defaultOutboxBound;
  const statements = outboxStatements(file.durable);
  const listeners = new Set<(change: OutboxChange) => void>();

  let accepting: Accepting[] = [];
  const acceptingById = new Map<string, Promise<Acknowledgement>>();
  let commitAsked: NodeJS.Immediate | undefined;
  /** Delivered, but their rows say waiting until the next group of marks is written. */
  const unmarked = new Map<number, number>();
  let marksTimer: NodeJS.Timeout | undefined;
  let prunedAt = Number.NEGATIVE_INFINITY;
  let { waiting, quarantined } = statements.counts();
  let warned = false;
  let closed = false;

  const tell = (change: OutboxChange) => {
    for (const listener of listeners) listener(change);
  };
  const undelivered = () => waiting + quarantined + accepting.length;
  const fill = () => Math.min(1, undelivered() / bound);

  const writeMarks = () => {
    for (const [sequence, deliveredAt] of unmarked) statements.markDelivered(sequence, deliveredAt);
  };
  const prune = () => {
    if (now() - prunedAt < pruneIntervalMs) return;
    const pruned = statements.prune(now() - deliveredKeptMs, prunedAtOnce);
    // A full bite means that more is due: the next group takes the next one, so that none stands long.
    if (pruned < prunedAtOnce) prunedAt = now();
  };
  const askMarks = () => {
    marksTimer ??= setTimeout(flushMarks, marksDelayMs);
  };
  const flushMarks = () => {
    clearTimeout(marksTimer);
    marksTimer = undefined;
    if (closed || unmarked.size === 0) return;
    try {
      statements.transaction(() => {
        writeMarks();
        prune();
      });
      unmarked.clear();
    } catch (cause) {
      // A full disk: they stay marked in memory, and the idempotency key stands in the database.
      log.warn({ marks: unmarked.size, cause: String(cause) }, 'delivery marks not written');
      marksTimer = setTimeout(flushMarks, 1000);
    }
  };

  const commit = () => {
    commitAsked = undefined;
    const group = accepting;
    accepting = [];
    if (!closed && group.length > 0) commitGroup(group);
  };

  const commitGroup = (group: readonly Accepting[]) => {
    const savedAt = now();
    let acknowledged: Acknowledgement[];
    try {
      acknowledged = statements.transaction(() => {
        writeMarks();
        return group.map(({ row }, index) => {
          const waitingThen = waiting + index + 1;
          const sequence = statements.insert({ ...row, saved_at: savedAt, waiting_then: waitingThen });
          return { commandId: row.command_id, sequence, savedAt, waiting: waitingThen };
        });
      });
    } catch (cause) {
      const problem = asRefusal(cause);
      // What is wrong with one command is no reason to refuse those that came in beside it.
      if (group.length > 1 && problem === cause) {
        for (const one of group) commitGroup([one]);
        return;
      }
      for (const { row, reject } of group) {
        acceptingById.delete(row.command_id);
        reject(problem);
      }
      return;
    }
    unmarked.clear();
    waiting += group.length;
    for (const [index, one] of group.entries()) {
      acceptingById.delete(one.row.command_id);
      const acknowledgement = acknowledged[index];
      if (acknowledgement) one.resolve(acknowledgement);
    }
    if (fill() >= warningFill && !warned) {
      warned = true;
      log.warn({ waiting, quarantined, bound }, 'outbox filling up');
    }
    if (fill() < warningFill) warned = false;
    tell('added');
  };

  const quarantinedRow = (commandId: string): OutboxRow => {
    const row = statements.byCommandId(commandId);
    if (!row) throw notFound('error.command-not-found', { commandId });
    if (row.state !== 'quarantined') throw refused('error.command-not-quarantined', { commandId });
    return row;
  };
  const amendRow = (row: OutboxRow, payload: unknown) => {
    const command = commands.get(row.kind);
    statements.amend(row.sequence, {
      payload: toJson(payload),
      ...describeMended(command, payload, row),
    });
  };

  const accept = async <Payload>(
    command: StationCommand<Payload>,
    payload: Payload,
    by: { readonly commandId: string; readonly capturedAt: number; readonly signedIn: SignedIn },
  ): Promise<Acknowledgement> => {
    const underWay = acceptingById.get(by.commandId);
    if (underWay) return underWay;
    const known = statements.byCommandId(by.commandId);
    if (known) return acknowledgementOf(known);
    if (undelivered() >= bound) throw refused('error.outbox-full', { bound });
    const row = {
      command_id: by.commandId,
      kind: command.kind,
      subject: command.subject(payload),
      summary: command.summary(payload),
      payload: toJson(payload),
      session_id: by.signedIn.identity.sessionId,
      user_id: by.signedIn.identity.userId,
      organization_id: by.signedIn.identity.organizationId,
      person: by.signedIn.identity.displayName,
      captured_at: by.capturedAt,
      saved_at: 0,
      waiting_then: 0,
    };
    const promise = new Promise<Acknowledgement>((resolve, reject) => {
      accepting.push({ row, resolve, reject });
    });
    acceptingById.set(by.commandId, promise);
    // One sync for all that arrives in this turn of the loop, and for what arrived during the last sync.
    commitAsked ??= setImmediate(commit);
    return promise;
  };

  return {
    accept,
    pending(subject) {
      if (accepting.some(({ row }) => row.subject === subject)) return true;
      return statements
        .pendingSequences(subject, unmarked.size + 1)
        .some((sequence) => !unmarked.has(sequence));
    },
    entries: () => statements.entries(listed, unmarked).map(entryOf),
    status: () => ({
      waiting,
      quarantined,
      oldestAt: waiting > 0 ? statements.oldestCapturedAt(unmarked) : null,
      fill: fill(),
    }),
    nextBatch: (afterSequence, limit) =>
      statements
        .nextBatch(afterSequence, limit + unmarked.size)
        .filter((row) => !unmarked.has(row.sequence))
        .slice(0, limit)
        .map(waitingOf),
    markDelivered(sequence) {
      if (unmarked.has(sequence)) return;
      unmarked.set(sequence, now());
      waiting--;
      askMarks();
      tell('left');
    },
    noteAttempt(sequence, problem) {
      statements.noteAttempt(sequence, JSON.stringify(problem));
    },
    quarantine(sequence, problem) {
      if (statements.quarantine(sequence, JSON.stringify(problem)) === 0) return;
      waiting--;
      quarantined++;
      tell('quarantined');
    },
    amend(commandId, payload) {
      amendRow(quarantinedRow(commandId), payload);
    },
    retry(commandId, payload) {
      const row = quarantinedRow(commandId);
      statements.transaction(() => {
        if (payload !== undefined) amendRow(row, payload);
        statements.reopen(row.sequence);
      });
      quarantined--;
      waiting++;
      tell('reopened');
    },
    discard(commandId, reason) {
      const row = quarantinedRow(commandId);
      statements.discard(row.sequence, reason);
      quarantined--;
      tell('discarded');
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (closed) return;
      clearImmediate(commitAsked);
      commit();
      flushMarks();
      clearTimeout(marksTimer);
      closed = true;
    },
  };
}

/** A mended command may be about something else than before. */
function describeMended(
  command: StationCommand<unknown> | undefined,
  payload: unknown,
  row: OutboxRow,
): { subject: string; summary: string } {
  if (!command) return { subject: row.subject, summary: row.summary };
  const read = command.schema.safeParse(payload);
  if (!read.success) {
    const issue = read.error.issues[0];
    const field = issue?.path.join('.') ?? '';
    throw invalid(field, 'error.invalid-input', { field, detail: issue?.message ?? '' });
  }
  return { subject: command.subject(read.data), summary: command.summary(read.data) };
}

function acknowledgementOf(row: OutboxRow): Acknowledgement {
  return {
    commandId: row.command_id,
    sequence: row.sequence,
    savedAt: row.saved_at,
    waiting: row.waiting_then,
  };
}

function waitingOf(row: OutboxRow): WaitingCommand {
  return {
    sequence: row.sequence,
    commandId: row.command_id,
    kind: row.kind,
    subject: row.subject,
    payload: fromJson(row.payload),
    sessionId: row.session_id,
    userId: row.user_id,
    organizationId: row.organization_id,
    capturedAt: row.captured_at,
    attempts: row.attempts,
  };
}

function entryOf(row: OutboxRow): OutboxEntry {
  return {
    sequence: row.sequence,
    commandId: row.command_id,
    kind: row.kind,
    summary: row.summary,
    payload: fromJson(row.payload),
    person: row.person,
    capturedAt: row.captured_at,
    state: row.state === 'delivered' ? 'waiting' : row.state,
    attempts: row.attempts,
    problem: row.problem === null ? null : problemOf(row.problem),
  };
}

function problemOf(text: string): OutboxEntry['problem'] {
  const { code, reason, values } = JSON.parse(text) as CommandProblem;
  return { code, reason, values };
}

function toJson(payload: unknown): string {
  return JSON.stringify(payload ?? null);
}

/** Text that is no JSON (a file salvaged from damage) is given on as it is: the schema refuses it, a person sees it. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A disk that takes no more is a refusal that a person can act on; anything else is a bug. */
function asRefusal(cause: unknown): AppError | unknown {
  if (!(cause instanceof BetterSqlite3.SqliteError)) return cause;
  if (/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/.test(cause.code)) {
    return refused('error.outbox-not-writable', { detail: cause.message });
  }
  return cause;
}
