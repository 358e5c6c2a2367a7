/**
 * Empties the outbox into PostgreSQL: in order, several subjects at a time over a few connections, but
 * never two commands of one subject at once. What the database refuses for good goes to the quarantine
 * and only its own subject waits behind it; while nothing can be delivered all wait, order kept.
 */
import { randomUUID } from 'node:crypto';
import type { Database, Log } from '#main/services/core';
import type {
  CommandProblem,
  StationCommands,
  StationOutbox,
  WaitingCommand,
} from '#main/store/sqlite/outbox';
import { applyCommand } from './apply-command.ts';
import type { Tokens } from './apply-command.ts';
import { backOffMs } from './back-off.ts';
import { readDeliveryFailure } from './delivery-problem.ts';

const batchSize = 256;
/** How far delivery looks past commands of subjects that are busy, to find others. */
const longestWindow = 4096;
const defaultConnections = 4;
/** The longest pause stays well below the minute in which a healed network is to empty the outbox. */
const pauseLimits = { firstMs: 200, longestMs: 5000 };
const collisionLimits = { firstMs: 20, longestMs: 2000 };
const unknownLimits = { firstMs: 500, longestMs: 10_000 };
/** After so many tries a failure that nobody can name is set aside for a person. */
const unknownTries = 5;
const noTokenMs = 1000;
const toldTogetherMs = 50;

export interface Delivered {
  readonly sequence: number;
  readonly commandId: string;
  readonly kind: string;
  readonly subject: string;
}

export interface Quarantined extends Delivered {
  readonly problem: CommandProblem;
}

export interface Delivery {
  /** Something may go now: the database is back, somebody signed in. Ends any pause. */
  wake(): void;
  /** The same, said by whoever watches the database. */
  databaseOnline(): void;
  /** @throws as `StationOutbox.retry` does. */
  retry(commandId: string, payload?: unknown): Promise<void>;
  /** @throws as `StationOutbox.discard` does. */
  discard(commandId: string, reason: string): Promise<void>;
  /**
   * Resolves true when all that can be delivered is, false when the time is over or the database is not
   * there.
   */
  flush(timeoutMs: number): Promise<boolean>;
  /** Takes up nothing more and waits for the transactions under way. */
  stop(): Promise<void>;
}

export interface DeliveryOptions extends Tokens {
  readonly outbox: StationOutbox;
  readonly database: Database;
  readonly commands: StationCommands;
  readonly log: Log;
  readonly now: () => number;
  /** Told of those delivered within a few dozen milliseconds, together. */
  readonly onDelivered: (delivered: readonly Delivered[]) => void;
  readonly onQuarantined: (quarantined: readonly Quarantined[]) => void;
  /** The station's token is no longer let in: it should sign in again, then `wake()`. */
  readonly onStationSessionEnded?: () => void;
  /** How many transactions at once. */
  readonly connections?: number;
  /** In [0, 1); spreads the tries. */
  readonly random?: () => number;
}

/** Starts at once. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { outbox, database, commands, log, now } = options;
  const connections = options.connections ?? defaultConnections;
  const random = options.random ?? Math.random;

  /** Read from the outbox and not yet done, by sequence; those under way stay in it. */
  let window: WaitingCommand[] = [];
  let cursor = 0;
  let exhausted = false;
  const underWay = new Map<string, Promise<void>>();
  const sequencesUnderWay = new Set<number>();
  /** Subjects whose first command is to be tried again later, and when. */
  const held = new Map<string, number>();
  const failures = new Map<number, number>();
  let pauses = 0;
  let pausedUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let tellTimer: NodeJS.Timeout | undefined;
  let delivered: Delivered[] = [];
  let longestWaitMs = 0;
  let quarantined: Quarantined[] = [];
  let stopping = false;
  const idle = new Set<() => void>();

  const tellIdle = () => {
    if (underWay.size === 0) for (const resolve of idle) resolve();
  };

  // Pauses go by the monotonic clock: the wall clock of a station may be set while they run.
  const pump = () => {
    if (stopping) {
      tellIdle();
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    const at = performance.now();
    if (pausedUntil > at) {
      wakeAt(pausedUntil);
      tellIdle();
      return;
    }
    // After a pause one goes ahead to feel the way; a failed one must not cost a connection each.
    const allowed = pauses > 0 ? 1 : connections;
    while (underWay.size < allowed) {
      const next = takeNext(at);
      if (!next) break;
      sequencesUnderWay.add(next.sequence);
      underWay.set(
        next.subject,
        deliver(next).finally(() => {
          underWay.delete(next.subject);
          sequencesUnderWay.delete(next.sequence);
          pump();
        }),
      );
    }
    if (held.size > 0) wakeAt(Math.min(...held.values()));
    tellIdle();
  };

  const wakeAt = (at: number) => {
    clearTimeout(timer);
    timer = setTimeout(pump, Math.max(at - performance.now(), 0));
  };

  /** The lowest sequence whose subject is neither busy nor held. */
  const takeNext = (at: number): WaitingCommand | undefined => {
    const passed = new Set<string>();
    for (let index = 0; ; index++) {
      if (index === window.length && !readOn()) return undefined;
      const one = window[index];
      if (!one) return undefined;
      if (passed.has(one.subject)) continue;
      const until = held.get(one.subject);
      if (until !== undefined && until <= at) held.delete(one.subject);
      if (!underWay.has(one.subject) && !held.has(one.subject)) return one;
      passed.add(one.subject);
    }
  };

  const readOn = (): boolean => {
    if (exhausted || window.length >= longestWindow) return false;
    const batch = outbox.nextBatch(cursor, batchSize);
    exhausted = batch.length < batchSize;
    cursor = batch.at(-1)?.sequence ?? cursor;
    const fresh = batch.filter((one) => !sequencesUnderWay.has(one.sequence));
    const overlaps = (fresh[0]?.sequence ?? 0) < (window.at(-1)?.sequence ?? 0);
    window.push(...fresh);
    if (overlaps) window.sort((a, b) => a.sequence - b.sequence);
    return fresh.length > 0;
  };

  /** Something ahead of the cursor may go now: read again from the beginning. */
  const readAgain = () => {
    window = window.filter((one) => sequencesUnderWay.has(one.sequence));
    cursor = 0;
    exhausted = false;
    held.clear();
  };

  const deliver = async (one: WaitingCommand): Promise<void> => {
    try {
      const outcome = await applyCommand(database, commands.get(one.kind), one, options);
      if (outcome === 'no-token') {
        hold(one, noTokenMs);
        return;
      }
      if (outcome === 'station-session-ended') {
        pause('the session of the station has ended');
        options.onStationSessionEnded?.();
        return;
      }
      pauses = 0;
      failures.delete(one.sequence);
      leave(one);
      outbox.markDelivered(one.sequence);
      delivered.push(describe(one));
      longestWaitMs = Math.max(longestWaitMs, now() - one.capturedAt);
      tellSoon();
    } catch (cause) {
      try {
        failed(one, cause);
      } catch (local) {
        // The station's own disk: what cannot be noted is not done, and tried again.
        pause(local);
      }
    }
  };

  const pause = (cause: unknown) => {
    // Those under way fail together: that is one failure, not one each.
    if (pausedUntil > performance.now()) return;
    pauses++;
    const pauseMs = backOffMs(pauses, pauseLimits, random());
    pausedUntil = performance.now() + pauseMs;
    log.info({ pauseMs, error: String(cause) }, 'delivery pauses');
  };

  const failed = (one: WaitingCommand, cause: unknown) => {
    const failure = readDeliveryFailure(cause, randomUUID);
    if (failure.kind === 'later') {
      pause(cause);
      return;
    }
    // The database answered, if only to refuse.
    pauses = 0;
    const tries = (failures.get(one.sequence) ?? 0) + 1;
    failures.set(one.sequence, tries);
    if (failure.kind === 'final' || (failure.kind === 'unknown' && tries >= unknownTries)) {
      setAside(one, failure.problem, cause);
      return;
    }
    if (failure.kind === 'unknown') {
      log.error(
        { commandId: one.commandId, kind: one.kind, tries, error: cause, problem: failure.problem },
        'delivery failed',
      );
    }
    outbox.noteAttempt(one.sequence, failure.problem);
    hold(one, backOffMs(tries, failure.kind === 'again' ? collisionLimits : unknownLimits, random()));
  };

  const setAside = (one: WaitingCommand, problem: CommandProblem, cause: unknown) => {
    failures.delete(one.sequence);
    outbox.quarantine(one.sequence, problem);
    window = window.filter((other) => other.subject !== one.subject);
    quarantined.push({ ...describe(one), problem });
    log.warn(
      { commandId: one.commandId, kind: one.kind, reason: problem.reason, error: String(cause) },
      'command quarantined',
    );
    tellSoon();
  };

  const hold = (one: WaitingCommand, delayMs: number) => {
    held.set(one.subject, performance.now() + delayMs);
  };

  const leave = (one: WaitingCommand) => {
    const index = window.indexOf(one);
    if (index >= 0) window.splice(index, 1);
  };

  const tellSoon = () => {
    tellTimer ??= setTimeout(tell, toldTogetherMs);
  };
  const tell = () => {
    clearTimeout(tellTimer);
    tellTimer = undefined;
    const [left, aside] = [delivered, quarantined];
    delivered = [];
    quarantined = [];
    if (left.length > 0) {
      log.debug({ delivered: left.length, longestWaitMs }, 'delivered');
      longestWaitMs = 0;
      options.onDelivered(left);
    }
    if (aside.length > 0) options.onQuarantined(aside);
  };

  const wake = () => {
    pausedUntil = 0;
    held.clear();
    pump();
  };

  const forget = outbox.onChange((change) => {
    if (change === 'left' || change === 'quarantined') return;
    if (change === 'added') exhausted = false;
    else readAgain();
    pump();
  });
  pump();

  return {
    wake,
    databaseOnline: wake,
    async retry(commandId, payload) {
      outbox.retry(commandId, payload);
    },
    async discard(commandId, reason) {
      outbox.discard(commandId, reason);
    },
    async flush(timeoutMs) {
      const until = performance.now() + timeoutMs;
      wake();
      for (;;) {
        if (underWay.size === 0) {
          const at = performance.now();
          const free = !stopping && database.online() && pausedUntil <= at;
          return free && takeNext(at) === undefined && held.size === 0;
        }
        const leftMs = until - performance.now();
        if (leftMs <= 0) return false;
        await new Promise<void>((resolve) => {
          const over = setTimeout(done, leftMs);
          function done() {
            clearTimeout(over);
            idle.delete(done);
            resolve();
          }
          idle.add(done);
        });
      }
    },
    async stop() {
      stopping = true;
      forget();
      clearTimeout(timer);
      await Promise.all(underWay.values());
      tell();
    },
  };
}

function describe({ sequence, commandId, kind, subject }: WaitingCommand): Delivered {
  return { sequence, commandId, kind, subject };
}
