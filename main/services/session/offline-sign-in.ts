/**
 * Signing in while the database is away, against a verifier that this station kept when the database
 * last let the person in. The database is told of such a session when it is back (`identity.vouch`),
 * and gives it the rights that both the person and the station have.
 */
import { createHash, randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';
import { notAllowed, refused } from '#contract/errors';
import type { SignedIn } from '#main/services/core';
import type { OfflinePeople } from '#main/store/sqlite/offline-people';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How long after the database last checked a password this station may do so by itself. */
const verifierLifeMs = 14 * dayMs;
const sessionLifeMs = 12 * 60 * minuteMs;
/** As `identity.sign_in` counts: the fifth wrong password locks, each one after that for twice as long. */
const freeTries = 4;

/** OWASP Password Storage, argon2id: 19 MiB, two passes, one lane. */
const cost = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 };

export interface OfflineSignIn {
  /** The database has just let this person in: they may come in without it from now on. */
  remember(login: string, password: string, signedIn: SignedIn): Promise<void>;
  /** @throws NotAllowed `error.wrong-password-offline`; Refused `error.locked`. */
  signIn(login: string, password: string): Promise<SignedIn>;
}

export function createOfflineSignIn(options: {
  readonly people: OfflinePeople;
  readonly newId: () => string;
  readonly now: () => number;
}): OfflineSignIn {
  const { people, newId, now } = options;
  let standIn: Promise<string> | undefined;

  const verifierOf = (password: string) =>
    argon2id({ password, salt: randomBytes(16), ...cost, outputType: 'encoded' });

  return {
    async remember(login, password, { identity, gs1CompanyPrefix }) {
      people.keep(normal(login), {
        verifier: await verifierOf(password),
        person: { identity, gs1CompanyPrefix },
        verifiedAt: now(),
      });
    },
    async signIn(typed, password) {
      const login = normal(typed);
      const at = now();
      // Whoever is not known here costs the same time.
      standIn ??= verifierOf(randomBytes(16).toString('hex'));
      const [known, nobody] = [people.find(login), await standIn];
      if (known && known.lockedUntil > at) throw refused('error.locked', { until: known.lockedUntil });
      const matches = await argon2Verify({ password, hash: known?.verifier ?? nobody });
      // Other tries may have been counted while this one was checked.
      const current = people.find(login);
      if (!current || !matches || current.verifiedAt + verifierLifeMs <= at) {
        if (current) {
          const failures = current.failures + 1;
          const doublings = Math.min(failures - freeTries - 1, 12);
          const lockedMs = failures > freeTries ? Math.min(minuteMs * 2 ** doublings, dayMs) : 0;
          people.noteFailures(login, failures, lockedMs > 0 ? at + lockedMs : 0);
        }
        throw notAllowed('error.wrong-password-offline', { days: verifierLifeMs / dayMs });
      }
      if (current.lockedUntil > at) throw refused('error.locked', { until: current.lockedUntil });
      if (current.failures > 0) people.noteFailures(login, 0, 0);
      const token = randomBytes(32).toString('hex');
      const { gs1CompanyPrefix, identity } = current.person;
      const sessionId = newId();
      const expiresAt = at + sessionLifeMs;
      people.addSession({
        sessionId,
        userId: identity.userId,
        tokenHash: createHash('sha256').update(token).digest(),
        openedAt: at,
        expiresAt,
      });
      return {
        token,
        gs1CompanyPrefix,
        identity: { ...identity, sessionId, expiresAt, offline: true, vouched: true },
      };
    },
  };
}

function normal(login: string): string {
  return login.trim().toLowerCase();
}
