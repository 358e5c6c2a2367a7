/**
 * What every service is given: the stores, the clock and the way out to the clients. Services are
 * functions of this and of who calls; they keep no state of their own but caches.
 */
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import type { Acknowledgement } from '#contract/common';
import type { CoreEvent } from '#contract/events';
import type { Identity } from '#contract/session';
import type { OutboxEntry, SystemStatus } from '#contract/system';
import type { OpenPii } from '#main/pii/personal-data';
import type { DB } from '#main/store/postgres/database';

export type DatabaseTransaction = Transaction<DB>;

/** Who presents themselves to the database at the start of a transaction. */
export interface Presented {
  /** Session token, of the person or of the station. */
  readonly token: string;
  /** A station's token may act for the person under whose session a command was taken. */
  readonly actor?: { readonly sessionId: string; readonly capturedAt: number } | undefined;
}

export interface Database {
  /** False from the first failed connection until the next one that succeeds. */
  online(): boolean;
  /**
   * Runs `work` in one transaction as `who`; `name` names it in the log. Throws `Unavailable` when the
   * database cannot be reached, `NotAllowed` (`error.session-ended`) when the token is no longer good.
   */
  transaction<T>(
    who: Presented,
    name: string,
    work: (transaction: DatabaseTransaction) => Promise<T>,
  ): Promise<T>;
}

/** A person at a client, or the station itself. */
export interface SignedIn {
  readonly token: string;
  readonly identity: Identity;
  readonly gs1CompanyPrefix: string;
}

/** Who calls, from where. */
export interface Call {
  readonly correlationId: string;
  readonly clientId: string;
  readonly signedIn: SignedIn | null;
}

/** A call that passed the access check. */
export interface SignedInCall extends Call {
  readonly signedIn: SignedIn;
}

/** What the database is told about a station command beside its payload. */
export interface CommandMeta {
  readonly commandId: string;
  readonly capturedAt: number;
  readonly organizationId: string;
  readonly userId: string;
  readonly stationCode: string;
}

/**
 * A kind of station command: taken into the outbox first, applied to PostgreSQL later, once in effect.
 * `apply` runs in the transaction that also holds the command's id; an `AppError` other than
 * `Unavailable` that it throws is final and sends the command to the quarantine.
 */
export interface StationCommand<Payload> {
  readonly kind: string;
  readonly schema: z.ZodType<Payload>;
  /** Commands of one subject depend on each other: they wait behind a quarantined one. */
  subject(payload: Payload): string;
  /** One line for a person. */
  summary(payload: Payload): string;
  apply(transaction: DatabaseTransaction, payload: Payload, meta: CommandMeta): Promise<void>;
}

export interface Outbox {
  /**
   * Takes a command and resolves when it is synced to disk. The same `commandId` again returns the first
   * acknowledgement. Throws `Refused` (`error.outbox-full`) at the bound.
   */
  accept<Payload>(
    command: StationCommand<Payload>,
    payload: Payload,
    by: { readonly commandId: string; readonly capturedAt: number; readonly signedIn: SignedIn },
  ): Promise<Acknowledgement>;
  /** True while a command of this subject waits or is quarantined: what the mirror says of it must stand. */
  pending(subject: string): boolean;
  entries(): readonly OutboxEntry[];
  status(): SystemStatus['outbox'];
}

/** The station's copy of what it needs without the network; bodies are the contract's own shapes. */
export interface Mirror {
  get<Body>(set: string, key: string): { readonly body: Body; readonly storedAt: number } | undefined;
  all<Body>(set: string): readonly { readonly key: string; readonly body: Body; readonly storedAt: number }[];
  put(set: string, key: string, body: unknown, storedAt: number): void;
  remove(set: string, key: string): void;
  /** Replaces the whole set in one transaction; `keep` says which keys stand as they are. */
  replace(
    set: string,
    entries: readonly { readonly key: string; readonly body: unknown }[],
    storedAt: number,
    keep?: (key: string) => boolean,
  ): void;
  /** When a set was last replaced whole. */
  mirroredAt(): number | null;
  /** A counter that never gives the same number twice, even after a crash (SSCC serial references). */
  next(counter: string, atLeast?: number): number;
}

export interface Log {
  debug(detail: object, message: string): void;
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  error(detail: object, message: string): void;
}

export interface Core {
  readonly now: () => number;
  readonly newId: () => string;
  readonly log: Log;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly mirror: Mirror;
  /** Personal data, with the keys of this computer. Rejects `Unavailable` with what to do where there are none. */
  readonly pii: OpenPii;
  readonly station: { readonly code: string; readonly name: string; readonly number: number };
  /** The station's own session; null until the database has been reached once. */
  stationSignedIn(): SignedIn | null;
  /** The person who last signed in at this core and is still here, else the station. Wire scans are theirs. */
  personAtStation(): SignedIn | null;
  /** Sends an event to every client that may see it (of the plant, when it names one). */
  publish(
    event: CoreEvent,
    scope?: { readonly organizationId: string; readonly plantId: string | null },
  ): void;
}
