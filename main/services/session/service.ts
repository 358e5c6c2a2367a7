/** Signing in and out. The database checks the password; the core keeps the token, never the page. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { AppError, notAllowed, refused } from '#contract/errors';
import type { Permission } from '#contract/procedures';
import type { DemoSignIn, Identity, PlantAccess } from '#contract/session';
import type { Log, Mirror, SignedIn } from '#main/services/core';
import { isUnavailable } from '#main/services/desk-command';
import type { ConnectedDatabase } from '#main/store/postgres/connect';
import type { OfflinePeople } from '#main/store/sqlite/offline-people';
import { createOfflineSignIn } from './offline-sign-in.ts';

interface SignInRow {
  outcome: 'signed-in' | 'wrong' | 'locked';
  token: string | null;
  session_id: string | null;
  retry_at: Date | null;
}

interface WhoamiRow {
  session_id: string;
  user_id: string;
  login: string;
  display_name: string;
  organization_id: string;
  organization_name: string;
  gs1_company_prefix: string;
  home_plant_id: string;
  expires_at: Date;
  roles: string[];
  permissions: Permission[];
  plants: PlantAccess[];
  vouched: boolean;
}

export interface SessionService {
  /**
   * Asks the database, or while it is away the verifier that this station keeps.
   * @throws NotAllowed `error.wrong-password`, `error.wrong-password-offline`; Refused `error.locked`;
   * Unavailable when the database is away and nobody could tell it of the session later.
   */
  signIn(login: string, password: string): Promise<SignedIn>;
  /**
   * Takes up a session by its token, after a restart of the core or of the window. Null when it is no
   * longer good. Without the database, the cache's word counts until the session expires.
   */
  resume(token: string): Promise<SignedIn | null>;
  signOut(signedIn: SignedIn): Promise<void>;
  /** The database has just taken this password: this station lets the person in with it while the database is away. */
  remember(signedIn: SignedIn, password: string): Promise<void>;
  /**
   * Tells the database of the sessions that this station opened while it was away.
   * @param stationToken of the station's own session, who vouches for them.
   */
  vouch(stationToken: string): Promise<void>;
  /** The people of the demo plant; none in any other database. */
  demoPeople(): Promise<readonly DemoSignIn[]>;
}

const sessionsSet = 'sessions';
const demoSet = 'demo';
const signOutWaitMs = 1000;

export function createSessionService(options: {
  readonly database: () => ConnectedDatabase;
  readonly mirror: Mirror;
  readonly people: OfflinePeople;
  /** Whether this station has an account: without one nobody could vouch for a session later. */
  readonly mayVouch: () => boolean;
  readonly log: Log;
  readonly stationCode: string;
  readonly now: () => number;
}): SessionService {
  const { mirror, people } = options;
  const offline = createOfflineSignIn({ people, newId: uuidv7, now: options.now });
  const keyOf = (token: string) => createHash('sha256').update(token).digest('hex');

  const whoami = async (token: string): Promise<SignedIn> => {
    const row = await options.database().transaction({ token }, 'session.whoami', async (transaction) => {
      const { rows } = await sql<WhoamiRow>`SELECT * FROM identity.whoami()`.execute(transaction);
      return rows[0];
    });
    if (!row) throw notAllowed('error.session-ended');
    const identity: Identity = {
      sessionId: row.session_id,
      userId: row.user_id,
      login: row.login,
      displayName: row.display_name,
      organizationId: row.organization_id,
      organizationName: row.organization_name,
      roles: row.roles,
      permissions: row.permissions,
      plants: row.plants,
      homePlantId: row.home_plant_id,
      expiresAt: row.expires_at.getTime(),
      offline: false,
      vouched: row.vouched,
    };
    return keep({ token, identity, gs1CompanyPrefix: row.gs1_company_prefix });
  };

  /** So that a restart finds it again while the database is away. */
  const keep = (signedIn: SignedIn): SignedIn => {
    const { token, ...kept } = signedIn;
    mirror.put(sessionsSet, keyOf(token), kept, options.now());
    return signedIn;
  };

  const fromCache = (token: string): SignedIn | null => {
    const kept = mirror.get<Omit<SignedIn, 'token'>>(sessionsSet, keyOf(token))?.body;
    if (!kept || kept.identity.expiresAt <= options.now()) return null;
    return { token, gs1CompanyPrefix: kept.gs1CompanyPrefix, identity: { ...kept.identity, offline: true } };
  };

  return {
    async signIn(login, password) {
      let row: SignInRow | undefined;
      try {
        row = await options.database().anonymous('session.sign-in', async (transaction) => {
          const { rows } = await sql<SignInRow>`
            SELECT * FROM identity.sign_in(${login}, ${password}, ${options.stationCode})`.execute(
            transaction,
          );
          return rows[0];
        });
      } catch (cause) {
        if (!isUnavailable(cause) || !options.mayVouch()) throw cause;
        return keep(await offline.signIn(login, password));
      }
      if (row?.outcome === 'locked') throw refused('error.locked', { until: row.retry_at?.getTime() ?? 0 });
      if (!row?.token) throw notAllowed('error.wrong-password');
      const signedIn = await whoami(row.token);
      // Nobody waits for the verifier: it serves the next outage.
      offline
        .remember(login, password, signedIn)
        .catch((cause: unknown) => options.log.warn({ error: cause }, 'no verifier was kept'));
      return signedIn;
    },
    async resume(token) {
      try {
        return await whoami(token);
      } catch (cause) {
        if (!(cause instanceof AppError)) throw cause;
        if (isUnavailable(cause)) return fromCache(token);
        mirror.remove(sessionsSet, keyOf(token));
        return null;
      }
    },
    async remember(signedIn, password) {
      await offline.remember(signedIn.identity.login, password, signedIn);
    },
    async vouch(stationToken) {
      for (const session of people.sessions()) {
        const taken = await options
          .database()
          .transaction({ token: stationToken }, 'session.vouch', async (transaction) => {
            const { rows } = await sql<{ taken: boolean }>`
              SELECT identity.vouch(${session.sessionId}, ${session.userId}, ${session.tokenHash},
                ${new Date(session.openedAt)}, ${new Date(session.expiresAt)}) AS taken`.execute(transaction);
            return rows[0]?.taken === true;
          });
        if (!taken) options.log.warn({ sessionId: session.sessionId }, 'the database refused a session');
        people.settleSession(session.sessionId);
      }
    },
    async signOut(signedIn) {
      mirror.remove(sessionsSet, keyOf(signedIn.token));
      people.endSession(signedIn.identity.sessionId, options.now());
      const told = options
        .database()
        .transaction({ token: signedIn.token }, 'session.sign-out', async (transaction) => {
          await sql`SELECT identity.sign_out()`.execute(transaction);
        })
        .catch((cause: unknown) => {
          // Its token is forgotten here; what the database knows of it runs out by itself.
          options.log.info({ error: cause }, 'the database was not told that a session ended');
        });
      // Who leaves does not wait for a database that is silent.
      await Promise.race([told, delay(signOutWaitMs, undefined, { ref: false })]);
    },
    async demoPeople() {
      try {
        const people = await options.database().anonymous('session.demo', async (transaction) => {
          const row = await transaction
            .selectFrom('app.settings')
            .select('value')
            .where('key', '=', 'demo')
            .executeTakeFirst();
          return (row?.value as { people?: readonly DemoSignIn[] } | undefined)?.people ?? [];
        });
        mirror.put(demoSet, 'people', people, options.now());
        return people;
      } catch (cause) {
        if (!isUnavailable(cause)) throw cause;
        return mirror.get<readonly DemoSignIn[]>(demoSet, 'people')?.body ?? [];
      }
    },
  };
}
