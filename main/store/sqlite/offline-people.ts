/**
 * Who may sign in at this station while the database is away, and the sessions that it opened so: on
 * disk before they are used, because records are made under them.
 */
import type { SignedIn } from '#main/services/core';
import type { StationFile } from './station-file.ts';

/** Somebody whom the database let in here before. */
export interface OfflinePerson {
  /** argon2id, in its encoded form (RFC 9106). */
  readonly verifier: string;
  readonly person: Omit<SignedIn, 'token'>;
  /** When the database last checked the password; epoch ms. */
  readonly verifiedAt: number;
  readonly failures: number;
  /** Epoch ms; 0 when not locked. */
  readonly lockedUntil: number;
}

/** A session that the station opened by itself and the database has not taken yet. */
export interface OfflineSession {
  readonly sessionId: string;
  readonly userId: string;
  /** SHA-256; the token itself is nowhere on this disk. */
  readonly tokenHash: Buffer;
  readonly openedAt: number;
  readonly expiresAt: number;
}

export interface OfflinePeople {
  find(login: string): OfflinePerson | undefined;
  /** Lets this person in offline from now on; forgets what was guessed before. */
  keep(login: string, person: Pick<OfflinePerson, 'verifier' | 'person' | 'verifiedAt'>): void;
  noteFailures(login: string, failures: number, lockedUntil: number): void;
  addSession(session: OfflineSession): void;
  /** Those that the database is to be told of, the oldest first. */
  sessions(): readonly OfflineSession[];
  hasSession(sessionId: string): boolean;
  /** Whether this token (its SHA-256) is that of such a session. */
  hasToken(tokenHash: Buffer): boolean;
  /** Somebody signed out before the database knew of the session. */
  endSession(sessionId: string, at: number): void;
  /** The database has taken the session, or refused it for good. */
  settleSession(sessionId: string): void;
}

interface PersonRow {
  readonly verifier: string;
  readonly person: string;
  readonly verified_at: number;
  readonly failures: number;
  readonly locked_until: number;
}

interface SessionRow {
  readonly session_id: string;
  readonly user_id: string;
  readonly token_hash: Buffer;
  readonly opened_at: number;
  readonly expires_at: number;
}

export function createOfflinePeople({ durable }: StationFile): OfflinePeople {
  const find = durable.prepare<[string], PersonRow>(
    'SELECT verifier, person, verified_at, failures, locked_until FROM offline_people WHERE login = ?',
  );
  const keep = durable.prepare<[string, string, string, number]>(
    `INSERT INTO offline_people (login, verifier, person, verified_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (login) DO UPDATE SET verifier = excluded.verifier, person = excluded.person,
       verified_at = excluded.verified_at, failures = 0, locked_until = 0`,
  );
  const note = durable.prepare<[number, number, string]>(
    'UPDATE offline_people SET failures = ?, locked_until = ? WHERE login = ?',
  );
  const add = durable.prepare<[string, string, Buffer, number, number]>(
    `INSERT INTO offline_sessions (session_id, user_id, token_hash, opened_at, expires_at)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const all = durable.prepare<[], SessionRow>('SELECT * FROM offline_sessions ORDER BY opened_at');
  const one = durable.prepare<[string], number>('SELECT 1 FROM offline_sessions WHERE session_id = ?');
  const byToken = durable.prepare<[Buffer], number>('SELECT 1 FROM offline_sessions WHERE token_hash = ?');
  const end = durable.prepare<[number, string]>(
    'UPDATE offline_sessions SET expires_at = max(opened_at + 1, min(expires_at, ?)) WHERE session_id = ?',
  );
  const settle = durable.prepare<[string]>('DELETE FROM offline_sessions WHERE session_id = ?');
  return {
    find(login) {
      const row = find.get(login);
      if (!row) return undefined;
      return {
        verifier: row.verifier,
        person: JSON.parse(row.person) as OfflinePerson['person'],
        verifiedAt: row.verified_at,
        failures: row.failures,
        lockedUntil: row.locked_until,
      };
    },
    keep(login, { verifier, person, verifiedAt }) {
      keep.run(login, verifier, JSON.stringify(person), verifiedAt);
    },
    noteFailures(login, failures, lockedUntil) {
      note.run(failures, lockedUntil, login);
    },
    addSession({ sessionId, userId, tokenHash, openedAt, expiresAt }) {
      add.run(sessionId, userId, tokenHash, openedAt, expiresAt);
    },
    sessions: () =>
      all.all().map((row) => ({
        sessionId: row.session_id,
        userId: row.user_id,
        tokenHash: row.token_hash,
        openedAt: row.opened_at,
        expiresAt: row.expires_at,
      })),
    hasSession: (sessionId) => one.get(sessionId) !== undefined,
    hasToken: (tokenHash) => byToken.get(tokenHash) !== undefined,
    endSession(sessionId, at) {
      end.run(at, sessionId);
    },
    settleSession(sessionId) {
      settle.run(sessionId);
    },
  };
}
